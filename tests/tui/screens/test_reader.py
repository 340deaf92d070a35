"""Help, reader and pickers: filtered by typing, scrolled by keys, without markup."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.actions.arguments.argument import Choice
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.runbook.prose import prose
from incident_cockpit.tui.app.keys import Keys, shown
from incident_cockpit.tui.screens.help import HelpScreen
from incident_cockpit.tui.screens.pick import Picker, PickScreen
from incident_cockpit.tui.screens.reader import ProseView, ReaderScreen
from incident_cockpit.tui.screens.text_prompt import TextPrompt
from incident_cockpit.tui.widgets.text_field import Field
from support.screen import Scene, opened, until
from support.single_screen import HOSTILE, SIZES, Holder, text_of, type_ahead

GUIDANCE = """Check the **dashboards** of [the shop](https://shop.example/d) first.

> [!WARNING]
> Never restart all at once.

```sh
kubectl -n shop get pods -o wide --sort-by=.status.startTime | tail -n 20 | grep -v Running | head -n 5
```
"""


def help_screen() -> HelpScreen:
    return HelpScreen(tuple(ACTIONS.values()), Keys({"undo": "ctrl+z"}).of)


async def ready(app: Holder) -> None:
    await until(lambda: isinstance(app.focused, Field))


# Help


async def test_help_lists_every_action_with_keys() -> None:
    app = Holder(help_screen)
    async with app.run_test(size=(140, 180)) as pilot:
        await ready(app)
        await pilot.pause()
        drawn = text_of(app)
    for action in ACTIONS.values():
        assert f":{action.usage}" in drawn
        assert action.description[:40] in drawn
    assert "ctrl+z" in drawn
    for sign in ("! ...", "= ...", "? ...", "@who 10m", "-7m ..."):
        assert sign in drawn


@pytest.mark.parametrize(
    ("typed", "name"), [("severity", "severity"), ("ctrl+z", "undo"), ("log a hypothesis", "hypothesis"), ("H", None)]
)
async def test_help_filters_and_runs_an_action(typed: str, name: str | None) -> None:
    app = Holder(help_screen)
    async with app.run_test(size=(80, 24)):
        await ready(app)
        type_ahead(app, f"~{typed}", "enter")
        await until(lambda: app.results)
    assert app.results[0] in ACTIONS
    assert name is None or app.results == [name]


async def test_help_shows_usage_below_on_small_screen() -> None:
    app = Holder(help_screen)
    async with app.run_test(size=(80, 24)):
        await ready(app)
        type_ahead(app, "~change the sev")
        await until(lambda: f":{ACTIONS['severity'].usage}" in text_of(app))


async def test_help_opens_a_manual_topic() -> None:
    app = Holder(help_screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        type_ahead(app, "~manual recovery", "enter")
        await until(lambda: isinstance(app.screen, ReaderScreen) and "Recovery" in text_of(app))
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, HelpScreen))


async def test_help_without_match_says_so() -> None:
    app = Holder(help_screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        type_ahead(app, "~[/nothing]", "enter")
        await until(lambda: "▲ No match" in text_of(app))
        await pilot.press("escape")
        await until(lambda: app.results == [None])


@pytest.mark.parametrize("size", SIZES)
async def test_help_fits_every_size(size: tuple[int, int]) -> None:
    app = Holder(help_screen)
    async with app.run_test(size=size) as pilot:
        await ready(app)
        await pilot.press("pagedown", "down", "up", "pageup")
        await until(lambda: "esc cancel" in text_of(app))
        assert app.screen.query_one("#dialog").size.height <= size[1]


def test_keys_have_short_names() -> None:
    assert [shown(key) for key in ("minus", "question_mark", "ctrl+p")] == ["-", "?", "ctrl+p"]


# Reader


async def test_reader_shows_guidance_facts_and_links() -> None:
    app = Holder(lambda: ReaderScreen("Check [/x]", lambda width: prose(GUIDANCE, width), [("state", "open")], "cmd"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.focused, ProseView))
        await pilot.pause()
        drawn = text_of(app)
        assert "Check [/x]" in drawn
        assert "state         open" in drawn
        assert "the shop <https://shop.example/d> first." in drawn
        await pilot.press("right")
        await until(lambda: app.screen.query_one(ProseView).scroll_offset.x > 0)
        await pilot.press("c")
        await until(lambda: app.results == ["cmd"])


async def test_reader_without_code_ignores_c() -> None:
    app = Holder(lambda: ReaderScreen("Check", prose(GUIDANCE, 40)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.focused, ProseView))
        await pilot.press("c")
        assert app.results == []
        await pilot.press("enter")
        await until(lambda: app.results == [None])


async def test_reader_scrolls_to_the_end() -> None:
    text = "\n\n".join(f"Paragraph {number}" for number in range(200))
    app = Holder(lambda: ReaderScreen("Long", lambda width: prose(text, width)))
    async with app.run_test(size=(60, 15)) as pilot:
        await until(lambda: isinstance(app.focused, ProseView))
        await pilot.press("end")
        await until(lambda: "Paragraph 199" in text_of(app))
        await pilot.press("home", "space")
        await until(lambda: "Paragraph 0" not in text_of(app) and "Paragraph 6" in text_of(app))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", HOSTILE)
async def test_reader_survives_any_text_and_size(text: str, size: tuple[int, int]) -> None:
    app = Holder(lambda: ReaderScreen(text, lambda width: prose(text, width), [("a", text)] * 9, text))
    async with app.run_test(size=size) as pilot:
        await until(lambda: isinstance(app.focused, ProseView))
        await pilot.press("down", "end", "right", "home")
        drawn = text_of(app)
        await pilot.click(ProseView)
        assert app.rang == 0
        await pilot.resize_terminal(20, 5)
        await pilot.press("escape")
        await until(lambda: app.results == [None])
    assert all(char.isprintable() or char == "\n" for char in drawn.replace("\u200d", ""))


# Pickers


async def test_picker_returns_the_matching_id() -> None:
    ways = [Choice("test", "Say who tests it."), Choice("rule-out", "Rule it out."), Choice("confirm", "Confirm it.")]
    app = Holder(lambda: PickScreen("bad deploy [/x]", ways))
    async with app.run_test(size=(80, 24)):
        await ready(app)
        assert "bad deploy [/x]" in text_of(app)
        type_ahead(app, "~rule", "enter")
        await until(lambda: app.results == ["rule-out"])


async def test_picker_starts_at_row_and_takes_double_click() -> None:
    levels = [Choice(f"SEV{rank}", f"Name {rank}", f"means {rank}", rank=rank) for rank in range(1, 5)]
    app = Holder(lambda: PickScreen("How bad?", levels, at="SEV3"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        options = app.screen.query_one(Picker).options
        assert options.cursor_key == "SEV3"
        await pilot.click(options, offset=(5, 1), times=2)
        await until(lambda: app.results == ["SEV2"])


@pytest.mark.parametrize(("keys", "result"), [(["~db [/x]", "enter"], "olddb [/x]"), (["escape"], None)])
async def test_text_prompt_returns_text_or_none(keys: list[str], result: str | None) -> None:
    app = Holder(lambda: TextPrompt("Show only lines with", "old"))
    async with app.run_test(size=(40, 10)):
        await ready(app)
        type_ahead(app, *keys)
        await until(lambda: app.results == [result])


async def test_quitting_while_a_dialog_opens_is_no_crash(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        app.push_screen(ReaderScreen("just opened", []))
    assert app.return_code != 1
