"""What a text says was done and whom it calls: what people wrote, and only who is not there yet."""

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
    found = variables(story.record, audience, story.now, ZONE)["actions"]
    assert isinstance(found, list)
    return [one["text"] for one in found if isinstance(one, dict) and isinstance(one["text"], str)]


def test_ticks_alone_are_told_without_the_role_that_a_step_ends_with(story: Story) -> None:
    story.do("tick", step="Declare the severity")
    assert done(story) == ["Declare the severity by the criteria ✓"]


def test_what_somebody_wrote_is_not_pushed_out_by_ticks(story: Story) -> None:
    story.do("tick", step="Declare the severity")
    story.do("action", text="took web-3 out of the pool")
    story.do("tick", step="Open the channel")
    story.do("answer-step", step="What was changed last", answer="index settings")
    assert done(story) == ["took web-3 out of the pool", "What was changed last? index settings"]


def test_each_update_has_what_came_since_the_last(story: Story) -> None:
    story.do("action", text="took web-3 out of the pool")
    story.do("sent", audience="stakeholders", route="xclip", text="told")
    story.do("tick", step="Open the channel")
    assert done(story) == ["Open the channel of the day, and say in the alert's thread where it is ✓"]


def test_ticks_of_other_runbooks_are_news_of_their_own(story: Story) -> None:
    book, _ = load_runbook(shipped("sample_data", "runbooks", "service-outage.md"))
    story.do("attach", runbook=book)
    story.do("action", text="took web-3 out of the pool")
    story.do("tick", step="Freeze deploys")
    assert done(story) == ["took web-3 out of the pool", "Freeze deploys ✓"]


def test_a_role_that_is_missing_has_its_article() -> None:
    story = Story().declare(severity="P0", plan=plan("p0-p3"))
    needs = variables(story.record, "internal", story.now, ZONE)["needs"]
    assert isinstance(needs, list)
    assert needs[-2:] == ["an On-Call Engineer", "a Communications Lead"]


def test_only_who_is_not_there_yet_is_called() -> None:
    story = Story().declare(severity="P0", plan=plan("p0-p3"))
    story.do("assign", role="oncall", who="Raj")
    told = variables(story.record, "", story.now, ZONE, inside=True)
    assert told["join"] == ["@Subject matter expert", "@Communications lead"]
    assert told["ping"] == ["@Raj", "@All stakeholders", "@Subject matter expert", "@Communications lead"]


def test_a_role_comes_to_the_review_by_the_name_of_who_held_it() -> None:
    story = Story().declare(severity="P0", plan=plan("p0-p3"))
    story.do("assign", role="oncall", who="Raj")
    story.do("resolve", verified="payments work")
    story.do("schedule-review", at="tomorrow 10:00")
    assert [one.name for one in invitees(story.record, {})] == [
        "Ana", "Raj", "Subject matter expert", "Communications lead", "Engineering manager", "Product",
    ]  # fmt: skip
    named = invitees(story.record, {"On-call engineer": "oncall@shop.example"})
    assert "On-call engineer" in [one.name for one in named], "an address is worth writing to"
