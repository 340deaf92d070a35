"""Scripts to read aloud: the one for this moment first, the others in a list, and nothing if they are off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.config.keymap import KeymapErrors
from incident_cockpit.config.settings import Settings
from incident_cockpit.documents.scripts import available_scripts
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.plan.schema import Message
from incident_cockpit.text.blocks import Style
from incident_cockpit.text.layout import ProseLine
from incident_cockpit.tui.app.app import CockpitApp
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.handlers.updates import spoken
from incident_cockpit.tui.screens.help import HelpScreen
from incident_cockpit.tui.screens.palette import ActionProvider
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from support.builders import default_plan
from support.response import in_the_loop
from support.screen import Scene, opened, until
from support.single_screen import redraw, text_of, type_ahead

SIZES = [pytest.param((120, 40), id="120x40"), pytest.param((80, 24), id="80x24")]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


def off(tmp_path: Path, **keymap: str) -> CockpitApp:
    settings = Settings(zone="UTC", scripts=False, keymap=keymap)
    return Scene(tmp_path, settings=settings).declare().app()


def words(line: ProseLine) -> str:
    return "".join(run.text for run in line.runs)


async def test_one_key_shows_the_script_for_this_moment(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await pilot.press("V")
        await until(lambda: "Script: Opening" in text_of(app))
        assert "This is Ana." in text_of(app)
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        type_ahead(app, "n", "~? DNS", "enter", "escape")
        await until(lambda: "Logged: DNS" in text_of(app))
        await pilot.press("V")
        await until(lambda: "Script: Size-up" in text_of(app))
        assert ": DNS" in text_of(app)
        # To read something leaves no line.
        assert [line.sort for line in timeline_entries(screen.live.record)][-1] == "hypothesis"


async def test_the_list_has_the_script_for_this_moment_first(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~Vl")
        await until(lambda: isinstance(app.screen, PickScreen))
        await until(lambda: "All-clear" in text_of(app))
        shown = text_of(app)
        names = [name for _, name in available_scripts(screen.live.record)]
        assert names[0] == "Size-up"
        assert [shown.index(name) for name in names] == sorted(shown.index(name) for name in names)
        type_ahead(app, "~swoop", "enter")
        await until(lambda: "Script: Executive swoop" in text_of(app))
        assert "take command" in text_of(app)
        # Who changes their mind in the list reads on.
        type_ahead(app, "~l", "escape")
        await until(lambda: isinstance(app.screen, ReaderScreen) and "Script: Executive swoop" in text_of(app))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)


async def test_y_copies_the_spoken_text(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot)
        type_ahead(app, "~Vy")
        await until(lambda: "clipboard " in text_of(app))
        assert isinstance(app.screen, ReaderScreen)
        assert "(You: " in text_of(app)
        copied = (tmp_path / "last-copy.txt").read_text()
        assert copied.startswith("This is Ana.")
        assert "(You" not in copied


@pytest.mark.parametrize(
    ("typed", "shows"),
    [
        (":script objections", "Script: Poll"),
        (":script tr", "Script: Transfer"),
        (":script", "Script: Opening"),
        (":script sermon", "opening, size-up"),
    ],
)
async def test_a_script_can_be_typed(tmp_path: Path, typed: str, shows: str) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        type_ahead(app, "n", f"~{typed}", "enter")
        await until(lambda: shows in text_of(app))


async def test_scripts_of_the_plan_are_used(tmp_path: Path) -> None:
    own = replace(default_plan(), messages=(Message("say-opening", "Hello", "I am {{ speaker }}.\n(You: smile.)"),))
    app = Scene(tmp_path).follow(own).declare().app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.press("V")
        await until(lambda: "Script: Hello" in text_of(app))
        assert "I am Ana." in text_of(app)
        assert "(You: smile.)" in text_of(app)


class TestSwitchedOff:
    """Whoever wants no scripts meets them nowhere."""

    async def test_the_key_does_nothing(self, tmp_path: Path) -> None:
        app = off(tmp_path, say="R")
        async with app.run_test(size=(100, 30)) as pilot:
            screen = await opened(pilot)
            type_ahead(app, "~VR", "~u")
            await until(lambda: "Status update" in text_of(app))
            await pilot.press("escape")
            await until(lambda: app.screen is screen)
            assert app.keys.label("script") == ""

    async def test_a_typed_script_is_refused(self, tmp_path: Path) -> None:
        app = off(tmp_path)
        async with app.run_test(size=(100, 30)) as pilot:
            screen = await opened(pilot)
            type_ahead(app, "n", "~:script opening", "enter")
            await until(lambda: "scripts = true" in text_of(app))
            assert app.screen is screen

    async def test_help_palette_and_completion_leave_it_out(self, tmp_path: Path) -> None:
        app = off(tmp_path)
        async with app.run_test(size=(120, 40)) as pilot:
            screen = await opened(pilot)
            found = [action.name for action in ActionProvider(screen)._actions(screen)]
            assert "script" not in found
            assert len(found) > 40
            type_ahead(app, "n", "~:scri", "tab")
            await until(lambda: screen.entry.field.value == ":scri")
            type_ahead(app, "escape", "question_mark")
            await until(lambda: isinstance(app.screen, HelpScreen))
            type_ahead(app, "~aloud")
            await until(lambda: "aloud" in text_of(app))
            assert ACTIONS["script"].description[:20] not in text_of(app)

    async def test_switched_on_they_have_it(self, tmp_path: Path) -> None:
        app = Scene(tmp_path).declare().app()
        async with app.run_test(size=(120, 40)) as pilot:
            screen = await opened(pilot)
            assert "script" in [action.name for action in ActionProvider(screen)._actions(screen)]
            type_ahead(app, "n", "~:scr", "tab")
            await until(lambda: screen.entry.field.value == ":script ")
            type_ahead(app, "escape", "question_mark", "~aloud")
            await until(lambda: ACTIONS["script"].description[:20] in text_of(app))

    def test_its_key_can_be_used_for_another_action(self) -> None:
        with pytest.raises(KeymapErrors, match="'V'"):
            Keys({"undo": "V"})
        assert Keys({"undo": "V", "script": "V"}, off=("script",)).action(["V"], Scope.EVERYWHERE) == "undo"

    def test_the_footer_leaves_it_out(self) -> None:
        for name in ("update", "script"):
            keys = Keys({}, off=(name,))
            assert keys.of.keys() == ACTIONS.keys() - {name}
            assert (("u", "update") in keys.footer(None)) == (name == "script")


def test_sentences_are_apart_and_instructions_quiet() -> None:
    page = spoken("Hello.\n(You: breathe.)\n" + "word " * 40)(100)
    told = [(words(line).strip(), line.indent, line.runs[0].style if line.runs else None) for line in page]
    assert told[:4] == [
        ("Hello.", 0, Style.STRONG), ("", 0, None), ("(You: breathe.)", 4, Style.QUIET), ("", 0, None),
    ]  # fmt: skip
    assert max(len(words(line)) for line in page) <= 62
    assert [line for line in spoken("x" * 300)(20) if len(words(line)) > 20] == []


@pytest.mark.parametrize("size", SIZES)
def test_script_page(snap_compare: Callable[..., bool], tmp_path: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await pilot.press("V")
        await until(lambda: isinstance(pilot.app.screen, ReaderScreen) and "Script:" in text_of(pilot.app))
        await redraw(pilot)

    assert snap_compare(in_the_loop(Scene(tmp_path)).app(), terminal_size=size, run_before=ready)
