"""What is typed is on the disk before it is on the screen: a kill could come right behind the paint.

No turn of the loop lies between a change and the look at what was kept.
"""

from __future__ import annotations

from pathlib import Path

from box_kit import text_of
from incident_cockpit.tui.screens.declare import DeclareScreen
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
