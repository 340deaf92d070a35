"""Snapshots of the handoff, the timeline, people with their asks, and the wallboard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from incident_cockpit.tui.app.wall import WallApp, WallScreen
from incident_cockpit.tui.screens.read_back import ReadBackScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from support.response import in_the_loop
from support.screen import Scene, opened, until
from support.single_screen import redraw, text_of, type_ahead

SIZES = [pytest.param((120, 40), id="120x40"), pytest.param((80, 24), id="80x24")]

pytestmark = pytest.mark.parametrize("size", SIZES)
Compare = Callable[..., bool]
Ready = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


def behind(shows: str, *keys: str) -> Ready:
    """Return what opens the cockpit, types the keys and waits until these words are drawn."""

    async def ready(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        type_ahead(pilot.app, *keys)
        await until(lambda: shows in text_of(pilot.app))
        await redraw(pilot)

    return ready


def handed(home: Path) -> Scene:
    """Tell of a hand-over: offered, and one point of it read back."""
    scene = in_the_loop(Scene(home)).do("handoff", who="Kim")
    return scene.do("read-back", point="impact", words="One EU card in twelve fails at the checkout", after="30s")


def taken(home: Path) -> Scene:
    scene = handed(home).do("read-back", point="asks", words="Raj and I, both late", after="30s")
    scene.do("read-back", point="promise", words="outside at three", after="30s")
    return scene.do("take-command", after="30s").wait("20s")


def test_the_brief_before_a_hand_over(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    ready = behind("Handoff brief", "~H")
    assert snap_compare(in_the_loop(Scene(tmp_path)).app(), terminal_size=size, run_before=ready)


def test_the_read_back(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        await behind("▸ Asks", "~H", "~Raj has two")(pilot)
        await until(lambda: isinstance(pilot.app.screen, ReadBackScreen) and "Raj has two" in text_of(pilot.app))
        await redraw(pilot)

    assert snap_compare(handed(tmp_path).app(), terminal_size=size, run_before=ready)


def test_after_a_hand_over_next_greets(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    ready = behind("now Kim", "~2")
    assert snap_compare(taken(tmp_path).app(), terminal_size=size, run_before=ready)


def test_what_is_pinned_to_a_line(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    link = "https://graphs.example/d/checkout-5xx?from=now-1h&var-region=eu"
    scene = in_the_loop(Scene(tmp_path)).do("pin", link=link, entry="scaled checkout", after="30s")
    # The newest of the lines that stand is the one that tells of it.
    ready = behind("Attachment", "~2", "enter")
    assert snap_compare(scene.app(), terminal_size=size, run_before=ready)


def test_the_timeline_of_the_loop(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    ready = behind("rollback started  helped", "~2", "~m")
    assert snap_compare(taken(tmp_path).app(), terminal_size=size, run_before=ready)


def test_people_with_what_they_were_asked(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    ready = behind("who deployed 4512?  ", "~4", "down", "down")
    assert snap_compare(in_the_loop(Scene(tmp_path)).app(), terminal_size=size, run_before=ready)


def test_a_decision_with_its_grounds(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot)
        await pilot.press("3")
        screen.panes[1].move_to(next(row.key for row in screen.panes[1].rows if "Review decision" in row.left[2].text))
        await pilot.press("enter")
        await until(lambda: isinstance(pilot.app.screen, ReaderScreen) and "Context" in text_of(pilot.app))
        await redraw(pilot)

    assert snap_compare(in_the_loop(Scene(tmp_path)).app(), terminal_size=size, run_before=ready)


def test_a_cause_with_its_evidence(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    ready = behind("Contradicting evidence", "~5", "enter")
    assert snap_compare(in_the_loop(Scene(tmp_path)).app(), terminal_size=size, run_before=ready)


def test_how_it_stands(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    ready = behind("outcome unknown", "~v")
    assert snap_compare(in_the_loop(Scene(tmp_path)).app(), terminal_size=size, run_before=ready)


def test_the_wall(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    scene = in_the_loop(Scene(tmp_path))
    assert scene.session is not None
    app = WallApp(scene.another("Ana"), scene.session.record.id)
    scene.library.close()

    async def ready(pilot: Pilot[Any]) -> None:
        await until(lambda: isinstance(pilot.app.screen, WallScreen) and "update 1" in text_of(pilot.app))
        pilot.app.screen.paint()
        await redraw(pilot)

    assert snap_compare(app, terminal_size=size, run_before=ready)
