"""Snapshots of the screens at two sizes; `pytest --snapshot-update` rewrites them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from incident_cockpit.config.settings import Settings
from incident_cockpit.tui.screens.composer import ComposerScreen
from incident_cockpit.tui.screens.declare import DeclareScreen
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.help import HelpScreen
from incident_cockpit.tui.screens.incidents import IncidentsScreen
from support.screen import Scene, busy, opened, until

SIZES = [pytest.param((120, 40), id="120x40"), pytest.param((80, 24), id="80x24")]
THEMES = ("cockpit-light", "cockpit-contrast", "cockpit-colourblind")

pytestmark = pytest.mark.parametrize("size", SIZES)
Compare = Callable[..., bool]
Ready = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


async def cockpit(pilot: Pilot[Any]) -> None:
    await opened(pilot)


async def listed(pilot: Pilot[Any]) -> None:
    await until(lambda: isinstance(pilot.app.screen, IncidentsScreen) and pilot.app.screen._loaded)
    await pilot.pause()
    pilot.app.screen.paint()
    await pilot.pause()


def behind(key: str, screen: type, *more: str) -> Ready:
    """Return what opens the cockpit, presses the key, waits for the screen it leads to, and presses the others."""

    async def ready(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await pilot.press(key)
        await until(lambda: isinstance(pilot.app.screen, screen) and pilot.app.screen.focused is not None)
        await pilot.press(*more)
        await pilot.pause()

    return ready


def test_cockpit_fresh(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    scene = Scene(tmp_path).declare().wait("40s")
    assert snap_compare(scene.app(), terminal_size=size, run_before=cockpit)


def test_cockpit_busy(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(busy(Scene(tmp_path)).app(), terminal_size=size, run_before=cockpit)


@pytest.mark.parametrize("theme", THEMES)
def test_cockpit_in_each_theme(snap_compare: Compare, tmp_path: Path, size: tuple[int, int], theme: str) -> None:
    scene = busy(Scene(tmp_path, settings=Settings(zone="UTC", theme=theme)))
    assert snap_compare(scene.app(), terminal_size=size, run_before=cockpit)


def test_the_list(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    scene = Scene(tmp_path).declare("Old: certificates ran out", "SEV3").do("resolve", verified="new ones served")
    scene.declare("Replica lag in 東京 🔥 and a title that is too long to be shown whole on any screen of this world")
    scene.wait("9m").declare("Checkout returns 500 for EU cards", "SEV1").wait("3m")
    assert snap_compare(scene.app(listing=True), terminal_size=size, run_before=listed)


def test_the_empty_list(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(Scene(tmp_path).app(listing=True), terminal_size=size, run_before=listed)


def test_declaring(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        await listed(pilot)
        await pilot.press("d")
        await until(lambda: isinstance(pilot.app.screen, DeclareScreen) and pilot.app.screen.focused is not None)
        await pilot.press(*"Checkout", "space", *"fails")
        await pilot.pause()

    assert snap_compare(Scene(tmp_path).app(listing=True), terminal_size=size, run_before=ready)


def test_the_composer(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    scene = busy(Scene(tmp_path))
    assert snap_compare(scene.app(), terminal_size=size, run_before=behind("u", ComposerScreen))


def test_the_help(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    scene = Scene(tmp_path).declare()
    assert snap_compare(scene.app(), terminal_size=size, run_before=behind("question_mark", HelpScreen))


def test_a_severity_to_choose(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    scene = busy(Scene(tmp_path))
    assert snap_compare(scene.app(), terminal_size=size, run_before=behind("s", FormScreen))


def test_a_line_being_typed(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot)
        screen.entry.start("-7m ! rolled back 4512")
        await pilot.pause()

    assert snap_compare(busy(Scene(tmp_path)).app(), terminal_size=size, run_before=ready)
