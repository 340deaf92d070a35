"""The due items of an incident that follows the default plan: few, none twice, none too early."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incident_cockpit.incident.views.due import Urgency, due_items, urgency
from incident_cockpit.incident.views.next_action import prompts
from support.builders import Story

LEVELS = ("SEV1", "SEV2", "SEV3", "SEV4")


def due(story: Story) -> dict[str, int]:
    """Return what is due and in how many minutes from the declaration."""
    begin = story.incident.milestones["declared"]
    return {item.text: round((item.at - begin).total_seconds() / 60) for item in due_items(story.incident)}


def pressing(story: Story) -> list[str]:
    return [item.text for item in due_items(story.incident) if urgency(item, story.now) is not Urgency.AHEAD]


def test_sev1_asks_for_roles_updates_and_notifications() -> None:
    story = Story().declare("Checkout is down", "SEV1")
    assert due(story) == {
        "Post the first message": 10,
        "System owner: join #inc-2026-11-20-checkout-is-down": 15,
        "Notify Engineering manager": 30,
        "Brief support": 30,
        "Internal update": 30,
        "Notify Head of engineering": 60,
        "External update": 60,
    }


def test_sev2_asks_for_updates_and_notifications() -> None:
    assert due(Story().declare(severity="SEV2")) == {
        "Post the first message": 10,
        "Brief support": 30,
        "External update": 60,
        "Internal update": 60,
        "Notify Engineering manager": 120,
    }


@pytest.mark.parametrize(("level", "asked"), [("SEV3", {"Internal update": 120}), ("SEV4", {})])
def test_low_severities_ask_for_little(level: str, asked: dict[str, int]) -> None:
    story = Story().declare(severity=level)
    assert due(story) == asked
    assert [prompt.action for prompt in prompts(story.incident, story.now)] == ["impact"]


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_is_urgent_early_or_late_within_ten_minutes(level: str) -> None:
    story = Story().declare(severity=level)
    story.wait("4m59s")
    assert pressing(story) == []
    story.wait("5m")
    assert [item for item in due_items(story.incident) if urgency(item, story.now) is Urgency.LATE] == []


@pytest.mark.parametrize("level", LEVELS)
def test_solo_mode_asks_for_no_roles(level: str) -> None:
    story = Story().declare(severity=level)
    story.do("solo")
    story.wait("3h")
    assert [prompt.text for prompt in prompts(story.incident, story.now) if prompt.action == "assign"] == []


@pytest.mark.parametrize("level", LEVELS)
def test_no_due_item_comes_twice(level: str) -> None:
    story = Story().declare(severity=level)
    before = due_items(story.incident)
    story.do("resolve", verified="5xx at baseline")
    for items in (before, due_items(story.incident)):
        asked = [item.condition or item.text for item in items]
        told = [item.who for item in items if item.who]
        assert len(set(asked)) == len(asked)
        assert len(set(told)) == len(told)


def test_resolution_asks_for_announcements_only() -> None:
    story = Story().declare(severity="SEV2")
    story.do("sent", audience="support", route="xclip", text="We know of it")
    story.do("resolve", verified="5xx at baseline", after="19m")
    ended = {text: minute - 20 for text, minute in due(story).items()}
    review, look = (
        ended.pop("Schedule the review"),
        next(text for text in ended if text.startswith("Recovery check 1 of 2")),
    )
    assert ended == {"Post the all-clear": 30, "Announce the resolution to customers": 30, look: 60}
    assert timedelta(minutes=review) > timedelta(days=2)
    story.do("sent", audience="external", route="xclip", text="It is over")
    assert "Announce the resolution to customers" not in due(story)


def test_sev4_can_be_closed_when_resolved() -> None:
    story = Story().declare(severity="SEV4")
    story.do("impact", impact="a label is wrong")
    story.do("resolve", verified="the label is right")
    assert [prompt.action for prompt in prompts(story.incident, story.now)] == ["close"]
    story.do("close")
    assert due(story) == {}
