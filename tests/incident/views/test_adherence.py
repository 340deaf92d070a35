"""How an incident kept to its plan: each kind by hand, what a change makes of it, and any course by brute force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from incident_cockpit.incident.views.adherence import Assessment, Compliance, adherence, summary
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind, Watch
from incident_cockpit.plan.schema import Cadence, Target, TriagePolicy
from support.builders import START, Story, default_plan, full_plan
from support.deadlines import AT_ONCE, DEADLINES, SEV1, only, rung, span
from support.naming import naming

KINDS, V = DeadlineKind, Compliance
EM, VP = rung("SEV1", "15m", "EM"), rung("SEV1", "30m", "VP")
ROLE = Deadline("role", KINDS.ROLE, "Fill Technical Lead", "declared", span("5m"), "role tech", SEV1)
WINDOW = Deadline("window", KINDS.WINDOW, "Look", "detected", span("30m"), "phase investigating")
LAW = Deadline("law", KINDS.NOTICE, "Tell the authority", "aware", span("72h"), "done law", types=("breach",))
CLEAR = Deadline("clear", KINDS.NOTICE, "All clear", "resolved", span("15m"), "done clear")
URGENT = Deadline("urgent", KINDS.DEADLINE, "Finish", "resolved", span("24h"), "followups high")


def told(*deadlines: Deadline, severity: str = "SEV1", since: str = "", **more: object) -> Story:
    return Story().declare(plan=only(default_plan(), *deadlines, **more), severity=severity, since=since)


def judged(story: Story, name: str = "") -> Assessment:
    """Return the judgement on the deadline with this id, or on the only one."""
    found = [one for one in adherence(story.record, story.now) if one.id == name or not name]
    assert len(found) == 1, found
    return found[0]


def says(story: Story, name: str = "") -> tuple[Compliance, float | None, str]:
    """Return the verdict, how many minutes late (negative: early) and why."""
    one = judged(story, name)
    return one.verdict, one.by / timedelta(minutes=1) if one.by is not None else None, one.why


def test_without_a_plan_there_is_nothing_to_keep_to() -> None:
    assert adherence(Story().record, START) == ()
    assert summary(()) == naming("no deadlines")


class TestRuns:
    def test_item_done_in_time_is_met_with_the_margin(self) -> None:
        story = told(VP)
        assert says(story) == (V.RUNNING, -30, "")
        story.do("complete", item="VP", after="12m")
        assert says(story) == (V.MET, -18, "")
        one = judged(story.wait("9d"))
        assert (one.due, one.met, one.who) == (START + timedelta(minutes=30), START + timedelta(minutes=12), "VP")

    def test_the_minute_itself_is_in_time_and_a_second_more_is_not(self) -> None:
        story = told(VP)
        story.wait("30m")
        assert says(story)[0] is V.RUNNING
        story.wait("1s")
        assert says(story)[0] is V.MISSED
        story.do("complete", item="VP", after="")
        assert says(story) == (V.LATE, pytest.approx(1 / 60), "")
        half = told(VP).do("complete", item="VP", after="30m")[0]
        assert half.happened == START + timedelta(minutes=30)

    def test_late_log_entry_counts_from_its_own_time(self) -> None:
        story = told(VP)
        story.do("complete", item="VP", after="50m", when="-25m")
        assert says(story) == (V.MET, -5, "")

    def test_undone_completion_does_not_count(self) -> None:
        story = told(VP)
        story.do("complete", item="VP", after="12m")
        story.do("undo")
        story.do("severity", severity="SEV3", reason="a slip")
        story.do("undo")
        assert says(story.wait("1h")) == (V.MISSED, 45, naming("not done"))
        story.do("complete", item="VP", after="")
        story.do("undo", after="")
        story.do("redo", after="")
        assert says(story) == (V.LATE, 45, "")

    def test_lower_severity_keeps_a_missed_item_missed(self) -> None:
        story = told(EM, VP)
        story.do("severity", severity="SEV3", reason="one shop", after="20m")
        assert says(story, EM.id) == (V.MISSED, 5, naming("not done", "SEV3"))
        assert says(story, VP.id) == (V.NOT_NEEDED, None, naming("SEV3", "before"))
        story.do("severity", severity="SEV1", reason="all again", after="2h")
        assert says(story, VP.id) == (V.RUNNING, 0, "")
        assert says(story, EM.id) == (V.MISSED, 125, naming("not done")), "it is late against its first time"
        story.do("complete", item="VP", after="4m")
        assert says(story, VP.id) == (V.LATE, 4, ""), "what is due at once is late after that"
        story.do("complete", item="EM")
        assert says(story, EM.id) == (V.LATE, 130, "")

    def test_item_that_never_applied_has_a_reason(self) -> None:
        story = Story().declare(plan=full_plan(), severity="SEV3")
        why = {one.id: one.why for one in adherence(story.record, story.now) if one.verdict is V.NOT_APPLICABLE}
        assert why["cto"] == naming("severity", "SEV1")
        assert why["support"] == naming("severity", "SEV1", "SEV2")
        assert why["authority"] == naming("type", "Data breach")
        assert why["all-clear"] == naming("resolved")
        story.do("resolve", verified="5xx at baseline")
        story.do("close", reason="that will do")
        assert says(story, "review-held")[2] == naming("severity", "SEV1", "SEV2")

    def test_a_severity_that_held_only_before_the_milestone_says_so(self) -> None:
        it = replace(CLEAR, severities=SEV1)
        story = told(it)
        story.do("severity", severity="SEV3", reason="one shop")
        story.do("resolve", verified="5xx at baseline")
        assert says(story) == (V.NOT_APPLICABLE, None, naming("SEV1", "resolved"))

    def test_waived_item_has_reason_and_margin(self) -> None:
        story = told(EM, VP)
        story.do("waive", item="EM", reason="is on the call", after="10m")
        story.do("waive", item="VP", reason="on a plane", after="30m")
        assert says(story, EM.id) == (V.WAIVED, -5, "is on the call")
        assert says(story, VP.id) == (V.WAIVED, 10, "on a plane")

    def test_optional_item_is_never_missed_but_can_be_late(self) -> None:
        story = told(replace(VP, optional=True))
        assert says(story.wait("1h")) == (V.NOT_NEEDED, None, naming("optional"))
        story.do("complete", item="VP", after="")
        assert says(story) == (V.LATE, 30, "")

    def test_a_legal_duty_is_missed_until_it_is_said_whether_it_applies(self) -> None:
        story = told(replace(VP, kind=DeadlineKind.NOTICE, optional=True, start="aware"))
        story.do("milestone", name="aware", at="-1m")
        story.wait("1h")
        assert says(story)[0] is V.MISSED
        story.do("waive", item="VP", reason="no risk", after="")
        assert says(story)[0] is V.WAIVED

    def test_item_due_at_once_is_late_after_a_second(self) -> None:
        story = told(replace(CLEAR, id="now", start="declared", within=AT_ONCE, met_by="done now"))
        assert says(story)[0] is V.RUNNING
        assert says(story.wait("1s"))[0] is V.MISSED

    def test_the_end_of_the_response_ends_what_belongs_to_it(self) -> None:
        story = told(EM, VP, LAW, CLEAR)
        story.do("resolve", verified="5xx at baseline", after="20m")
        assert says(story, EM.id) == (V.MISSED, 5, naming("not done", "resolved"))
        assert says(story, VP.id) == (V.NOT_NEEDED, None, naming("resolved before"))
        story.do("close", reason="that will do")
        assert says(story.wait("1h"), "clear")[0] is V.MISSED, "closing is no way round"

    def test_item_met_before_it_applied_has_no_margin(self) -> None:
        story = told(EM, VP, severity="SEV3")
        story.do("escalate", who="VP", reason="she was there")
        story.do("severity", severity="SEV1", reason="all of EU", after="20m")
        assert says(story.wait("1h"), VP.id) == (V.MET, None, "already met")

    def test_the_same_at_two_severities_says_at_which(self) -> None:
        story = told(EM, rung("SEV2", "1h", "EM"), VP)
        assert [one.text for one in adherence(story.record, story.now)] == [
            "Tell EM (SEV1)",
            "Tell EM (SEV2)",
            "Tell VP",
        ]


class TestKinds:
    def test_a_response_target_counts_from_detection(self) -> None:
        target = Deadline("t", KINDS.TARGET, "Respond", "detected", span("15m"), "milestone acknowledged")
        story = told(target, since="-40m")
        story.do("milestone", name="detected", at="-21m")
        assert says(story) == (V.LATE, 5, "")
        story.do("milestone", name="acknowledged", at="-13m", after="1m")
        assert says(story) == (V.MET, -6, ""), "a corrected time counts"
        story.do("milestone", name="acknowledged", at="-1m")
        assert says(story) == (V.LATE, 7, ""), "also to the worse"

    def test_role_item_is_met_by_its_first_holder(self) -> None:
        story = told(ROLE)
        story.do("assign", role="tech", who="Raj", after="3m")
        story.do("assign", role="tech", who="Mio", after="10m")
        assert says(story) == (V.MET, -2, "")
        story.do("release", role="tech")
        assert says(story.wait("1h")) == (V.MET, -2, "")

    def test_escalation_is_met_by_filling_the_role_it_calls(self) -> None:
        story = told(rung("SEV1", "15m", "Technical Lead"))
        story.do("assign", role="tech", who="Raj", after="10m")
        assert says(story.wait("1h")) == (V.MET, -5, "")

    def test_one_person_alone_misses_no_role(self) -> None:
        story = told(ROLE)
        story.do("solo")
        assert says(story.wait("1h")) == (V.NOT_NEEDED, None, naming("solo", "before"))
        late = told(ROLE)
        late.do("solo", after="7m")
        assert says(late) == (V.MISSED, 2, naming("not done", "solo"))

    def test_a_phase_is_over_when_it_was_left_first(self) -> None:
        story = told(WINDOW)
        story.do("phase", phase="identified", after="20m")
        story.do("phase", phase="investigating", after="20m")
        assert says(story.wait("1h")) == (V.MET, -10, "")

    def test_the_law_counts_from_when_somebody_was_aware(self) -> None:
        story = told(LAW, severity="SEV3", since="-10h")
        story.do("milestone", name="aware", at="-6h", after="")
        story.do("type", type="breach", after="5h")
        assert says(story) == (V.RUNNING, (11 - 72) * 60, "")
        story.do("type", type="outage")
        assert says(story)[0] == V.RUNNING, "another type takes none away"
        story.do("remove-type", type="breach", reason="no personal data")
        why = naming("Data breach", "no personal data", "before")
        assert says(story) == (V.NOT_NEEDED, None, why)

    def test_an_incident_that_ends_twice_is_judged_twice_and_the_worse_is_said(self) -> None:
        story = told(CLEAR)
        story.do("resolve", verified="5xx at baseline")
        story.do("complete", item="All clear", after="5m")
        assert says(story) == (V.MET, -10, "")
        story.do("phase", phase="investigating", reason="it is back", after="1h")
        assert says(story) == (V.MET, -10, ""), "it was met the first time"
        story.do("resolve", verified="5xx at baseline", after="1h")
        assert says(story) == (V.RUNNING, -15, "")
        assert says(story.wait("20m")) == (V.MISSED, 5, naming("not done"))
        story.do("complete", item="All clear", after="")
        assert says(story) == (V.LATE, 5, "")

    def test_reopening_before_it_was_due_lets_it_go(self) -> None:
        story = told(CLEAR)
        story.do("resolve", verified="5xx at baseline")
        story.do("phase", phase="investigating", reason="it is back", after="5m")
        assert says(story) == (V.NOT_NEEDED, None, naming("reopened before"))

    def test_follow_ups_are_judged_as_they_are_now(self) -> None:
        story = told(URGENT)
        story.do("resolve", verified="5xx at baseline", after="10m")
        assert says(story) == (V.NOT_NEEDED, None, naming("no follow-up")), "nobody finished any"
        story.do("follow-up", text="mend the alert")
        story.do("follow-up-priority", follow_up="mend", priority="high")
        assert says(story)[0] is V.RUNNING
        story.do("follow-up-done", follow_up="mend", after="20h")
        assert says(story) == (V.MET, -4 * 60 + 2, "")

    def test_looks_after_the_end(self) -> None:
        story = told(watch=Watch(2700, 900, ("errors",)))
        story.do("resolve", verified="5xx at baseline", after="10m")
        story.do("complete", item="check 1", after="14m")
        story.do("complete", item="check 2", after="20m")
        story.do("close", reason="enough", after="5m")
        assert says(story, "watch-1") == (V.MET, -1, "")
        assert says(story, "watch-2") == (V.LATE, 4, "")
        assert says(story, "watch-3") == (V.NOT_NEEDED, None, naming("closed before"))
        assert judged(story, "watch-1").kind == "look"

    def test_a_report_is_found_out_about_and_answered(self) -> None:
        plan = only(default_plan(), EM, triage=TriagePolicy(validate_within=900, answer_within=300))
        story = Story().report(plan=plan, when="-2m", who="Kim")
        assert says(story, "report:answer") == (V.RUNNING, -3, "")
        story.do("answered", after="4m")
        assert says(story, "report:answer") == (V.LATE, 1, "")
        assert says(story, EM.id) == (V.NOT_APPLICABLE, None, naming("declared"))
        story.do("dismiss", reason="a planned load test", after="4m")
        assert says(story, "report:validate") == (V.MET, -5, "")
        assert says(story, EM.id) == (V.NOT_APPLICABLE, None, "never declared")

    def test_a_false_alarm_lets_everything_go(self) -> None:
        story = told(EM, VP)
        story.do("dismiss", reason="a planned load test", after="20m")
        assert says(story.wait("1h"), EM.id) == (V.MISSED, 5, naming("not done", "false alarm"))
        assert says(story, VP.id) == (V.NOT_NEEDED, None, naming("false alarm", "before"))

    def test_closing_gate_does_not_apply_to_a_dismissed_report(self) -> None:
        story = told(closing=(ClosingGate("signed", "The CTO has signed off", "done signed"),))
        assert says(story, "gate:signed")[0] is V.RUNNING
        story.do("dismiss", reason="a planned load test")
        assert says(story, "gate:signed") == (V.NOT_APPLICABLE, None, naming("false alarm"))

    def test_a_cadence_is_judged_by_its_worst_promise(self) -> None:
        cadence = Cadence("internal", "Internal update", (("SEV1", 1800),), True)
        story = told(cadences=(cadence,))
        assert says(story) == (V.RUNNING, -30, naming("none due"))
        for after in ("29m", "37m", "30m"):
            story.do("sent", audience="internal", route="x", text="on it", after=after)
        assert says(story) == (V.LATE, 7, "2 of 3 in time")
        story.do("resolve", verified="5xx at baseline", after="5m")
        assert says(story.wait("2h")) == (V.LATE, 7, "2 of 3 in time")
        quiet = told(cadences=(replace(cadence, seconds=(("SEV3", 1800),)),))
        assert says(quiet) == (V.NOT_APPLICABLE, None, naming("no update"))
        texts_alone = told(cadences=(replace(cadence, seconds=()),))
        assert adherence(texts_alone.record, texts_alone.now) == (), "an audience without a clock is promised nothing"

    def test_a_figure_that_has_a_target(self) -> None:
        story = told(targets=(Target("ttr", 3600),), since="-20m")
        assert says(story) == (V.RUNNING, -40, "")
        assert says(story.wait("50m")) == (V.MISSED, 10, naming("not done"))
        story.do("resolve", verified="5xx at baseline", when="-15m", after="")
        assert says(story) == (V.MET, -5, "")
        assert says(told(targets=(Target("tta", 300),))) == (V.NOT_APPLICABLE, None, "detected unknown")
        assert says(told(targets=(Target("ttd", 300),))) == (V.NOT_APPLICABLE, None, "detected unknown")

    def test_closing_gates_are_met_or_waived_by_closing(self) -> None:
        signed = ClosingGate("signed", "The CTO has signed off", "done signed", SEV1)
        urgent = ClosingGate("urgent", "Urgent work is done", "followups high")
        story = told(closing=(signed, urgent))
        assert says(story, "gate:signed") == (V.RUNNING, None, naming("closing"))
        story.do("follow-up", text="mend the alert")
        story.do("follow-up-priority", follow_up="mend", priority="high")
        story.do("resolve", verified="5xx at baseline")
        story.do("complete", item="signed")
        story.do("close", reason="the rest is in the tracker")
        assert says(story, "gate:signed") == (V.MET, None, "")
        assert says(story, "gate:urgent") == (V.WAIVED, None, naming("closed", "the rest is in the tracker"))
        lower = told(closing=(signed,), severity="SEV3")
        assert says(lower) == (V.NOT_APPLICABLE, None, naming("severity", "SEV1"))


class TestPlanChange:
    def test_a_newer_plan_carries_on_what_was_late_or_done(self) -> None:
        story = told(EM, VP, ROLE)
        story.do("assign", role="tech", who="Raj")
        plan = story.incident.plan
        newer = replace(plan, deadlines=(EM, replace(VP, within=span("50m")), replace(ROLE, within=span("9m"))))
        story.do("adopt-plan", plan=newer, after="39m")
        found = {(one.id, one.former): one for one in adherence(story.record, story.now.replace(minute=45))}
        assert found[(EM.id, False)].by == timedelta(minutes=30), "what both ask for goes on"
        assert (found[(VP.id, False)].verdict, found[(VP.id, False)].due) == (V.MISSED, START + timedelta(minutes=30))
        assert found[(ROLE.id, False)].verdict is V.MET
        assert not any(former for _, former in found), "what goes on is one duty, with its first time"

    def test_item_of_a_former_plan_that_never_applied_is_left_out(self) -> None:
        story = told(EM, VP)
        story.do("adopt-plan", plan=replace(story.incident.plan, deadlines=(EM,)), after="5m")
        assert [one.id for one in adherence(story.record, story.now)] == [EM.id]


class TestSummary:
    def test_it_counts_and_names_the_worst(self) -> None:
        story = told(EM, VP, ROLE, CLEAR)
        for item, after in (("EM", "10m"), ("VP", "29m")):
            story.do("complete", item=item, after=after)
        story.do("assign", role="tech", who="Raj")
        assert summary(adherence(story.record, story.now)) == (
            "1 met, 2 late (worst: Fill Technical Lead, late 35m), 1 not applicable"
        )

    def test_summary_counts_late_and_missed_apart(self) -> None:
        story = told(EM, VP)
        story.do("complete", item="EM", after="10h")
        assert summary(adherence(story.record, story.now)) == (
            "1 late (worst: EM, late 9h45m), 1 missed (worst: VP, late 9h30m)"
        )


def test_every_deadline_of_the_plan_is_judged_once() -> None:
    story = Story().declare(plan=full_plan(), severity="SEV1")
    made = adherence(story.record, story.now)
    assert [one.id for one in made if not one.id.startswith(("report", "watch", "gate", "metric", "promise"))] == [
        one.id for one in DEADLINES
    ]
    assert len({one.id for one in made}) == len(made)


@pytest.mark.parametrize("judge", [judged, says])
def test_judging_changes_nothing(judge: Callable[[Story], object]) -> None:
    story = told(VP)
    before = story.incident
    assert judge(story) == judge(story)
    assert story.incident is before
