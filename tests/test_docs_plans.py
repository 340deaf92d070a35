"""What the README says of response plans: the plans, the example, the times; and that what it names can be typed."""

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
from incident_cockpit.times.spans import parse_within
from support.pages import README, named, prose, rows, section

PLANS = shipped("sample_data", "plans")
HEADING = "## Response plans"


def test_the_plans_are_those_that_are_shipped() -> None:
    said = [named(row[0])[0] for row in rows(README, HEADING)]
    assert sorted(said) == list(list_plans((PLANS,)))


@pytest.fixture
def example(tmp_path: Path) -> Plan:
    found = re.findall(r"\n```toml\n(.*?)\n```\n", section(README, HEADING), re.DOTALL)
    assert len(found) == 1
    path = tmp_path / "shop.toml"
    path.write_text(found[0], encoding="utf-8")
    return load_plan(path, (PLANS,))


class TestExample:
    """The small plan of the README does what the README says it does."""

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
        assert asked["rung-SEV1-shop-manager"] == ("Tell Shop manager", "15m", "declared")
        assert asked["tell-the-bank"][1:] == ("next business day", "resolved")
        assert "Shop manager" in [one.name for one in example.contacts]


def test_times_are_said_as_it_shows() -> None:
    [said] = re.findall(r"said as people say them: (.*?)\. Which", " ".join(section(README, HEADING).split()))
    shown = named(said)
    assert len(shown) > 3
    assert not [one for one in shown if parse_within(one) is None]


@pytest.mark.parametrize("line", sorted({one for one in named(prose(README)) if one.startswith("incident ")}))
def test_commands_that_the_readme_names_are_there(line: str) -> None:
    command: click.Command = root
    words = [word.strip(",") for word in line.split()[1:]]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None, line
        command = found
    # What stands behind -- is another command's.
    words = words[: words.index("--")] if "--" in words else words
    known = {name for param in command.params for name in param.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= known


def test_actions_that_the_readme_names_are_there() -> None:
    verbs = {one[1:].split()[0] for one in named(prose(README)) if re.match(r":[a-z]", one)}
    assert {"adopt-plan", "investigate", "trigger", "restrict"} <= verbs
    assert verbs <= set(ACTIONS)
