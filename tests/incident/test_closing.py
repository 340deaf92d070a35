"""Moving on and ending: open steps stop nobody, confirmers are asked, closing needs what the plan wants."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.preview import preview, warnings
from incident_cockpit.actions.registry import find
from incident_cockpit.incident.closing import CONFIRM, left_open_by_phase, open_checklist_steps
from incident_cockpit.incident.facts.asks import AskStatus, open_asks
from incident_cockpit.incident.facts.timers import CompletionStatus
from incident_cockpit.incident.views import timeline
from incident_cockpit.incident.views.clocks import unmet_gates
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.plan.checklist import phase_runbook
from incident_cockpit.plan.deadlines import ClosingGate, Watch
from incident_cockpit.plan.schema import Plan
from incident_cockpit.runbook.reader import read_runbook
from support.builders import Story, plain_plan
from support.naming import naming
from support.refusals import refuses

GATES = (
    ClosingGate("urgent", "All urgent follow-ups are done", "followups high"),
    ClosingGate("sign-off", "The CTO has signed off", "done sign-off"),
    ClosingGate("held", "The review was held", "review held", ("SEV1",)),
)
STEPS = ("Isolate the system", "Stop the harm", "Say who does it", "Look at the graphs", "Tell support")


def planned(**changes: object) -> Plan:
    """Return the plain plan with a checklist for its first and its fourth phase."""
    plan = plain_plan()
    first, second, third, fourth, *rest = plan.phases
    with_steps = (replace(first, checklist=STEPS), second, third, replace(fourth, checklist=("Tell everybody",)), *rest)
    return replace(plan, phases=with_steps, **changes)


def begin(severity: str = "SEV2", **changes: object) -> Story:
    """Return a story with the checklist that is made of its plan."""
    plan = planned(**changes)
    made = phase_runbook(plan)
    assert made is not None
    return Story().declare(severity=severity, plan=plan, runbook=read_runbook(made.encode(), "phases.md"))


def resolved(severity: str = "SEV2", **changes: object) -> Story:
    story = begin(severity, **changes)
    story.do("resolve", verified="5xx at baseline")
    return story


def said(story: Story, count: int = 1) -> list[str]:
    return [f"{line.sort}: {line.text}" for line in list(timeline.timeline_entries(story.record))[-count:]]


def foresee(story: Story, action: str, **values: str) -> list[str]:
    return preview(find(action), story.record, "Ana", Here(story.now, story.zone), values).splitlines()


class TestMovingOn:
    def test_open_steps_of_a_phase_warn_and_do_not_block(self) -> None:
        story = begin()
        for step in STEPS[:3]:
            story.do("tick", step=step)
        story.do("skip", step=STEPS[3], reason="none")
        assert [step.text for step in open_checklist_steps(story.incident)] == ["Tell support"]
        assert foresee(story, "phase", phase="identified") == [
            "phase: Investigating → Identified", "1 step of Investigating is open: Tell support",
        ]  # fmt: skip
        story.do("phase", phase="identified")
        assert open_checklist_steps(story.incident) == (), "Identified has no checklist"

    def test_many_are_counted_and_the_first_are_named(self) -> None:
        story = begin()
        [line] = left_open_by_phase(story.incident, "mon")
        assert line == (
            "5 steps of Investigating are open: Isolate the system; Stop the harm; Say who does it; and 2 more"
        )
        assert foresee(story, "resolve", verified="it is back")[1:] == [line]

    def test_a_step_that_was_added_to_the_phase_counts(self) -> None:
        story = begin()
        story.do("add-step", step="Isolate", text="Call the vendor")
        assert len(open_checklist_steps(story.incident)) == 6

    def test_going_back_leaves_nothing_behind(self) -> None:
        story = begin()
        story.do("phase", phase="monitoring")
        story.do("phase", phase="investigating")
        assert left_open_by_phase(story.incident, "identified") != ()
        story.do("phase", phase="monitoring")
        assert left_open_by_phase(story.incident, "investigating") == ()

    def test_other_runbooks_are_no_checklist_of_a_phase(self) -> None:
        book = read_runbook(b"# Other\n## Investigating\n- [ ] a\n", "other.md")
        assert open_checklist_steps(Story().declare(runbook=book).incident) == (), "this plan has no checklists"
        assert open_checklist_steps(Story().declare(plan=planned(), runbook=book).incident) != ()

    def test_nothing_is_left_where_nothing_is_known(self) -> None:
        assert warnings(find("note"), begin().record, Here(begin().now, begin().zone), {"text": "x"}) == ()


class TestResolving:
    def test_those_whom_the_plan_names_are_asked_to_confirm(self) -> None:
        story = resolved(confirmers=("Support", "Finance", "Support"))
        asked = [(ask.who, ask.text, ask.due - ask.asked) for ask in open_asks(story.incident).values()]
        half_an_hour = timedelta(minutes=30)
        assert asked == [("Support", CONFIRM, half_an_hour), ("Finance", CONFIRM, half_an_hour)]
        assert said(story, 3) == [
            "phase: Investigating → Resolved: 5xx at baseline", f"ask: Support, 30m: {CONFIRM}",
            f"ask: Finance, 30m: {CONFIRM}",
        ]  # fmt: skip
        for key in story.incident.asks:
            assert story.record.events[int(key[1:]) - 1].fact.subject == ("ask", key), "named by its own event"
        story.do("answer", by="Raj", ask="Finance", answer="all bookings are there")
        with refuses():
            story.do("undo")

    def test_undoing_it_takes_the_asks_along(self) -> None:
        story = resolved(confirmers=("Support",))
        story.do("undo")
        assert (story.incident.live, story.incident.asks) == (True, {})
        story.do("redo")
        assert len(open_asks(story.incident)) == 1

    def test_the_phase_by_its_name_asks_the_same(self) -> None:
        story = begin(confirmers=("Support",))
        story.do("phase", phase="resolved", reason="5xx at baseline")
        assert [ask.who for ask in open_asks(story.incident).values()] == ["Support"]

    def test_going_back_from_closed_to_resolved_asks_nobody_again(self) -> None:
        story = resolved(confirmers=("Support",))
        story.do("close", reason="reviewed")
        story.do("phase", phase="resolved")
        assert len(story.incident.asks) == 1
        assert "closed" not in story.incident.milestones

    def test_reopening_drops_what_was_asked_and_the_next_end_asks_anew(self) -> None:
        story = resolved(confirmers=("Support", "Finance"))
        story.do("answer", ask="Finance", answer="all bookings are there")
        story.do("ask", who="Raj", within="30m", text="write the draft")
        story.do("phase", phase="identified", reason="5xx at 5% again")
        assert [ask.who for ask in open_asks(story.incident).values()] == ["Raj"]
        dropped = [ask for ask in story.incident.asks.values() if ask.status is AskStatus.DROPPED]
        assert [(ask.who, ask.answer) for ask in dropped] == [("Support", "reopened: 5xx at 5% again")]
        assert "resolved" not in story.incident.milestones
        story.do("resolve", verified="5xx at baseline once more")
        assert [ask.who for ask in open_asks(story.incident).values()] == ["Raj", "Support", "Finance"]
        story.do("undo")
        story.do("undo")
        assert [ask.who for ask in open_asks(story.incident).values()] == ["Support", "Raj"]

    def test_the_watch_begins_with_the_end_and_counts_anew_with_the_next(self) -> None:
        story = resolved(watch=Watch(3600, 900, ("5xx at baseline",)))
        began = story.now
        [look] = [item for item in due_items(story.incident) if item.key.startswith("watch:")]
        assert (look.text, look.at) == ("Recovery check 1 of 4: 5xx at baseline", began + timedelta(minutes=15))
        story.do("complete", item="check 1", after="10m", note="0.1%")
        assert any(item.text.startswith("Recovery check 2 of 4") for item in due_items(story.incident))
        story.do("phase", phase="identified", reason="5xx at 5% again")
        assert not any(item.key.startswith("watch:") for item in due_items(story.incident))
        story.do("resolve", verified="5xx at baseline", after="2h")
        [look] = [item for item in due_items(story.incident) if item.key.startswith("watch:")]
        assert (look.text, look.at) == ("Recovery check 1 of 4: 5xx at baseline", story.now + timedelta(minutes=15))
        story.do("close", reason="enough")
        assert not any(item.key.startswith("watch:") for item in due_items(story.incident))


class TestClosing:
    def test_resolving_is_never_held_up(self) -> None:
        story = begin(closing=GATES)
        story.do("follow-up", text="alert on lag")
        story.do("follow-up-priority", follow_up="lag", priority="high")
        story.do("resolve", verified="5xx at baseline")
        assert not story.incident.live

    @pytest.mark.parametrize(("action", "values"), [("close", {}), ("phase", {"phase": "closed"})])
    def test_unmet_closing_gates_are_listed_with_a_hint(self, action: str, values: dict[str, str]) -> None:
        story = resolved("SEV1", closing=GATES)
        story.do("follow-up", text="alert on lag")
        story.do("follow-up-priority", follow_up="lag", priority="high")
        before = story.incident
        with refuses("reason") as refused:
            story.do(action, **values)
        assert refused.value.why.splitlines() == [
            "3 closing criteria not met", "  - All urgent follow-ups are done",
            "  - The CTO has signed off", "  - The review was held",
        ]  # fmt: skip
        assert ":close REASON" in refused.value.what_to_do
        assert story.incident is before
        with refuses("reason"):
            foresee(story, action, **values)

    @pytest.mark.parametrize(("action", "values"), [("close", {}), ("phase", {"phase": "closed"})])
    def test_with_a_reason_each_is_passed_over_and_the_record_says_so(
        self, action: str, values: dict[str, str]
    ) -> None:
        story = resolved(closing=GATES)
        story.do("follow-up", text="alert on lag")
        story.do("follow-up-priority", follow_up="lag", priority="high")
        said_why = {**values, "reason": "the team is gone"}
        assert foresee(story, action, **said_why) == [
            "phase: Resolved → Closed: the team is gone", "1 step of Resolved is open: Tell everybody",
            "Not done: All urgent follow-ups are done",
            "Not done: The CTO has signed off",
        ]  # fmt: skip
        story.do(action, **said_why)
        assert "closed" in story.incident.milestones
        marked = {word: (deed.status, deed.note) for word, deed in story.incident.completion_marks.items()}
        assert marked == dict.fromkeys(("urgent", "sign-off"), (CompletionStatus.OVERRIDDEN, "the team is gone"))
        assert said(story, 2) == [
            naming("plan: All urgent follow-ups are done", "closed without", "the team is gone"),
            naming("plan: The CTO has signed off", "closed without", "the team is gone"),
        ]  # fmt: skip
        story.do("undo")
        assert (story.incident.completion_marks, "closed" in story.incident.milestones) == ({}, False)

    def test_once_all_is_there_it_closes_without_a_word(self) -> None:
        story = resolved("SEV1", closing=GATES)
        story.do("complete", item="signed off")
        story.do("review-held")
        assert [gate.id for gate in unmet_gates(story.incident)] == [], "no follow-up is urgent"
        story.do("tick", step="Tell everybody")
        assert foresee(story, "close") == ["phase: Resolved → Closed"]
        story.do("close")
        assert said(story) == ["phase: Resolved → Closed"]

    def test_a_remark_passes_nothing_over_where_nothing_is_open(self) -> None:
        story = resolved()
        story.do("close", reason="reviewed on Monday")
        assert story.incident.completion_marks == {}

    def test_a_reopened_incident_has_to_meet_them_again(self) -> None:
        story = resolved(closing=GATES)
        story.do("close", reason="the team is gone")
        story.do("phase", phase="identified", reason="it is back")
        assert story.incident.completion_marks == {}
        assert "plan: The CTO has signed off  reopened" in said(story, 3)
        story.do("resolve", verified="5xx at baseline")
        with refuses("reason"):
            story.do("close")
        story.do("close", reason="still gone")
        story.do("phase", phase="resolved")
        assert [gate.id for gate in unmet_gates(story.incident)] == ["sign-off"], (
            "it was not reopened, and yet is open again"
        )

    def test_next_names_what_stands_in_the_way_and_then_the_end(self) -> None:
        story = resolved(closing=GATES[1:2])
        texts = [prompt.text for prompt in prompts(story.incident, story.now)]
        assert "Before closing: The CTO has signed off" in texts
        story.do("complete", item="signed off")
        last = prompts(story.incident, story.now)[-1]
        assert last.action == "close"

    def test_an_incident_that_goes_on_says_that_first(self) -> None:
        with refuses("phase"):
            begin(closing=GATES).do("close", reason="enough")

    def test_a_plan_without_such_a_phase_says_so(self) -> None:
        plan = planned()
        story = Story().declare(plan=replace(plan, phases=plan.phases[:-1]))
        story.do("resolve", verified="5xx at baseline")
        with refuses("phase"):
            story.do("close")


class TestReaching:
    def test_it_is_reached_now_or_when_it_happened_and_has_a_line(self) -> None:
        story = begin()
        story.do("mark", name="aware")
        assert story.incident.milestones["aware"] == story.now
        assert said(story) == ["milestone: aware at 2026-11-20 14:01 UTC"]
        story.do("undo")
        assert "aware" not in story.incident.milestones
        story.do("mark", name="mitigated", when="-5m", after="10m")
        assert story.incident.milestones["mitigated"] == story.now - timedelta(minutes=5)

    @pytest.mark.parametrize(
        ("name", "fact", "way"),
        [
            ("acknowledged", "14:00 UTC", "milestone acknowledged -5m"),
            ("started", "14:00 UTC", "milestone started -5m"),
            ("declared", "14:00 UTC", "milestone declared -5m"),
            ("resolved", "resolved", "resolve 5xx at baseline"),
            ("closed", "closed", ":close"),
            ("lunch", "lunch", "acknowledged"),
        ],
    )
    def test_milestone_with_its_own_action_or_already_reached_is_refused(self, name: str, fact: str, way: str) -> None:
        with refuses("name") as refused:
            begin().do("mark", name=name)
        assert fact in refused.value.why
        assert way in refused.value.what_to_do


class TestReports:
    @pytest.mark.parametrize(
        ("action", "values"),
        [("phase", {"phase": "identified"}), ("resolve", {"verified": "x"}), ("close", {"reason": "x"})],
    )
    def test_a_report_is_in_no_phase(self, action: str, values: dict[str, str]) -> None:
        story = Story().report()
        with refuses("phase"):
            story.do(action, **values)
        with refuses("name"):
            story.do("mark", name="declared")
        story.do("dismiss", reason="a test alert")
        with refuses("phase"):
            story.do(action, **values)


def test_who_does_a_step_is_no_part_of_its_words() -> None:
    plan = plain_plan()
    plan = replace(plan, phases=(replace(plan.phases[0], checklist=("Tell support @scribe",)), *plan.phases[1:]))
    made = phase_runbook(plan)
    assert made is not None
    story = Story().declare(plan=plan, runbook=read_runbook(made.encode(), "phases.md"))
    story.do("impact", impact="5xx")
    story.do("solo")
    assert [one.text for one in prompts(story.incident, story.now)] == ["Next step: Tell support"]
    assert left_open_by_phase(story.incident, "identified") == ("1 step of Investigating is open: Tell support",)


def test_what_to_look_for_reads_as_questions() -> None:
    story = resolved(watch=Watch(3600, 900, ("Is 5xx at baseline?", "Is the queue empty?", "no page since")))
    story.wait("20m")
    text = "Recovery check 1 of 4: Is 5xx at baseline? Is the queue empty? no page since"
    assert f"{text}: late 5m" in [one.text for one in prompts(story.incident, story.now)]
    story = resolved(watch=Watch(3600, 900, ("Is 5xx at baseline?",)))
    story.wait("20m")
    assert "Recovery check 1 of 4: Is 5xx at baseline? (late 5m)" in [
        one.text for one in prompts(story.incident, story.now)
    ]
