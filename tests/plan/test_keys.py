"""What is written down of a plan's keys: all of them, no others, and rightly which of them have to be there."""

from __future__ import annotations

import copy

import pytest

from incident_cockpit.plan.checks import plan_errors
from incident_cockpit.plan.key_meanings import RESOURCES, TABLES, TIMES, TOP
from incident_cockpit.plan.shapes import SINGLE, PlanTable, has_to_be_there, shape_of
from incident_cockpit.plan.shapes import TABLES as LISTS
from incident_cockpit.times.spans import parse_within
from support.plans import EVERY, FULL, held

NAMES = (TOP, *LISTS, *SINGLE, RESOURCES)


def _keys(table: str) -> set[str]:
    """Return the keys of a table; of the whole file only those that are no tables, which are told by themselves."""
    found = set(shape_of(table).__annotations__)
    return found - {*LISTS, *SINGLE} if table == TOP else found


@pytest.mark.parametrize("table", NAMES)
def test_every_key_is_explained_and_no_other(table: str) -> None:
    assert set(TABLES[table].keys) == _keys(table)


def test_every_table_is_explained_and_no_other() -> None:
    assert set(TABLES) == set(NAMES)
    assert {*LISTS, *SINGLE} <= set(PlanTable.__annotations__)


@pytest.mark.parametrize("table", NAMES)
def test_what_is_said_are_phrases_on_one_line(table: str) -> None:
    for said in (TABLES[table].about, *TABLES[table].keys.values()):
        assert said == " ".join(said.split())
        assert said
        assert not said.endswith((".", ";", ","))


@pytest.mark.parametrize("path", [path for path in EVERY if isinstance(path[-1], str)], ids=str)
def test_a_plan_lacks_what_has_to_be_there_and_nothing_else(path: tuple[str | int, ...]) -> None:
    raw = copy.deepcopy(FULL)
    del held(raw, path[:-1])[path[-1]]
    table = TOP if len(path) == 1 else RESOURCES if "resources" in path[1:-1] else str(path[0])
    missing = any(line.endswith(f"{path[-1]}: missing") for line in plan_errors(raw))
    by_severity = len(path) == 4 and path[2] in ("every", "first")
    assert missing == (not by_severity and path[-1] in has_to_be_there(shape_of(table)))


def test_the_times_it_shows_can_be_read() -> None:
    shown = TIMES.split('"')[1::2]
    assert len(shown) > 5
    assert not [one for one in shown if one != "or" and parse_within(one) is None]


def test_what_meets_a_deadline_can_be_written_as_it_is_shown() -> None:
    """The words of `met_by` name things of a plan, so a plan is made that has them."""
    shown = [one for one in TABLES["escalation"].keys["met_by"].split('"')[1::2] if one != "done"]
    assert len(shown) > 7
    for met_by in shown:
        sort, _, what = met_by.partition(" ")
        raw = copy.deepcopy(FULL)
        raw["deadlines"][0]["met_by"] = met_by
        if sort == "role":
            raw["roles"][1]["id"] = what
        elif sort == "phase":
            raw["first_phase"] = raw["phases"][0]["id"] = what
        elif sort == "update":
            raw["cadences"].append({"audience": what, "name": "Another"})
            raw["templates"].append({"audience": what, "text": "-"})
        assert plan_errors(raw) == (), met_by
