"""The entry line: logs what its chip shows, keeps refused lines, and offers follow-ups."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.events import Paste

from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.tui.panes.timeline import TimelinePane
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.widgets.bars import Bar, MessageBar
from support.response import incident, texts
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead

HINT = "log · tab change type"


@pytest.mark.parametrize(
    "line",
    [
        "@Raj 10m is the replica in the second region lagging?",
        ":system checkout degraded only cards",
        "5xx began two minutes after the deploy, in EU only, cards only",
    ],
)
async def test_typed_text_is_visible_before_hint(tmp_path: Path, line: str) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        type_ahead(app, "~n5xx")
        await until(lambda: HINT in text_of(app))
        type_ahead(app, *["backspace"] * 3, "backspace", f"~{line}")
        await until(lambda: line[-40:] in text_of(app))
        assert HINT not in text_of(app)
        assert "enter log   tab change type" in text_of(app)
        type_ahead(app, *["backspace"] * (len(line) - 6))
        await until(lambda: HINT in text_of(app))


async def test_offered_key_mentions_open_entry_line(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        said = screen.query_one(MessageBar)
        type_ahead(app, "~n:handoff Kim", "enter")
        await until(lambda: "(esc, then H start read-back)" in said.text)
        type_ahead(app, "escape", "~H")
        await until(lambda: "▸ Impact" in text_of(app))
        await pilot.press("escape", "z")
        await until(lambda: "Undone" in said.text)
        type_ahead(app, "~H", "enter", "~Kim", "enter")
        await until(lambda: "(H start read-back)" in said.text)


async def test_imported_thread_names_undo(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().wait("10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        app.post_message(Paste("[14:01] Raj: errors\n[14:02] Mio: tickets"))
        await until(lambda: screen.entry.field.value)
        type_ahead(app, "tab", "enter", "~y")
        await until(lambda: screen.query_one(MessageBar).text == "Imported: 2 entries; esc, then z undoes it")
        type_ahead(app, "escape", "~z")
        await until(lambda: "Undone: errors" in screen.query_one(MessageBar).text)


async def test_text_after_n_goes_into_entry_line(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("n", *"5xx", "space", *"rises", "enter")
        await until(lambda: "5xx rises" in texts(screen))
        assert screen.entry.field.value == ""


@pytest.mark.parametrize(
    ("typed", "sort", "text"),
    [
        ("! rolled back", "action", "rolled back"),
        ("= fail over", "decision", "fail over"),
        ("? bad deploy", "hypothesis", "bad deploy"),
        ("@raj 10m replica lag", "ask", "raj, 10m: replica lag"),
        ("=== FAILED", "note", "=== FAILED"),
        ("[/x] [@click=app.quit]", "note", "[/x] [@click=app.quit]"),
    ],
)
async def test_entry_line_logs_as_chip_shows(tmp_path: Path, typed: str, sort: str, text: str) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start(typed)
        await pilot.press("enter")
        await until(lambda: text in texts(screen))
        assert [said.sort for said in timeline_entries(screen.live.record)][-1] == sort


async def test_tab_changes_entry_type(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start("rolled back")
        await pilot.press("tab", "enter")
        await until(lambda: "rolled back" in texts(screen))
        assert [said.sort for said in timeline_entries(screen.live.record)][-1] == "action"


@pytest.mark.parametrize("typed", ["23:59Z rolled back", ":severity", ":nonsense x", "-9h :impact all of EU"])
async def test_refused_line_stays_in_field(tmp_path: Path, typed: str) -> None:
    scene = Scene(tmp_path).declare()
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        before = screen.live.record.seq
        screen.entry.start(typed)
        await pilot.press("enter")
        await until(lambda: screen.query_one("#message", Bar)._row.left or isinstance(app.screen, FormScreen))
        await pilot.pause()
        if isinstance(app.screen, FormScreen):
            await pilot.press("escape")
        assert screen.entry.field.value == typed or typed.startswith("23:59Z")
        assert screen.live.record.seq == before or typed.startswith("23:59Z")


@pytest.mark.parametrize("typed", ["-9h :impact all of EU", ":nonsense x"])
async def test_next_line_replaces_refused_line(tmp_path: Path, typed: str) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        field = screen.entry.field
        screen.entry.start(typed)
        await pilot.press("enter")
        await until(lambda: field.value == typed and field.selected_text == typed)
        assert screen.entry.draft == typed
        await pilot.press("escape", "n", *"@ben", "space", *"10m", "space", *"logs", "enter")
        await until(lambda: "ben, 10m: logs" in texts(screen))
        assert field.value == ""


async def test_refused_line_can_be_edited(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start(":impactt all of EU")
        await pilot.press("enter", "home", *["right"] * 8, "backspace", "enter")
        await until(lambda: "all of EU" in texts(screen))


async def test_refused_line_is_not_joined_to_new_text(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare()
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        gate, act = asyncio.Event(), screen.live.act

        async def slow(name: str, *rest: Any) -> Any:
            if name == "impact":
                await gate.wait()
            return await act(name, *rest)

        screen.live.act = slow  # type: ignore[method-assign]
        screen.entry.start("-9h :impact all of EU")
        await pilot.press("enter", *"5xx")
        gate.set()
        await until(lambda: screen.query_one(MessageBar).text)
        assert screen.entry.field.value == "5xx"
        assert screen.entry.draft == "-9h :impact all of EU\n5xx"
        await pilot.press("enter")
        await until(lambda: "5xx" in texts(screen))
        # Its turn comes once the line is empty.
        assert screen.entry.field.selected_text == "-9h :impact all of EU"
        assert screen.entry.draft == "-9h :impact all of EU"


async def test_paste_replaces_refused_line(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start("-9h :impact all of EU")
        await pilot.press("enter")
        await until(lambda: screen.entry.field.selected_text)
        app.post_message(Paste("! one\n! two"))
        await until(lambda: screen.entry.field.text == "! one\n! two")
        await pilot.press("enter")
        await until(lambda: "! one\n! two" in texts(screen))


async def test_enter_moves_start_to_earlier_entry(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare()
    app = scene.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        began = incident(screen).started
        screen.entry.start("-7m 5xx began")
        await pilot.press("enter")
        await until(lambda: "start → 13:53? enter" in text_of(app))
        assert incident(screen).started == began
        await pilot.press("enter")
        await until(lambda: incident(screen).started == began - timedelta(minutes=7))
        await until(lambda: "start →" not in text_of(app))
        seq = screen.live.record.seq
        await pilot.press("enter")
        assert screen.live.record.seq == seq


@pytest.mark.parametrize("keys", [("x", "backspace"), ("escape", "n")])
async def test_offer_to_move_start_ends_with_next_key(tmp_path: Path, keys: tuple[str, ...]) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        began = incident(screen).started
        screen.entry.start("-7m 5xx began")
        await pilot.press("enter")
        await until(lambda: "start → 13:53? enter" in text_of(app))
        await pilot.press(*keys)
        await until(lambda: "start →" not in text_of(app))
        await pilot.press("enter")
        await pilot.pause()
        assert incident(screen).started == began


async def test_entry_before_start_is_marked(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().do("action", when="12m", text="deploy 4512").app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        screen.go_to(TimelinePane)
        await pilot.press("home")
        await until(
            lambda: [row for row in text_of(app).splitlines() if "deploy 4512" in row and "before start" in row]
        )


async def test_clock_set_back_does_not_stop_screen(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare()
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        scene.clock.set_back(seconds=3)
        for typed in ("5xx at 8%", "@Raj 10m replica lag?", ":severity SEV1 all of EU", ":timer 5m look"):
            screen.entry.start(typed)
            await pilot.press("enter")
            await until(lambda: not screen.entry.draft)
        await until(lambda: any("went back 3s" in text for text in texts(screen)))
        assert "T+0s" in text_of(app)
        assert "T-" not in text_of(app)
