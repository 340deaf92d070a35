"""A plan that changes in the middle: it holds from then on and says so, and what was is still there to read."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from msgspec.structs import replace

from incident_cockpit.cli.views import json
from incident_cockpit.documents.postmortem import POSTMORTEM
from incident_cockpit.documents.update import compose_update
from incident_cockpit.incident.views import timeline
from incident_cockpit.incident.views.adherence import adherence
from incident_cockpit.incident.views.clocks import clocks
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.incident.views.update_promises import promises
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.schema import Plan
from incident_cockpit.times.business_calendar import Within
from support.builders import Story, full_plan, plain_plan, resolved_story
from support.naming import naming
from support.refusals import refuses

TICKET = Deadline(
    "ticket", DeadlineKind.DEADLINE, "Open the ticket", "declared", Within("30m", seconds=1800), "done ticket"
)


@pytest.fixture
def story() -> Story:
    told = Story().declare(severity="SEV2", plan=plain_plan())
    told.do("assign", role="tech", who="Raj")
    return told


def last(story: Story) -> str:
    line = list(timeline.timeline_entries(story.record))[-1]
    return f"{line.sort}: {line.text}"


def without(plan: Plan, **gone: str) -> Plan:
    """Return the plan without one entry of each of these lists, by its id."""
    kept = {field: tuple(one for one in getattr(plan, field) if one.id != key) for field, key in gone.items()}
    return replace(plan, id="smaller", name="Smaller plan", **kept)


def test_another_plan_holds_from_here_on_and_says_so(story: Story) -> None:
    story.do("adopt-plan", plan=full_plan())
    assert story.incident.plan == full_plan()
    assert last(story) == "plan: Plain plan → Full plan: adopted"
    story.do("undo")
    assert story.incident.plan == plain_plan()
    story.do("redo")
    assert story.incident.plan == full_plan()


def test_a_newer_version_of_the_same_says_that_it_is_one(story: Story) -> None:
    story.do("adopt-plan", plan=replace(plain_plan(), progress=600))
    assert last(story) == naming("plan: Plain plan", "new version")


def test_the_first_plan_is_part_of_the_opening_and_has_no_line(story: Story) -> None:
    assert [line.sort for line in timeline.timeline_entries(story.record) if line.sort == "plan"] == []


@pytest.mark.parametrize(
    ("gone", "lacks", "has"),
    [
        ({"severities": "SEV2"}, "SEV2", "SEV1, SEV3, SEV4"),
        ({"phases": "investigating"}, "investigating", "identified"),
        ({"roles": "tech"}, "tech", "comms, ic"),
    ],
)
def test_a_plan_that_does_not_know_where_the_incident_stands_is_refused(
    story: Story, gone: dict[str, str], lacks: str, has: str
) -> None:
    before = story.incident
    with refuses("plan") as refused:
        story.do("adopt-plan", plan=without(plain_plan(), **gone))
    assert lacks in refused.value.why
    assert refused.value.what_to_do.startswith("it has ")
    assert has in refused.value.what_to_do
    assert story.incident is before


def test_the_plan_that_is_followed_is_not_adopted_again(story: Story) -> None:
    with refuses("plan"):
        story.do("adopt-plan", plan=plain_plan())


def test_what_the_incident_has_left_behind_may_be_gone_and_everything_still_reads() -> None:
    """A severity, a phase and a role of the past are not in the new plan; no reader stumbles over that."""
    story = resolved_story()
    story.do("release", role="scribe")
    plan = plain_plan()
    story.do("adopt-plan", plan=without(plan, severities="SEV2", phases="monitoring", roles="scribe"))
    record, now = story.record, story.now
    texts = [line.text for line in timeline_entries(record)]
    assert "SEV2 → SEV1: All EU card payments fail now" in texts
    assert any(text.startswith("monitoring → ") for text in texts), "a phase without a name is called by its id"
    assert due_items(story.incident) is not None
    assert prompts(story.incident, now)
    assert promises(record, now)
    assert json.incident(record, now)["plan"] == "smaller"
    assert "All EU card payments" in POSTMORTEM.text(record, now, UTC)
    assert compose_update(record, "internal", now, UTC).text
    adherence(record, now)
    story.do("phase", phase="identified", reason="it is back")
    assert story.incident.live


def test_a_phase_that_is_gone_ends_nothing_and_is_left_by_any_other(story: Story) -> None:
    """An older journal may name a phase that its plan has not; the rule for adopting lets that happen no more."""
    plan = without(plain_plan(), phases="investigating")
    held = story.incident.adoption
    assert held is not None
    story.record.incident = replace(story.incident, adoption=replace(held, plan=plan))
    assert story.incident.live
    story.do("phase", phase="identified")
    assert last(story) == "phase: investigating → Identified"


class TestFromThenOn:
    def test_nothing_is_due_before_the_plan_that_asks_for_it(self, story: Story) -> None:
        story.do("adopt-plan", plan=replace(plain_plan(), deadlines=(TICKET,)), after="2h")
        [clock] = clocks(story.incident)
        assert (clock.asked, clock.at) == (story.now, story.now + timedelta(minutes=30))
        story.do("undo")
        assert clocks(story.incident) == ()

    def test_what_both_plans_ask_for_goes_on(self, story: Story) -> None:
        story.do("adopt-plan", plan=replace(plain_plan(), deadlines=(TICKET,)))
        at = clocks(story.incident)[0].at
        story.do("adopt-plan", plan=replace(full_plan(), deadlines=(TICKET,)), after="10m")
        assert clocks(story.incident)[0].at == at

    def test_what_was_done_stays_done(self, story: Story) -> None:
        story.do("adopt-plan", plan=replace(plain_plan(), deadlines=(TICKET,)))
        story.do("complete", item="ticket", note="OPS-12")
        story.do("adopt-plan", plan=replace(full_plan(), deadlines=(replace(TICKET, who="Scribe"),)))
        assert [clock.settled for clock in clocks(story.incident)] == [True]

    def test_silence_counts_from_the_last_progress_whatever_the_plan(self, story: Story) -> None:
        story.do("finding", text="5xx at 8%")
        story.do("adopt-plan", plan=replace(plain_plan(), progress=3600), after="30m")
        [item] = [item for item in due_items(story.incident) if item.key.startswith("progress:")]
        assert item.at == story.now - timedelta(minutes=30) + timedelta(hours=1), "adopting a plan is no progress"

    def test_roles_that_it_requires_are_asked_for_at_once(self, story: Story) -> None:
        roles = tuple(replace(role, required_at=("SEV2",)) for role in plain_plan().roles)
        story.do("adopt-plan", plan=replace(plain_plan(), roles=roles))
        assert any("Scribe" in prompt.text for prompt in prompts(story.incident, story.now))


def test_a_report_can_change_its_plan_too() -> None:
    story = Story().report()
    story.do("adopt-plan", plan=plain_plan())
    story.do("declare", severity="SEV2")
    assert story.incident.plan == plain_plan()
