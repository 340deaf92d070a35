"""Import of a pasted chat thread: offered by tab, previewed before it is logged, and never lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.events import Paste

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.grammar import pasted
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.tui.app.app import CockpitApp
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.screens.text_prompt import TextPrompt
from incident_cockpit.tui.widgets.bars import MessageBar
from support.screen import START, Scene, opened, until
from support.single_screen import HOSTILE, text_of, type_ahead

THREAD = "\n".join(
    (
        "ops-checkout",
        "[13:58] Raj: errors are up",
        "in EU only",
        "[14:01] Mio: support has 12 tickets",
        "[14:02] Raj: rolling back",
    )
)


def texts(screen: CockpitScreen) -> list[tuple[str, str]]:
    return [(said.who, said.text) for said in timeline_entries(screen.live.record)]


def lacking(app: CockpitApp, *words: str) -> list[str]:
    """Return those of the words that no row of the screen has, however wide the gaps between them are."""
    rows = [" ".join(row.split()) for row in text_of(app).split("\n")]
    return [each for each in words if not any(each in row for row in rows)]


async def paste(app: CockpitApp, text: str) -> None:
    app.post_message(Paste(text))
    await until(lambda: app.screen.query("#line") and app.screen.entry.field.value)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_thread_is_previewed_and_imported(tmp_path: Path, size: tuple[int, int]) -> None:
    app = Scene(tmp_path).declare().wait("10m").app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        before = texts(screen)
        await paste(app, THREAD)
        await until(lambda: "chat, 3 messages by Raj, Mio" in text_of(app))
        await pilot.press("tab")
        await until(lambda: "enter preview" in text_of(app))
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        drawn = text_of(app)
        assert "3 entries to import" in drawn
        assert "13:58 Raj: errors are up ⏎ in EU only" in drawn
        assert "ops-checkout (no name" in drawn
        assert texts(screen) == before, "nothing is kept before it was looked at"
        await pilot.press("y")
        await until(lambda: "Imported: 3 entries" in text_of(app))
        assert ("Raj", "errors are up\nin EU only") in texts(screen)
        assert ("Mio", "support has 12 tickets") in texts(screen)
        assert screen.entry.draft == ""
        await pilot.press("escape", "z")
        await until(lambda: texts(screen) == before)


async def test_leaving_the_preview_returns_the_text_as_a_paste(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().wait("10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await paste(app, THREAD)
        type_ahead(app, "tab", "enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        assert screen.context.app.drafts.kept(screen.live.record.id, "entry Ana").startswith("ops-checkout")
        await pilot.press("enter")
        await until(lambda: "Not imported" in text_of(app))
        assert screen.entry.field.text == THREAD
        type_ahead(app, "tab", "enter")
        await until(lambda: "3 entries to import" in text_of(app))


async def test_without_tab_a_thread_is_one_note(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().wait("10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await paste(app, THREAD)
        await pilot.press("enter")
        await until(lambda: texts(screen)[-1] == ("Ana", THREAD))


async def test_a_drafted_thread_is_a_paste_after_a_crash(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare().wait("10m")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await paste(app, THREAD)
    app.store_thread.close()
    again = scene.app()
    async with again.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await until(lambda: "note, 5 lines" in text_of(again))
        type_ahead(again, "~n", "tab", "enter")
        await until(lambda: "3 entries to import" in text_of(again))


async def test_entries_already_logged_are_left_out(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare().wait("10m").do("chat", thread="\n".join(THREAD.splitlines()[1:4]))
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await paste(app, THREAD)
        type_ahead(app, "tab", "enter")
        await until(lambda: "1 entry to import" in text_of(app))
        assert "2 entries already logged" in text_of(app)
        await pilot.press("y")
        await until(lambda: ("Raj", "rolling back") in texts(screen))
        await paste(app, THREAD)
        type_ahead(app, "tab", "enter")
        await until(lambda: "already" in screen.query_one(MessageBar).text)
        assert screen.entry.field.text == THREAD


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_preview_shows_authors_days_and_what_is_left_out(tmp_path: Path, size: tuple[int, int]) -> None:
    app = Scene(tmp_path).declare().wait("10m").app()
    rows = ["Thread", "#inc-1"]
    for number in range(200):
        rows += ["Yesterday"] if number == 0 else ["Today"] if number == 100 else []
        hour, minute = divmod(number % 100, 60)
        rows += [f"Person {number % 7}", f"  {hour + 9}:{minute:02} AM", f"message {number}", ":eyes:", "2"]
    rows += ["Person 1", "  11:00 AM", ":+1:", "1"]
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        await paste(app, "\n".join(rows))
        await until(lambda: "chat, 200 messages by" in text_of(app))
        await pilot.press("tab", "enter")
        await until(lambda: "200 entries to import" in text_of(app))
        missing = lacking(
            app,
            "authors 7 people: Person 0 29, Person 1 29",
            "times Wed 2026-01-14 09:00 to Thu 2026-01-15 10:39 UTC",
            "left out 3 rows without",
            "left out 404 rows of reactions",
            "Wed 2026-01-14",
            "09:00 Person 0: message 0",
        )
        assert missing == []
        await pilot.press("end")
        await until(lambda: "10:39 Person 3: message 199" in text_of(app))
        assert lacking(app, "Left out", "• Thread", "• #inc-1", "• Person 1 11:00 AM") == []
        await pilot.press("y")
        await until(lambda: "Imported: 200 entries" in text_of(app))
        assert ("Person 3", "message 199") in texts(screen)


async def test_messages_in_the_future_are_left_out(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().wait("10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await paste(app, f"{THREAD}\n[2026-01-17 14:03] Mio: tomorrow")
        type_ahead(app, "tab", "enter")
        await until(lambda: "3 entries to import" in text_of(app))
        assert lacking(app, "left out 1 entry") == []
        await pilot.press("y")
        await until(lambda: "Imported: 3 entries" in text_of(app))
        assert ("Mio", "tomorrow") not in texts(screen)


async def test_a_pasted_log_is_only_a_note(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().wait("10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await paste(app, "2026-01-15 14:05:33 INFO main: started\n2026-01-15 14:05:35 ERROR pool-1: failed")
        await until(lambda: "note, 2 lines" in text_of(app))
        assert "chat" not in {reading.action for reading in screen.entry.readings()}


async def test_the_command_asks_for_a_pasted_thread(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().wait("10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.do("chat")
        await until(lambda: isinstance(app.screen, TextPrompt) and app.screen.focused is not None)
        app.post_message(Paste(THREAD))
        await until(lambda: "⏎" in text_of(app))
        await pilot.press("enter")
        await until(lambda: "3 entries to import" in text_of(app))
        await pilot.press("y")
        await until(lambda: ("Raj", "rolling back") in texts(screen))


async def test_text_without_names_and_times_is_refused(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().wait("10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start(":chat just words")
        await pilot.press("enter")
        await until(lambda: "time" in screen.query_one(MessageBar).text)
        assert screen.entry.field.text == ":chat just words"


async def test_backfill_logs_before_the_start(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().wait("10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~n:backf", "tab", "~13:40 the deploy went out", "enter")
        await until(lambda: texts(screen)[0] == ("Ana", "the deploy went out"))
        assert screen.live.record.events[-1].happened == START.replace(hour=13, minute=40)


@pytest.mark.parametrize("name", HOSTILE[:5])
def test_names_on_the_chip_are_short_and_plain(name: str) -> None:
    from incident_cockpit.tui.widgets.text_field import full_text

    people = [full_text(f"x{name}{number}").replace("\n", " ") for number in range(5)]
    text = "\n".join(f"[14:0{number}] {who}: said" for number, who in enumerate(people))
    from zoneinfo import ZoneInfo

    for way in pasted(text, Here(START.replace(minute=30), ZoneInfo("UTC"))):
        assert len(way.chip) < 90
        assert "\x1b" not in way.chip


async def test_a_thread_before_the_start_offers_to_move_it(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        app.post_message(Paste("[13:51] Raj: errors\n[13:52] Mio: tickets"))
        await until(lambda: screen.entry.field.value)
        type_ahead(app, "tab", "enter", "~y")
        await until(lambda: "start → 13:51? enter" in text_of(app))
        began = screen.live.record.incident.started
        type_ahead(app, "enter")
        await until(lambda: began - screen.live.record.incident.started == timedelta(minutes=9))
