"""The record: the order people read in, what was taken back, and what was known at an instant."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import EMPTY, apply, fold
from incident_cockpit.incident.views import timeline
from support.builders import START, Story, busy_story
from support.refusals import refuses


def texts(record: Record) -> list[str]:
    return [line.text for line in timeline.timeline_entries(record) if line.sort == "note"]


def test_an_empty_record_is_an_empty_incident() -> None:
    record = Record("x")
    assert (record.seq, record.incident, list(record.effective())) == (0, EMPTY, [])
    with refuses():
        _ = record.incident.plan


def test_lines_stand_in_the_order_they_happened_and_then_as_they_were_recorded() -> None:
    story = Story().declare(since="-20m")
    story.do("note", text="third")
    story.do("note", text="first", when="-12m")
    story.do("note", text="fourth", when=story.now - timedelta(minutes=1), after="")
    story.do("note", text="second", when="-4m")
    story.do("note", text="fifth", after="")
    assert texts(story.record) == ["first", "second", "third", "fourth", "fifth"]
    assert [event.seq for event in story.record.events] == list(range(1, story.record.seq + 1))


def test_a_record_grown_by_events_reads_as_one_read_whole() -> None:
    story = busy_story()
    grown = Record(story.record.id)
    for event in story.record.events:
        grown.extend([event])
    assert grown.incident == story.incident == fold(story.record.events)
    assert list(grown.effective()) == list(story.record.effective())


def test_applying_an_event_leaves_the_incident_before_it_as_it_was() -> None:
    story = Story().declare()
    before, roles = story.incident, dict(story.incident.roles)
    event = story.do("assign", role="scribe", who="Mio")[0]
    assert before.roles == roles
    assert apply(before, event) == story.incident


def test_undo_of_an_undo_stands_again_at_its_place() -> None:
    story = Story().declare()
    [event] = story.do("note", text="one")
    story.do("note", text="two")
    story.do("undo")
    story.do("undo")
    assert texts(story.record) == []
    by = story.record.undone_by(event.seq)
    assert by is not None
    assert by.undoes == event.seq
    story.do("redo")
    assert texts(story.record) == ["one"]
    assert story.record.undone_by(event.seq) is None
    assert story.record.undone_by(by.seq) is not None
    story.do("redo")
    assert texts(story.record) == ["one", "two"]


def test_what_was_known_at_an_instant_holds_nothing_recorded_later() -> None:
    story = Story().declare(since="-20m")
    story.do("note", text="one", after="5m")
    at = story.now
    story.do("note", text="it began", when="-24m", after="5m")
    story.do("undo", by="Ana")
    then = story.record.as_known_at(at)
    assert texts(then) == ["one"]
    assert then.incident == fold(event for event in story.record.events if event.recorded <= at)
    assert texts(story.record.as_known_at(story.now - timedelta(minutes=1))) == ["it began", "one"]
    assert story.record.as_known_at(START - timedelta(seconds=1)).incident == EMPTY
    assert story.record.as_known_at(story.now).incident == story.incident


def test_a_clock_that_was_set_back_leaves_no_hole() -> None:
    story = Story().declare()
    story.do("note", text="one", after="10m")
    story.do("undo")
    events = list(story.record.events)
    early = [*events[:-1], replace(events[-1], recorded=START + timedelta(minutes=1))]
    then = Record(story.record.id, early).as_known_at(START + timedelta(minutes=2))
    assert then.seq == len(early), "the undo was known, so what it undid was known"
    assert texts(then) == []
