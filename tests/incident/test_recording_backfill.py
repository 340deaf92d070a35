"""What is written down later: lines from before the incident, and whole chat threads, each with its own time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incident_cockpit.documents.postmortem import POSTMORTEM
from incident_cockpit.documents.timeline import TIMELINE
from incident_cockpit.documents.update import compose_update
from incident_cockpit.incident.views.timeline import BEFORE_START, timeline_entries
from support.builders import START, Story
from support.refusals import refuses

THREAD = "[13:50] Raj: errors on checkout\n[13:52] Mio: looking\nsecond line\n[13:55] Raj: paging"


def told(story: Story) -> list[tuple[str, str, str]]:
    return [(f"{line.happened:%H:%M}", line.who, line.text) for line in timeline_entries(story.record)]


def test_a_line_may_lie_before_the_incident() -> None:
    story = Story().declare()
    story.do("backfill", at="13:40", text="deploy of 4512")
    assert told(story)[0] == ("13:40", "Ana", "deploy of 4512")
    assert story.incident.started == START
    with refuses("at"):
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
    with refuses("thread"):
        story.do("chat", thread=THREAD)
    story.do("undo")
    story.do("undo")
    assert [event.fact.kind for event in story.do("chat", thread=THREAD)] == ["note.logged"] * 3


def test_text_without_times_is_no_thread() -> None:
    with refuses("thread"):
        Story().declare().do("chat", thread="somebody said something")


EARLY = (
    ("note", {"text": "5xx began"}),
    ("action", {"text": "deploy 4512"}),
    ("decision", {"text": "deploy on a Friday"}),
    ("finding", {"text": "the pool was full"}),
    ("decide", {"text": "fail over", "why": "no other way"}),
    ("hypothesis", {"text": "bad pool"}),
    ("ask", {"who": "Raj", "within": "10m", "text": "replica lag"}),
    ("escalate", {"who": "Kim", "reason": "beyond us"}),
    ("risk", {"text": "orders are lost"}),
    ("evidence", {"text": "heap dump", "where": "s3"}),
)


@pytest.mark.parametrize(("name", "values"), EARLY, ids=[name for name, _ in EARLY])
def test_what_happened_before_the_start_is_kept_as_what_it_was(name: str, values: dict[str, str]) -> None:
    story = Story().declare()
    first, *_ = story.do(name, when="-12m", **values)
    line = next(line for line in timeline_entries(story.record) if line.seq == first.seq)
    assert (line.happened, line.early) == (story.now - timedelta(minutes=12), True)
    assert story.incident.started == START
    # Once the start is moved it is no longer marked.
    story.do("milestone", name="started", at="-15m")
    assert not any(line.early for line in timeline_entries(story.record))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("severity", {"severity": "SEV1", "reason": "all of EU"}),
        ("impact", {"impact": "checkout fails"}),
        ("assign", {"role": "scribe", "who": "Mio"}),
        ("phase", {"phase": "monitoring", "reason": "calm"}),
    ],
)
def test_what_changes_the_state_is_refused_before_the_start(name: str, values: dict[str, str]) -> None:
    story = Story().declare()
    with refuses():
        story.do(name, when="-1d", **values)
    story.do("milestone", name="started", at="2026-11-19 14:01Z")
    assert story.do(name, when=story.incident.started, **values)


@pytest.mark.parametrize(
    ("text", "kind", "sort"),
    [
        ("! deploy 4512", "note.logged", "action"),
        ("= deploy on a Friday", "note.logged", "decision"),
        ("? bad pool", "hypothesis.raised", "hypothesis"),
        ("@Raj 10m replica lag", "ask.made", "ask"),
        ("!important", "note.logged", "note"),
        (":severity SEV1 x", "note.logged", "note"),
    ],
)
def test_backfill_reads_the_signs_of_the_entry_line(text: str, kind: str, sort: str) -> None:
    story = Story().declare()
    [event] = story.do("backfill", at="13:40", text=text)
    assert (event.fact.kind, f"{event.happened:%H:%M}") == (kind, "13:40")
    [line] = [line for line in timeline_entries(story.record) if line.seq == event.seq]
    assert (line.sort, line.early) == (sort, True)


def test_an_action_from_before_the_start_can_have_an_effect() -> None:
    story = Story().declare()
    story.do("backfill", at="13:40", text="! deploy 4512")
    story.do("effect", action="deploy 4512", outcome="worse", evidence="5xx from 0 to 8%")
    assert [effect.text for effect in story.incident.effects.values()] == ["deploy 4512"]


def test_a_thread_from_before_the_start_is_marked() -> None:
    story = Story().declare()
    story.do("chat", thread=THREAD)
    assert [line.early for line in timeline_entries(story.record)][:3] == [True] * 3


def test_what_leaves_says_that_a_line_is_from_before_the_start() -> None:
    story = Story().declare()
    story.do("action", text="deploy 4512", when="-12m")
    zone = story.zone
    for text in (
        POSTMORTEM.text(story.record, story.now, zone),
        TIMELINE.text(story.record, story.now, zone),
        compose_update(story.record, "internal", story.now, zone).text,
    ):
        assert [row for row in text.splitlines() if "deploy 4512" in row and BEFORE_START in row]
