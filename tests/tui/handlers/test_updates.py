"""Updates on an incident: promised times, restored drafts, and what undoing one restores."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from incident_cockpit.tui.app.app import CockpitApp
from incident_cockpit.tui.screens.composer import ComposerScreen
from incident_cockpit.tui.widgets.text_field import DraftArea
from support.screen import START, Scene, opened, until
from support.single_screen import text_of, type_ahead


@pytest.mark.parametrize("after", ["3m", "50m"])
async def test_a_saved_draft_promises_its_own_time(tmp_path: Path, after: str) -> None:
    scene = Scene(tmp_path).declare().do("impact", impact="8% of EU cards fail", after="10m")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~u", "~Sorry. ")
        await until(lambda: "Sorry. " in text_of(app))
        assert "by 15:10 UTC" in text_of(app)
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        scene.wait(after)
        await pilot.press("u")
        await until(lambda: "Saved draft" in text_of(app))
        assert "due 15:10 UTC" in text_of(app)
        await pilot.press("ctrl+s")
        await until(lambda: app.screen is screen)
        [sent] = screen.live.record.incident.updates.sent.values()
        assert sent.next_due == START + timedelta(minutes=70)


async def composing(pilot: Pilot[None], app: CockpitApp) -> DraftArea:
    """Open the composer for those outside, whoever is due first, and return its draft."""
    await pilot.press("u")
    await until(lambda: isinstance(app.screen, ComposerScreen) and isinstance(app.focused, DraftArea))
    if "External update" not in text_of(app):
        await pilot.press("ctrl+n")
        await until(lambda: "External update" in text_of(app))
    return app.screen.query_one(DraftArea)


async def test_a_saved_draft_shows_what_is_newer(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare().do("impact", impact="8% of EU cards fail", after="10m")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await composing(pilot, app)
        type_ahead(app, "~Sorry. ", "escape")
        await until(lambda: app.screen is screen)
    # Another day, another program.
    again = scene.wait("3m").app()
    scene.library = scene.another("Kim")
    kim = scene.library.session(screen.live.record.id)
    kim.act("phase", {"phase": "monitoring", "reason": "rolled back"})
    kim.act("sent", {"audience": "external", "route": "file", "text": "We watch it."})
    async with again.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        draft = await composing(pilot, again)
        await until(lambda: "● phase newer" in text_of(again))
        assert "Kim" in text_of(again)
        # A word more makes it no newer.
        type_ahead(again, "~ Truly.")
        await until(lambda: draft.text.endswith(" Truly."))
        assert "● phase newer" in text_of(again)
        await pilot.press("ctrl+r")
        await until(lambda: "newer than" not in text_of(again))
    scene.library.close()


async def test_an_update_that_was_not_copied_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    scene = Scene(tmp_path).declare().do("impact", impact="8% of EU cards fail", after="10m")
    # A folder in its way: no file can be written there, and there is no terminal and no clipboard either.
    (tmp_path / "last-copy.txt").mkdir()
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        draft = await composing(pilot, app)
        type_ahead(app, "~Sorry. ", "ctrl+s")
        await until(lambda: "Not copied: no clipboard found" in text_of(app))
        assert draft.text.startswith("Sorry. ")
        assert not screen.live.record.incident.updates.sent


async def test_undoing_an_update_restores_the_edited_text(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().do("impact", impact="8% of EU cards fail", after="10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)

        def sent() -> object:
            return screen.live.record.incident.updates.sent

        await composing(pilot, app)
        type_ahead(app, "~Sorry. ", "ctrl+s")
        await until(lambda: app.screen is screen and sent())
        draft = await composing(pilot, app)
        assert "Sorry." not in draft.text
        await pilot.press("escape", "z")
        await until(lambda: app.screen is screen and not sent())
        draft = await composing(pilot, app)
        assert draft.text.startswith("Sorry. Status: investigating")
        assert "Saved draft" in text_of(app)
        # What is sent anew, and what nobody had a hand in, does not come back.
        await pilot.press("ctrl+r", "escape")
        await until(lambda: app.screen is screen)
        await pilot.press("Z")
        await until(sent)
        draft = await composing(pilot, app)
        assert "Sorry." not in draft.text


async def test_an_edited_time_is_promised_and_a_past_one_warned_of(
    tmp_path: Path,
) -> None:
    app = Scene(tmp_path).declare().do("impact", impact="8% of EU cards fail", after="10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("u")
        await until(lambda: isinstance(app.screen, ComposerScreen) and isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        area.text = "8% of EU cards fail. We write again by 14:05 UTC."
        await until(lambda: "has passed" in text_of(app))
        assert "due 15:10 UTC" in text_of(app)
        area.text = "8% of EU cards fail. We write again by 14:30 UTC."
        await until(lambda: "due 14:30 UTC" in text_of(app))
        assert "has passed" not in text_of(app)
        await pilot.press("ctrl+s")
        await until(lambda: app.screen is screen)
        [sent] = screen.live.record.incident.updates.sent.values()
        assert sent.next_due == START + timedelta(minutes=30)
