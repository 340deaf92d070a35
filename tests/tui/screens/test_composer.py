"""The composer: drafts are saved at every key, a failed delivery keeps the text."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import pytest
from textual import events

from incident_cockpit.actions.arguments.of_plan import AudienceArg
from incident_cockpit.documents.lint.length import measure, target_name
from incident_cockpit.documents.staleness import Age
from incident_cockpit.documents.update import Composed, check_update, compose_update, field_ages
from incident_cockpit.errors import Refused
from incident_cockpit.tui.screens.composer import ComposerScreen, age_cells
from incident_cockpit.tui.widgets.text_field import DraftArea
from support.builders import ZONE, Story
from support.screen import until
from support.single_screen import HOSTILE, SIZES, Holder, text_of, type_ahead

Send = Callable[[str, str], Awaitable[str]]


class Desk:
    """What the composer is given: the real texts of a story, drafts in memory, and a record of what was sent."""

    def __init__(self) -> None:
        self.story = Story()
        self.story.declare("Checkout fails", "SEV2")
        self.drafts: dict[str, str] = {}
        self.made: dict[str, datetime | None] = {}
        self.sent: list[tuple[str, str]] = []

    def compose(self, audience: str, target: str = "slack") -> Composed:
        return compose_update(self.story.record, audience, self.story.now, ZONE, target)

    async def send(self, audience: str, text: str) -> str:
        self.sent.append((audience, text))
        return "copied with xclip"

    def keep(self, audience: str, text: str, written: datetime | None) -> None:
        self.drafts[audience] = text
        self.made[audience] = written

    def kept(self, audience: str) -> tuple[str, datetime | None]:
        return self.drafts.get(audience, ""), self.made.get(audience)

    def notice(self, audience: str) -> str:
        return f"Saved draft for {audience} · ctrl+r regenerates"

    def warnings(self, audience: str, target: str, text: str) -> Sequence[str]:
        return check_update(text, self.story.incident, audience, target=target)

    def promised(self, audience: str, _text: str) -> datetime | None:
        return self.compose(audience).next_due

    def ages(self, audience: str, written: datetime | None) -> Sequence[Age]:
        return field_ages(self.story.record, audience, self.now(), ZONE, written)

    def now(self) -> datetime:
        return self.story.now

    def route(self, audience: str) -> str:
        return self.story.incident.plan.find_cadence(audience).route

    def target(self, audience: str) -> str:
        return self.story.incident.plan.find_cadence(audience).format

    def screen(self, send: Send | None = None) -> ComposerScreen:
        if send is not None:
            self.send = send  # type: ignore[method-assign]
        audiences = AudienceArg.choices(self.story.record)
        return ComposerScreen(audiences, audiences[0].id, self)


async def ready(app: Holder) -> None:
    await until(lambda: isinstance(app.screen, ComposerScreen) and isinstance(app.focused, DraftArea))


def draft(app: Holder) -> str:
    return app.screen.query_one(DraftArea).text


async def test_composer_starts_generated_with_next_update() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        assert draft(app).strip() == desk.compose("internal").text.strip()
        await pilot.pause()
        shown = text_of(app)
        due = desk.compose("internal").next_due
        assert due is not None
        assert f"due {due:%H:%M} UTC" in shown
        assert "update 1" in shown
        assert "● Impact missing" in shown
    assert not desk.sent


async def test_sending_includes_text_typed_just_before() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)):
        await ready(app)
        type_ahead(app, "~Now ", "ctrl+s")
        await until(lambda: app.results == [None])
    assert desk.sent == [("internal", f"Now {desk.compose('internal').text}".strip())]


@pytest.mark.parametrize("raises", [False, True])
async def test_failed_delivery_keeps_the_text(raises: bool) -> None:
    async def refuse(_audience: str, _text: str) -> str:
        if raises:
            raise Refused("the store is locked [/x]", "try again")
        return "!the store is locked [/x]: try again"

    desk = Desk()
    app = Holder(lambda: desk.screen(refuse))
    async with app.run_test(size=(80, 24)):
        await ready(app)
        type_ahead(app, "~mine ", "ctrl+s")
        await until(lambda: "▲ the store is locked [/x]: try again" in text_of(app))
        assert draft(app).startswith("mine ")
        assert app.results == []
    assert desk.drafts["internal"].startswith("mine ")


async def test_composer_draft_is_saved_and_restored() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        type_ahead(app, "~abc")
        await until(lambda: desk.drafts.get("internal", "").startswith("abc"))
        await pilot.press("escape")
        await until(lambda: app.results == [None])
    again = Holder(desk.screen)
    async with again.run_test(size=(80, 24)) as pilot:
        await ready(again)
        assert draft(again).startswith("abc")
        await until(lambda: "Saved draft" in text_of(again))
        await pilot.press("ctrl+r")
        await until(lambda: not draft(again).startswith("abc"))
        assert draft(again) == desk.compose("internal").text
        await until(lambda: "Saved draft" not in text_of(again))


async def test_composer_saves_before_drawing() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)):
        await ready(app)
        area = app.screen.query_one(DraftArea)
        # No turn of the loop lies between the change and the look: a kill could come right behind the paint.
        area.insert("abc")
        assert desk.drafts["internal"].startswith("abc")
        area.undo()
        assert not desk.drafts["internal"].startswith("abc")


async def test_each_audience_has_its_own_draft() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(app)
        type_ahead(app, "~abc", "ctrl+n")
        await until(lambda: draft(app).strip() == desk.compose("external", "statuspage").text.strip())
        assert desk.drafts.keys() == {"internal"}
        for _ in AudienceArg.choices(desk.story.record)[1:]:
            await pilot.press("ctrl+n")
        await until(lambda: draft(app).startswith("abc"))


async def test_empty_text_is_not_sent() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        app.screen.query_one(DraftArea).text = "  \n"
        await pilot.press("ctrl+s")
        await until(lambda: "Text required" in text_of(app))
    assert not desk.sent


async def test_repeated_key_sends_once() -> None:
    gate, sent = asyncio.Event(), []

    async def slow(_audience: str, text: str) -> str:
        sent.append(text)
        await gate.wait()
        return "copied"

    desk = Desk()
    app = Holder(lambda: desk.screen(slow))
    async with app.run_test(size=(80, 24)):
        await ready(app)
        type_ahead(app, "ctrl+s", "ctrl+s", "escape", "ctrl+n")
        await until(lambda: sent)
        await until(lambda: "Copying" in text_of(app))
        assert app.results == []
        gate.set()
        await until(lambda: app.results == [None])
    assert len(sent) == 1


@pytest.mark.parametrize("size", SIZES)
async def test_composer_cleans_pastes_at_every_size(size: tuple[int, int]) -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=size) as pilot:
        await ready(app)
        for text in HOSTILE:
            app.post_message(events.Paste(text))
        await until(lambda: "x" * 500 in draft(app) and "a\nb" in draft(app))
        await pilot.pause()
        assert "\x1b" not in draft(app)
        assert "[@click=app.bell]ring[/]" in draft(app)
        await pilot.click(DraftArea)
        assert app.rang == 0
        await pilot.resize_terminal(30, 6)
        await pilot.resize_terminal(*size)
    assert desk.drafts["internal"].startswith("[/x][@click")


# How old it is, and where it goes


async def test_composer_shows_ages_of_facts() -> None:
    desk = Desk()
    desk.story.do("impact", impact="8% of cards fail")
    desk.story.do("sent", audience="internal", route="file", text="x", after="5m")
    desk.story.wait("14m")
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        await pilot.pause()
        assert "impact 19m, changes since 14:06 UTC, severity 20m" in text_of(app)
        assert "for Slack" in text_of(app)


async def test_stale_ages_come_first_with_a_sign() -> None:
    desk = Desk()
    desk.story.do("impact", impact="8% of cards fail")
    desk.story.wait("2h")
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        await pilot.pause()
        assert "● impact 2h, severity 2h01m" in text_of(app)


async def test_changes_while_writing_are_newer_than_text() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        desk.story.do("impact", impact="all cards fail")
        type_ahead(app, "~x")
        await until(lambda: "● impact newer" in text_of(app))
        await pilot.press("ctrl+r")
        await until(lambda: "impact just now" in text_of(app))
        assert "all cards fail" in draft(app)


def test_ages_are_cut_to_the_width() -> None:
    ages = [Age("impact", "impact 1h", stale=True), Age("severity", "severity 5m"), Age("phase", "phase 3m")]

    def shown(width: int) -> str:
        return "".join(cell.text for cell in age_cells(ages, width))

    assert shown(80) == "Last changed: ● impact 1h, severity 5m, phase 3m"
    for width in range(8, 60):
        assert len(shown(width)) <= width
    assert shown(20) == "● impact 1h +2"
    assert shown(10) == "● 3 ages"
    assert "".join(cell.text for cell in age_cells(ages[1:], 10)) == "2 ages"
    assert age_cells((), 20) == ()
    # Not by colour alone, and by colour too.
    assert [cell.style for cell in age_cells(ages, 80)] == ["faint", "warn", "faint", "faint", "faint", "faint"]


async def test_format_starts_as_planned_and_can_change() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(app)
        assert "for Slack" in text_of(app)
        await pilot.press("ctrl+n")
        await until(lambda: f"for {target_name('statuspage')}" in text_of(app))
        assert draft(app).startswith("Status: investigating\nName: Checkout fails\n\n")
        for name in (target_name("email"), f"{target_name('social')}, "):
            await pilot.press("ctrl+t")
            await until(lambda name=name: f"for {name}" in text_of(app))  # type: ignore[misc]
        assert draft(app) == desk.compose("external", "social").text
        assert f"{measure(draft(app), 'social').used} of 280 characters" in text_of(app)
        # It is not a draft of one's own by that.
        assert desk.drafts == {}
        for _ in AudienceArg.choices(desk.story.record):
            await pilot.press("ctrl+n")
        await until(lambda: f"for {target_name('social')}" in text_of(app))


async def test_edited_text_survives_format_change() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(app)
        type_ahead(app, "~Mine ", "ctrl+t")
        await until(lambda: "for plain text" in text_of(app))
        assert draft(app).startswith("Mine *SEV2 INC-7")
        await until(lambda: "regenerates it for plain text" in text_of(app))
        await pilot.press("ctrl+r")
        await until(lambda: draft(app) == desk.compose("internal", "text").text)


async def test_excess_length_is_warned_while_typing() -> None:
    desk = Desk()
    desk.story.do("impact", impact="8% of cards fail")
    app = Holder(desk.screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app)
        for _ in range(6):
            await pilot.press("ctrl+t")
        await until(lambda: f"for {target_name('social')}" in text_of(app))
        area = app.screen.query_one(DraftArea)
        area.text = "8% of cards fail. Next update at 15:00 UTC. " + "x" * 236
        await until(lambda: "280 of 280 characters" in text_of(app))
        assert "Too long" not in text_of(app)
        area.move_cursor(area.document.end)
        type_ahead(app, "~y")
        await until(lambda: "Too long: 281" in text_of(app))
        type_ahead(app, "backspace")
        await until(lambda: "Too long" not in text_of(app))
