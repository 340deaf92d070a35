"""The reference of plan keys: every key has a meaning, and is required exactly where the checks miss it."""

from __future__ import annotations

import copy

import pytest

from incident_cockpit.cli.commands.plans import TIMES
from incident_cockpit.plan.checks import plan_errors
from incident_cockpit.plan.declaration import CONDITION, fields_of
from incident_cockpit.plan.schema import Plan
from incident_cockpit.plan.tables import RESOURCES, TABLES, TOP, table_at
from incident_cockpit.times.spans import parse_within
from support.plans import EVERY, FULL, value_at


def test_every_stored_part_of_a_plan_is_a_key_or_a_table() -> None:
    keys = {field.name for field in fields_of(Plan).values() if field.stored}
    assert {*keys, *TABLES} - {TOP, RESOURCES, "escalation", "notices"} == set(Plan.__struct_fields__)


@pytest.mark.parametrize("table", TABLES)
def test_meanings_are_phrases_on_one_line(table: str) -> None:
    for means in (TABLES[table].means, *(field.key.means for field in fields_of(TABLES[table].row).values())):
        assert means == " ".join(means.split())
        assert means
        assert not means.endswith((".", ";", ","))


@pytest.mark.parametrize("path", [path for path in EVERY if isinstance(path[-1], str)], ids=str)
def test_key_is_missed_exactly_if_required(path: tuple[str | int, ...]) -> None:
    raw = copy.deepcopy(FULL)
    del value_at(raw, path[:-1])[path[-1]]
    missing = any(line.endswith(f"{path[-1]}: missing") for line in plan_errors(raw))
    table, key = table_at(path), str(path[-1])
    if len(path) == 1 and key in TABLES:
        required = TABLES[key].required
    else:
        field = fields_of(TABLES[table].row).get(key)
        required = field is not None and field.required
    assert missing == required


def test_times_shown_can_be_read() -> None:
    shown = TIMES.split('"')[1::2]
    assert len(shown) > 5
    assert not [text for text in shown if text != "or" and parse_within(text) is None]


def test_conditions_shown_are_allowed() -> None:
    """Conditions name rows of a plan, so the plan gets rows of these names."""
    [key] = [field.key for field in fields_of(TABLES["escalation"].row).values() if field.key.kind is CONDITION]
    shown = [text for text in key.means.split('"')[1::2] if text != "done"]
    assert len(shown) > 7
    for met_by in shown:
        condition, _, name = met_by.partition(" ")
        raw = copy.deepcopy(FULL)
        raw["deadlines"][0]["met_by"] = met_by
        if condition == "role":
            raw["roles"][1]["id"] = name
        elif condition == "phase":
            raw["first_phase"] = raw["phases"][0]["id"] = name
        elif condition == "update":
            raw["cadences"].append({"audience": name, "name": "Another"})
            raw["templates"].append({"audience": name, "text": "-"})
        assert plan_errors(raw) == (), met_by
