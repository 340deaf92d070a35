"""One person does everything, which is normal in a small team: whatever waits for somebody in a role is silent."""

from __future__ import annotations

from itertools import product

import pytest

from incident_cockpit.incident.declare import awaited_names, present_names
from incident_cockpit.incident.facts.roles import vacant_roles
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.timeline import timeline_entries
from support.builders import Story
from support.reported_incidents import SHIPPED
from support.shipped_plans import plan as shipped


def nags(story: Story) -> list[str]:
    """Return what asks for somebody in a role of the plan: to be named, to be told, or to come."""
    names = [role.name.casefold() for role in story.incident.plan.roles]
    said = [prompt.text for prompt in prompts(story.incident, story.now)] + [
        item.text for item in due_items(story.incident)
    ]
    starts = ("fill ", *(f"{name}: join " for name in names), *(f"tell {name}" for name in names))
    return [text for text in said if text.casefold().startswith(starts) or "unassigned" in text]


def test_the_shipped_plans_nag_otherwise() -> None:
    waiting = {
        name: bool(nags(Story().declare(plan=plan, severity=plan.severities[0].id).wait("2h")))
        for name, plan in SHIPPED.items()
    }
    assert len(waiting) == 6
    assert sum(waiting.values()) >= 3, waiting


MOVES = [
    (name, first.id, then.id)
    for name, plan in SHIPPED.items()
    for first, then in product(plan.severities, repeat=2)
]  # fmt: skip


@pytest.mark.parametrize(("name", "first", "then"), MOVES)
def test_no_plan_waits_for_a_role_at_any_severity(name: str, first: str, then: str) -> None:
    story = Story().declare(plan=SHIPPED[name], severity=first)
    story.do("solo")
    assert nags(story) == []
    story.wait("2h")
    assert nags(story) == []
    if first != then:
        story.do("severity", severity=then, reason="so it is")
        assert nags(story) == []
        story.wait("2h")
        assert nags(story) == []


def test_whoever_was_asked_by_the_name_of_a_role_has_come() -> None:
    story = Story().declare(plan=shipped("p0-p3"), severity="P0")
    assert awaited_names(story.incident) == ("On-call engineer", "Subject matter expert", "Communications lead")
    story.do("solo")
    assert awaited_names(story.incident) == ()
    assert "communications lead" in present_names(story.incident)
    assert [line.text for line in timeline_entries(story.record)][-1].endswith("→ Ana does everything")
    story.do("undo")
    assert len(awaited_names(story.incident)) == 3, "one taking back takes all of it back"


def test_others_are_asked_as_ever() -> None:
    story = Story().declare(plan=shipped("sev-owner"), severity="SEV1")
    before = awaited_names(story.incident)
    story.do("solo")
    assert awaited_names(story.incident) == before == ("All of engineering", "Anyone in the company who could help")


def test_who_shares_the_work_again_is_asked_for_roles_and_rungs_from_then_on() -> None:
    story = Story().declare(plan=shipped("p0-p3"), severity="P0")
    story.do("solo", after="")
    story.do("solo", after="1h")
    again = [item for item in due_items(story.incident) if item.text.startswith("Notify On-call engineer")]
    assert [item.at for item in again] == [story.now], "nobody was late while there was nobody to tell"
    assert vacant_roles(story.incident)
