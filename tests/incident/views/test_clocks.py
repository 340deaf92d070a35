"""The plan's deadlines as they run: what begins and ends a clock, what meets it, and what a change makes of it."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from incident_cockpit.incident.views.clocks import clocks, open_clocks, unmet_gates
from incident_cockpit.incident.views.due import DueItem, due_items
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind, Watch
from incident_cockpit.plan.schema import Cadence
from support.builders import START, Story, default_plan, full_plan
from support.deadlines import AT_ONCE, DEADLINES, only, rung, span
from support.refusals import refuses

KINDS = DeadlineKind
EM, VP, CTO = (rung("SEV1", after, who) for after, who in (("15m", "EM"), ("30m", "VP"), ("45m", "CTO")))
EM2, VP2 = rung("SEV2", "30m", "EM"), rung("SEV2", "2h", "VP")
LADDER = (EM, VP, CTO, EM2, VP2)


def deadline(kind: DeadlineKind, start: str, within: str, met_by: str, **more: object) -> Deadline:
    return Deadline(**{"id": "it", "kind": kind, "text": "It", "start": start, "within": span(within), "met_by": met_by,
                       **more})  # type: ignore[arg-type]  # fmt: skip


def told(*deadlines: Deadline, severity: str = "SEV1", since: str = "", **more: object) -> Story:
    return Story().declare(plan=only(default_plan(), *deadlines, **more), severity=severity, since=since)


def items(story: Story) -> list[DueItem]:
    return [item for item in due_items(story.incident) if item.key.startswith(("clock:", "watch:", "progress:"))]


def due(story: Story) -> dict[str, float]:
    """Return what the plan asks for now, each with the minute of the story at which it is due."""
    return {item.key.partition(":")[2]: (item.at - START) / timedelta(minutes=1) for item in items(story)}


def test_a_ladder_stands_ahead_by_the_age_of_the_incident() -> None:
    story = told(*LADDER)
    assert due(story) == {"rung-SEV1-em": 15, "rung-SEV1-vp": 30, "rung-SEV1-cto": 45}
    assert [item.who for item in items(story)] == ["EM", "VP", "CTO"]


class TestSeverity:
    def test_rungs_that_are_passed_become_one_and_those_ahead_keep_their_time(self) -> None:
        story = told(*LADDER, severity="SEV3")
        story.do("severity", severity="SEV1", reason="all of EU", after="35m")
        assert due(story) == {"rung-SEV1-em+rung-SEV1-vp": 35, "rung-SEV1-cto": 45}
        first = items(story)[0]
        assert (first.text, first.who) == ("Notify EM and VP now", "EM, VP")
        assert first.completion_marks == (("tell-em", "Tell EM"), ("tell-vp", "Tell VP"))

    def test_whoever_was_told_is_told_at_every_severity(self) -> None:
        story = told(*LADDER, severity="SEV2")
        story.do("escalate", who="em", reason="beyond us")
        story.do("severity", severity="SEV1", reason="all of EU", after="35m")
        assert due(story) == {"rung-SEV1-vp": 36, "rung-SEV1-cto": 45}
        assert [item.detail for item in items(story)] == ["overdue", "45m after declaration"]
        story.do("complete", item="CTO")
        story.do("severity", severity="SEV3", reason="one shop")
        assert due(story) == {}, "lowering drops what is not asked any more"
        story.do("severity", severity="SEV2", reason="all of EU after all", after="20m")
        assert due(story) == {"rung-SEV1-vp": 36}, "what was late is late against its first time"

    def test_whoever_was_brought_in_before_any_rung_asked_is_told_too(self) -> None:
        story = told(*LADDER, severity="SEV3")
        assert [event.fact.kind for event in story.do("escalate", who="vp", reason="she knows it")] == [
            "note.logged", "deed.marked",
        ]  # fmt: skip
        assert len(story.do("escalate", who="VP", reason="once more")) == 1, "told once is told"
        story.do("severity", severity="SEV1", reason="all of EU", after="1h")
        assert due(story) == {"rung-SEV1-em+rung-SEV1-cto": 62}
        story.do("undo")
        story.do("undo")
        story.do("undo")
        story.do("severity", severity="SEV1", reason="all of EU")
        assert due(story) == {"rung-SEV1-em+rung-SEV1-vp+rung-SEV1-cto": 66}

    def test_a_second_raise_adds_to_the_one_item_which_stays_as_late_as_it_is(self) -> None:
        low = rung("SEV2", "5m", "Lead")
        both = replace(low, id="both", met_by="done tell-both", severities=("SEV1", "SEV2"), within=span("10m"))
        story = told(EM, low, both, severity="SEV3")
        story.do("severity", severity="SEV2", reason="worse", after="20m")
        assert due(story) == {"rung-SEV2-lead+both": 20}
        story.do("severity", severity="SEV1", reason="worse", after="20m")
        assert due(story) == {"rung-SEV1-em+both": 20}, "what waits since minute 20 is no less late at minute 40"

    def test_one_item_for_several_rungs_is_done_in_one_go_and_taken_back_in_one(self) -> None:
        story = told(*LADDER, severity="SEV3")
        story.do("severity", severity="SEV1", reason="all of EU", after="50m")
        [item] = items(story)
        story.do("complete", item=item.key, note="in the call")
        assert due(story) == {}
        story.do("undo")
        assert items(story) == [item]
        story.do("redo")
        assert due(story) == {}

    def test_a_deed_that_two_rungs_share_is_marked_once(self) -> None:
        again = replace(EM, id="again", within=span("20m"), text="Remind EM")
        story = told(EM, again, severity="SEV2")
        story.do("severity", severity="SEV1", reason="all of EU", after="50m")
        [item] = items(story)
        assert [word for word, _ in item.completion_marks] == ["tell-em"]
        assert len(story.do("complete", item=item.key)) == 1

    def test_what_is_no_rung_begins_with_the_severity_that_brings_it(self) -> None:
        it = deadline(KINDS.DEADLINE, "declared", "10m", "done it", severities=("SEV1", "SEV2"))
        story = told(it, severity="SEV3")
        story.do("severity", severity="SEV2", reason="worse", after="2h")
        assert due(story) == {"it": 130}
        story.do("severity", severity="SEV1", reason="worse")
        assert due(story) == {"it": 130}, "it goes on where both severities ask for it"

    def test_a_response_target_counts_from_detection_even_if_that_was_before_the_declaration(self) -> None:
        it = deadline(KINDS.TARGET, "detected", "30m", "milestone mitigated", severities=("SEV1",))
        story = told(it, since="-40m")
        assert due(story) == {"it": 30}, "nobody noted when it was detected, so the declaration stands for it"
        story.do("milestone", name="detected", at="-21m")
        assert due(story) == {"it": 10}


class TestSnooze:
    def test_snooze_moves_only_its_item_and_only_later(self) -> None:
        story = told(*LADDER)
        story.do("snooze", item="Tell VP", within="20m")
        assert due(story) == {"rung-SEV1-em": 15, "rung-SEV1-cto": 45, "rung-SEV1-vp": 50}
        story.do("snooze", item="Tell EM", within="1m", after="30m")
        assert due(story)["rung-SEV1-em"] == 32
        assert [item.snoozed for item in items(story)] == [True, False, True]

    def test_snoozed_group_stays_snoozed_when_one_is_done(self) -> None:
        story = told(*LADDER, severity="SEV3")
        story.do("severity", severity="SEV1", reason="all of EU", after="50m")
        story.do("snooze", item="now", within="30m")
        assert list(due(story).values()) == [81]
        story.do("escalate", who="VP", reason="met in the corridor")
        assert due(story) == {"rung-SEV1-em+rung-SEV1-cto": 81}
        story.do("escalate", who="CTO", reason="she called")
        assert due(story) == {"rung-SEV1-em": 81}


class TestDeeds:
    def test_waiving_needs_a_reason_and_ends_the_item(self) -> None:
        story = told(*LADDER)
        with refuses("reason"):
            story.do("waive", item="EM", reason="")
        story.do("waive", item="EM", reason="is on the call")
        assert "rung-SEV1-em" not in due(story)
        with refuses("item"):
            story.do("complete", item="EM")
        story.do("undo")
        assert "rung-SEV1-em" in due(story)

    def test_a_reason_of_the_plan_brings_in_whom_it_names_and_logs_it(self) -> None:
        story = told(rung("SEV1", "15m", "Engineering manager"))
        story.do("trigger", trigger="target", reason="by 20m")
        assert due(story) == {}
        assert story.incident.notes.lines == 1
        with refuses("who"):
            story.do("trigger", trigger="legal")


class TestLaw:
    LAW = deadline(KINDS.NOTICE, "aware", "72h", "done it", types=("breach",))

    def test_it_runs_from_when_somebody_was_aware_whatever_was_said_later(self) -> None:
        story = told(self.LAW, severity="SEV3", since="-10h")
        assert due(story) == {}
        story.do("milestone", name="aware", at="-6h")
        story.do("type", type="breach", after="5h")
        assert due(story) == {"it": 1 - 6 * 60 + 72 * 60}

    def test_it_is_late_at_once_where_the_sort_was_seen_too_late(self) -> None:
        story = told(self.LAW, since="-100h")
        story.do("milestone", name="aware", at="-80h")
        story.do("type", type="breach")
        assert due(story) == {"it": 1 - 8 * 60}

    def test_it_runs_from_the_naming_of_the_sort_where_nobody_noted_more(self) -> None:
        plan = only(default_plan(), self.LAW)
        plan = replace(plan, types=tuple(replace(one, aware=False) for one in plan.types))
        story = Story().declare(plan=plan)
        story.do("type", type="breach", after="1h")
        assert due(story) == {"it": 60 + 72 * 60}

    def test_it_outlives_the_incident_where_everything_else_ends_with_it(self) -> None:
        other = deadline(KINDS.DEADLINE, "declared", "72h", "done other", id="other")
        story = told(self.LAW, other)
        story.do("type", type="breach")
        story.do("resolve", verified="closed the hole")
        assert set(due(story)) == {"it", "other"}
        story.do("waive", by="Noor", item="clock:it", reason="no risk")
        story.do("close", reason="done")
        story.do("undo", by="Noor")
        assert set(due(story)) == {"it"}

    def test_any_other_duty_of_a_sort_begins_when_the_sort_is_named(self) -> None:
        story = told(deadline(KINDS.DEADLINE, "declared", "30m", "done it", types=("security",)))
        story.do("type", type="security", after="2h")
        assert due(story) == {"it": 150}
        story.do("type", type="outage")
        assert due(story) == {"it": 150}
        story.do("remove-type", type="security", reason="nobody was inside")
        assert due(story) == {}


class TestPeople:
    ROLE = deadline(KINDS.ROLE, "declared", "5m", "role tech")

    def test_a_role_that_was_left_is_asked_for_anew_from_then(self) -> None:
        story = told(self.ROLE)
        assert due(story) == {"it": 5}
        story.do("assign", role="tech", who="Raj")
        assert due(story) == {}
        story.do("release", role="tech", after="2h")
        assert due(story) == {"it": 126}
        story.do("undo")
        assert due(story) == {}
        story.do("release", role="tech")
        story.do("assign", role="tech", who="Mio", after="1m")
        story.do("undo")
        assert due(story) == {"it": 128}, "an assignment taken back leaves it as empty as it was"

    def test_one_person_alone_is_asked_for_no_role_and_roles_that_are_shared_again_begin_then(self) -> None:
        story = told(self.ROLE)
        story.do("solo")
        assert due(story) == {}
        story.do("solo", after="1h")
        assert due(story) == {"it": 66}
        story.do("undo")
        assert due(story) == {}


class TestCourse:
    WINDOW = deadline(KINDS.WINDOW, "detected", "30m", "phase investigating")

    def test_a_window_is_over_when_its_phase_was_left_once(self) -> None:
        story = told(self.WINDOW)
        story.do("phase", phase="identified", after="10m")
        assert due(story) == {}
        story.do("phase", phase="investigating", after="10m")
        assert due(story) == {}
        [clock] = clocks(story.incident)
        assert clock.met == START + timedelta(minutes=10)

    def test_what_is_over_is_mitigated_and_taken_up_too(self) -> None:
        story = told(
            deadline(KINDS.DEADLINE, "declared", "4h", "milestone mitigated"),
            deadline(KINDS.DEADLINE, "declared", "4h", "milestone acknowledged", id="taken-up"),
        )
        story.do("resolve", verified="5xx at baseline", after="10m")
        assert due(story) == {}
        met = START + timedelta(minutes=10)
        assert [clock.met for clock in clocks(story.incident)] == [met, START]

    def test_what_follows_mitigation_follows_the_end_where_nobody_noted_it(self) -> None:
        story = told(deadline(KINDS.DEADLINE, "mitigated", "2h", "done draft"))
        story.do("resolve", verified="5xx at baseline", after="30m")
        assert due(story) == {"it": 150}
        story.do("milestone", name="mitigated", at="-10m", after="")
        assert due(story) == {"it": 140}

    def test_an_update_counts_from_the_start_of_what_asks_for_it(self) -> None:
        it = deadline(KINDS.DEADLINE, "resolved", "15m", "update external")
        cadence = Cadence("external", "External update", (), False)
        story = told(it, cadences=(cadence,))
        story.do("sent", audience="external", route="x", text="we look into it")
        story.do("resolve", verified="5xx at baseline", after="10m")
        assert due(story) == {"it": 26}
        story.do("sent", audience="external", route="x", text="it is over")
        assert due(story) == {}

    def test_a_relapse_gives_what_was_left_and_forgives_nothing(self) -> None:
        late = rung("SEV1", "12m", "Lead")
        far = rung("SEV1", "15d", "Board")
        story = told(*LADDER, late, far)
        story.do("complete", item="EM", after="10m")
        story.do("resolve", verified="5xx at baseline", after="10m")
        assert due(story) == {}
        story.do("phase", phase="investigating", reason="5xx at 5% again", after="9d")
        again = 20 + 9 * 24 * 60
        assert due(story) == {
            "rung-SEV1-lead": 12,
            "rung-SEV1-vp": again + 10,
            "rung-SEV1-cto": again + 25,
            "rung-SEV1-board": 15 * 24 * 60,
        }

    def test_what_follows_the_end_follows_every_end(self) -> None:
        clear = deadline(KINDS.NOTICE, "resolved", "15m", "done clear", text="All clear")
        gate = ClosingGate("signed", "The CTO has signed off", "done signed")
        story = told(clear, watch=Watch(1800, 900, ()), closing=(gate,))
        story.do("resolve", verified="5xx at baseline", after="10m")
        for item in ("All clear", "check 1", "check 2", "signed"):
            story.do("complete", item=item, after="")
        assert (due(story), unmet_gates(story.incident)) == ({}, ())
        story.do("phase", phase="monitoring", reason="5xx at 5% again", after="10m")
        assert due(story) == {}
        story.do("resolve", verified="5xx at baseline", after="10m")
        assert list(due(story).values()) == [45, 45]
        assert unmet_gates(story.incident) == (gate,)
        for item in ("All clear", "check 1", "check 2", "signed"):
            story.do("complete", item=item, after="")
        assert (due(story), unmet_gates(story.incident)) == ({}, ())

    def test_corrected_milestone_is_counted_anew(self) -> None:
        clear = deadline(KINDS.NOTICE, "resolved", "15m", "done clear", text="All clear")
        story = told(clear, watch=Watch(1800, 900, ()))
        story.do("resolve", verified="5xx at baseline", after="10m")
        story.do("complete", item="All clear")
        story.do("complete", item="check 1")
        story.do("milestone", name="resolved", at="-1m")
        assert list(due(story).values()) == [42], "the second look is half an hour after the corrected end"


class TestPlanChange:
    def test_a_newer_version_goes_on_counting_what_it_keeps(self) -> None:
        it = deadline(KINDS.DEADLINE, "declared", "2h", "done it")
        other = replace(it, id="other", met_by="done other")
        story = told(*LADDER, it, other)
        plan = story.incident.plan
        changed = replace(plan, name="New", deadlines=(*LADDER, it, replace(other, within=span("3h"))))
        story.do("adopt-plan", plan=changed, after="20m")
        assert due(story) == {
            "rung-SEV1-em": 15, "rung-SEV1-vp": 30, "rung-SEV1-cto": 45, "it": 120, "other": 200,
        }  # fmt: skip
        before = due_items(story.incident)
        story.do("undo")
        assert due(story)["other"] == 120
        story.do("redo")
        assert due_items(story.incident) == before

    def test_another_plan_asks_from_then_on_and_its_passed_rungs_are_one(self) -> None:
        story = told(EM, severity="SEV1")
        story.do("complete", item="EM", after="10m")
        plan = story.incident.plan
        story.do("adopt-plan", plan=replace(plan, id="other", deadlines=(replace(EM, within=span("5m")), VP, CTO)),
                 after="30m")  # fmt: skip
        assert due(story) == {"rung-SEV1-vp": 40, "rung-SEV1-cto": 45}
        story.do("adopt-plan", plan=plan, after="30m")
        assert due(story) == {}


def test_item_due_at_once_is_due_from_the_first_second() -> None:
    it = replace(deadline(KINDS.NOTICE, "declared", "1m", "done it", who="CTO"), within=AT_ONCE)
    story = told(it)
    assert due(story) == {"it": 0}
    assert items(story)[0].detail == "immediately after declaration"


def test_every_kind_of_deadline_can_be_seen_in_one_plan() -> None:
    assert {one.kind for one in DEADLINES} == set(DeadlineKind)
    story = Story().declare(plan=full_plan(), severity="SEV1")
    assert {clock.deadline for clock in open_clocks(story.incident)} < set(DEADLINES)


def test_due_items_are_computed_once_per_state() -> None:
    story = Story().declare(plan=full_plan(), severity="SEV1")
    first = due_items(story.incident)
    assert due_items(story.incident) is first
    story.do("note", text="x")
    assert due_items(story.incident) is not first
