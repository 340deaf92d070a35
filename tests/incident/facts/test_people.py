"""What people write, ask, hold and suppose: happy ways, every refusal, the words of each fact, and taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from incident_cockpit.incident.event import Moment
from incident_cockpit.incident.facts import asks, followups, phase, roles
from incident_cockpit.incident.facts.asks import AskStatus
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.plan import Adoption
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.facts.steps import Status
from incident_cockpit.incident.views import timeline
from incident_cockpit.runbook.model import StepMark
from support.builders import RUNBOOK, START, Story, runbook_at
from support.refusals import refuses


def said(story: Story) -> tuple[str, str]:
    """Return how the newest event reads."""
    line = timeline.describe(story.record, story.record.events[-1])
    return line.sort, line.text


@pytest.fixture
def story() -> Story:
    return Story().declare(runbook=RUNBOOK, since="-20m")


@pytest.fixture
def busy(story: Story) -> Story:
    story.do("ask", who="Raj", within="10m", text="replica lag?")
    story.do("hypothesis", text="DNS")
    story.do("follow-up", text="alert on lag")
    return story


@pytest.mark.parametrize("sort", ["note", "action", "decision", "finding"])
def test_a_written_line_is_of_its_sort_and_keeps_its_time(story: Story, sort: str) -> None:
    [event] = story.do(sort, by="Raj", text="  5xx at 8%\nand rising ", when="-5m")
    assert said(story) == (sort, "5xx at 8%\nand rising")
    assert (event.who, event.recorded - event.happened) == ("Raj", timedelta(minutes=5))
    assert story.incident.notes.lines == 1
    story.do("undo", by="Raj")
    assert story.incident.notes.lines == 0


def test_an_ask_waits_until_it_is_answered(story: Story) -> None:
    story.do("ask", who="Raj", within="1h30m", text="replica lag?")
    [(key, ask)] = story.incident.asks.items()
    assert (ask.status, ask.by, ask.asked, ask.due) == (
        AskStatus.OPEN,
        "Ana",
        story.now,
        story.now + timedelta(minutes=90),
    )
    assert said(story) == ("ask", "Raj, 1h30m: replica lag?")
    assert asks.open_asks(story.incident) == asks.open_asks(story.incident, "Raj") == {key: ask}
    assert asks.open_asks(story.incident, "Mio") == {}
    story.do("answer", ask="Raj", answer="3 s")
    assert story.incident.asks[key].status is AskStatus.ANSWERED
    assert said(story) == ("answer", "Raj: replica lag? → 3 s")
    assert asks.open_asks(story.incident) == {}
    story.do("undo")
    assert story.incident.asks == {key: ask}


def test_an_ask_for_a_year_and_one_for_seconds_are_worded_as_they_are(story: Story) -> None:
    story.do("ask", who="Raj", within="366d", text="renew it")
    assert said(story) == ("ask", "Raj, 366d: renew it")
    story.do("ask", who="Raj", within="30s", text="now")
    assert said(story) == ("ask", "Raj, 30s: now")


def test_an_ask_can_be_dropped_with_or_without_a_word(busy: Story) -> None:
    busy.do("drop", ask="Raj", reason="found it myself")
    assert said(busy) == ("ask", "dropped: Raj: replica lag? (found it myself)")
    busy.do("undo")
    busy.do("drop", ask="Raj")
    assert said(busy) == ("ask", "dropped: Raj: replica lag?")
    assert [ask.status for ask in busy.incident.asks.values()] == [AskStatus.DROPPED]


def test_a_hypothesis_goes_from_open_to_what_was_found(busy: Story) -> None:
    [key] = busy.incident.hypotheses
    assert said(busy) == ("follow-up", "alert on lag")
    busy.do("test", hypothesis="DNS")
    assert busy.incident.hypotheses[key].tester == "Ana", "whoever acts, where nobody is named"
    busy.do("test", hypothesis="DNS", who="Raj")
    assert said(busy) == ("hypothesis", "Raj is testing: DNS")
    busy.do("rule-out", hypothesis="DNS", evidence="resolves everywhere")
    assert said(busy) == ("finding", "DNS  ruled out: resolves everywhere")
    busy.do("reopen-hypothesis", hypothesis="DNS")
    assert said(busy) == ("hypothesis", "reopened: DNS")
    busy.do("confirm", hypothesis="DNS", evidence="NXDOMAIN from one resolver")
    held = busy.incident.hypotheses[key]
    assert (held.belief, held.found, held.since) == (Belief.CONFIRMED, "NXDOMAIN from one resolver", busy.now)


def test_a_follow_up_is_done_once(busy: Story) -> None:
    assert said(busy) == ("follow-up", "alert on lag")
    busy.do("follow-up-done", follow_up="alert")
    assert said(busy) == ("follow-up", "alert on lag  done")
    key = next(iter(busy.incident.followups))
    with refuses("follow_up"):
        followups.complete_follow_up(busy.incident, moment_of(busy), key)


def test_a_role_for_one_changes_hands_and_one_for_several_gains_one(story: Story) -> None:
    assert commander(story.incident) == "Ana"
    story.do("assign", role="ic", who="Bo")
    assert commander(story.incident) == "Bo"
    assert said(story) == ("role", "Incident Commander: Ana → Bo")
    story.do("assign", role="sme", who="Raj")
    assert said(story) == ("role", "Subject Matter Expert: Raj")
    story.do("assign", role="SME", who="Mio")
    assert said(story) == ("role", "Subject Matter Expert: Raj → Raj, Mio")
    story.do("release", role="sme", who="Raj")
    assert [one.who for one in story.incident.roles["sme"]] == ["Mio"]
    story.do("release", role="sme")
    assert "sme" not in story.incident.roles
    assert said(story) == ("role", "Subject Matter Expert: Mio → unassigned")
    story.do("undo")
    assert [one.who for one in story.incident.roles["sme"]] == ["Mio"]


def test_a_step_goes_through_its_states_and_keeps_who_and_when(story: Story) -> None:
    steps = ("r1.s1", "Acknowledge the page to stop its escalation")
    for action, status in (
        ("start-step", Status.DOING),
        ("tick", Status.DONE),
        ("tick", Status.OPEN),
        ("tick-off", Status.DONE),
    ):
        story.do(action, by="Raj", step="1")
        assert story.incident.steps.status(steps[0]) is status
        assert said(story) == ("step", f"{steps[1]}  {status.value}")
    mark = story.incident.steps.marks[steps[0]]
    assert (mark.who, mark.when) == ("Raj", story.now)
    story.do("reopen-step", step="1")
    story.do("skip", step="1", reason="no page came")
    assert said(story) == ("step", f"{steps[1]}  skipped: no page came")
    story.do("tick", step="1")
    assert story.incident.steps.status(steps[0]) is Status.OPEN, "a skipped step is opened again, never done by one key"
    story.do("assign-step", step="1", who="Mio")
    assert said(story) == ("step", f"{steps[1]}  → Mio")
    story.do("undo")
    assert said(story) == ("step", f"{steps[1]}  → unassigned")
    assert story.incident.steps.assignees == {}


def test_ticks_that_a_file_brings_along_are_taken_over_without_a_line_each() -> None:

    plain = runbook_at(RUNBOOK)
    marked = replace(plain.steps[0], mark=StepMark.DONE), replace(plain.steps[1], mark=StepMark.SKIPPED)
    story = Story().declare()
    events = story.do("attach", runbook=replace(plain, steps=(*marked, *plain.steps[2:])))
    ids = [f"{next(iter(story.incident.steps.runbooks))}.s{number}" for number in (1, 2, 3)]
    assert [story.incident.steps.status(one) for one in ids] == [Status.DONE, Status.SKIPPED, Status.OPEN]
    told = [line for line in timeline.timeline_entries(story.record) if line.seq >= events[0].seq]
    assert [(line.sort, line.text) for line in told] == [("runbook", "Service outage (32 steps)")]
    story.do("undo")
    assert story.incident.steps == Story().incident.steps


def moment_of(story: Story) -> Moment:
    return Moment("Ana", story.now, story.now, story.record.seq + 1)


@pytest.mark.parametrize(
    ("action", "values", "about", "mention"),
    [
        ("note", {"text": " \n"}, "text", "required"),
        ("ask", {"who": "", "text": "x"}, "who", "required"),
        ("ask", {"who": "@", "text": "x"}, "who", "required"),
        ("ask", {"who": "Raj", "text": ""}, "text", "required"),
        ("answer", {"ask": "Raj", "answer": ""}, "answer", "required"),
        ("hypothesis", {"text": ""}, "text", "required"),
        ("hypothesis", {"text": "dns"}, "text", '"DNS"'),
        ("reopen-hypothesis", {"hypothesis": "DNS"}, "hypothesis", "already"),
        ("rule-out", {"hypothesis": "DNS", "evidence": ""}, "evidence", "required"),
        ("confirm", {"hypothesis": "DNS", "evidence": ""}, "evidence", "required"),
        ("follow-up", {"text": ""}, "text", "required"),
        ("assign", {"role": "ic", "who": "Ana"}, "who", "already"),
        ("assign", {"role": "ic", "who": "ana"}, "who", "already"),
        ("assign", {"role": "scribe", "who": ""}, "who", "required"),
        ("assign", {"role": "pilot", "who": "Raj"}, "role", '"pilot"'),
        ("release", {"role": "scribe"}, "role", "already"),
        ("release", {"role": "ic"}, "role", "cannot"),
        ("skip", {"step": "1", "reason": ""}, "reason", "required"),
        ("assign-step", {"step": "1", "who": ""}, "who", "required"),
        ("reopen-step", {"step": "1"}, "step", "already"),
        ("tick", {"step": "99"}, "step", '"99"'),
    ],
)
def test_wrong_value_is_refused_with_a_hint(
    busy: Story, action: str, values: dict[str, str], about: str, mention: str
) -> None:
    before = busy.incident
    with refuses(about) as refused:
        busy.do(action, **values)
    assert mention in str(refused.value)
    assert refused.value.what_to_do
    assert busy.incident is before


def test_what_ended_is_not_ended_again(busy: Story) -> None:
    key = next(iter(busy.incident.asks))
    busy.do("answer", ask="Raj", answer="3 s")
    busy.do("test", hypothesis="DNS", who="Raj")
    with refuses("who"):
        busy.do("test", hypothesis="DNS", who="Raj")
    busy.do("rule-out", hypothesis="DNS", evidence="x")
    with refuses("hypothesis"):
        busy.do("rule-out", hypothesis="DNS", evidence="x")
    with refuses("ask"):
        asks.drop(busy.incident, moment_of(busy), key)
    with refuses("ask"):
        asks.answer(busy.incident, moment_of(busy), "a99", "x")
    busy.do("skip", step="1", reason="x")
    with refuses("step"):
        busy.do("skip", step="1", reason="y")
    busy.do("assign", role="scribe", who="Mio")
    with refuses("who"):
        busy.do("release", role="scribe", who="Raj")


def test_the_first_facts_are_in_place(story: Story) -> None:
    assert story.incident.roles["ic"][0].since == START


def test_roles_and_phases_the_plan_no_longer_has_are_shown_by_their_ids(story: Story) -> None:
    story.do("assign", role="scribe", who="Mio")
    story.do("phase", phase="monitoring")
    plan = story.incident.plan
    now = replace(story.incident, adoption=Adoption(replace(plan, roles=plan.roles[:1], phases=plan.phases[:1])))
    shown = {
        topic.words(event.fact, now).text
        for event in story.record.events
        for topic in (roles.TOPIC, phase.TOPIC)
        if isinstance(event.fact, topic.facts)
    }
    assert {"scribe: Mio", "Investigating → monitoring"} <= shown
    assert now.live
