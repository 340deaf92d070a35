"""The timeline's lines, the figures made of milestones, and the first facts of an incident."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from incident_cockpit.incident.facts.milestones import MILESTONES, MilestoneReached
from incident_cockpit.incident.state import EMPTY
from incident_cockpit.incident.views import timeline
from incident_cockpit.incident.views.metrics import DEFINITIONS, metrics
from incident_cockpit.plan.schema import Target
from support.builders import RUNBOOK, START, Story, default_plan, resolved_story
from support.refusals import refuses


def test_only_what_was_recorded_clearly_later_is_marked() -> None:
    story = Story().declare(since="-20m")
    for seconds in (0, 60, 61):
        story.do("note", text=f"{seconds}", when=story.now + timedelta(minutes=1, seconds=-seconds))
    marked = {
        line.text: line.recorded is not None for line in timeline.timeline_entries(story.record) if line.sort == "note"
    }
    assert marked == {"0": False, "60": False, "61": True}


def test_a_line_names_who_recorded_it_and_who_took_it_back() -> None:
    story = Story().declare()
    [event] = story.do("note", by="Raj", text="x")
    assert timeline.timeline_entry(story.record, event).undone_by == ""
    story.do("undo", by="Raj")
    line = timeline.timeline_entry(story.record, event)
    assert (line.who, line.undone_by) == ("Raj", "Raj")
    assert event.seq not in [one.seq for one in timeline.timeline_entries(story.record)]


def test_the_opening_is_told_in_a_few_lines() -> None:
    story = Story().declare("Checkout fails", "SEV2", runbook=RUNBOOK)
    assert [(line.sort, line.text) for line in timeline.timeline_entries(story.record)] == [
        ("opened", "INC-7 Checkout fails"), ("severity", "SEV2"), ("phase", "Investigating"),
        ("role", "Incident Commander: Ana"), ("channel", "#inc-2026-11-20-checkout-fails"),
        ("runbook", "Service outage (32 steps)"),
    ]  # fmt: skip


def test_figures_are_made_of_milestones_alone_and_each_is_defined() -> None:
    story = resolved_story()
    known = story.incident.milestones
    assert {one.id: one.value for one in metrics(story.incident)} == {
        "ttd": known["detected"] - known["started"],
        "tta": known["acknowledged"] - known["detected"],
        "ttm": known["mitigated"] - known["started"],
        "ttr": known["resolved"] - known["started"],
    }
    assert all(since in MILESTONES and until in MILESTONES for _, _, since, until in DEFINITIONS)
    assert [one.value for one in metrics(Story().declare().incident)] == [None, None, None, None]


def test_a_figure_is_held_against_the_plans_target_for_the_severity() -> None:
    targets = (Target("tta", 60), Target("tta", 600, ("SEV2",)), Target("ttm", 1800), Target("ttd", 1, ("SEV4",)))
    story = Story().declare(plan=replace(default_plan(), targets=targets), since="-5m")
    story.do("milestone", name="detected", at="-4m")

    def held() -> dict[str, tuple[timedelta | None, bool | None]]:
        return {one.id: (one.target, one.kept) for one in metrics(story.incident)}

    ten, one, thirty = timedelta(minutes=10), timedelta(minutes=1), timedelta(minutes=30)
    assert held() == {"ttd": (None, None), "tta": (ten, True), "ttm": (thirty, None), "ttr": (None, None)}
    story.do("severity", severity="SEV1", reason="all of EU")
    assert held()["tta"] == (ten, True), "what was reached is held against the target of its time"
    story.do("milestone", name="acknowledged", at="now")
    assert held()["tta"] == (one, False), "one for all where none names the severity"
    story.do("mark", name="mitigated", after="22m")
    assert held()["ttm"] == (thirty, True), "to the second it is kept"
    story.do("milestone", name="started", at="-33m")
    assert held()["ttm"] == (thirty, False)
    assert [metric.target for metric in metrics(EMPTY)] == [None] * 4


def test_title_and_severity_are_enough() -> None:
    incident = Story().declare("Checkout  fails", "2").incident
    assert (incident.name, incident.title, incident.live, incident.ended) == ("INC-7", "Checkout fails", True, None)
    assert incident.opened == incident.started == START
    assert set(incident.milestones) == {"started", "declared", "acknowledged", "confirmed"}
    assert incident.severity is not None
    assert incident.severity.value == "SEV2"
    assert [one.who for one in incident.roles["ic"]] == ["Ana"]
    assert incident.steps.runbooks == {}


def test_harm_that_began_earlier_is_when_it_started() -> None:
    incident = Story().declare(since="-20m").incident
    assert (incident.started, incident.opened) == (START - timedelta(minutes=20), START)


@pytest.mark.parametrize(
    ("title", "severity", "since", "about", "mention"),
    [
        (" \n", "SEV1", "", "title", "required"),
        ("x" * 201, "SEV1", "", "title", "201"),
        ("x", "SEV9", "", "severity", '"SEV9"'),
        ("x", "", "", "severity", "required"),
        ("x", "SEV1", "2026-11-20 15:00", "started", "15:00"),
    ],
)
def test_wrong_value_makes_no_incident(title: str, severity: str, since: str, about: str, mention: str) -> None:
    story = Story()
    with refuses(about) as refused:
        story.declare(title, severity, since=since)
    assert mention in str(refused.value)
    assert refused.value.what_to_do
    assert story.record.seq == 0


def test_a_plan_whose_first_phase_reaches_the_declaration_reaches_it_once() -> None:
    plan = default_plan()
    first = replace(plan.phases[0], milestone="declared")
    record = Story().declare(plan=replace(plan, phases=(first, *plan.phases[1:]))).record
    reached = [event.fact.name for event in record.events if isinstance(event.fact, MilestoneReached)]
    assert reached == ["started", "declared", "acknowledged", "confirmed"]
