"""The entry line where there is little room, and what is said of keys while it is still open."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Paste

from box_kit import text_of, type_ahead
from incident_cockpit.tui.bars import SaidBar
from screen_kit import Scene, opened, until

HINT = "enter keeps it · tab changes it"


@pytest.mark.parametrize(
    "line",
    [
        "@Raj 10m is the replica in the second region lagging?",
        ":system checkout degraded only cards",
        "5xx began two minutes after the deploy, in EU only, cards only",
    ],
)
async def test_what_is_typed_is_in_sight_before_the_hint_is(tmp_path: Path, line: str) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        type_ahead(app, "~n5xx")
        await until(lambda: HINT in text_of(app))
        type_ahead(app, *["backspace"] * 3, "backspace", f"~{line}")
        await until(lambda: line[-40:] in text_of(app))
        assert HINT not in text_of(app)
        assert "enter keep   tab read it another way" in text_of(app)
        type_ahead(app, *["backspace"] * (len(line) - 6))
        await until(lambda: HINT in text_of(app))


async def test_a_key_that_is_offered_says_that_the_line_is_open(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        said = screen.query_one(SaidBar)
        type_ahead(app, "~n:handoff Kim", "enter")
        await until(lambda: "(esc, then H reads it back)" in said.words)
        type_ahead(app, "escape", "~H")
        await until(lambda: "Who is hurt and how" in text_of(app))
        await pilot.press("escape", "z")
        await until(lambda: "taken back" in said.words)
        type_ahead(app, "~H", "enter", "~Kim", "enter")
        await until(lambda: "(H reads it back)" in said.words)


async def test_a_thread_that_was_brought_in_says_how_it_is_taken_back(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().wait("10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        app.post_message(Paste("[14:01] Raj: errors\n[14:02] Mio: tickets"))
        await until(lambda: screen.entry.field.value)
        type_ahead(app, "tab", "enter", "~y")
        await until(lambda: screen.query_one(SaidBar).words == "brought in: 2 lines; esc, then z takes them back")
        type_ahead(app, "escape", "~z")
        await until(lambda: "taken back: errors" in screen.query_one(SaidBar).words)
