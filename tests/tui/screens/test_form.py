"""The form: asks for each argument, keeps every text, and confirms grave actions with y."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from incident_cockpit.actions.arguments.argument import Arg, Choice, Here
from incident_cockpit.actions.arguments.people import RoleArg
from incident_cockpit.actions.execute import unreadable
from incident_cockpit.actions.registry import find
from incident_cockpit.errors import Refused
from incident_cockpit.text.sanitize import clean
from incident_cockpit.tui.screens.fields import FormFields
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.pick import Picker, matching_choices, suggestions
from incident_cockpit.tui.widgets.text_field import BREAK, Field, full_text, one_line
from support.builders import RUNBOOK, Story
from support.screen import until
from support.single_screen import HOSTILE, SIZES, Holder, text_of, type_ahead

Submit = Callable[[dict[str, str]], Awaitable[str]]


class Table(FormFields):
    """A story at which the form sits: the choices and the rules are the real ones."""

    def __init__(self) -> None:
        self.story = Story()
        self.story.declare(runbook=RUNBOOK)
        self.story.do("assign", role="scribe", who="Mio")
        self.story.do("hypothesis", text="bad deploy 4512")
        self.story.do("note", by="Raj", text="5xx at 8%")
        self.submitted: list[dict[str, str]] = []

    def choices(self, arg: Arg) -> Sequence[Choice]:
        return arg.choices(self.story.record)

    def problem(self, arg: Arg, value: str) -> str:
        here = Here(self.story.now, self.story.zone)
        return unreadable(find("note"), arg, self.story.record, here, value) if value else ""

    def app(self, action: str, submit: Submit | None = None, **values: str) -> Holder:
        async def do(given: dict[str, str]) -> str:
            self.submitted.append(given)
            try:
                self.story.do(action, **given)
            except Refused as refused:
                return str(refused)
            return ""

        self.run = submit or do
        return Holder(lambda: FormScreen(find(action), values, self))

    async def submit(self, values: dict[str, str]) -> str:
        return await self.run(values)


def form(app: Holder) -> FormScreen:
    assert isinstance(app.screen, FormScreen)
    return app.screen


async def ready(app: Holder) -> None:
    await until(lambda: isinstance(app.screen, FormScreen) and isinstance(app.focused, Field))


async def test_severity_form_explains_and_confirms_with_y() -> None:
    table = Table()
    app = table.app("severity")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        assert "Change severity" in text_of(app)
        assert " SEV1   Critical" in text_of(app)
        await pilot.press("up", "enter")
        type_ahead(app, "~all EU payments", "enter")
        await until(lambda: "Press y" in text_of(app))
        assert "severity: SEV1 Critical, all EU payments" in text_of(app)
        await pilot.press("enter", "space", "n")
        assert not table.submitted
        await pilot.press("y")
        await until(lambda: app.results == [True])
    assert table.submitted == [{"severity": "SEV1", "reason": "all EU payments"}]
    assert table.story.incident.severity is not None
    assert table.story.incident.severity.value == "SEV1"


async def test_cancelling_form_does_nothing() -> None:
    table = Table()
    app = table.app("severity")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        type_ahead(app, "enter", "~why", "enter")
        await until(lambda: "Press y" in text_of(app))
        await pilot.press("escape")
        await until(lambda: app.results == [None])
    assert not table.submitted


async def test_keys_typed_ahead_answer_in_order() -> None:
    table = Table()
    app = table.app("ask")
    async with app.run_test(size=(80, 24)):
        await ready(app)
        type_ahead(app, "~Mi", "enter", "~12m", "enter", "~replica lag?", "enter")
        await until(lambda: app.results == [True])
    assert table.submitted == [{"who": "Mio", "within": "12m", "text": "replica lag?"}]


async def test_enter_chooses_row_for_typed_text() -> None:
    table = Table()
    app = table.app("assign")
    async with app.run_test(size=(80, 24)):
        await ready(app)
        type_ahead(app, "~comm", "down", "up", "down", "enter")
        await until(lambda: "Assign to" in text_of(app))
        roles = [row.key for row in matching_choices(RoleArg.choices(table.story.record))("comm")]
        assert form(app)._values["role"] == roles[min(1, len(roles) - 1)]


async def test_refused_form_keeps_its_text() -> None:
    table = Table()

    async def refuse(values: dict[str, str]) -> str:
        table.submitted.append(values)
        return "the store is locked [/x]: try again" if len(table.submitted) == 1 else ""

    app = table.app("impact", submit=refuse)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        type_ahead(app, "~EU cards fail", "enter")
        await until(lambda: "▲ the store is locked [/x]: try again" in text_of(app))
        assert "EU cards fail" in text_of(app)
        assert app.results == []
        await pilot.press("enter")
        await until(lambda: app.results == [True])
    assert table.submitted == [{"impact": "EU cards fail"}] * 2


async def test_refused_grave_action_returns_to_question() -> None:
    table = Table()
    app = table.app("severity", severity="SEV2")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        assert "Severity    SEV2 Major" in text_of(app)
        type_ahead(app, "~worse", "enter")
        await until(lambda: "Press y" in text_of(app))
        await pilot.press("y")
        await until(lambda: "▲" in text_of(app) and isinstance(app.focused, Field))
        assert "worse" in text_of(app)
        # What came with the call can be put right as well.
        await pilot.press("shift+tab")
        assert "Change severity" in text_of(app)
        assert form(app).query_one(Picker).options.cursor_key == "SEV2"
        type_ahead(app, "up", "enter", "enter")
        await until(lambda: "severity: SEV1 Critical, worse" in text_of(app))
        await pilot.press("y")
        await until(lambda: app.results == [True])


async def test_complete_grave_action_only_asks_for_y() -> None:
    table = Table()
    app = table.app("severity", severity="SEV3", reason="one region only")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, FormScreen) and "Press y" in text_of(app))
        await pilot.press("y")
        await until(lambda: app.results == [True])
    assert table.submitted == [{"severity": "SEV3", "reason": "one region only"}]


async def test_form_submits_once_while_busy() -> None:
    table = Table()
    gate = asyncio.Event()

    async def slow(values: dict[str, str]) -> str:
        table.submitted.append(values)
        await gate.wait()
        return ""

    app = table.app("impact", submit=slow)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        type_ahead(app, "~x", "enter", "enter", "escape", "enter")
        await until(lambda: table.submitted)
        await pilot.pause()
        assert app.results == []
        gate.set()
        await until(lambda: app.results == [True])
    assert len(table.submitted) == 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("", "Ana"), ("ra", "Raj"), ("Lea", "Lea"), ("An", "Ana"), ("@raj", "Raj"), ("aj", "aj"), ("[/x]", "[/x]")],
)
async def test_person_is_suggested_or_used_as_typed(typed: str, meant: str) -> None:
    table = Table()
    app = table.app("assign", role="tech")
    async with app.run_test(size=(80, 24)):
        await ready(app)
        type_ahead(app, f"~{typed}", "enter")
        await until(lambda: table.submitted)
    assert table.submitted == [{"role": "tech", "who": meant}]


async def test_new_name_like_a_known_one_can_be_chosen() -> None:
    table = Table()
    app = table.app("assign", role="tech")
    async with app.run_test(size=(80, 24)):
        await ready(app)
        type_ahead(app, "~An", "down", "enter")
        await until(lambda: table.submitted)
    assert table.submitted == [{"role": "tech", "who": "An"}]


async def test_optional_answer_may_be_empty() -> None:
    table = Table()
    key = next(iter(table.story.incident.hypotheses))
    app = table.app("test", hypothesis=key)
    async with app.run_test(size=(80, 24)):
        await ready(app)
        assert "none" in text_of(app)
        type_ahead(app, "enter")
        await until(lambda: app.results == [True])
    assert table.submitted == [{"hypothesis": key}]


@pytest.mark.parametrize(
    ("action", "known", "typed", "said"),
    [
        ("ask", {"who": "Raj"}, "10 minuets", '"10 minuets"'),
        ("severity", {}, "P9", "No match"),
        ("impact", {}, "", "Required"),
        ("done", {}, "", "Nothing"),
    ],
)
async def test_unreadable_answer_is_refused_at_its_field(
    action: str, known: dict[str, str], typed: str, said: str
) -> None:
    table = Table()
    app = table.app(action, **known)
    async with app.run_test(size=(100, 24)):
        await ready(app)
        type_ahead(app, f"~{typed}", "enter")
        await until(lambda: f"▲ {said}" in text_of(app))
        assert form(app).query_one(Field).value == typed
        assert isinstance(app.focused, Field)
    assert not table.submitted


async def test_default_is_shown_and_used() -> None:
    table = Table()
    app = table.app("ask", who="Raj", text="lag?")
    async with app.run_test(size=(80, 24)):
        await ready(app)
        assert "default: 10m" in text_of(app)
        type_ahead(app, "enter")
        await until(lambda: app.results == [True])
    assert table.submitted == [{"who": "Raj", "within": "10m", "text": "lag?"}]


async def test_pasted_answer_keeps_all_lines() -> None:
    table = Table()
    app = table.app("impact")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        app.post_message(events.Paste("EU: 8%\nUS: \x1b[31m0%\x1b[0m\r\n\x1b]0;t\x07\n"))
        await until(lambda: BREAK in text_of(app))
        await pilot.press("enter")
        await until(lambda: app.results == [True])
    assert table.submitted == [{"impact": "EU: 8%\nUS: 0%\n␛]0;t␇"}]


@given(st.text(max_size=200))
def test_field_returns_its_text(text: str) -> None:
    shown = one_line(text)
    assert "\n" not in shown
    assert full_text(shown) == clean(clean(text).replace(BREAK, "\n")).strip()
    assert full_text(one_line(full_text(shown))) == full_text(shown)


@given(st.text(max_size=20), st.lists(st.text(min_size=1, max_size=12), max_size=6, unique=True))
def test_enter_never_takes_an_unlike_name(typed: str, names: list[str]) -> None:
    typed = clean(typed).strip()
    rows = suggestions([Choice(name, name) for name in names])(typed)
    if typed:
        assert rows, "what is typed can always be had"
        first = rows[0].key or ""
        said = typed.casefold().removeprefix("@")
        assert first == typed or said in first.casefold()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", HOSTILE)
async def test_form_survives_any_text_and_size(text: str, size: tuple[int, int]) -> None:
    class Fields(FormFields):
        async def submit(self, values: dict[str, str]) -> str:
            return f"refused {text}"

        def choices(self, arg: Arg) -> Sequence[Choice]:
            return [Choice(text or "id", text), Choice("other", text * 2)]

    screen = FormScreen(find("assign"), {}, Fields())
    app = Holder(lambda: screen)
    async with app.run_test(size=size) as pilot:
        await ready(app)
        type_ahead(app, "down", "enter")
        app.post_message(events.Paste(text))
        type_ahead(app, "~x", "enter")
        await until(lambda: "refused" in " ".join(text_of(app).split()) or size[1] < 12)
        await pilot.click(Picker)
        drawn = text_of(app)
        assert app.rang == 0
    assert all(char.isprintable() or char == "\n" for char in drawn.replace("\u200d", ""))
