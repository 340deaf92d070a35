"""The composer: what is written is kept at every key, what cannot be sent stays."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from textual import events

from box_kit import HOSTILE, SIZES, Holder, text_of, type_ahead
from builders import ZONE, Story
from incident_cockpit.actions.action import Kind
from incident_cockpit.actions.options import options
from incident_cockpit.errors import Refused
from incident_cockpit.exports.update import Composed, check, compose
from incident_cockpit.tui.field import Draft
from incident_cockpit.tui.screens.composer import ComposerScreen
from screen_kit import START, Scene, opened, until

Send = Callable[[str, str], Awaitable[str]]


class Desk:
    """What the composer is given: the real texts of a story, drafts in memory, and a record of what was sent."""

    def __init__(self) -> None:
        self.story = Story()
        self.story.declare("Checkout fails", "SEV2")
        self.drafts: dict[str, str] = {}
        self.sent: list[tuple[str, str]] = []

    def composed(self, audience: str) -> Composed:
        return compose(self.story.record, audience, self.story.now, ZONE)

    def screen(self, send: Send | None = None) -> ComposerScreen:
        async def sent(audience: str, text: str) -> str:
            self.sent.append((audience, text))
            return "copied with xclip"

        audiences = options(Kind.AUDIENCE, self.story.incident)
        return ComposerScreen(
            audiences,
            audiences[0].id,
            compose=self.composed,
            send=send or sent,
            keep=self.drafts.__setitem__,
            kept=lambda audience: self.drafts.get(audience, ""),
            warn=lambda audience, text: check(text, self.story.incident, audience),
            promised=lambda audience, _text: self.composed(audience).next_due,
        )


async def ready(app: Holder) -> None:
    await until(lambda: isinstance(app.screen, ComposerScreen) and isinstance(app.focused, Draft))


def draft(app: Holder) -> str:
    return app.screen.query_one(Draft).text


async def test_it_begins_with_the_facts_and_says_what_it_promises() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        assert draft(app).strip() == desk.composed("internal").text.strip()
        await pilot.pause()
        shown = text_of(app)
        due = desk.composed("internal").next_due
        assert due is not None
        assert f"promises the next by {due:%H:%M} UTC" in shown
        assert "update 1" in shown
        assert "● The impact is not described" in shown
    assert not desk.sent


async def test_sending_takes_what_was_typed_right_before() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)):
        await ready(app)
        type_ahead(app, "~Now ", "ctrl+s")
        await until(lambda: app.results == [None])
    assert desk.sent == [("internal", f"Now {desk.composed('internal').text}".strip())]


@pytest.mark.parametrize("raises", [False, True])
async def test_a_problem_is_said_and_the_text_stays(raises: bool) -> None:
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


async def test_every_change_is_kept_and_found_again() -> None:
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
        await until(lambda: "your draft of before" in text_of(again))
        await pilot.press("ctrl+r")
        await until(lambda: not draft(again).startswith("abc"))
        assert draft(again) == desk.composed("internal").text
        await until(lambda: "your draft of before" not in text_of(again))


async def test_a_change_is_kept_before_it_can_be_seen() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)):
        await ready(app)
        area = app.screen.query_one(Draft)
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
        await until(lambda: draft(app).strip() == desk.composed("external").text.strip())
        assert desk.drafts.keys() == {"internal"}
        for _ in options(Kind.AUDIENCE, desk.story.incident)[1:]:
            await pilot.press("ctrl+n")
        await until(lambda: draft(app).startswith("abc"))


async def test_nothing_is_not_sent() -> None:
    desk = Desk()
    app = Holder(desk.screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app)
        app.screen.query_one(Draft).text = "  \n"
        await pilot.press("ctrl+s")
        await until(lambda: "there is nothing to send" in text_of(app))
    assert not desk.sent


async def test_it_is_sent_once_however_often_the_key_is_pressed() -> None:
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
        await until(lambda: "copying" in text_of(app))
        assert app.results == []
        gate.set()
        await until(lambda: app.results == [None])
    assert len(sent) == 1


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_pastes_are_cleaned_at_every_size(size: tuple[int, int]) -> None:
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
        await pilot.click(Draft)
        assert app.rang == 0
        await pilot.resize_terminal(30, 6)
        await pilot.resize_terminal(*size)
    assert desk.drafts["internal"].startswith("[/x][@click")


# On an incident


@pytest.mark.parametrize("after", ["3m", "50m"])
async def test_a_draft_of_before_promises_what_it_says(tmp_path: Path, after: str) -> None:
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
        await until(lambda: "This is your draft of before" in text_of(app))
        assert "promises the next by 15:10 UTC" in text_of(app)
        await pilot.press("ctrl+s")
        await until(lambda: app.screen is screen)
        [sent] = screen.following.record.incident.updates.sent.values()
        assert sent.next_due == START + timedelta(minutes=70)


async def test_a_time_that_was_edited_is_what_is_promised_and_one_that_has_passed_is_pointed_out(
    tmp_path: Path,
) -> None:
    app = Scene(tmp_path).declare().do("impact", impact="8% of EU cards fail", after="10m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("u")
        await until(lambda: isinstance(app.screen, ComposerScreen) and isinstance(app.focused, Draft))
        area = app.screen.query_one(Draft)
        area.text = "8% of EU cards fail. We write again by 14:05 UTC."
        await until(lambda: "It says that they hear more at 14:05 UTC, which has passed" in text_of(app))
        assert "promises the next by 15:10 UTC" in text_of(app)
        area.text = "8% of EU cards fail. We write again by 14:30 UTC."
        await until(lambda: "promises the next by 14:30 UTC" in text_of(app))
        assert "has passed" not in text_of(app)
        await pilot.press("ctrl+s")
        await until(lambda: app.screen is screen)
        [sent] = screen.following.record.incident.updates.sent.values()
        assert sent.next_due == START + timedelta(minutes=30)
