"""The way out of each thing that is due: the action that brings about what the plan's words ask for."""

from __future__ import annotations

import pytest

from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.incident.views.due import DueItem, DueKind, Urgency
from incident_cockpit.incident.views.next_action import action_for, prompts
from incident_cockpit.plan.deadlines import ClosingGate, parse_condition
from support.builders import START, Story, default_plan
from support.deadlines import only

MET_BY = {
    "milestone mitigated": ("mark", "mitigated"),
    "milestone resolved": ("resolve", ""),
    "milestone closed": ("close", ""),
    "role tech": ("assign", "tech"),
    "phase investigating": ("phase", ""),
    "update external": ("update", "external"),
    "impact": ("impact", ""),
    "review scheduled": ("schedule-review", ""),
    "review held": ("review-held", ""),
    "followups high": ("follow-up-done", ""),
    "done ticket": ("complete", "clock:it"),
    "": ("complete", "clock:it"),
}


def item(key: str, kind: DueKind, met_by: str = "", message: str = "") -> DueItem:
    return DueItem(key, kind, START, "It", "", condition=parse_condition(met_by) if met_by else None, message=message)


@pytest.mark.parametrize(("met_by", "leads"), MET_BY.items())
def test_what_meets_a_deadline_is_what_is_offered(met_by: str, leads: tuple[str, str]) -> None:
    action, about, verb = action_for(item("clock:it", DueKind.DEADLINE, met_by))
    assert (action, about) == leads
    assert verb
    assert action in ACTIONS


@pytest.mark.parametrize(
    ("key", "kind", "leads"),
    [
        ("update:internal:3", DueKind.UPDATE, ("update", "internal")),
        ("ask:a12", DueKind.ASK, ("answer", "a12")),
        ("timer:t3", DueKind.TIMER, ("done", "t3")),
        ("step:r1.s2", DueKind.STEP, ("tick-off", "r1.s2")),
        ("report:validate", DueKind.REPORT, ("triage", "")),
        ("report:answer", DueKind.REPORT, ("answered", "")),
        ("watch:201500-1", DueKind.CHECK, ("complete", "watch:201500-1")),
        ("clock:a+b", DueKind.ESCALATION, ("complete", "clock:a+b")),
    ],
)
def test_each_kind_leads_to_its_own_action(key: str, kind: DueKind, leads: tuple[str, str]) -> None:
    assert action_for(item(key, kind))[:2] == leads


def test_what_has_a_text_to_copy_is_met_by_copying_it() -> None:
    assert action_for(item("clock:it", DueKind.NOTICE, "done it", "declared"))[:2] == ("copy-message", "clock:it")


@pytest.mark.parametrize(("met_by", "leads"), [pair for pair in MET_BY.items() if pair[0] and pair[0] != "done ticket"])
def test_a_gate_has_the_same_way(met_by: str, leads: tuple[str, str]) -> None:
    gate = ClosingGate("it", "It is so", met_by)
    story = Story().declare(plan=only(default_plan(), closing=(gate,)))
    story.do("follow-up", text="mend the alert")
    story.do("follow-up-priority", follow_up="mend", priority="high")
    story.do("resolve", verified="5xx at baseline")
    if met_by == "review held":
        [unset] = [one for one in prompts(story.incident, story.now) if one.text == "Before closing: It is so"]
        assert unset.action == "schedule-review", "what has no time yet is given one first"
        story.do("schedule-review", at="mon 10:00")
        story.wait("4d")
    found = [one for one in prompts(story.incident, story.now) if one.text == "Before closing: It is so"]
    met = {"milestone mitigated", "milestone resolved", "phase investigating"}
    assert [(one.action, one.about, one.urgency) for one in found] == (
        [] if met_by in met else [(*leads, Urgency.AHEAD)]
    )


def test_a_gate_that_only_people_can_say_is_done_by_its_own_name() -> None:
    story = Story().declare(plan=only(default_plan(), closing=(ClosingGate("it", "It is so", "done signed"),)))
    story.do("resolve", verified="5xx at baseline")
    [prompt] = [one for one in prompts(story.incident, story.now) if one.text.startswith("Before closing")]
    assert (prompt.action, prompt.about) == ("complete", "gate:it")
    story.do(prompt.action, item=prompt.about)
    assert not [one for one in prompts(story.incident, story.now) if one.text.startswith("Before closing")]
