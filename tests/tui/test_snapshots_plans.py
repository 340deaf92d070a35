"""Snapshots of the screens under a demanding plan; `pytest --snapshot-update` rewrites them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.message import MessageScreen
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from support.builders import full_plan
from support.screen import Scene, opened, until
from support.single_screen import redraw, text_of, type_ahead

SIZES = [pytest.param((120, 40), id="120x40"), pytest.param((80, 24), id="80x24")]

pytestmark = pytest.mark.parametrize("size", SIZES)
Compare = Callable[..., bool]
Ready = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


def behind(screen: type, *keys: str) -> Ready:
    """Return what opens the cockpit, types the keys and waits for the screen they lead to."""

    async def ready(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        type_ahead(pilot.app, *keys)
        await until(lambda: isinstance(pilot.app.screen, screen) and pilot.app.screen.is_mounted)
        await redraw(pilot)

    return ready


async def due(pilot: Pilot[Any]) -> None:
    screen = await opened(pilot)
    await pilot.press("3")
    await pilot.pause()
    screen.paint()
    await pilot.pause()


def rich(home: Path) -> Scene:
    """Tell of a severity that rose late: rungs that were passed, notices, roles nobody holds, a window that is over."""
    scene = Scene(home).follow(full_plan()).declare(severity="SEV3")
    scene.do("impact", impact="8% of EU card payments fail").do("assign", role="tech", who="Raj")
    scene.do("sent", audience="internal", route="xclip", text="We are investigating", after="25m")
    scene.do("severity", severity="SEV1", reason="all of EU", after="20m").do("restrict", codename="Nightjar")
    return scene.wait("90s")


def ended(home: Path) -> Scene:
    scene = rich(home).do("resolve", verified="5xx at baseline for 15 minutes").do("follow-up", text="Alert on lag")
    return scene.do("follow-up-priority", follow_up="Alert", priority="high").wait("10m")


def test_a_report_in_triage(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    scene = Scene(tmp_path).follow(full_plan()).report(via="#incidents").wait("6m")
    assert snap_compare(scene.app(), terminal_size=size, run_before=due)


def test_a_verdict_to_choose(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    scene = Scene(tmp_path).follow(full_plan()).report(via="#incidents").do("answered")
    assert snap_compare(scene.app(), terminal_size=size, run_before=behind(PickScreen, "~g"))


def test_what_a_plan_asks_for(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(rich(tmp_path).app(), terminal_size=size, run_before=due)


def test_everything_about_a_duty(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot)
        await pilot.press("3")
        key = next(row.key for row in screen.panes[1].rows if row.key and "+" in row.key)
        screen.panes[1].move_to(key)
        await pilot.press("enter")
        await until(lambda: isinstance(pilot.app.screen, ReaderScreen) and "All due" in text_of(pilot.app))
        await pilot.pause()

    assert snap_compare(rich(tmp_path).app(), terminal_size=size, run_before=ready)


def test_a_message_before_it_goes(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    ready = behind(MessageScreen, "~C", "~declared", "enter")
    assert snap_compare(rich(tmp_path).app(), terminal_size=size, run_before=ready)


def test_a_role_to_give(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(rich(tmp_path).app(), terminal_size=size, run_before=behind(FormScreen, "~r", "down"))


def test_the_plan(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    ready = behind(ReaderScreen, "~n:plan", "enter")
    assert snap_compare(rich(tmp_path).app(), terminal_size=size, run_before=ready)


def test_after_the_resolution(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(ended(tmp_path).app(), terminal_size=size, run_before=due)


def test_closing_with_gates(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        type_ahead(pilot.app, "~n:close it was a drill", "enter")
        await until(lambda: "Press y" in text_of(pilot.app))
        await redraw(pilot)

    assert snap_compare(ended(tmp_path).app(), terminal_size=size, run_before=ready)
