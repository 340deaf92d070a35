"""The header bar: marks late items of other incidents, without their titles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.screen import Scene, opened, until
from support.single_screen import text_of


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_header_marks_late_items_elsewhere(tmp_path: Path, size: tuple[int, int]) -> None:
    scene = Scene(tmp_path).declare("Search is slow").declare()
    app = scene.app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        await until(lambda: screen.live._others)
        scene.wait("1h")
        screen.paint()
        await until(lambda: re.search(r" INC-1: \d+ late ", text_of(app).splitlines()[0]))
        with scene.another("Raj") as theirs:
            third = theirs.declare("Mail is late", "SEV3", runbook="")
        scene.wait("3h")
        await until(lambda: len(screen.live._others) == 2)
        screen.paint()
        await until(lambda: re.search(r" 2 others: \d+ late ", text_of(app).splitlines()[0]))
        with scene.another("Raj") as theirs:
            for session in (theirs.session(third.record.id), theirs.session(theirs.select("1").id)):
                session.act("resolve", {"verified": "ok"})
        await until(lambda: not screen.live._others)
        screen.paint()
        await until(lambda: " late " not in text_of(app).splitlines()[0])
