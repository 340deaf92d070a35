"""The course of the incident: severity, phase, milestones, impact, title, updates, cadences, timers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incident_cockpit.incident.event import Moment
from incident_cockpit.incident.facts import timers, updates
from incident_cockpit.incident.facts.timers import TimerStatus
from incident_cockpit.incident.views import timeline
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.runbook.reader import read_runbook
from support.builders import RUNBOOK, START, Story, plain_plan
from support.naming import naming
from support.refusals import refuses


def said(story: Story) -> tuple[str, str]:
    line = list(timeline.timeline_entries(story.record))[-1]
    return line.sort, line.text


@pytest.fixture
def story() -> Story:
    return Story().declare(runbook=RUNBOOK, since="-20m", plan=plain_plan())


def test_a_change_of_severity_says_from_what_to_what_and_why(story: Story) -> None:
    story.do("severity", severity="1", reason="all of EU")
    assert story.incident.severity is not None
    assert (story.incident.severity.value, story.incident.severity.reason) == ("SEV1", "all of EU")
    assert said(story) == ("severity", "SEV2 → SEV1: all of EU")
    story.do("undo")
    assert story.incident.severity.value == "SEV2"


def test_entering_a_phase_reaches_its_milestone_the_first_time(story: Story) -> None:
    story.do("phase", phase="monitoring")
    mitigated = story.incident.milestones["mitigated"]
    assert mitigated == story.now
    assert said(story) == ("phase", "Investigating → Monitoring")
    story.do("phase", phase="identified")
    story.do("phase", phase="monitoring", after="10m")
    assert story.incident.milestones["mitigated"] == mitigated


def test_resolving_ends_the_harm_and_reopening_takes_the_end_away(story: Story) -> None:
    story.do("phase", phase="monitoring")
    story.do("resolve", verified="5xx at baseline")
    over = story.incident
    assert (over.live, over.ended) == (False, story.now)
    assert said(story) == ("phase", "Monitoring → Resolved: 5xx at baseline")
    story.do("close")
    assert "closed" in story.incident.milestones
    with refuses("reason"):
        story.do("phase", phase="identified")
    story.do("phase", phase="identified", reason="5xx at 5% again")
    again = story.incident
    assert (again.live, again.ended) == (True, None)
    assert "closed" not in story.incident.milestones
    assert "mitigated" in story.incident.milestones
    story.do("undo")
    assert story.incident.ended is not None
    assert "closed" in story.incident.milestones


def test_an_incident_that_goes_on_is_not_closed(story: Story) -> None:
    with refuses("phase"):
        story.do("close")
    story.do("resolve", verified="5xx at baseline")
    story.do("close", reason="reviewed")
    assert said(story) == ("phase", "Resolved → Closed: reviewed")
    with refuses("phase"):
        story.do("close")


def test_a_milestone_is_put_right_by_hand_and_back(story: Story) -> None:
    story.do("milestone", name="detected", at="-10m")
    assert story.incident.milestones["detected"] == story.now - timedelta(minutes=10)
    assert said(story) == ("milestone", "detected at 2026-11-20 13:51 UTC")
    story.do("undo")
    assert "detected" not in story.incident.milestones


def test_the_start_moves_back_and_forth_but_never_behind_what_is_known(story: Story) -> None:
    story.do("milestone", name="started", at="-40m")
    assert story.incident.started == START + timedelta(minutes=1) - timedelta(minutes=40)
    story.do("note", text="first 5xx", when="-35m")
    with refuses("at"):
        story.do("milestone", name="started", at="-30m")
    with refuses("at"):
        story.do("milestone", name="started", at="-1m")
    story.do("undo")
    story.do("milestone", name="started", at="-30m")
    assert story.incident.started == story.now - timedelta(minutes=30)


@pytest.mark.parametrize("name", ["detected", "mitigated", "resolved"])
def test_no_milestone_comes_before_the_start(story: Story, name: str) -> None:
    with refuses("at"):
        story.do("milestone", name=name, at="-2h")


def test_a_time_that_a_watch_shows_a_little_early_is_taken(story: Story) -> None:
    story.do("milestone", name="detected", at="14:03", after="1m30s")
    with refuses("at"):
        story.do("milestone", name="detected", at="2026-11-20 14:30")


def test_the_state_of_an_incident_does_not_change_before_its_start_nor_in_the_future(story: Story) -> None:
    with refuses() as refused:
        story.do("impact", impact="x", when="-2h")
    assert "milestone started" in refused.value.what_to_do
    with refuses():
        story.do("note", text="x", when="2026-11-20 15:30")
    story.do("note", text="at the very start", when=START - timedelta(minutes=20))
    story.do("note", text="a watch that is two minutes fast", after="", when=story.now + timedelta(minutes=2))


def test_the_impact_is_what_was_said_last(story: Story) -> None:
    story.do("impact", impact="8% of EU")
    story.do("impact", impact="all of EU")
    assert story.incident.impact is not None
    assert story.incident.impact.value == "all of EU"
    story.do("undo")
    story.do("undo")
    assert story.incident.impact is None


def test_a_title_is_one_line_of_bounded_length(story: Story) -> None:
    story.do("title", title="  Checkout\nfails  for EU ")
    assert story.incident.title == "Checkout fails for EU"
    story.do("title", title="x" * 200)
    with refuses("title"):
        story.do("title", title="x" * 201)
    assert story.incident.title == "x" * 200


def test_an_update_keeps_its_promise_and_makes_the_next(story: Story) -> None:
    story.do("sent", audience="internal", route="xclip", text="We look", after="30m")
    [first] = story.incident.updates.sent.values()
    assert (first.number, first.due, first.next_due) == (1, START + timedelta(hours=1), story.now + timedelta(hours=1))
    assert said(story) == ("update", naming("internal update 1", "xclip", "15:30 UTC"))
    story.do("sent", audience="int", route="xclip", text="We found it", after="10m")
    last = story.incident.updates.last("internal")
    assert last is not None
    assert (last.number, last.due) == (2, first.next_due)
    assert story.incident.updates.last("external") is None
    story.do("undo")
    assert story.incident.updates.last("internal") == first


def test_the_last_update_of_all_promises_nothing(story: Story) -> None:
    story.do("resolve", verified="5xx at baseline")
    story.do("sent", audience="external", route="osc52", text="It is over")
    last = story.incident.updates.last("external")
    assert last is not None
    assert (last.due, last.next_due) == (None, None)
    assert said(story) == ("update", "external update 1 sent (osc52)")


def test_a_cadence_is_changed_switched_off_and_on_again(story: Story) -> None:
    story.do("sent", audience="internal", route="xclip", text="We look")
    sent = story.now
    story.do("cadence", audience="internal", every="15m")
    assert said(story) == ("cadence", "internal updates: every 15m")
    assert updates.next_update_due(story.incident, "internal") == sent + timedelta(minutes=15)
    story.do("cadence", audience="internal", every="off")
    assert said(story) == ("cadence", "internal updates: off")
    assert updates.next_update_due(story.incident, "internal") is None
    with refuses("every"):
        story.do("cadence", audience="internal", every="off")
    story.do("cadence", audience="internal", every="2h")
    assert updates.next_update_due(story.incident, "internal") == sent + timedelta(hours=1), (
        "what was promised still holds"
    )
    for _ in range(3):
        story.do("undo")
    assert updates.current_interval(story.incident, "internal") == timedelta(hours=1)


def test_a_timer_runs_until_it_is_done_or_cancelled(story: Story) -> None:
    story.do("timer", within="90s")
    assert said(story) == ("timer", "1m30s timer, in 1m30s")
    [key] = story.incident.timers.timers
    story.do("done", timer=key)
    assert said(story) == ("timer", "1m30s timer  done")
    story.do("undo")
    story.do("cancel", timer=key)
    assert story.incident.timers.timers[key].status is TimerStatus.CANCELLED
    moment = Moment("Ana", story.now, story.now, story.record.seq + 1)
    with refuses("timer"):
        timers.complete_timer(story.incident, moment, key)
    with refuses("timer"):
        timers.cancel_timer(story.incident, moment, "t99")


def test_putting_off_counts_from_when_it_is_due_or_from_now_where_it_is_late(story: Story) -> None:
    story.do("timer", within="10m", text="rollback")
    due = story.now + timedelta(minutes=10)
    story.do("snooze", item="rollback", within="5m")
    [item] = [one for one in due_items(story.incident) if one.text == "rollback"]
    assert (item.at, item.snoozed) == (due + timedelta(minutes=5), True)
    assert said(story) == ("snooze", "rollback → 14:16 UTC")
    story.do("snooze", item="rollback", within="5m", after="30m")
    [item] = [one for one in due_items(story.incident) if one.text == "rollback"]
    assert item.at == story.now + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("action", "values", "about", "mention"),
    [
        ("severity", {"severity": "SEV2", "reason": "x"}, "severity", "Already"),
        ("severity", {"severity": "SEV1"}, "reason", "required"),
        ("severity", {"severity": "SEV9", "reason": "x"}, "severity", '"SEV9"'),
        ("phase", {"phase": "investigating"}, "phase", "Already"),
        ("phase", {"phase": "done"}, "phase", '"done"'),
        ("resolve", {}, "verified", "required"),
        ("phase", {"phase": "resolved"}, "reason", "Verification"),
        ("phase", {"phase": "closed", "reason": "enough"}, "phase", ":resolve"),
        ("impact", {"impact": " "}, "impact", "required"),
        ("title", {"title": "\n "}, "title", "required"),
        ("sent", {"audience": "internal", "route": "x", "text": " "}, "text", "required"),
        ("sent", {"audience": "press", "route": "x", "text": "x"}, "audience", '"press"'),
        ("cadence", {"audience": "internal", "every": "0.5s"}, "every", "minute"),
        ("cadence", {"audience": "internal", "every": "often"}, "every", '"often"'),
        ("attach", {}, "runbook", "RUNBOOK"),
    ],
)
def test_wrong_value_is_refused_with_a_hint(
    story: Story, action: str, values: dict[str, str], about: str, mention: str
) -> None:
    before = story.incident
    with refuses(about) as refused:
        story.do(action, **values)
    assert mention in str(refused.value)
    assert refused.value.what_to_do
    assert story.incident is before


def test_a_runbook_of_one_step_is_attached_as_one_step(story: Story) -> None:
    story.do("attach", runbook=read_runbook(b"# Disk\n- [ ] look at it\n", "disk.md"))
    assert said(story) == ("runbook", "Disk (1 step)")
