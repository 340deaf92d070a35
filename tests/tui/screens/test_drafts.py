"""Drafts of every field: saved before they are drawn, so that a kill right after loses nothing.

The event loop does not run between a change and the check of the draft.
"""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.pilot import Pilot

from incident_cockpit.actions.registry import find
from incident_cockpit.journal.drafts import Drafts
from incident_cockpit.tui.app.app import CockpitApp
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.composer import ComposerScreen
from incident_cockpit.tui.screens.declare import DeclareScreen
from incident_cockpit.tui.screens.fields import FormDraft
from incident_cockpit.tui.screens.message import MessageScreen
from incident_cockpit.tui.screens.pick import Picker
from incident_cockpit.tui.screens.read_back import ReadBackScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.screens.text_prompt import TextPrompt
from incident_cockpit.tui.widgets.text_field import Field
from support.response import in_the_loop, put, texts
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead


async def test_entry_draft_includes_unsaved_lines(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        record, drafts, field = screen.live.record.id, screen.context.app.drafts, screen.entry.field
        screen.entry.start()
        field.value = "half a th"
        assert drafts.kept(record, "entry Ana") == "half a th"
        screen.entry.take_paste("ought\nand more")
        assert drafts.kept(record, "entry Ana") == "half a thought\nand more"
        # A line that was taken out is a draft until the store has it.
        screen.entry._enter()
        field.value = "the next"
        assert drafts.kept(record, "entry Ana") == "half a thought⏎and more\nthe next"
        await until(lambda: drafts.kept(record, "entry Ana") == "the next")
        field.value = ""
        assert drafts.kept(record, "entry Ana") == ""


async def test_declare_draft_keeps_every_field(tmp_path: Path) -> None:
    app = Scene(tmp_path).app(listing=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "No incidents" in text_of(app))
        await declaring(app, pilot)
        draft = FormDraft(app.drafts, "new", "Ana", "declare", {})
        app.screen.query_one("#title").value = "EU cards fail"
        assert draft.load() == {"title": "EU cards fail", "severity": "SEV1"}
        await pilot.press("ctrl+o")
        await until(lambda: app.focused is not None and app.focused.id == "runbook")
        type_ahead(app, "enter", "~-20m", "enter", "~all of EU", "enter", "down")
        typed = {"title": "EU cards fail", "started": "-20m", "why": "all of EU", "severity": "SEV2"}
        await until(lambda: draft.load() == typed)
        await until(lambda: "esc close" in text_of(app))
        await pilot.press("escape")
        await until(lambda: not isinstance(app.screen, DeclareScreen))
        await declaring(app, pilot)
        for words in ("Saved draft", "EU cards fail", "-20m", "all of EU"):
            assert words in text_of(app)
        assert app.screen.query_one("#severity", Picker).options.cursor_key == "SEV2"
        await pilot.press("ctrl+r")
        await until(lambda: "EU cards fail" not in text_of(app))
        assert "Saved draft" not in text_of(app)
        await until(lambda: "esc cancel" in text_of(app))
        assert not draft.load()
        type_ahead(app, "~Cards fail", "enter", "enter")
        await until(lambda: isinstance(app.screen, CockpitScreen))
        assert not draft.load()


async def test_declare_opens_with_title_of_old_draft(tmp_path: Path) -> None:
    app = Scene(tmp_path).app(listing=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "No incidents" in text_of(app))
        app.drafts.keep("new", "title", "EU cards fail")
        await declaring(app, pilot)
        assert "EU cards fail" in text_of(app)
        await pilot.press("ctrl+r", "escape")
        await until(lambda: not isinstance(app.screen, DeclareScreen))
        await declaring(app, pilot)
        assert "EU cards fail" not in text_of(app)


async def declaring(app: CockpitApp, pilot: Pilot[None]) -> None:
    await pilot.press("d")
    await until(lambda: isinstance(app.screen, DeclareScreen) and app.screen.focused is not None)
    await pilot.pause()


async def test_form_draft_survives_escape_and_kill(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        drafts, incident_id = screen.context.app.drafts, screen.live.record.id
        await pilot.press("D")
        await until(lambda: find("decide").title in text_of(app))
        await until(lambda: "esc cancel" in text_of(app))
        type_ahead(app, "~roll back", "enter", "~the EU peak com")
        await until(lambda: "the EU peak com" in text_of(app))
        await until(lambda: "esc close" in text_of(app))
        # What is on the disk now is what a kill leaves.
        draft = FormDraft(drafts, incident_id, "Ana", "decide", {})
        assert draft.load() == {"text": "roll back", "why": "the EU peak com"}
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        await pilot.press("D")
        await until(lambda: "› roll back" in text_of(app))
        await until(lambda: "Saved draft" in text_of(app))
        type_ahead(app, "enter", "~es", "enter", "enter", "enter", "enter")
        await until(lambda: "roll back  (because the EU peak comes)" in texts(screen)[-1])
        await until(lambda: app.screen is screen)
        assert not draft.load()
        await pilot.press("D")
        await until(lambda: find("decide").title in text_of(app))
        assert "Saved draft" not in text_of(app)


async def test_ctrl_r_clears_draft_at_any_question(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        draft = FormDraft(screen.context.app.drafts, screen.live.record.id, "Ana", "severity", {})
        await pilot.press("s")
        await until(lambda: "Change severity" in text_of(app))
        type_ahead(app, "up", "enter", "~all of EU", "enter")
        await until(lambda: "Press y" in text_of(app))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        assert draft.load() == {"severity": "SEV1", "reason": "all of EU"}
        await pilot.press("s")
        await until(lambda: "Saved draft" in text_of(app))
        assert app.screen.query_one(Picker).options.cursor_key == "SEV1"
        type_ahead(app, "enter", "enter")
        await until(lambda: "Press y" in text_of(app))
        await pilot.press("ctrl+r")
        await until(lambda: "Change severity" in text_of(app))
        assert not draft.load()
        assert app.screen.query_one(Picker).options.cursor_key == "SEV2", "the one that holds"
        assert "all of EU" not in text_of(app)


async def test_form_opens_with_current_value(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().do("impact", impact="3% of EU cards fail").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        draft, seq = (
            FormDraft(screen.context.app.drafts, screen.live.record.id, "Ana", "impact", {}),
            screen.live.record.seq,
        )
        await pilot.press("i")
        await until(lambda: "› 3% of EU cards fail" in text_of(app))
        assert "Saved draft" not in text_of(app)
        await pilot.press("enter")
        await until(lambda: app.screen is screen and "unchanged" in text_of(app))
        assert screen.live.record.seq == seq
        # One word is changed by going there, all of it by typing.
        await pilot.press("i")
        await until(lambda: "› 3% of EU cards fail" in text_of(app))
        type_ahead(app, "end", *["backspace"] * 4, "~time out", "escape")
        await until(lambda: app.screen is screen)
        assert draft.load() == {"impact": "3% of EU cards time out"}
        await pilot.press("i")
        await until(lambda: "› 3% of EU cards time out" in text_of(app))
        await pilot.press("ctrl+r")
        await until(lambda: "› 3% of EU cards fail" in text_of(app))
        type_ahead(app, "~8% fail", "enter")
        await until(lambda: texts(screen)[-1] == "8% fail")
        assert not draft.load()


async def test_half_typed_name_is_drafted(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("e")
        await until(lambda: find("escalate").args[0].prompt in text_of(app))
        type_ahead(app, "~Noo", "escape")
        await until(lambda: app.screen is screen)
        await pilot.press("e")
        await until(lambda: "Saved draft" in text_of(app))
        assert app.screen.query_one(Picker).field.text == "Noo"
        assert "Noo  use" in text_of(app)


async def test_read_back_draft_survives_closing(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).do("handoff", who="Kim").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("H")
        await until(lambda: isinstance(app.screen, ReadBackScreen) and app.screen.focused is not None)
        point = app.screen._point_id
        type_ahead(app, "~3% of ca")
        await until(lambda: "› 3% of ca" in text_of(app))
        await until(lambda: "esc close (draft" in text_of(app))
        # The brief is read in between, then it is left.
        await pilot.press("ctrl+b")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ReadBackScreen) and "› 3% of ca" in text_of(app))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        await pilot.press("H")
        await until(lambda: isinstance(app.screen, ReadBackScreen) and "Saved draft" in text_of(app))
        type_ahead(app, "~rds", "enter")
        await until(lambda: dict(screen.live.record.incident.handoff.read_back).get(point) == "3% of cards")
        await until(lambda: "Saved draft" not in text_of(app))
        type_ahead(app, "~Raj", "ctrl+r")
        await until(lambda: app.screen.field.text == "")
        await pilot.press("escape", "H")
        await until(lambda: isinstance(app.screen, ReadBackScreen) and app.screen.focused is not None)
        assert app.screen.field.text == ""


async def test_pasted_thread_is_drafted_until_import(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)

        async def chat() -> None:
            screen.do("chat", {})
            await until(lambda: isinstance(app.screen, TextPrompt) and app.screen.focused is not None)

        await chat()
        app.post_message(events.Paste("Raj  13:58\n5xx at 8%\nMio  13:59\nlooking"))
        await until(lambda: "5xx at 8%" in text_of(app))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        await chat()
        await until(lambda: "Saved draft" in text_of(app))
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        await chat()
        await pilot.press("enter", "y")
        await until(lambda: "looking" in texts(screen))
        await until(lambda: app.screen is screen)
        await chat()
        assert app.screen.query_one(Field).text == ""


async def test_edited_message_is_drafted(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)

        async def message() -> None:
            screen.do("copy-message", {"message": "declared"})
            await until(lambda: isinstance(app.screen, MessageScreen) and app.screen.text)
            await until(lambda: "ctrl+s copy" in text_of(app))

        await message()
        await until(lambda: "esc cancel" in text_of(app))
        written = app.screen.text
        type_ahead(app, "~Hello. ", "escape")
        await until(lambda: app.screen is screen)
        await message()
        assert app.screen.text == f"Hello. {written}"
        await until(lambda: "Saved draft" in text_of(app))
        await pilot.press("ctrl+r")
        await until(lambda: app.screen.text == written)
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        await message()
        assert "Saved draft" not in text_of(app)


async def test_restored_entry_ends_with_space_and_clears(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare()
    assert scene.session is not None
    Drafts(scene.home / "drafts").keep(scene.session.record.id, "entry Ana", "early")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await until(lambda: "Saved draft" in text_of(app))
        assert "ctrl+r clear" not in text_of(app), "the line has not the keys yet"
        await pilot.press("n")
        await until(lambda: "ctrl+r clear" in text_of(app))
        type_ahead(app, "~second")
        await until(lambda: screen.entry.field.value == "early second")
        await until(lambda: "Saved draft" not in text_of(app))
        await pilot.press("ctrl+r")
        await until(lambda: screen.entry.field.value == "")
        assert not screen.context.app.drafts.kept(scene.session.record.id, "entry Ana")


async def test_entry_draft_belongs_to_its_writer(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare()
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "n", "~Ana's line", "escape")
        await until(lambda: screen.entry.field.text == "Ana's line")
        type_ahead(app, "u", "~Ana's words")
        await until(lambda: "Ana's words" in text_of(app))
        await pilot.press("escape")
    assert scene.session is not None
    theirs = CockpitApp(scene.another("Bob"), scene.session.record.id)
    async with theirs.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert screen.entry.field.text == ""
        await pilot.press("u")
        await until(lambda: isinstance(theirs.screen, ComposerScreen) and theirs.screen.text)
        assert "Ana's words" not in theirs.screen.text
        assert "Saved draft" not in text_of(theirs)


async def test_form_draft_belongs_to_subject_and_writer(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        drafts, incident_id = screen.context.app.drafts, screen.live.record.id
        FormDraft(drafts, incident_id, "Ana", "answer", {"ask": "a26"}).save({"ask": "a26", "answer": "3 seconds"})
        FormDraft(drafts, incident_id, "Ben", "impact", {}).save({"impact": "nobody"})
        drafts.keep(incident_id, "form hypothesis Ana", "{not json")
        await pilot.press("3")
        put(screen, "due", "who deployed")
        for key, question, text in (
            ("space", find("answer").title, ""),
            ("i", find("impact").args[0].prompt, "8% of EU card payments fail"),
            ("h", find("hypothesis").title, ""),
        ):
            await pilot.press(key)
            await until(lambda question=question: question in text_of(app))
            assert app.screen.query_one(Picker).field.text == text
            assert "Saved draft" not in text_of(app)
            await pilot.press("escape")
            await until(lambda: app.screen is screen)
        # Each ask has a draft of its own: what is typed about one takes nothing away of the other.
        await pilot.press("space")
        await until(lambda: find("answer").title in text_of(app))
        type_ahead(app, "~Noor", "escape")
        await until(lambda: app.screen is screen)
        assert FormDraft(drafts, incident_id, "Ana", "answer", {"ask": "a26"}).load() == {"answer": "3 seconds"}
