"""What is written down later: lines from before the incident, and whole chat threads, each with its own time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import START, Story
from incident_cockpit.errors import Refused
from incident_cockpit.incident.timeline import lines

THREAD = "[13:50] Raj: errors on checkout\n[13:52] Mio: looking\nsecond line\n[13:55] Raj: paging"


def told(story: Story) -> list[tuple[str, str, str]]:
    return [(f"{line.happened:%H:%M}", line.who, line.text) for line in lines(story.record)]


def test_a_line_may_lie_before_the_incident() -> None:
    story = Story().declare()
    story.do("backfill", at="13:40", text="deploy of 4512")
    assert told(story)[0] == ("13:40", "Ana", "deploy of 4512")
    assert story.incident.started == START
    with pytest.raises(Refused, match="not come yet"):
        story.do("backfill", at=(story.now + timedelta(hours=2)).isoformat(), text="later")
    story.do("undo")
    assert "deploy of 4512" not in [text for _, _, text in told(story)]


def test_it_does_not_hold_the_start() -> None:
    story = Story().declare(since="-20m")
    story.do("backfill", at="13:10", text="deploy of 4512")
    story.do("milestone", name="started", at="13:50")
    assert story.incident.started == START - timedelta(minutes=10)


def test_a_thread_comes_with_its_times_and_authors() -> None:
    story = Story().declare()
    events = story.do("chat", thread=THREAD)
    assert told(story)[:3] == [
        ("13:50", "Raj", "errors on checkout"),
        ("13:52", "Mio", "looking\nsecond line"),
        ("13:55", "Raj", "paging"),
    ]
    assert {event.who for event in events} == {"Ana"}
    assert len({event.act for event in events}) == 1


def test_lines_that_are_there_do_not_come_twice() -> None:
    story = Story().declare()
    story.do("chat", thread=THREAD)
    story.do("chat", thread=f"{THREAD}\n[14:01] Mio: it is 4512")
    assert [text for _, _, text in told(story)].count("paging") == 1
    with pytest.raises(Refused, match="already"):
        story.do("chat", thread=THREAD)
    story.do("undo")
    story.do("undo")
    assert [event.fact.kind for event in story.do("chat", thread=THREAD)] == ["note.logged"] * 3


def test_text_without_times_is_no_thread() -> None:
    with pytest.raises(Refused, match="name and a time"):
        Story().declare().do("chat", thread="somebody said something")
