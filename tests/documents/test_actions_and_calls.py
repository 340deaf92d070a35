"""Actions in a text, and the people it pages: only those who have not joined yet."""

from __future__ import annotations

import pytest

from incident_cockpit.documents.invitation import invitees
from incident_cockpit.documents.variables import variables
from incident_cockpit.incident.declare import RuleInputs, runbooks_for_declaration
from incident_cockpit.resources import shipped
from incident_cockpit.runbook.reader import load_runbook
from incident_cockpit.service.plan_runbooks import read_all
from support.builders import ZONE, Story
from support.shipped_plans import plan


@pytest.fixture
def story() -> Story:
    small = plan("small-team")
    books = read_all(
        runbooks_for_declaration(small, None, ()), lambda name, rule: load_runbook(shipped("none", name), rule)
    )
    return Story().declare(severity="High", plan=small, brought=RuleInputs(books.runbooks))


def done(story: Story, audience: str = "stakeholders") -> list[str]:
    actions = variables(story.record, audience, story.now, ZONE)["actions"]
    assert isinstance(actions, list)
    return [each["text"] for each in actions if isinstance(each, dict) and isinstance(each["text"], str)]


def test_ticks_alone_appear_without_their_role(story: Story) -> None:
    story.do("tick", step="Set the severity")
    assert done(story) == ["Set the severity by the criteria ✓"]


def test_logged_actions_replace_ticks(story: Story) -> None:
    story.do("tick", step="Set the severity")
    story.do("action", text="took web-3 out of the pool")
    story.do("tick", step="Open the channel")
    story.do("answer-step", step="What changed last", answer="index settings")
    assert done(story) == ["took web-3 out of the pool", "What changed last? index settings"]


def test_update_has_actions_since_the_last(story: Story) -> None:
    story.do("action", text="took web-3 out of the pool")
    story.do("sent", audience="stakeholders", route="xclip", text="told")
    story.do("tick", step="Open the channel")
    assert done(story) == ["Open the channel of the day, and link it in the alert's thread ✓"]


def test_ticks_of_attached_runbooks_are_actions(story: Story) -> None:
    book, _ = load_runbook(shipped("sample_data", "runbooks", "service-outage.md"))
    story.do("attach", runbook=book)
    story.do("action", text="took web-3 out of the pool")
    story.do("tick", step="Freeze deploys")
    assert done(story) == ["took web-3 out of the pool", "Freeze deploys ✓"]


def test_missing_role_has_an_article() -> None:
    story = Story().declare(severity="P0", plan=plan("p0-p3"))
    needs = variables(story.record, "internal", story.now, ZONE)["needs"]
    assert isinstance(needs, list)
    assert needs[-2:] == ["an On-Call Engineer", "a Communications Lead"]


def test_only_people_who_have_not_joined_are_paged() -> None:
    story = Story().declare(severity="P0", plan=plan("p0-p3"))
    story.do("assign", role="oncall", who="Raj")
    values = variables(story.record, "", story.now, ZONE, inside=True)
    assert values["join"] == ["@Subject matter expert", "@Communications lead"]
    assert values["ping"] == ["@Raj", "@All stakeholders", "@Subject matter expert", "@Communications lead"]


def test_role_is_invited_by_the_name_of_its_holder() -> None:
    story = Story().declare(severity="P0", plan=plan("p0-p3"))
    story.do("assign", role="oncall", who="Raj")
    story.do("resolve", verified="payments work")
    story.do("schedule-review", at="tomorrow 10:00")
    assert [guest.name for guest in invitees(story.record, {})] == [
        "Ana", "Raj", "Subject matter expert", "Communications lead", "Engineering manager", "Product",
    ]  # fmt: skip
    named = invitees(story.record, {"On-call engineer": "oncall@shop.example"})
    assert "On-call engineer" in [guest.name for guest in named], "a role with an address is invited too"
