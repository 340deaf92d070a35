"""Legal duties: nothing ends an incident while one is open, each is waived for itself, and what is owed lives on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.execute import fitted
from incident_cockpit.actions.preview import preview
from incident_cockpit.actions.registry import find
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.legal_duties import legal_duties_owed, waived_duties
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind
from incident_cockpit.plan.schema import IncidentType
from support.builders import ZONE, Story, default_plan
from support.deadlines import only, span
from support.refusals import refuses

TYPES = (
    IncidentType("breach", "Data breach", aware=True, breach=True),
    IncidentType("security", "Break-in"),
    IncidentType("outage", "Outage"),
)
AUTHORITY = Deadline(
    "authority", DeadlineKind.NOTICE, "Notify the authority", "aware", span("72h"), "done authority",
    types=("breach",),
)  # fmt: skip
PEOPLE = Deadline(
    "people", DeadlineKind.NOTICE, "Notify the people", "aware", span("72h"), "done people", types=("breach",),
    optional=True,
)  # fmt: skip
COUNSEL = Deadline(
    "counsel", DeadlineKind.DEADLINE, "Call counsel", "declared", span("1h"), "done counsel",
    types=("breach", "security"),
)  # fmt: skip
RECORD = Deadline("record", DeadlineKind.DEADLINE, "Keep the record", "aware", span("72h"), "done record")
REPORT = Deadline(
    "report", DeadlineKind.NOTICE, "Send the final report", "closed", span("72h"), "done report", types=("breach",)
)
ORDINARY = Deadline("ticket", DeadlineKind.DEADLINE, "Open a ticket", "declared", span("1h"), "done ticket")
EVERY = (AUTHORITY, PEOPLE, COUNSEL, RECORD, ORDINARY)


def draft(*deadlines: Deadline, types: tuple[str, ...] = ("breach",), **more: Any) -> Story:
    story = Story().declare(plan=only(default_plan(), *deadlines, types=TYPES, **more))
    for one in types:
        story.do("type", type=one)
    return story


def over(*deadlines: Deadline, types: tuple[str, ...] = ("breach",), **more: Any) -> Story:
    story = draft(*deadlines, types=types, **more)
    story.do("resolve", verified="the hole is closed")
    return story


def owed(story: Story) -> list[str]:
    return [one.deadline.id for one in legal_duties_owed(story.incident)]


def refused(act: Callable[[], object]) -> str:
    with refuses() as said:
        act()
    return said.value.why


class TestClosing:
    @pytest.mark.parametrize(
        "close",
        [
            lambda story: story.do("close"),
            lambda story: story.do("close", reason="we are done"),
            lambda story: story.do("phase", phase="closed"),
            lambda story: story.do("phase", phase="closed", reason="we are done"),
            lambda story: story.do("close", reason="we were done then", when="-30s"),
        ],
    )
    def test_it_names_each_open_duty_and_refuses_whatever_the_reason(self, close: Callable[[Story], object]) -> None:
        story = over(*EVERY)
        before = story.record.seq
        why = refused(lambda: close(story))
        for duty in (AUTHORITY, PEOPLE, COUNSEL, RECORD):
            assert duty.text in why
        assert ORDINARY.text not in why, "what no law asks for holds nothing"
        assert story.record.seq == before

    def test_each_is_done_or_waived_for_itself(self) -> None:
        story = over(*EVERY)
        story.do("complete", item="authority")
        story.do("complete", item="record")
        story.do("complete", item="counsel")
        with refuses("reason"):
            story.do("waive", item="people", reason="")
        assert owed(story) == ["people"]
        story.do("waive", item="people", reason="the risk is low")
        assert [(one.deadline.id, deed.note) for one, deed in waived_duties(story.incident)] == [
            ("people", "the risk is low")
        ]
        story.do("close")
        assert "closed" in story.incident.milestones

    def test_a_duty_from_becoming_aware_holds_it_without_any_type(self) -> None:
        story = over(RECORD, types=())
        story.do("close")
        assert owed(story) == []
        story = over(RECORD, types=())
        story.do("mark", name="aware")
        assert "Keep the record" in refused(lambda: story.do("close"))

    def test_a_gate_marked_by_hand_does_not_stand_for_a_duty(self) -> None:
        gates = (ClosingGate("law", "The law is satisfied", "done law"),)
        story = over(AUTHORITY, closing=gates)
        story.do("complete", item="law")
        assert "Notify the authority" in refused(lambda: story.do("close"))

    def test_a_gate_that_was_passed_over_does_not_stand_for_the_duty_it_shares_a_word_with(self) -> None:
        gates = (ClosingGate("told", "The authority was told", "done authority"),)
        story = over(AUTHORITY, closing=gates)
        assert "Notify the authority" in refused(lambda: story.do("close", reason="later"))
        # A store of before closed so: the deed was marked as passed over.
        held_open = draft(AUTHORITY, closing=gates, types=())
        held_open.do("resolve", verified="ok")
        held_open.do("close", reason="later")
        held_open.do("type", type="breach", by="Noor")
        assert owed(held_open) == ["authority"]

    def test_the_milestone_is_not_reached_by_hand(self) -> None:
        story = over(AUTHORITY)
        refused(lambda: story.do("milestone", name="closed", at="-10s"))
        assert "closed" not in story.incident.milestones
        story.do("complete", item="authority")
        story.do("close")
        story.do("milestone", name="closed", at="-10s")

    def test_the_form_lists_them_before_it_asks_for_anything(self) -> None:
        story = over(AUTHORITY, PEOPLE)
        here = Here(story.now, ZONE)
        for name, values in (("close", {}), ("phase", {"phase": "closed"})):
            action = find(name)
            arg = fitted(action, action.args[-1], story.record, here, values)
            assert "Notify the authority" in arg.note
            assert "Notify the people" in arg.note
        assert fitted(find("phase"), find("phase").args[-1], story.record, here, {"phase": "monitoring"}).note == ""

    def test_next_leads_to_them_before_the_closing(self) -> None:
        story = over(AUTHORITY)
        waiting = prompts(story.incident, story.now)
        assert ("complete", "clock:authority") in {(one.action, one.about) for one in waiting}
        assert "close" not in {one.action for one in waiting}
        story.do("waive", item="authority", reason="no risk")
        assert "close" in {one.action for one in prompts(story.incident, story.now)}


class TestDismissing:
    @pytest.mark.parametrize(
        ("action", "values"),
        [
            ("dismiss", {"reason": "a drill"}),
            ("duplicate", {"of": "INC-3"}),
            ("not-urgent", {"reason": "later"}),
        ],
    )
    def test_a_report_that_was_called_a_breach_is_not_waved_away(self, action: str, values: dict[str, str]) -> None:
        story = Story().report(plan=only(default_plan(), *EVERY, types=TYPES))
        story.do("type", type="breach")
        assert owed(story) == ["authority", "people", "record"], "what runs from the declaration has not draft"
        assert "Notify the authority" in refused(lambda: story.do(action, **values))
        assert {item.key for item in due_items(story.incident)} >= {"clock:authority", "clock:people"}
        story.do("waive", item="authority", reason="test data")
        story.do("waive", item="people", reason="test data")
        story.do("waive", item="record", reason="test data")
        story.do(action, **values)
        assert story.incident.dismissed

    def test_a_declared_one_is_not_either_until_the_type_is_removed(self) -> None:
        story = draft(AUTHORITY)
        refused(lambda: story.do("dismiss", reason="a drill"))
        story.do("remove-type", type="breach", reason="a drill, no real data")
        story.do("dismiss", reason="a drill")
        assert owed(story) == []

    def test_what_is_owed_after_it_can_still_be_dealt_with(self) -> None:
        story = draft(AUTHORITY)
        story.do("waive", by="Noor", item="authority", reason="a drill")
        story.do("dismiss", reason="a drill")
        story.do("undo", by="Noor")
        assert owed(story) == ["authority"]
        assert [item.key for item in due_items(story.incident)] == ["clock:authority"]
        story.do("complete", item="authority")
        assert owed(story) == []


class TestAfterwards:
    def closed(self, *deadlines: Deadline) -> Story:
        story = over(*deadlines)
        for one in deadlines:
            if one.start != "closed":
                story.do("waive", by="Noor", item=one.id, reason="no risk")
        story.do("close")
        return story

    def test_a_later_stage_is_owed_from_the_closing_on(self) -> None:
        story = self.closed(AUTHORITY, REPORT)
        assert owed(story) == ["report"]
        story.do("complete", item="report")
        assert owed(story) == []

    def test_the_record_of_a_breach_is_owed_from_becoming_aware_on_whatever_was_said_later(self) -> None:
        story = Story().declare(plan=only(default_plan(), RECORD, types=TYPES), since="-10h")
        story.do("milestone", name="aware", at="-6h")
        aware = story.incident.milestones["aware"]
        story.do("type", type="breach", after="5h")
        story.do("resolve", verified="the hole is closed")
        story.do("waive", by="Noor", item="record", reason="no risk")
        story.do("close")
        story.do("undo", by="Noor")
        assert [one.at - aware for one in legal_duties_owed(story.incident)] == [timedelta(hours=72)]

    def test_a_waiver_that_is_undone_is_owed_again(self) -> None:
        story = self.closed(AUTHORITY)
        assert owed(story) == []
        story.do("undo", by="Noor")
        assert owed(story) == ["authority"]
        assert [item.key for item in due_items(story.incident)] == ["clock:authority"]

    def test_redo_does_not_close_what_could_not_be_closed(self) -> None:
        story = self.closed(AUTHORITY)
        story.do("undo")
        story.do("undo", by="Noor")
        assert "Notify the authority" in refused(lambda: story.do("redo"))
        story.do("complete", by="Noor", item="authority")
        story.do("redo")
        assert "closed" in story.incident.milestones

    def test_undoing_a_reopening_does_not_close_it_either(self) -> None:
        story = self.closed(AUTHORITY)
        story.do("phase", phase="investigating", reason="it is back")
        story.do("type", by="Noor", type="security")
        assert owed(story) == []
        story = over(COUNSEL, types=())
        story.do("close")
        story.do("phase", phase="investigating", reason="it is back")
        story.do("type", by="Noor", type="security")
        assert "Call counsel" in refused(lambda: story.do("undo"))

    def test_undoing_what_took_up_a_dismissed_one_does_not_dismiss_it_again(self) -> None:
        story = draft(COUNSEL, types=())
        story.do("dismiss", reason="a drill")
        story.do("declare", severity="SEV2", why="no drill")
        story.do("type", by="Noor", type="security")
        assert "Call counsel" in refused(lambda: story.do("undo"))
        assert not story.incident.dismissed

    def test_correcting_the_time_of_the_closing_can_be_undone_while_something_is_owed(self) -> None:
        story = self.closed(AUTHORITY)
        story.do("milestone", name="closed", at="-10s")
        story.do("undo", by="Noor")
        story.do("undo")
        assert "closed" in story.incident.milestones

    def test_duties_that_share_a_deed_are_owed_once(self) -> None:
        story = over(AUTHORITY, replace(AUTHORITY, id="again", within=span("24h")))
        assert owed(story) == ["again"]


class TestRemoving:
    def test_it_names_what_ends_and_the_record_keeps_it(self) -> None:
        story = draft(*EVERY, types=("breach", "security"))
        said = preview(
            find("remove-type"), story.record, "Ana", Here(story.now, ZONE),
            {"type": "breach", "reason": "no personal data"},
        )  # fmt: skip
        assert "Notify the authority" in said
        assert "Call counsel" not in said, "the break-in still asks for it"
        [event] = story.do("remove-type", type="breach", reason="no personal data")
        assert event.fact.stopped == (AUTHORITY.text, PEOPLE.text)  # type: ignore[attr-defined]
        assert owed(story) == ["counsel", "record"], "what runs from becoming aware needs no type"

    def test_it_needs_a_reason_and_a_type_that_is_there(self) -> None:
        story = draft(AUTHORITY)
        with refuses("reason"):
            story.do("remove-type", type="breach", reason="")
        with refuses("type"):
            story.do("remove-type", type="security", reason="x")
        with refuses("type"):
            story.do("remove-type", type="breach", reason="x", when=story.now.replace(hour=14, minute=0))

    def test_what_was_dealt_with_is_so_when_the_type_comes_back(self) -> None:
        story = draft(AUTHORITY, PEOPLE)
        story.do("waive", item="people", reason="low")
        story.do("remove-type", type="breach", reason="no data")
        assert owed(story) == []
        story.do("type", type="breach")
        assert owed(story) == ["authority"]


class TestOtherWaysToLoseOne:
    def test_a_plan_that_does_not_ask_for_it_is_not_adopted_while_it_is_open(self) -> None:
        story = draft(AUTHORITY)
        newer = only(default_plan(), ORDINARY, types=TYPES, name="Newer")
        assert "Notify the authority" in refused(lambda: story.do("adopt-plan", plan=newer))
        story.do("waive", item="authority", reason="no risk")
        story.do("adopt-plan", plan=newer)
        assert story.incident.plan == newer

    def test_a_plan_that_asks_for_it_too_is_adopted(self) -> None:
        story = draft(AUTHORITY)
        sooner = only(default_plan(), replace(AUTHORITY, within=span("24h")), types=TYPES)
        story.do("adopt-plan", plan=sooner)
        assert owed(story) == ["authority"]

    def test_a_severity_at_which_the_plan_does_not_ask_for_it_says_so(self) -> None:
        story = draft(replace(AUTHORITY, severities=("SEV1", "SEV2")), PEOPLE)
        here, action = Here(story.now, ZONE), find("severity")
        said = preview(action, story.record, "Ana", here, {"severity": "SEV3", "reason": "small"})
        assert "Notify the authority" in said
        assert "Notify the people" not in said
        assert "Notify" not in preview(action, story.record, "Ana", here, {"severity": "SEV1", "reason": "worse"})
