"""The promised time of the next update in a text, in all forms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.documents.promised_update import find_promise
from incident_cockpit.documents.update import compose_update
from support.builders import START, Story

ABOUT = datetime(2026, 11, 20, 15, 43, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We will write again by 15:40 UTC.", (20, 15, 40)),
        ("*Next update at 16:40 Paris (15:40 UTC)*", (20, 15, 40)),
        ("Next update by 2026-11-21 00:10 UTC.", (21, 0, 10)),
        ("- 14:31 UTC told support that news follow\nNext update at 15:30 UTC", (20, 15, 30)),
        ("More at 03:00 UTC", (21, 3, 0)),
    ],
)
def test_promised_time_is_found(text: str, expected: tuple[int, int, int]) -> None:
    assert find_promise(text, ABOUT) == datetime(2026, 11, *expected, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It started at 13:48 UTC.",
        "Update 2, 1 hour 47 minutes since it started.",
        "- 14:31 UTC told support that news follow",
        "Next update at 25:10 UTC",
        "Next update by 2026-13-41 10:00 UTC",
        "Next update soon",
        "Next update by 15:40",
    ],
)
def test_text_without_a_promised_time(text: str) -> None:
    assert find_promise(text, ABOUT) is None


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "Asia/Kathmandu", "America/St_Johns"])
@given(after=st.integers(0, 48 * 60))
def test_default_updates_promise_the_due_time(zone: str, after: int) -> None:
    story = Story(START + timedelta(minutes=after)).declare()
    for audience in ("internal", "external"):
        update = compose_update(story.record, audience, story.now, ZoneInfo(zone))
        assert update.next_due is not None
        assert find_promise(update.text, update.next_due) == update.next_due


@given(st.text(max_size=400))
def test_any_text_can_be_searched(text: str) -> None:
    find_promise(f"next {text} by 15:40 UTC", ABOUT)
