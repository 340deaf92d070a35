"""The picture of the README: the sample incident as `incident demo` shows it, so that it stays current."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from incident_cockpit.clock import SetClock
from incident_cockpit.journal.transfer import import_lines
from support.sample_story import FILE, NOW
from support.screen import Scene, opened


def test_cockpit(snap_compare: Callable[..., bool], tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    with scene.library as library:
        record = import_lines(library.journal, FILE.read_bytes().splitlines())
    scene.clock = SetClock(NOW)
    scene.session = scene.another("Ana").session(record.id)

    async def ready(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot)
        screen.panes[0].move_to(next(row.key for row in screen.panes[0].rows if row.key and row.left[0].text == "☐ "))
        await pilot.pause()

    assert snap_compare(scene.app(), terminal_size=(120, 40), run_before=ready)
