"""The message bar: problems are shown in full, results name the action, offers are never cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.tui.screens.message import MessageScreen
from incident_cockpit.tui.widgets.bars import FooterBar, MessageBar
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead


async def test_long_problem_takes_two_lines_until_a_key(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        said, footer = screen.query_one(MessageBar), screen.query_one(FooterBar)
        complaint = "the store is held by another program on this machine for longer than a minute: end that one first"
        screen.say(complaint, "late")
        await pilot.pause()
        drawn = [said.render_line(y).text.strip() for y in range(said.size.height)]
        assert (" ".join(drawn), len(drawn), footer.display) == (complaint, 2, False)
        screen.say(complaint * 3, "warn")
        await pilot.pause()
        assert said.render_line(1).text.rstrip().endswith("…")
        screen.say(f"kept: {complaint}", "ok")
        await pilot.pause()
        assert (said.size.height, footer.display) == (1, True)
        screen.say(complaint, "late")
        await until(lambda: said.size.height == 2)
        await pilot.press("down")
        await until(lambda: footer.display and said.size.height == 1)
        assert said.render_line(0).text.strip().startswith("the store is held"), "its beginning stays"
        screen.say(complaint, "late")
        await pilot.resize_terminal(120, 40)
        await until(lambda: footer.display and said.size.height == 1)


async def test_redo_message_names_the_action(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        said = screen.query_one(MessageBar)
        screen.do("note", {"text": "rolled back"})
        for key, words in (("", "Logged"), ("z", "Undone"), ("Z", "Redone"), ("z", "Undone")):
            await pilot.press(*key)
            await until(lambda words=words: said.render_line(0).text.strip() == f"{words}: rolled back")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_offer_of_message_bar_is_never_cut(tmp_path: Path, size: tuple[int, int]) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        said = screen.query_one(MessageBar)
        screen.say("kept: Resolved", "ok", "(W who may rest)")
        await pilot.pause()
        assert said.render_line(0).text.strip() == "kept: Resolved  (W who may rest)"
        screen.say(f"kept: {'5xx at baseline ' * 9}", "ok", "(W who may rest)")
        await pilot.pause()
        drawn = said.render_line(0).text.strip()
        assert drawn.startswith("kept: 5xx at baseline")
        assert drawn.endswith("…  (W who may rest)")
        screen.say("kept: a note")
        await pilot.pause()
        assert said.render_line(0).text.strip() == said.text == "kept: a note"


async def test_resolving_by_phase_offers_message(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        said = screen.query_one(MessageBar)
        for phase, offered, message in (
            ("monitoring", "", ""),
            ("resolved", "(C copy all-clear, W copy stand-down list)", "How we know: baseline"),
            ("closed", "(C copy closing message)", "now Closed"),
        ):
            type_ahead(app, "~p", f"~{phase}", "enter", "~baseline", "enter", "~y")
            await until(lambda phase=phase: f"→ {phase.capitalize()}" in said.text)
            assert said.text.partition("  ")[2] == offered
            if message:
                type_ahead(app, "~C", "enter")
                await until(lambda message=message: message in text_of(app).replace("*", ""))
                assert isinstance(app.screen, MessageScreen)
                await pilot.press("escape")
                await until(lambda: app.screen is screen)
