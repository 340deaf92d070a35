"""Type-ahead: keys typed in one burst reach the screens they are meant for."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.css.query import NoMatches

from incident_cockpit.errors import StoreError
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.help import HelpScreen
from incident_cockpit.tui.screens.modal import Dialog
from incident_cockpit.tui.screens.reader import ReaderScreen
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead


def texts(screen: CockpitScreen) -> list[str]:
    return [said.text for said in timeline_entries(screen.live.record)]


async def test_type_ahead_through_grave_action_and_y(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~s3", "enter", "~better", "enter", "~y", "~n", "~zebra crossing", "enter", "escape", "~ ")
        await until(lambda: screen.live.record.incident.steps.marks)
        assert texts(screen)[-3:] == ["SEV2 → SEV3: better", "zebra crossing", "Acknowledge the alert  done"]


async def test_type_ahead_through_two_forms(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "minus", "~drill", "enter", "down")
        type_ahead(app, "at", "~Raj", "enter", "~5m", "enter", "~lag?", "enter", "x")
        await until(lambda: len(screen.live.record.incident.steps.marks) == 2)
        assert texts(screen)[-3:] == [
            "Acknowledge the alert  skipped: drill",
            "Raj, 5m: lag?",
            "Name the incident commander  done",
        ]


async def test_type_ahead_answers_form_of_command(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~n:impact", "enter", "~EU cards fail", "enter", "~= roll back", "enter")
        await until(lambda: "roll back" in texts(screen))
        assert screen.live.record.incident.impact.value == "EU cards fail"


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_type_ahead_from_list_to_first_entry(tmp_path: Path, size: tuple[int, int]) -> None:
    app = Scene(tmp_path).app(listing=True)
    async with app.run_test(size=size):
        await until(lambda: "No incidents" in text_of(app))
        type_ahead(app, "~dEU cards fail", "enter", "~sev2", "enter", "~nzebra crossing", "enter")
        await until(lambda: isinstance(app.screen, CockpitScreen) and "zebra crossing" in texts(app.screen))


async def test_type_ahead_after_refusal_stays_in_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        act = screen.live.act

        async def locked(*_values: object) -> None:
            raise StoreError("the store is locked", "try again")

        monkeypatch.setattr(screen.live, "act", locked)
        type_ahead(app, "~iEU cards", "enter", "~ fail")
        await until(lambda: "EU cards fail" in text_of(app))
        assert isinstance(app.screen, Dialog)
        monkeypatch.setattr(screen.live, "act", act)
        type_ahead(app, "enter", "~ ")
        await until(lambda: screen.live.record.incident.steps.marks)
        assert screen.live.record.incident.impact.value == "EU cards fail"


async def test_closing_help_on_list_releases_keys(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app(listing=True)
    async with app.run_test(size=(120, 40)):
        await until(lambda: "Checkout returns" in text_of(app))
        type_ahead(app, "question_mark", "escape", "enter")
        await until(lambda: isinstance(app.screen, CockpitScreen))


async def test_keys_work_at_once_after_dialog_closes(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        for key in ("s", "u", "i", "enter", "question_mark", "ctrl+p", "slash"):
            await pilot.press(key)
            await until(lambda: isinstance(app.screen, Dialog | CommandPalette))
            await pilot.press("escape")
            # Long before the time after which the keyboard comes back whatever has gone wrong.
            await until(lambda: app.screen is screen and not app.type_ahead.waiting)


@pytest.mark.parametrize("key", ["C", "i", "u", "s"])
async def test_unhandled_key_does_not_close_next_dialog(tmp_path: Path, key: str) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "5", *["escape"] * 5, key)
        await until(lambda: app.screen is not screen and app.screen.focused is not None and not app.type_ahead.waiting)
        type_ahead(app, "escape", "~n", "~zebra crossing", "enter")
        await until(lambda: texts(screen)[-1] == "zebra crossing")


async def test_quit_waits_for_keys_typed_before(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare()
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~s3", "enter", "~better", "enter", "~y", "ctrl+q")
        await until(lambda: app._exit)
        assert texts(screen)[-1] == "SEV2 → SEV3: better"


async def test_second_quit_does_not_wait(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        app.type_ahead.hold()
        type_ahead(app, "ctrl+q", "ctrl+q")
        await until(lambda: app._exit)


async def test_keys_work_after_a_manual_topic_is_closed(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "question_mark", "~manual recovery", "enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        type_ahead(app, "escape")
        await until(lambda: isinstance(app.screen, HelpScreen))
        type_ahead(app, "escape")
        await until(lambda: app.screen is screen)


async def test_quit_while_the_list_opens_is_no_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Scene(tmp_path).declare().app()
    crashes: list[BaseException] = []
    monkeypatch.setattr("incident_cockpit.tui.app.safety.short_crash", lambda _app, error, _log: crashes.append(error))
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        app.exit()
        # The widgets of a screen that was opening are gone, while the app still runs.
        app._handle_exception(NoMatches("#filter"))
        assert app.is_running
    assert not crashes


async def test_keys_after_exit_are_dropped(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        # What is raised by one of them is raised again where this block ends.
        app.exit()
        type_ahead(app, "~nlate", "enter", "escape", "x")
