"""Plans, commands and actions named in the README and the manual: each exists, and the example plan works."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.cli.tree import root
from incident_cockpit.plan.loader import find_plan, list_plans, load_plan
from incident_cockpit.plan.schema import Plan
from incident_cockpit.resources import shipped
from support.pages import MANUAL, README, named, prose, rows, text

PLANS = shipped("sample_data", "plans")
PLAN_PAGE = MANUAL / "plans.md"
TEXTS = (README, *sorted(MANUAL.glob("*.md")))


def test_the_plans_are_those_that_are_shipped() -> None:
    for listed in (rows(README, "## Response plans"), rows(PLAN_PAGE, "# Response plans")):
        assert sorted(named(row[0])[0] for row in listed) == list(list_plans((PLANS,)))


@pytest.fixture
def example(tmp_path: Path) -> Plan:
    [example_text] = re.findall(r"\n```toml\n(.*?)\n```\n", text(PLAN_PAGE), re.DOTALL)
    path = tmp_path / "shop.toml"
    path.write_text(example_text, encoding="utf-8")
    return load_plan(path, (PLANS,))


class TestExample:
    """The example plan of the manual does what the manual says."""

    def test_it_is_the_other_plan_with_what_differs(self, example: Plan) -> None:
        other = load_plan(find_plan("default", (PLANS,)))
        assert (example.id, example.extends, example.zone) == ("shop", "default", "Europe/Paris")
        assert [one.id for one in other.roles if one not in example.roles] == ["scribe"]
        assert (example.hours.opens, example.hours.closes) == (8 * 60, other.hours.closes)
        assert {one.id for one in other.deadlines} < {one.id for one in example.deadlines}

    def test_what_is_there_already_keeps_the_rest(self, example: Plan) -> None:
        other = load_plan(find_plan("default", (PLANS,)))
        [mine] = [one for one in example.cadences if one.audience == "external"]
        [theirs] = [one for one in other.cadences if one.audience == "external"]
        assert dict(mine.seconds) == {"SEV1": 1800, "SEV2": 7200}
        assert (mine.name, mine.inside, mine.guide) == (theirs.name, theirs.inside, theirs.guide)

    def test_what_is_new_is_added(self, example: Plan) -> None:
        asked = {one.id: (one.text, one.within.said, one.start) for one in example.deadlines}
        assert asked["rung-SEV1-shop-manager"] == ("Notify Shop manager", "15m", "declared")
        assert asked["tell-the-bank"][1:] == ("next business day", "resolved")
        assert "Shop manager" in [one.name for one in example.contacts]


COMMANDS = sorted({name for page in TEXTS for name in named(prose(page)) if name.startswith("incident ")})


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_in_the_text_exists(line: str) -> None:
    command: click.Command = root
    words = [word.strip(",") for word in line.split()[1:]]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(click.Context(command), words.pop(0))
        assert inner is not None, line
        command = inner
    # What stands behind -- is another command's.
    words = words[: words.index("--")] if "--" in words else words
    known = {name for param in command.params for name in param.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= known


def test_actions_in_the_text_exist() -> None:
    verbs = {name[1:].split()[0] for page in TEXTS for name in named(prose(page)) if re.match(r":[a-z]", name)}
    assert {"adopt-plan", "investigate", "trigger", "restrict"} <= verbs
    assert verbs <= set(ACTIONS)
