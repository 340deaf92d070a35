"""Stored lines: every kind of fact comes back as it went, and what cannot be read says which event it is."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest
from msgspec.structs import replace

from incident_cockpit.errors import StoreError
from incident_cockpit.incident import codec
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts import FACTS, TOPIC_OF, TOPICS
from incident_cockpit.incident.facts.classification import TypeSet
from incident_cockpit.incident.facts.severity import DatedValue, ImpactSet
from support.builders import RUNBOOK, START, Story, breach_story, loop_story, newer_runbook, resolved_story, runbook_at


def every_kind() -> list[Event]:
    """Return the events of two stories in which each kind of fact occurs."""
    story = resolved_story()
    story.do("title", title="Card payments fail in the EU")
    story.do("timer", within="10m", text="review")
    story.do("snooze", item="review")
    story.do("cadence", audience="external", every="2h")
    story.do("assign-step", step="s30", who="Mio")
    story.do("update-runbook", runbook="r1", newer=newer_runbook())
    story.do("undo")
    story.do("schedule-review", at="mon 10:00")
    story.do("review-held")
    story.set_back("3m").do("note", text="by a clock that was corrected")
    return [*story.record.events, *breach_story().record.events, *loop_story().record.events, former_type(story)]


def former_type(story: Story) -> Event:
    """Return an event that only programs of before stored, which knew one type at a time."""
    [event] = story.do("note", text="x")
    return replace(event, fact=TypeSet(now=DatedValue("breach", story.now), was=DatedValue("security", START)))


def kinds(events: Iterable[Event]) -> set[str]:
    return {event.fact.kind for event in events}


def test_every_kind_of_fact_comes_back_as_it_went() -> None:
    events = every_kind()
    assert kinds(events) == set(FACTS), "each kind is tried"
    for event in events:
        line = codec.encode(event)
        assert b"\n" not in line
        assert codec.decode(line) == event
        assert codec.encode(codec.decode(line)) == line


def test_kinds_are_stable_names_in_the_store() -> None:
    """Renaming one would orphan every event of that kind: add an upcast then, and the new name here."""
    assert sorted(FACTS) == [
        "ask.acknowledged", "ask.answered", "ask.dropped", "ask.extended", "ask.made", "ask.passed", "breach.noted",
        "call.set", "channel.set", "clock.went_back", "command.run", "decision.grounded", "deed.marked",
        "detection.set", "due.put_off",
        "effect.seen", "evidence.kept", "follow_up.changed", "gate.passed", "handoff.offered", "handoff.read_back",
        "handoff.taken", "handoff.withdrawn", "hypothesis.judged", "hypothesis.raised", "hypothesis.weighed",
        "impact.set", "incident.opened", "incident.restricted", "incident.retitled", "line.pinned",
        "milestone.reached", "need.changed", "note.logged", "phase.changed", "plan.adopted",
        "report.answered", "report.decided",
        "report.handed", "report.made", "review.held", "review.scheduled", "role.changed", "runbook.attached",
        "runbook.merged", "severity.changed", "solo.changed", "step.added", "step.boxed", "step.given", "step.marked",
        "system.changed", "timer.changed", "type.changed", "type.set", "update.cadence", "update.sent",
    ]  # fmt: skip
    assert len(TOPIC_OF) == sum(len(topic.facts) for topic in TOPICS) == len(FACTS)


def test_times_and_texts_survive_whatever_is_in_them() -> None:
    story = Story().declare(runbook=runbook_at(RUNBOOK))
    text = 'quotes " and \\ and \u2028 and 漢字 and 👩🏽\u200d🚒 and [/b]\n\ttab'
    [event] = story.do("note", text=text, when="-30s")
    again = codec.decode(codec.encode(event))
    assert again.happened.utcoffset() is not None
    assert again == event


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"null", b"[]", b'{"id":"x"}', b"\xff\xfe", b'{"id": 5}'],
)
def test_a_damaged_line_is_a_store_error_with_the_way_on(line: bytes) -> None:
    with pytest.raises(StoreError, match="cannot be read") as refused:
        codec.decode(line)
    assert "doctor" in refused.value.what_to_do


def changed(line: bytes, **fields: object) -> bytes:
    return msgspec.json.encode({**msgspec.json.decode(line), **fields})


@pytest.fixture
def stored() -> bytes:
    story = Story().declare()
    return codec.encode(story.do("impact", impact="8% of EU")[0])


def test_a_fact_of_the_wrong_shape_is_damage(stored: bytes) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        codec.decode(changed(stored, fact={"now": 5, "was": None}))
    with pytest.raises(StoreError, match="cannot be read"):
        codec.decode(changed(stored, happened="yesterday"))


def test_a_kind_of_a_newer_version_says_to_update(stored: bytes) -> None:
    with pytest.raises(StoreError, match=r"event 9 .*weather\.seen") as refused:
        codec.decode(changed(stored, kind="weather.seen", seq=9))
    assert "update incident-cockpit" in refused.value.what_to_do


def test_a_fact_stored_by_an_older_version_is_read_as_it_would_be_stored_now(
    stored: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = codec.decode(stored)
    assert isinstance(now.fact, ImpactSet)
    assert now.fact.now is not None
    since = now.fact.now.since.isoformat()
    old = changed(stored, kind="harm.noted", fact={"words": now.fact.now.value, "at": since})
    monkeypatch.setitem(
        codec.UPCASTS,
        "harm.noted",
        ("impact.set", lambda body: {"now": {"value": body["words"], "since": body["at"]}, "was": None}),
    )
    assert codec.decode(old) == now
    monkeypatch.setitem(codec.UPCASTS, "harm.noted", ("impact.set", lambda body: {"now": 5, "was": None}))
    with pytest.raises(StoreError, match="cannot be read"):
        codec.decode(old)
