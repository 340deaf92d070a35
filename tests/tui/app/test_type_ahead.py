"""Keys typed in one burst, faster than any box opens: each arrives where a patient hand would have put it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandPalette

from incident_cockpit.errors import StoreError
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.modal import Dialog
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead


def texts(screen: CockpitScreen) -> list[str]:
    return [said.text for said in timeline_entries(screen.live.record)]


async def test_a_grave_action_with_its_y_and_whatever_comes_behind_it(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~s3", "enter", "~better", "enter", "~y", "~n", "~zebra crossing", "enter", "escape", "~ ")
        await until(lambda: screen.live.record.incident.steps.marks)
        assert texts(screen)[-3:] == ["SEV2 → SEV3: better", "zebra crossing", "Acknowledge the alert  done"]


async def test_one_box_after_the_other(tmp_path: Path) -> None:
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


async def test_a_command_that_still_asks_is_answered_in_its_box(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~n:impact", "enter", "~EU cards fail", "enter", "~= roll back", "enter")
        await until(lambda: "roll back" in texts(screen))
        assert screen.live.record.incident.impact.value == "EU cards fail"


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_from_the_list_to_the_first_line_of_a_new_incident(tmp_path: Path, size: tuple[int, int]) -> None:
    app = Scene(tmp_path).app(listing=True)
    async with app.run_test(size=size):
        await until(lambda: "No incidents" in text_of(app))
        type_ahead(app, "~dEU cards fail", "enter", "~sev2", "enter", "~nzebra crossing", "enter")
        await until(lambda: isinstance(app.screen, CockpitScreen) and "zebra crossing" in texts(app.screen))


async def test_what_is_typed_behind_a_refused_answer_stays_in_its_box(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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


async def test_leaving_help_on_the_list_gives_the_keys_back(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app(listing=True)
    async with app.run_test(size=(120, 40)):
        await until(lambda: "Checkout returns" in text_of(app))
        type_ahead(app, "question_mark", "escape", "enter")
        await until(lambda: isinstance(app.screen, CockpitScreen))


async def test_keys_come_at_once_after_a_box_was_left(tmp_path: Path) -> None:
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
async def test_a_key_that_means_nothing_does_not_close_the_box_of_the_next(tmp_path: Path, key: str) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "5", *["escape"] * 5, key)
        await until(lambda: app.screen is not screen and app.screen.focused is not None and not app.type_ahead.waiting)
        type_ahead(app, "escape", "~n", "~zebra crossing", "enter")
        await until(lambda: texts(screen)[-1] == "zebra crossing")


async def test_leaving_waits_for_what_was_typed_before_it(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare()
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~s3", "enter", "~better", "enter", "~y", "ctrl+q")
        await until(lambda: app._exit)
        assert texts(screen)[-1] == "SEV2 → SEV3: better"


async def test_leaving_twice_waits_for_nothing(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        app.type_ahead.hold()
        type_ahead(app, "ctrl+q", "ctrl+q")
        await until(lambda: app._exit)


async def test_keys_behind_the_end_are_for_nobody(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        # What is raised by one of them is raised again where this block ends.
        app.exit()
        type_ahead(app, "~nlate", "enter", "escape", "x")
