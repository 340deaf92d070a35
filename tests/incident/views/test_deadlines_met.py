"""A duty is met by the act itself: sent, told, held, or marked by a person; what ends before its time is not needed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from incident_cockpit.documents.messages import items_completed_by
from incident_cockpit.incident.views.adherence import Assessment, Compliance, adherence
from incident_cockpit.incident.views.clocks import unmet_gates
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind
from incident_cockpit.plan.loader import load_plan
from support.builders import START, Story, default_plan, full_plan
from support.deadlines import only, rung, span
from support.shipped_plans import PLANS

V = Compliance
P0, FOUR = load_plan(PLANS / "p0-p3.toml"), load_plan(PLANS / "four-phase.toml")
FIRST = next(one for one in default_plan().deadlines if one.id == "first-message")


def judged(story: Story, name: str) -> Assessment:
    return next(one for one in adherence(story.record, story.now) if one.id == name)


def verdict(story: Story, name: str) -> tuple[Compliance, datetime | None]:
    """Return what became of it, and the time under "met"."""
    return judged(story, name).verdict, judged(story, name).met


def sent(story: Story, audience: str, after: str = "2m") -> None:
    story.do("sent", audience=audience, route="x", text="we look into it", after=after)


def due(story: Story) -> set[str]:
    return {item.text for item in due_items(story.incident)}


@pytest.mark.parametrize("first", [FIRST, replace(FIRST, met_by="milestone resolved")], ids=["plan", "older plan"])
class TestFirstMessage:
    def story(self, first: Deadline) -> Story:
        plan = default_plan()
        kept = tuple(first if one.id == first.id else one for one in plan.deadlines)
        return Story().declare(severity="SEV2", plan=replace(plan, deadlines=kept))

    def test_over_before_its_time_it_is_not_needed(self, first: Deadline) -> None:
        story = self.story(first)
        story.do("resolve", verified="ok", after="3m")
        assert verdict(story.wait("1h"), "first-message") == (V.NOT_NEEDED, None)
        assert first.text not in due(story)

    def test_over_after_its_time_it_was_missed(self, first: Deadline) -> None:
        story = self.story(first)
        story.do("resolve", verified="ok", after="20m")
        assert verdict(story.wait("1h"), "first-message") == (V.MISSED, None)
        assert judged(story, "first-message").by == timedelta(minutes=10)
        assert first.text not in due(story)

    def test_an_update_to_its_readers_settles_it_and_one_to_others_never(self, first: Deadline) -> None:
        story = self.story(first)
        sent(story, "external")
        story.do("complete", item="Brief support")
        assert verdict(story, "first-message") == (V.RUNNING, None)
        sent(story, "internal")
        assert verdict(story, "first-message") == (V.MET, story.now)
        assert first.text not in due(story)

    def test_a_message_settles_it_and_so_does_who_says_that_it_was_posted(self, first: Deadline) -> None:
        story = self.story(first)
        assert [item.text for item in items_completed_by(story.incident, "declared")] == [first.text]
        story.do("complete", item=first.text, after="12m")
        assert verdict(story, "first-message") == (V.LATE, story.now)


class TestBeginning:
    def test_what_announces_it_ends_with_the_incident_and_the_end_is_told(self) -> None:
        story = Story().declare(severity="Sev1", plan=FOUR)
        story.do("resolve", verified="ok", after="94m")
        assert "Notify executives" not in due(story)
        assert "Notify all stakeholders of the all-clear" in due(story)
        assert verdict(story.wait("2d"), "executives") == (V.MISSED, None)
        assert judged(story, "executives").by == timedelta(minutes=79)

    def test_an_update_to_those_whom_it_names_settles_it(self) -> None:
        story = Story().declare(severity="Sev1", plan=FOUR)
        sent(story, "internal")
        assert verdict(story, "executives")[0] is V.RUNNING
        sent(story, "executive")
        assert verdict(story, "executives") == (V.MET, story.now)

    def test_a_text_without_a_route_tells_those_alone_whom_it_names(self) -> None:
        first = Deadline("a", DeadlineKind.NOTICE, "Tell all", "declared", span("5m"), "done a", who="All",
                         message="declared")  # fmt: skip
        other = replace(first, id="b", text="Tell others", met_by="done b", who="Others")
        story = Story().declare(plan=only(default_plan(), first, other))
        assert [item.text for item in items_completed_by(story.incident, "declared")] == ["Tell all"]

    def test_what_the_law_asks_for_is_neither_ended_nor_met_by_the_way(self) -> None:
        story = Story().declare(severity="P0", plan=P0)
        story.do("type", type="privacy")
        sent(story, "internal")
        story.do("resolve", verified="ok", after="94m")
        assert {"Notify the security team", "Notify the legal team"} <= due(story)


class TestPage:
    NOBODY = (V.MISSED, None)

    def test_who_declares_and_is_not_on_call_answers_no_page(self) -> None:
        story = Story().declare(severity="P0", plan=P0)
        assert "acknowledged" not in story.incident.milestones
        story.wait("10m")
        assert [verdict(story, name) for name in ("answer-page", "respond-P0")] == [self.NOBODY] * 2

    def test_who_declares_and_is_on_call_answers_it(self) -> None:
        story = Story().report(plan=P0)
        story.do("assign", role="oncall", who="Ana")
        answered = story.now
        story.do("declare", severity="P0", why="it is real")
        assert verdict(story, "answer-page") == (V.MET, answered)

    def test_looking_at_a_report_answers_no_page_for_others(self) -> None:
        story = Story().report(plan=P0)
        story.do("answered", text="we look", by="Ana")
        story.do("investigate", who="Raj")
        story.do("declare", severity="P0", why="it is real")
        assert "acknowledged" not in story.incident.milestones

    def test_whoever_takes_the_role_that_is_paged_answers_it(self) -> None:
        story = Story().declare(severity="P0", plan=P0)
        story.do("assign", role="sme", who="Kim")
        assert verdict(story, "answer-page") == (V.RUNNING, None)
        story.do("assign", role="oncall", who="Raj", after="9m")
        assert verdict(story, "answer-page") == (V.LATE, story.now)
        story.do("undo")
        assert verdict(story, "answer-page")[0] is V.MISSED

    def test_one_person_who_does_everything_answers_it(self) -> None:
        story = Story().declare(severity="P0", plan=P0)
        story.do("solo")
        assert verdict(story, "answer-page") == (V.MET, story.now)

    def test_going_back_to_the_phase_that_reaches_it_answers_no_page(self) -> None:
        story = Story().declare(severity="P0", plan=P0)
        story.do("phase", phase="investigation")
        story.do("phase", phase="triage")
        assert "acknowledged" not in story.incident.milestones

    def test_the_end_answers_no_page(self) -> None:
        story = Story().declare(severity="P0", plan=P0)
        story.do("resolve", verified="ok", after="3m")
        assert verdict(story, "answer-page") == (V.NOT_NEEDED, None)
        assert verdict(story, "respond-P0") == (V.MISSED, None)
        assert "Acknowledge the page" not in due(story)

    def test_where_the_plan_pages_no_role_declaring_is_the_response(self) -> None:
        assert verdict(Story().declare(severity="SEV1"), "respond-SEV1") == (V.MET, START)


class TestNothingToDo:
    WORK = Deadline("work", DeadlineKind.DEADLINE, "Finish", "resolved", span("24h"), "followups high")
    GATE = ClosingGate("done", "All high-priority follow-ups are done", "followups high")

    def test_follow_ups_that_nobody_noted_are_finished_by_nobody(self) -> None:
        story = Story().declare(plan=only(default_plan(), self.WORK, closing=(self.GATE,)))
        story.do("resolve", verified="ok")
        assert [verdict(story, name) for name in ("work", "gate:done")] == [(V.NOT_NEEDED, None)] * 2
        assert (due(story), unmet_gates(story.incident)) == (set(), ()), "and hold up nothing"

    def test_one_that_comes_later_is_asked_for_and_what_was_late_stays_so(self) -> None:
        story = Story().declare(plan=only(default_plan(), self.WORK, closing=(self.GATE,)))
        story.do("resolve", verified="ok")
        story.do("follow-up", text="mend the alert")
        story.do("follow-up-priority", follow_up="mend", priority="high")
        assert due(story) == {"Finish"}
        assert unmet_gates(story.incident) == (self.GATE,)
        story.do("follow-up-priority", follow_up="mend", priority="low", after="2d")
        assert due(story) == set()
        assert verdict(story, "work") == (V.MISSED, None)

    def test_nobody_was_told_where_one_person_did_everything(self) -> None:
        story = Story().declare(plan=only(default_plan(), rung("SEV1", "15m", "Technical Lead")), severity="SEV1")
        story.do("solo", after="5m")
        assert verdict(story.wait("1h"), "rung-SEV1-technical-lead") == (V.NOT_NEEDED, None)

    def test_what_is_over_is_mitigated_too(self) -> None:
        story = Story().declare(plan=full_plan(), severity="SEV1")
        story.do("resolve", verified="ok", after="30m")
        assert verdict(story, "mitigate") == (V.MET, story.now)
