"""What is typed is on the disk before it is on the screen: a kill could come right behind the paint.

No turn of the loop lies between a change and the look at what was kept.
"""

from __future__ import annotations

from pathlib import Path

from box_kit import text_of, type_ahead
from incident_cockpit.tui.begun import Begun
from incident_cockpit.tui.screens.declare import DeclareScreen
from incident_cockpit.tui.screens.pick import Picker
from loop_kit import in_the_loop, put, texts
from screen_kit import Scene, opened, until


async def test_a_line_and_what_still_waits_to_be_stored(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        record, drafts, field = screen.following.record.id, screen.around.drafts, screen.entry.field
        screen.entry.start()
        field.value = "half a th"
        assert drafts.kept(record, "entry") == "half a th"
        screen.entry.take_paste("ought\nand more")
        assert drafts.kept(record, "entry") == "half a thought\nand more"
        # A line that was taken out is a draft until the store has it.
        screen.entry._enter()
        field.value = "the next"
        assert drafts.kept(record, "entry") == "half a thought⏎and more\nthe next"
        await until(lambda: drafts.kept(record, "entry") == "the next")
        field.value = ""
        assert drafts.kept(record, "entry") == ""


async def test_the_title_of_an_incident_that_is_not_made_yet(tmp_path: Path) -> None:
    app = Scene(tmp_path).app(listing=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "No incident yet" in text_of(app))
        await pilot.press("d")
        await until(lambda: isinstance(app.screen, DeclareScreen) and app.screen.focused is not None)
        app.screen.query_one("#title").value = "EU cards fail"
        assert app._drafts.kept("new", "title") == "EU cards fail"


async def test_the_answers_of_a_form_stand_in_it_again_after_a_kill_until_it_is_done_or_left(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        drafts, incident_id = screen.around.drafts, screen.following.record.id
        await pilot.press("D")
        await until(lambda: "What was decided?" in text_of(app))
        type_ahead(app, "~roll back", "enter", "~the EU peak com")
        await until(lambda: "the EU peak com" in text_of(app))
        begun = Begun(drafts, incident_id, "Ana", "decide", {})
        assert begun.kept() == {"text": "roll back", "why": "the EU peak com"}
        # What a kill leaves is what is on the disk now.
        left = drafts.kept(incident_id, "form decide Ana")
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        assert not begun.kept(), "somebody left it"
        drafts.keep(incident_id, "form decide Ana", left)
        await pilot.press("D")
        await until(lambda: "› roll back" in text_of(app))
        type_ahead(app, "enter", "~es", "enter", "enter", "enter", "enter")
        await until(lambda: "roll back  (because the EU peak comes)" in texts(screen)[-1])
        await until(lambda: app.screen is screen)
        assert not begun.kept()


async def test_words_that_were_begun_about_one_ask_or_by_somebody_else_are_not_about_another(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        drafts, incident_id = screen.around.drafts, screen.following.record.id
        Begun(drafts, incident_id, "Ana", "answer", {"ask": "a26"}).keep({"ask": "a26", "answer": "3 seconds"})
        Begun(drafts, incident_id, "Ben", "impact", {}).keep({"impact": "nobody"})
        drafts.keep(incident_id, "form hypothesis Ana", "{not json")
        await pilot.press("3")
        put(screen, "due", "who deployed")
        for key, question in (
            ("space", "What was found?"),
            ("i", "Who is hurt, and how?"),
            ("h", "could be the cause?"),
        ):
            await pilot.press(key)
            await until(lambda question=question: question in text_of(app))
            assert app.screen.query_one(Picker).field.text == ""
            await pilot.press("escape")
            await until(lambda: app.screen is screen)
