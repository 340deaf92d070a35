"""The number of keys of the most frequent acts, counted by pressing them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from incident_cockpit.incident.views.timeline import timeline_entry
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.modal import Dialog
from support.keystrokes import ACTS, COMMONEST, MOST, TYPED, Act
from support.response import in_the_loop
from support.screen import Scene, opened, until


async def press(pilot: Pilot[Any], keys: tuple[str, ...]) -> None:
    """Press the keys one by one, each once what the one before opened has the keys."""
    for key in keys:
        typed = key.startswith(TYPED)
        await pilot.press(*(("space" if char == " " else char) for char in key[1:]) if typed else (key,))
        screen = pilot.app.screen
        if isinstance(screen, Dialog):
            # A dialog that was closed by the key stays busy.
            await until(lambda screen=screen: not screen.busy or not screen.is_current)
        await pilot.pause()


def left(screen: CockpitScreen, since: int) -> list[str]:
    """Return the lines that were left behind since then, and those that were taken back."""
    record = screen.live.record
    news = [event for event in record.events[since:] if not event.fact.quiet]
    return [
        timeline_entry(record, event).text
        if event.undoes is None
        else f"taken back: {timeline_entry(record, record.events[event.undoes - 1]).text}"
        for event in news
    ]


@pytest.mark.parametrize("act", ACTS, ids=[act.what for act in ACTS])
async def test_keys_of_act_are_sufficient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Act) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        before = screen.live.record.seq
        await press(pilot, act.keys)
        if act.copied:
            await until(lambda: act.leaves in (tmp_path / "last-copy.txt").read_text())
        else:
            await until(lambda: any(act.leaves in text for text in left(screen, before)))
        assert app.screen is screen


def test_common_acts_take_two_keys() -> None:
    assert len(ACTS) == 20
    assert not [act.what for act in ACTS[:COMMONEST] if act.count > MOST]
    assert max(act.count for act in ACTS) <= 2 * MOST
