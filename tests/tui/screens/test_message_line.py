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
        bar, footer = screen.query_one(MessageBar), screen.query_one(FooterBar)
        problem = "the store is held by another program on this machine for longer than a minute: end that one first"
        screen.say(problem, "late")
        await pilot.pause()
        drawn = [bar.render_line(y).text.strip() for y in range(bar.size.height)]
        assert (" ".join(drawn), len(drawn), footer.display) == (problem, 2, False)
        screen.say(problem * 3, "warn")
        await pilot.pause()
        assert bar.render_line(1).text.rstrip().endswith("…")
        screen.say(f"Logged: {problem}", "ok")
        await pilot.pause()
        assert (bar.size.height, footer.display) == (1, True)
        screen.say(problem, "late")
        await until(lambda: bar.size.height == 2)
        await pilot.press("down")
        await until(lambda: footer.display and bar.size.height == 1)
        assert bar.render_line(0).text.strip().startswith("the store is held"), "its beginning stays"
        screen.say(problem, "late")
        await pilot.resize_terminal(120, 40)
        await until(lambda: footer.display and bar.size.height == 1)


async def test_redo_message_names_the_action(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        bar = screen.query_one(MessageBar)
        screen.do("note", {"text": "rolled back"})
        for key, words in (("", "Logged"), ("z", "Undone"), ("Z", "Redone"), ("z", "Undone")):
            await pilot.press(*key)
            await until(lambda words=words: bar.render_line(0).text.strip() == f"{words}: rolled back")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_offer_of_message_bar_is_never_cut(tmp_path: Path, size: tuple[int, int]) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        bar = screen.query_one(MessageBar)
        screen.say("Logged: Resolved", "ok", "(W copy the list)")
        await pilot.pause()
        assert bar.render_line(0).text.strip() == "Logged: Resolved  (W copy the list)"
        screen.say(f"Logged: {'5xx at baseline ' * 9}", "ok", "(W copy the list)")
        await pilot.pause()
        drawn = bar.render_line(0).text.strip()
        assert drawn.startswith("Logged: 5xx at baseline")
        assert drawn.endswith("…  (W copy the list)")
        screen.say("Logged: a note")
        await pilot.pause()
        assert bar.render_line(0).text.strip() == bar.text == "Logged: a note"


async def test_resolving_by_phase_offers_message(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        bar = screen.query_one(MessageBar)
        for phase, offered, message in (
            ("monitoring", "", ""),
            ("resolved", ", W copy", "baseline"),
            ("closed", "(C copy closing", "Closed"),
        ):
            type_ahead(app, "~p", f"~{phase}", "enter", "~baseline", "enter", "~y")
            await until(lambda phase=phase: f"→ {phase.capitalize()}" in bar.text)
            assert offered in bar.text.partition("  ")[2]
            assert bool(bar.text.partition("  ")[2]) is bool(offered)
            if message:
                type_ahead(app, "~C", "enter")
                await until(lambda: isinstance(app.screen, MessageScreen))
                await until(lambda message=message: message in text_of(app))
                await pilot.press("escape")
                await until(lambda: app.screen is screen)
