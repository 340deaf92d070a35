"""How a triage ends without an incident, or an incident that was none: each verdict, and how it is put right."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from incident_cockpit.incident.facts.asks import open_asks
from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.plan.schema import TriagePolicy
from support.builders import RUNBOOK, Story, full_plan
from support.refusals import refuses


def told(story: Story, since: int = 0) -> list[tuple[str, str]]:
    """Return the lines of the timeline behind the first few, as their sort and text."""
    return [(line.sort, line.text) for line in timeline_entries(story.record)][since:]


def due(story: Story) -> set[str]:
    """Return the sorts of what is due."""
    return {item.key.split(":")[0] for item in due_items(story.incident)}


@pytest.fixture
def story() -> Story:
    return Story().report(who="Jo", sort="customer", via="mail")


class TestDismiss:
    """It is none: it ends with its reason, and the false alarm itself is mended (seed 000)."""

    def test_it_ends_with_the_reason_and_a_follow_up_for_its_cause(self, story: Story) -> None:
        story.do("dismiss", reason="a load test", by="Mio")
        incident = story.incident
        assert (incident.triage, incident.live, incident.dismissed, incident.declared) == (
            "false alarm", False, True, False,
        )  # fmt: skip
        assert incident.ended == story.now
        assert told(story, 2) == [
            ("triage", "false alarm: a load test"),
            ("follow-up", "Find out why it looked real (Mio)"),
        ]
        assert due(story) == set()
        assert prompts(incident, story.now) == ()

    def test_a_plan_that_says_nothing_of_it_has_the_follow_up_all_the_same(self) -> None:
        story = Story().report(plan=replace(full_plan(), triage=TriagePolicy()))
        story.do("dismiss", reason="a load test")
        [one] = story.incident.followups.values()
        assert "false alarm" in one.text

    def test_dismissal_drops_asks_and_timers(self, story: Story) -> None:
        story.do("investigate", who="Raj")
        story.do("ask", who="Kim", within="5m", text="is the vendor up?")
        story.do("timer", within="10m", text="look again")
        story.do("dismiss", reason="a load test")
        assert open_asks(story.incident) == {}
        assert {ask.answer for ask in story.incident.asks.values()} == {"false alarm"}
        assert due(story) == set()
        story.do("undo")
        assert len(open_asks(story.incident)) == 2
        assert "timer" in due(story)
        assert story.incident.triage == "in triage"
        assert story.incident.followups == {}

    def test_a_declared_one_is_over_with_it_too(self) -> None:
        story = Story().declare(plan=full_plan(), runbook=RUNBOOK)
        assert open_asks(story.incident)
        story.do("timebox", step="s1", within="5m")
        story.do("dismiss", reason="the probe was renamed")
        incident = story.incident
        assert (incident.live, incident.triage, incident.ended) == (False, "false alarm", story.now)
        assert due(story) == set()
        assert incident.report is not None
        assert incident.report.text == incident.title
        story.do("undo")
        assert (story.incident.live, story.incident.report) == (True, None)

    def test_refusals(self, story: Story) -> None:
        with refuses("reason"):
            story.do("dismiss", reason="")
        story.do("dismiss", reason="a load test")
        for action, values in (
            ("dismiss", {"reason": "again"}),
            ("duplicate", {"of": "INC-3"}),
            ("not-urgent", {"reason": "it can wait"}),
            ("investigate", {"who": "Raj"}),
        ):
            with refuses() as refused:
                story.do(action, **values)
            assert "declare SEVERITY WHY" in refused.value.what_to_do

    def test_what_was_resolved_was_an_incident(self) -> None:
        story = Story().declare()
        story.do("resolve", verified="5xx at baseline")
        for action, values in (("dismiss", {"reason": "x"}), ("duplicate", {"of": "INC-3"})):
            with refuses():
                story.do(action, **values)

    def test_it_is_told_and_then_not_undone(self, story: Story) -> None:
        story.do("dismiss", reason="a load test")
        story.do("sent", by="Raj", audience="internal", route="xclip", text="It was a test")
        with refuses():
            story.do("undo")


class TestTakenUpAgain:
    """A dismissal is a judgement, and judgements are put right: with a reason."""

    def test_a_report_becomes_the_incident_it_is(self, story: Story) -> None:
        story.do("dismiss", reason="a load test")
        with refuses("why") as refused:
            story.do("declare", severity="2")
        assert ":declare 2" in refused.value.what_to_do
        story.do("declare", severity="2", why="the test is over and it goes on")
        incident = story.incident
        assert (incident.triage, incident.live, incident.ended) == ("", True, None)
        assert incident.severity is not None
        assert incident.severity.reason == "the test is over and it goes on"
        assert incident.report is not None
        assert (incident.report.outcome, incident.report.reason) == (TriageOutcome.DECLARED, "")

    def test_a_declared_one_goes_on_where_it_stood(self) -> None:
        story = Story().declare(severity="SEV2")
        story.do("phase", phase="identified")
        story.do("duplicate", of="INC-3")
        events = story.do("declare", severity="SEV2", why="INC-3 is mended and this goes on")
        assert [event.fact.kind for event in events] == ["report.decided"]
        assert told(story)[-1] == ("triage", "declared: INC-3 is mended and this goes on")
        incident = story.incident
        assert incident.phase is not None
        assert (incident.phase.value, incident.live) == ("identified", True)
        assert incident.report is not None
        assert incident.report.same_as == ""

    def test_a_declared_one_may_be_worse_by_now(self) -> None:
        story = Story().declare(severity="SEV2")
        story.do("dismiss", reason="a test")
        story.do("declare", severity="SEV1", why="it is everywhere")
        assert told(story)[-2:] == [("triage", "declared"), ("severity", "SEV2 → SEV1: it is everywhere")]


class TestOtherEnds:
    """The same as another, or real and in no hurry."""

    def test_a_duplicate_names_the_other(self, story: Story) -> None:
        story.do("duplicate", of="INC-3", reason="the same trace")
        assert told(story)[-1] == ("triage", "duplicate of INC-3: the same trace")
        assert (story.incident.triage, story.incident.live) == ("duplicate", False)
        assert story.incident.followups == {}

    def test_its_reason_may_stay_empty(self, story: Story) -> None:
        story.do("duplicate", of="INC-3")
        assert told(story)[-1] == ("triage", "duplicate of INC-3")

    def test_nothing_is_a_duplicate_of_itself(self, story: Story) -> None:
        with refuses("of"):
            story.do("duplicate", of="INC-7")

    def test_what_can_wait_becomes_a_ticket(self, story: Story) -> None:
        story.do("not-urgent", reason="one export is slow")
        assert told(story)[-1] == ("triage", "not urgent: one export is slow")
        assert (story.incident.triage, story.incident.live) == ("not urgent", False)

    def test_refusals(self, story: Story) -> None:
        with refuses("reason"):
            story.do("not-urgent", reason="")
        with refuses() as refused:
            Story().declare().do("not-urgent", reason="it can wait")
        assert "lower its severity" in refused.value.what_to_do


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("dismiss", {"reason": "a load test"}),
        ("duplicate", {"of": "INC-3", "reason": "the same trace"}),
        ("not-urgent", {"reason": "one export"}),
        ("answered", {"text": "we look"}),
        ("investigate", {"who": "Raj"}),
    ],
)
def test_undo_and_redo_leave_no_trace(story: Story, action: str, values: dict[str, str]) -> None:
    before = replace(story.incident, seq=0, moved=None)
    story.do(action, **values)
    after = replace(story.incident, seq=0, moved=None)
    story.do("undo")
    assert replace(story.incident, seq=0, moved=None) == before
    story.do("redo")
    assert replace(story.incident, seq=0, moved=None) == after


def test_two_who_decide_do_not_undo_each_other(story: Story) -> None:
    story.do("answered", by="Raj")
    story.do("dismiss", by="Mio", reason="a load test")
    with refuses():
        story.do("undo", by="Raj")
