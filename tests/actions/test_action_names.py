"""Action names that other rooms write down: each of them is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

import pytest

from incident_cockpit.actions.registry import ACTIONS, FOOTER, SCRIPT_ACTION, done
from incident_cockpit.tui.handlers.dispatch import HANDLERS, MOVES
from incident_cockpit.tui.screens import cockpit as _cockpit  # noqa: F401 - registers the handlers
from incident_cockpit.tui.screens.incidents import IncidentsScreen

Names = Callable[[Any], Iterable[str]]


def keys(table: Any) -> Iterable[str]:
    return list(table)


def first(table: Any) -> Iterable[str]:
    """Return the first part of each value, or of each row."""
    return [row[0] for row in (table.values() if hasattr(table, "values") else table)]


# Module and name of each table, and the action names in it.
TABLES: list[tuple[str, str, Names]] = [
    ("cli.output", "COCKPIT_COMMANDS", keys),
    ("cli.output", "COMMANDS_WITH_TEXT", keys),
    ("incident.views.next_action", "_ACTION", first),
    ("incident.views.next_action", "_MEETS", first),
    ("tui.app.live", "_TAKING_OVER", keys),
    ("tui.handlers.declare", "_TRIAGE", lambda table: [choice.id for choice in table]),
    ("tui.handlers.due", "_DROP", first),
    ("tui.handlers.hypotheses", "_LETTERS", first),
    ("tui.handlers.hypotheses", "_PANE_ACTIONS", first),
    ("tui.handlers.hypotheses", "_REACHED_BY", lambda table: table.values()),
    ("tui.handlers.people", "_ASK_ACTIONS", lambda table: [name for row in table for name in row[:2]]),
    ("tui.handlers.results", "MESSAGES", keys),
    ("tui.handlers.updates", "_ANSWERS", keys),
    ("tui.screens.palette", "_NOT_HERE", keys),
]


@pytest.mark.parametrize(("module", "name", "names"), TABLES, ids=[f"{module}.{name}" for module, name, _ in TABLES])
def test_tables_hold_registered_actions(module: str, name: str, names: Names) -> None:
    found = set(names(getattr(import_module(f"incident_cockpit.{module}"), name)))
    assert found
    assert found <= set(ACTIONS)


def test_tables_of_arguments_hold_registered_ones() -> None:
    from incident_cockpit.tui.handlers.action_fields import _CURRENT
    from incident_cockpit.tui.handlers.due import _DROP

    pairs = [*_CURRENT, *((action, arg) for action, arg, _ in _DROP.values())]
    for action, arg in pairs:
        assert arg in {each.name for each in done(action).args}, (action, arg)


def test_every_action_without_a_rule_has_a_handler() -> None:
    without_rule = {name for name, action in ACTIONS.items() if action.decide is None}
    assert without_rule <= {*HANDLERS, *MOVES, *IncidentsScreen.DOES}
    assert {*HANDLERS, *MOVES} <= set(ACTIONS)
    assert set(ACTIONS) >= {*IncidentsScreen.DOES, *FOOTER, SCRIPT_ACTION}
