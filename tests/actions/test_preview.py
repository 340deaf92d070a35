"""What is said before a grave action is done: what is decided, who is asked, what is due then; and it comes so."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.preview import preview
from incident_cockpit.actions.registry import find
from incident_cockpit.incident.declare import NO_INPUTS, RuleInputs
from incident_cockpit.incident.facts.asks import open_asks
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.plan.schema import Plan
from support.builders import Story, full_plan
from support.naming import naming
from support.reported_incidents import each_plan


def foresee(story: Story, action: str, brought: RuleInputs = NO_INPUTS, **values: str) -> list[str]:
    said = preview(find(action), story.record, "Ana", Here(story.now, story.zone), values, brought)
    return said.splitlines()


def reported(plan: Plan | None = None) -> Story:
    return Story().report("Checkout is slow", plan=plan or full_plan(), who="Kim")


def test_declaring_names_severity_asks_and_due_items() -> None:
    story = reported()
    story.wait("20s")
    assert foresee(story, "declare", severity="SEV1", why="nobody can pay") == [
        naming("SEV1", "Ana", "nobody can pay"),
        "Will ask Support, Security to join #incident-2026-11-20",
        "Will start: Tell the CTO how bad it is (now); Fill Technical Lead (in 5m); Say who is hurt (in 10m); "
        "and 10 more",
    ]
    assert foresee(story, "declare", severity="SEV3")[0] == naming("SEV3", "Ana")
    assert (story.incident.declared, story.incident.asks) == (False, {}), "nothing is done by saying so"


def test_declaring_without_asks_names_the_channel() -> None:
    story = reported(replace(full_plan(), participants=()))
    assert foresee(story, "declare", severity="SEV3")[1] == "Channel: #incident-2026-11-20"


def test_the_channel_is_the_one_that_will_be_free() -> None:
    story = reported()
    taken = RuleInputs(channels=frozenset(("#incident-2026-11-20", "incident-2026-11-20")))
    [line] = [one for one in foresee(story, "declare", taken, severity="SEV1") if one.startswith("Will ask")]
    assert "incident-2026-11-20 " not in line


def test_severity_names_new_asks_and_earlier_due_items() -> None:
    story = Story().declare(plan=full_plan(), severity="SEV2")
    story.wait("35m")
    assert foresee(story, "severity", severity="SEV1", reason="all of EU") == [
        "severity: SEV2 → SEV1: all of EU",
        "Will ask Support to join #incident-2026-11-20",
        "Will start: Tell the CTO how bad it is (now); Notify VP Engineering now; Tell customers (now); Internal "
        "update "
        "(now); and 3 more",
    ]


def test_resolving_names_who_confirms_and_what_follows() -> None:
    story = Story().declare(plan=full_plan(), severity="SEV2")
    said = foresee(story, "resolve", verified="5xx flat")
    assert said[:2] == [
        "phase: Investigating → Resolved: 5xx flat", naming("Support, Finance", "confirm"),
    ]  # fmt: skip
    assert said[2].startswith("Will start: Tell everybody that it is over (in 15m); Recovery check 1 of 4")


def test_false_alarm_names_its_follow_up() -> None:
    assert foresee(reported(), "dismiss", reason="a load test") == [
        "triage: false alarm: a load test", naming("follow-up", "Find out why it looked real"),
    ]  # fmt: skip


def test_long_texts_are_cut_and_progress_checks_left_out() -> None:
    story = Story().declare(plan=full_plan(), severity="SEV2")
    assert foresee(story, "phase", phase="identified") == ["phase: Investigating → Identified"]
    story.do("resolve", verified="5xx flat")
    [line] = [one for one in foresee(story, "phase", phase="investigating", reason="back") if "Will start" in one]
    assert "progress" not in line


@each_plan
@pytest.mark.parametrize("rank", [0, -1])
def test_preview_matches_what_happens(plan: Plan, rank: int) -> None:
    level = plan.severities[rank].id
    story = reported(plan)
    before = {item.key for item in due_items(story.incident)}
    head, *more = foresee(story, "declare", severity=level, why="so it is")
    story.do("declare", severity=level, why="so it is", after="")
    asked = ", ".join(one.who for one in open_asks(story.incident).values())
    assert head == naming(level, "Ana", "so it is")
    lines = [one for one in more if one.startswith("Will ask")]
    assert len(lines) == bool(asked)
    assert all(asked in one for one in lines)
    fresh = [item.text for item in due_items(story.incident) if item.key not in before and item.key[:4] != "ask:"]
    for text in (part for one in more if one.startswith("Will start: ") for part in one[12:].split("; ")):
        assert any(text.startswith(one[:50]) for one in fresh) or text.startswith("and "), text
    assert len(more) <= 3
