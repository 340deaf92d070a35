"""Attachments of timeline entries: attaching, listing and opening links and files by key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from incident_cockpit.actions.arguments.texts import EntryArg
from incident_cockpit.incident.facts.attachments import Attachment
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from support.builders import plain_plan
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead

URL = "https://graphs.example/d/5xx?from=now-1h"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "graph of 5xx.png"
    path.write_bytes(b"\x89PNG" * 4_000)
    return path


def told(home: Path) -> Scene:
    """Return an incident with three lines of whoever looks at it."""
    scene = Scene(home).follow(plain_plan()).declare()
    return scene.do("note", text="5xx at 8%").do("note", text="5xx at 3%").do("note", text="Raj is here")


def pins(screen: CockpitScreen) -> list[Attachment]:
    return [pin for on_one in screen.live.record.incident.attachments.values() for pin in on_one.values()]


def put(screen: CockpitScreen, words: str) -> None:
    """Put the cursor on the line with these words."""
    rows: Any = screen.query_one("#timeline")
    assert rows.move_to(next(row.key for row in rows.rows if row.left[-1].text == words))


def row(screen: CockpitScreen, words: str) -> str:
    """Return what is drawn of the line with these words."""
    return next(drawn for drawn in text_of(screen.app).splitlines() if f"  {words}  " in drawn)


async def on_line(screen: CockpitScreen, pilot: Any, words: str) -> None:
    await pilot.press("2")
    put(screen, words)
    await until(lambda: screen.cursor(EntryArg))


async def test_a_file_is_attached_listed_and_its_path_copied(tmp_path: Path, graph: Path) -> None:
    app = told(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await on_line(screen, pilot, "5xx at 8%")
        await pilot.press("L")
        await until(lambda: isinstance(app.screen, FormScreen))
        assert "note: 5xx at 8%" in text_of(app), "the line under the cursor is known"
        type_ahead(app, f"~~/{graph.name}", "enter")
        await until(lambda: pins(screen))
        graph.unlink()
        [pin] = pins(screen)
        assert pin.file is not None
        assert (pin.file.name, pin.file.size, pin.to) == (graph.name, 16_000, "note: 5xx at 8%")
        await until(lambda: "graph of 5xx.png (16 KB) → note: 5xx at 8%" in text_of(app))
        assert "1 attached" in row(screen, "5xx at 8%")
        assert "attached" not in row(screen, "5xx at 3%")
        copy = tmp_path / "evidence" / pin.file.copy
        await pilot.press("enter")
        await until(lambda: "• graph of 5xx.png (16 KB) (Ana, 14:03)" in text_of(app))
        assert any(part in text_of(app) for part in (copy.name[:12], copy.name[-8:])), "the path may be wrapped"
        await pilot.press("l")
        await until((tmp_path / "last-copy.txt").exists)
        assert (tmp_path / "last-copy.txt").read_text() == str(copy)
        assert copy.read_bytes() == b"\x89PNG" * 4_000


async def test_a_link_is_copied_or_opened_only_on_request(tmp_path: Path) -> None:
    app = told(tmp_path).do("pin", link=URL, entry="5xx at 8%").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await on_line(screen, pilot, "5xx at 8%")
        await pilot.press("l")
        await until(lambda: isinstance(app.screen, PickScreen))
        assert "Open link" in text_of(app)
        assert f"copy {URL}" in text_of(app)
        assert f"open {URL}" not in text_of(app), "there is no desktop"
        await pilot.press("enter")
        await until((tmp_path / "last-copy.txt").exists)
        assert (tmp_path / "last-copy.txt").read_text() == URL
        await until(lambda: app.screen is screen)


async def test_one_of_several_attachments_is_chosen(tmp_path: Path, graph: Path) -> None:
    scene = told(tmp_path).do("pin", link=URL, entry="5xx at 8%").do("pin", link=str(graph), entry="5xx at 8%")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert "2 attached" in row(screen, "5xx at 8%")
        await on_line(screen, pilot, "5xx at 8%")
        await pilot.press("l")
        await until(lambda: "Attachments" in text_of(app))
        type_ahead(app, "~graph of", "enter")
        await until((tmp_path / "last-copy.txt").exists)
        assert "/evidence/INC-1-" in (tmp_path / "last-copy.txt").read_text()


async def test_the_entry_of_an_attachment_opens_it_too(tmp_path: Path) -> None:
    app = told(tmp_path).do("pin", link=URL, entry="5xx at 8%").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await on_line(screen, pilot, f"{URL} → note: 5xx at 8%")
        await pilot.press("enter")
        await until(lambda: f"• {URL} (Ana, 14:04)" in text_of(app))
        await pilot.press("l")
        await until(lambda: "Open link" in text_of(app))


async def test_an_entry_without_attachments_names_the_key(tmp_path: Path) -> None:
    app = told(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await on_line(screen, pilot, "5xx at 8%")
        await pilot.press("l")
        await until(lambda: "No attachments: L" in text_of(app))
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ReaderScreen) and "L attach" in text_of(app))
        assert "open attachment" not in text_of(app)
        type_ahead(app, "L", f"~{URL}", "enter")
        await until(lambda: pins(screen))
        assert pins(screen)[0].to == "note: 5xx at 8%"


async def test_a_refused_attachment_stays_in_the_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = told(tmp_path).app()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dumps").mkdir()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await on_line(screen, pilot, "5xx at 8%")
        for text in ("/nowhere/at/all", "dumps", "ftp://x"):
            type_ahead(app, "L", "ctrl+r", f"~{text}", "enter")
            await until(lambda: isinstance(app.screen, FormScreen) and app.screen.query_one("#problem").display)
            assert f"› {text}" in text_of(app)
            await pilot.press("escape")
            await until(lambda: app.screen is screen)
        assert pins(screen) == []


async def test_a_typed_attachment_goes_to_the_users_newest_entry(tmp_path: Path, graph: Path) -> None:
    app = told(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, f'~n:pin "{graph}"', "enter")
        await until(lambda: pins(screen))
        type_ahead(app, f"~:pin {URL} 5xx at 3%", "enter")
        await until(lambda: len(pins(screen)) == 2)
        assert [pin.to for pin in pins(screen)] == ["note: Raj is here", "note: 5xx at 3%"]


async def test_undo_removes_an_attachment_and_its_mark(tmp_path: Path) -> None:
    app = told(tmp_path).do("pin", link=URL, entry="5xx at 8%").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert "1 attached" in row(screen, "5xx at 8%")
        await pilot.press("z")
        await until(lambda: not pins(screen) and "1 attached" not in row(screen, "5xx at 8%"))


async def test_a_file_on_another_machine_is_reported(tmp_path: Path, graph: Path) -> None:
    scene = told(tmp_path).do("pin", link=str(graph), entry="5xx at 8%")
    for copy in (tmp_path / "evidence").iterdir():
        copy.unlink()
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await on_line(screen, pilot, "5xx at 8%")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ReaderScreen) and "is not on this machine" in text_of(app))
        await pilot.press("l")
        await until(lambda: app.screen is screen and "is not on this machine" in text_of(app))
        assert not (tmp_path / "last-copy.txt").exists()


async def test_the_filter_searches_attachments(tmp_path: Path) -> None:
    app = told(tmp_path).do("pin", link=URL, entry="5xx at 8%").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "slash", "~graphs.example", "enter")
        await until(lambda: "2 of " in text_of(app))
        assert row(screen, "5xx at 8%")


async def test_the_attachment_mark_is_short_beside_a_long_entry(tmp_path: Path) -> None:
    long = "5xx at 8%, in Europe alone, since then"
    app = Scene(tmp_path).follow(plain_plan()).declare().do("note", text=long).do("pin", link=URL).app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await until(lambda: "+1" in row(screen, long))
        assert "1 attached" not in row(screen, long)
