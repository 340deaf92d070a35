"""The wallboard: complete at any size, follows the store, changes nothing, shows restricted incidents by codename."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.events import Paste

from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.errors import StoreError
from incident_cockpit.tui.app.wall import WallApp, WallScreen
from support.response import in_the_loop
from support.screen import Scene, until
from support.single_screen import text_of
from test_story import Incidents

LEAVING = {"q", "escape", "ctrl+q", "ctrl+c"}


def wall(scene: Scene) -> WallApp:
    assert scene.session is not None
    incident_id = scene.session.record.id
    scene.library.close()
    return WallApp(scene.another("Ana"), incident_id)


async def shown(app: WallApp) -> WallScreen:
    await until(lambda: isinstance(app.screen, WallScreen) and "NEXT" in text_of(app) and "╰" in text_of(app))
    screen = app.screen
    assert isinstance(screen, WallScreen)
    screen.paint()
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_wallboard_shows_impact_updates_and_late_items(tmp_path: Path, size: tuple[int, int]) -> None:
    app = wall(in_the_loop(Scene(tmp_path)))
    async with app.run_test(size=size):
        await shown(app)
        await until(lambda: "▲ late 10m     Raj: who deployed 4512?" in text_of(app))
        drawn = text_of(app)
        for words in (
            "INC-1  Checkout returns 500 for",
            "INVESTIGATING  T+27m",
            "Raj: who deployed 4512? (late 10m)",
            "8% of EU card payments fail",
            "24m ago",
            "Internal update 1: 1m ago, at 14:26",
            "External update in 33m",
            "14:26  update",
            "search major outage",
        ):
            assert words in drawn, words
        assert ("Technical Lead" in drawn) is (size[0] >= 90)
        assert ("IC     Ana, Incident Commander" in drawn) is (size[0] < 90)
        assert ("+1 -1" in drawn) is (size[1] >= 36)
        assert "answer it" not in drawn
        assert "rule out" not in drawn.replace("ruled out", "")


async def test_wallboard_of_new_incident_has_no_update(tmp_path: Path) -> None:
    app = wall(Scene(tmp_path).declare())
    async with app.run_test(size=(80, 24)):
        await shown(app)
        await until(lambda: "no update sent" in text_of(app) and "not set" in text_of(app))


async def test_wallboard_follows_store_and_shows_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(tmp_path).declare()
    app = wall(scene)
    async with app.run_test(size=(120, 40)):
        screen = await shown(app)
        with scene.another("Raj") as theirs:
            theirs.session(screen.live.record.id).act("impact", {"impact": "one card in twelve fails"})
        await until(lambda: "IMPACT   one card in twelve fails" in text_of(app))
        refresh = screen.live.refresh

        async def gone() -> bool:
            raise StoreError("the store is locked", "wait")

        monkeypatch.setattr(screen.live, "refresh", gone)
        await until(lambda: "the store is locked" in text_of(app))
        monkeypatch.setattr(screen.live, "refresh", refresh)
        await until(lambda: "Store available" in text_of(app))


async def test_wallboard_keeps_showing_late_items(tmp_path: Path) -> None:
    scene = in_the_loop(Scene(tmp_path))
    app = wall(scene)
    async with app.run_test(size=(60, 18)):
        screen = await shown(app)
        due = screen.query_one("#due")
        await until(lambda: "▲ late 10m     Raj: who deployed 4512?" in text_of(app))
        assert due.size.height < len(due.rows)
        with scene.another("Raj") as theirs:
            theirs.session(screen.live.record.id).act("snooze", {"item": "who deployed", "within": "50m"})
        await until(lambda: "ask:a27" in [row.key for row in due.rows[due.size.height :]])
        await until(lambda: "▲ late 4m      Raj: replica lag?" in text_of(app))


async def test_wallboard_shows_codename_of_restricted(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare("Customer mails leaked").do("restrict", codename="Nightjar")
    scene.do("note", text="Customer mails leaked to a partner")
    app = wall(scene)
    async with app.run_test(size=(120, 40)):
        screen = await shown(app)
        await until(lambda: "Nightjar to a partner" in text_of(app))
        assert "customer mails leaked" not in text_of(app).casefold()
        assert screen.view.record is screen.view.record, "it is veiled once for each thing that is recorded"
        with scene.another("Raj") as theirs:
            theirs.session(screen.live.record.id).act("unrestrict", {})
        await until(lambda: "Customer mails leaked" in text_of(app))


@pytest.mark.parametrize("size", [(20, 5), (40, 10), (300, 100)])
async def test_wallboard_fits_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    app = wall(in_the_loop(Scene(tmp_path)))
    async with app.run_test(size=size) as pilot:
        await until(lambda: isinstance(app.screen, WallScreen))
        await pilot.resize_terminal(120, 40)
        await until(lambda: "Technical Lead" in text_of(app))


def stored(home: Path) -> dict[Path, bytes]:
    """Return every file below the home with what is in it."""
    return {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}


async def test_wallboard_never_writes(tmp_path: Path) -> None:
    app = wall(in_the_loop(Scene(tmp_path)))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app)
        before = stored(tmp_path)
        assert before
        keys = {key for action in ACTIONS.values() for key in action.keys} - LEAVING
        await pilot.press(*sorted(keys), "enter", "tab", "n", "x", "enter")
        app.post_message(Paste("[14:01] Raj: errors\n[14:02] Mio: tickets"))
        for place in ((10, 6), (70, 6), (10, 30)):
            await pilot.click(offset=place)
            await pilot.click(offset=place, times=2)
        await pilot.pause()
        assert app.screen is screen
        assert stored(tmp_path) == before


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_wallboard_marks_late_items_elsewhere(tmp_path: Path, size: tuple[int, int]) -> None:
    scene = Scene(tmp_path).declare("Customer records leak")
    scene.declare("Mail is late").do("ask", who="Raj", within="10m", text="why?").do("resolve", verified="ok")
    app = wall(scene.declare("Checkout returns 500"))
    async with app.run_test(size=size):
        screen = await shown(app)
        await until(lambda: screen.live._others)
        assert " late " not in text_of(app).splitlines()[0], "nothing is late there yet"
        scene.wait("1h")
        screen.paint()
        await until(lambda: re.search(r" INC-1: \d+ late ", text_of(app).splitlines()[0]))
        assert "records" not in text_of(app)
        assert "INC-2" not in text_of(app), "what is over is in the list"


@pytest.mark.parametrize("key", sorted(LEAVING))
async def test_wallboard_quit_keys_work(tmp_path: Path, key: str) -> None:
    app = wall(Scene(tmp_path).declare())
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app)
        await pilot.press(key)
        await until(lambda: not app.is_running or app._exit)


def test_wallboard_in_terminal_follows_and_quits(tmp_path: Path) -> None:
    incidents = Incidents(tmp_path)
    incidents.run("new", "Checkout returns 500", "--severity", "SEV2")
    with incidents.terminal("watch", size=(100, 36)) as term:
        term.expect("INC-1 .*Checkout returns 500")
        assert incidents.run("log", "! seen on the wall").returncode == 0
        term.expect("action +seen on the wall")
        term.type("q")
        assert term.wait_exit() == 0
        assert not term.left_on()
    assert incidents.texts()[-1] == ("action", "seen on the wall")


def test_wallboard_refuses_without_terminal(tmp_path: Path) -> None:
    incidents = Incidents(tmp_path)
    incidents.run("new", "Checkout returns 500", "--severity", "SEV2")
    ended = incidents.run("watch")
    assert ended.returncode == 5
    assert "terminal" in ended.stderr
