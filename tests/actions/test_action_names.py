"""Action names that other rooms write down: each of them is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

import pytest

from incident_cockpit.actions.registry import ACTIONS, FOOTER, SCRIPT_ACTION
from incident_cockpit.incident.views.clocks import CONDITIONS
from incident_cockpit.tui.handlers.dispatch import HANDLERS, MOVES
from incident_cockpit.tui.screens import cockpit as _cockpit  # noqa: F401 - registers the handlers
from incident_cockpit.tui.screens.incidents import IncidentsScreen

Names = Callable[[Any], Iterable[str]]


def keys(table: Any) -> Iterable[str]:
    return list(table)


def first(table: Any) -> Iterable[str]:
    """Return the first part of each value, or of each row."""
    return [row[0] for row in (table.values() if hasattr(table, "values") else table)]


# Module of each table, a name by which it is found there, and how its names are read.
TABLES: list[tuple[str, str, Names]] = [
    ("incident.views.next_action", "tick-off", first),
    ("tui.app.live", "read-back", keys),
    ("tui.handlers.declare", "not-urgent", lambda table: [choice.id for choice in table]),
    ("tui.handlers.due", "timebox", first),
    ("tui.handlers.hypotheses", "supports", first),
    ("tui.handlers.hypotheses", "rule-out", first),
    ("tui.handlers.hypotheses", "reopen-hypothesis", lambda table: table.values()),
    ("tui.handlers.people", "drop-item", lambda table: [name for row in table for name in row[:2]]),
    ("tui.handlers.results", "escalate", keys),
    ("tui.handlers.updates", "not-urgent", keys),
    ("tui.screens.palette", "palette", keys),
]


def names_in(module: str, sentinel: str, read: Names) -> set[str]:
    """Return the names in the table of a module that holds this one."""
    for table in vars(import_module(f"incident_cockpit.{module}")).values():
        if not isinstance(table, Mapping | tuple | frozenset):
            continue
        try:
            names = set(read(table))
        except (AttributeError, IndexError, TypeError):
            continue
        if sentinel in names:
            return names
    raise LookupError(f"{module} has no table with {sentinel}")


@pytest.mark.parametrize(("module", "sentinel", "read"), TABLES, ids=[f"{module}-{name}" for module, name, _ in TABLES])
def test_tables_hold_registered_actions(module: str, sentinel: str, read: Names) -> None:
    assert names_in(module, sentinel, read) <= set(ACTIONS)


@pytest.mark.parametrize("kind", CONDITIONS, ids=lambda kind: kind.__name__)
def test_conditions_are_met_by_registered_actions(kind: type[Any]) -> None:
    condition = kind(*("resolved" for _ in kind.__struct_fields__))
    assert CONDITIONS[kind].action(condition)[0] in ACTIONS


def test_every_action_without_a_rule_has_a_handler() -> None:
    without_rule = {name for name, action in ACTIONS.items() if action.decide is None}
    assert without_rule <= {*HANDLERS, *MOVES, *IncidentsScreen.ACTIONS}
    assert {*HANDLERS, *MOVES} <= set(ACTIONS)
    assert set(ACTIONS) >= {*IncidentsScreen.ACTIONS, *FOOTER, SCRIPT_ACTION}
