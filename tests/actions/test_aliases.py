"""Former names of actions and commands go on working."""

from __future__ import annotations

import click
import pytest

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.aliases import ACTION_ALIASES, COMMAND_ALIASES, by_current_name, former_names
from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.grammar import completions, read
from incident_cockpit.actions.registry import ACTIONS, find
from incident_cockpit.cli import tree
from incident_cockpit.tui.app.keys import Keys
from support.builders import Story


@pytest.mark.parametrize(("former", "current"), ACTION_ALIASES.items())
class TestActionAlias:
    def test_is_an_action_by_its_current_name_only(self, former: str, current: str) -> None:
        assert current in ACTIONS
        assert former not in ACTIONS
        assert find(former) is ACTIONS[current]
        assert former in former_names(current)

    def test_is_read_in_the_entry_line_but_not_offered(self, former: str, current: str) -> None:
        story = Story()
        assert read(f":{former}", Here(story.now, story.zone)).action == current
        assert former not in completions(f":{former}")

    def test_takes_its_keys_from_an_older_keymap(self, former: str, current: str) -> None:
        keys = Keys({former: "f12"})
        assert keys.of[current] == ("f12",)
        assert keys.action(["f12"], ACTIONS[current].scope, Scope.EVERYWHERE) == current


def test_the_current_name_wins_over_a_former_one() -> None:
    for keymap in ({"say": "f11", "script": "f12"}, {"script": "f12", "say": "f11"}):
        assert by_current_name(keymap) == {"script": "f12"}


@pytest.mark.parametrize(("former", "current"), COMMAND_ALIASES.items())
def test_command_alias_opens_the_command_and_is_hidden(former: str, current: str) -> None:
    *groups, name = former.split()
    with tree.root.make_context("incident", ["help"]) as ctx:
        group: click.Command | None = tree.root
        for word in groups:
            assert isinstance(group, click.Group)
            group = group.get_command(ctx, word)
        assert isinstance(group, click.Group)
        command = group.get_command(ctx, current.rsplit(maxsplit=1)[-1])
        assert command is not None
        assert group.get_command(ctx, name) is command
        assert name not in group.list_commands(ctx)
