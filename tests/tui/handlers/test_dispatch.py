"""The registries of handlers: every name in them is an action, and nothing that belongs to the screen is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.tui.handlers import due, hypotheses, people, results
from incident_cockpit.tui.handlers.dispatch import FOLLOWERS, HANDLERS, MOVES, OPENERS
from incident_cockpit.tui.panes.hypotheses import HypothesesPane
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.panes.registry import PANES, Area
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from support.screen import Scene, opened, until
from support.single_screen import type_ahead

TABLES = {
    "handlers": HANDLERS,
    "moves": MOVES,
    "followers": FOLLOWERS,
    "messages": results.MESSAGES,
    "drop": [action for action, _, _ in due._DROP.values()],
    "asks": [name for action, key, _ in people._ASK_ACTIONS for name in (action, key)],
    "hypotheses": [action for action, _ in (*hypotheses._PANE_ACTIONS, *hypotheses._LETTERS.values())],
    "settled hypotheses": hypotheses._REACHED_BY.values(),
}


@pytest.mark.parametrize("table", TABLES)
def test_every_handled_name_is_a_registered_action(table: str) -> None:
    assert [name for name in TABLES[table] if name not in ACTIONS] == []


def test_every_action_of_the_screen_has_a_handler() -> None:
    screen_actions = {name for name, action in ACTIONS.items() if action.decide is None}
    of_list = {name for name, action in ACTIONS.items() if action.scope is Scope.LIST}
    assert screen_actions - of_list - HANDLERS.keys() - MOVES.keys() == set()


def test_no_action_is_both_handled_and_a_move() -> None:
    assert HANDLERS.keys() & MOVES.keys() == set()


def test_every_pane_has_a_page_a_scope_and_a_key_of_its_own() -> None:
    panes = [slot.pane for slot in PANES]
    assert OPENERS.keys() == set(panes)
    assert len({pane.scope for pane in panes}) == len(panes)
    assert [f"pane-{slot.number}" for slot in PANES] == [name for name in MOVES if name.startswith("pane-")]
    assert set(Area) == {slot.area for slot in PANES}


@pytest.mark.parametrize("slot", PANES, ids=[slot.pane.title for slot in PANES])
async def test_the_number_of_a_pane_goes_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slot: tuple[type[Pane], Area, str]
) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen: CockpitScreen = await opened(pilot)
        screen.go_to(HypothesesPane)
        type_ahead(app, str(PANES.index(slot) + 1))
        await until(lambda: type(screen.pane) is slot[0])
