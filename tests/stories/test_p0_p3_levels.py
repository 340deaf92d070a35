"""Seed 003 carried out at each level: the matrix of P1, a P1 that gets worse, P2, P3, triggers and runbooks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from incident_cockpit.incident.facts.timers import CompletionStatus
from incident_cockpit.plan.loader import load_plan
from support.naming import naming
from support.shipped_plans import PLANS
from support.stories.bridge import Bridge
from support.stories.p0_p3 import declare, minutes
from support.stories.telling import has

[ESCALATE] = [one.text for one in load_plan(PLANS / "p0-p3.toml").deadlines if one.id == "escalate-P2"]


class TestMatrixOfP1:
    """Seed 003, section 6: 0 minutes, 30 minutes, 2 hours, and customers after 4 hours if needed."""

    @pytest.mark.parametrize(
        ("after", "rung"),
        [(0, "Notify On-call engineer"), (30, "Notify Engineering manager"), (120, "Notify VP Engineering"),
         (240, "Tell customers, if they are concerned")],
    )  # fmt: skip
    def test_each_rung_has_its_minute(self, bridge: Bridge, after: int, rung: str) -> None:
        declare(bridge, "P1")
        bridge.until(minutes(max(after - 1, 0)))
        assert bridge.due()[rung] == ("in 1m" if after else "now")
        bridge.until(minutes(after))
        assert bridge.due()[rung] == "now"

    def test_customers_are_a_question_that_can_be_answered_with_no(self, bridge: Bridge) -> None:
        declare(bridge, "P1", "Exports are slow")
        for text in ("On-call engineer", "Engineering manager", "VP Engineering"):
            bridge.run("do", "complete", text)
        bridge.run("do", "complete", "Notify engineering and product")
        bridge.run("do", "phase", "containment")
        for audience in ("internal", "status"):
            bridge.run("do", "cadence", audience, "off")
        bridge.run("do", "drop", "On-call")
        bridge.run("do", "drop", "Subject matter")
        bridge.run("do", "mark", "acknowledged")
        bridge.until(minutes(238)).run("do", "finding", "still slow")
        bridge.until(minutes(240))
        assert bridge.next() == naming("Tell customers, if they are concerned", "due now")
        bridge.refused("do", "waive", "customers")
        bridge.run("do", "waive", "customers", "only our own people export")
        assert "Tell customers, if they are concerned" not in bridge.due()
        assert (
            "plan: Tell customers, if they are concerned  not needed: only our own people export" in bridge.timeline()
        )

    def test_it_is_answered_within_15_minutes_and_the_page_within_5(self, bridge: Bridge) -> None:
        declare(bridge, "P1", "Checkout is slow", "--started", "-30m")
        bridge.run("do", "milestone", "detected", "-12m")
        judged = {one["id"]: one for one in bridge.run("adherence", "--json").data}
        assert (judged["respond-P1"]["verdict"], judged["respond-P1"]["met"]) == ("running", None)
        assert (judged["answer-page"]["verdict"], judged["answer-page"]["met"]) == ("missed", None)
        bridge.run("do", "assign", "oncall", "Raj")
        judged = {one["id"]: one for one in bridge.run("adherence", "--json").data}
        assert (judged["respond-P1"]["verdict"], judged["respond-P1"]["by_seconds"]) == ("met", -180)
        assert (judged["answer-page"]["verdict"], judged["answer-page"]["by_seconds"]) == ("late", 420)


class TestWorse:
    """Seed 003, section 6, where the level changes on the way."""

    @pytest.fixture
    def worse(self, bridge: Bridge) -> Bridge:
        """A P1 whose manager was told, which is a P0 after forty minutes."""
        declare(bridge, "P1")
        bridge.run("do", "assign", "oncall", "Raj")
        bridge.until(minutes(30)).run("do", "complete", "Engineering manager", "by phone")
        bridge.until(minutes(40)).run("do", "severity", "P0", "no payment goes through any more")
        return bridge

    def test_rungs_that_are_behind_become_one_and_who_was_told_stays_told(self, worse: Bridge) -> None:
        due = worse.due()
        assert due["Notify VP Engineering and Executive team now"] == "now"
        assert not any("Engineering manager" in text or "On-call" in text for text in due)
        assert due["Tell customers"] == "in 20m", "what lies ahead counts from the declaration"

    def test_what_the_worse_level_asks_anew_is_asked_from_now_on(self, worse: Bridge) -> None:
        due = worse.due()
        assert due["Notify all stakeholders"] == "in 5m"
        assert due["Internal update"] == "now", "thirty minutes passed without one"
        assert due["Communications lead: join #inc-2026-11-20-p1-checkout-is-slow"] == "in 15m"

    def test_the_words_of_one_rung_mean_that_one_alone(self, worse: Bridge) -> None:
        worse.run("do", "waive", "Executive team", "the VP tells them in their call")
        assert worse.due()["Notify VP Engineering"] == "now"
        worse.run("do", "complete", "VP Engineering", "by phone")
        assert not any(text.startswith("Notify VP") for text in worse.due())
        deeds = worse.record().incident.completion_marks
        assert deeds["tell-executive-team"].status is CompletionStatus.WAIVED
        assert deeds["tell-executive-team"].note == "the VP tells them in their call"

    def test_a_rung_can_wait_a_little(self, worse: Bridge) -> None:
        worse.run("do", "snooze", "VP Engineering and Executive team", "10m")
        assert worse.due()["Notify VP Engineering and Executive team now"] == "in 10m"

    def test_better_again_takes_away_what_only_the_worse_level_asked(self, worse: Bridge) -> None:
        worse.do("severity", "P2", "a few users only")
        due = worse.due()
        assert not {"Tell customers", "Notify all stakeholders", "Status page"} & due.keys()
        assert due[ESCALATE] == "in 199m"


class TestP2AndP3:
    """Seed 003, section 1: an hour and four hours; the next business day and no escalation."""

    def test_p2_is_answered_in_an_hour_and_goes_up_after_four(self, bridge: Bridge) -> None:
        declare(bridge, "P2", "Export is slow", "--started", "-90m")
        bridge.run("do", "milestone", "detected", "-50m")
        assert bridge.due()["Notify engineering"] == "in 10m"
        assert bridge.due()[ESCALATE] == "in 240m"
        bridge.run("do", "assign", "oncall", "Raj")
        judged = {one["id"]: one for one in bridge.run("adherence", "--json").data}
        assert (judged["respond-P2"]["verdict"], judged["respond-P2"]["by_seconds"]) == ("met", -600)
        bridge.until(minutes(241)).run("do", "escalate", "Kim", "over four hours")
        assert ESCALATE not in bridge.due()
        assert "escalation: Kim: over four hours" in bridge.timeline()

    def test_p3_waits_for_the_next_business_day_over_the_weekend(self, bridge: Bridge) -> None:
        bridge.until(datetime(2026, 11, 20, 16, 30, tzinfo=UTC))
        bridge.run("report", "The logo is crooked", "--plan", "p0-p3", "--by", "Jo")
        bridge.until(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)).run("do", "assign", "oncall", "Ana")
        bridge.run("declare", "1", "--severity", "P3")
        monday_evening = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
        judged = {one["id"]: one for one in bridge.run("adherence", "--json").data}
        assert judged["respond-P3"]["verdict"] == "met"
        assert datetime.fromisoformat(judged["respond-P3"]["due"]) == monday_evening
        assert bridge.due()["Notify engineering"] == f"in {8 * 60}m"
        assert bridge.due().keys() == {"Notify engineering"}, "nothing else counts down, not over a weekend either"

    def test_p3_becomes_a_ticket(self, bridge: Bridge) -> None:
        declare(bridge, "P3", "The logo is crooked")
        has(bridge.run("message", "ticket").out, "*The logo is crooked* (INC-1)", "P3")


class TestTriggers:
    """Seed 003, sections 5 and 6: five reasons to escalate that no clock knows."""

    @pytest.mark.parametrize(
        ("trigger", "line"),
        [
            ("target-missed", "Engineering manager: Not resolved within the agreed time"),
            ("impact-grew", "Engineering manager: Impact greater than first assessed"),
            ("resources", "Engineering manager: More resources needed"),
            ("vendor", "The vendor's support, and the engineering manager: A vendor must act"),
            ("legal", "Legal team: Legal or compliance issue"),
        ],
    )
    def test_each_logs_an_escalation_to_whom_the_plan_names(self, bridge: Bridge, trigger: str, line: str) -> None:
        declare(bridge, "P2", "Partner payments fail", "--type", "integration")
        bridge.run("do", "trigger", trigger)
        assert f"escalation: {line}" in bridge.timeline()
        who, _, why = line.partition(": ")
        has(bridge.run("message", "escalation").out, who, "P2", "INC-1", why)

    def test_who_is_called_and_why_can_be_said(self, bridge: Bridge) -> None:
        declare(bridge, "P1", "Partner payments fail", "--type", "integration")
        bridge.run("do", "trigger", "vendor", "Acme support", "their gateway drops us")
        assert "escalation: Acme support: A vendor must act: their gateway drops us" in bridge.timeline()

    def test_who_was_called_by_a_trigger_needs_no_rung(self, bridge: Bridge) -> None:
        declare(bridge, "P1")
        bridge.run("do", "trigger", "impact-grew")
        assert "Notify Engineering manager" not in bridge.due()

    def test_an_unknown_one_is_answered_with_those_there_are(self, bridge: Bridge) -> None:
        declare(bridge, "P1")
        has(bridge.refused("do", "trigger", "boredom"), "target-missed", "impact-grew", "resources", "vendor", "legal")


class TestRunbooks:
    """Seed 003, section 7: six runbooks, brought by the sort of incident or attached by hand."""

    @pytest.mark.parametrize(
        ("sort", "runbook"),
        [
            ("outage", "Service outage"),
            ("performance", "Performance degradation"),
            ("data-loss", "Data backup and restore"),
            ("security", "Security incident"),
            ("integration", "API error rate spike"),
            ("privacy", "Personal data breach"),
        ],
    )
    def test_the_sort_brings_its_runbook(self, bridge: Bridge, sort: str, runbook: str) -> None:
        declare(bridge, "P1", "Something is wrong", "--type", sort)
        assert runbook in [one.title for one in bridge.record().incident.steps.runbooks.values()]

    def test_another_can_be_attached_at_any_time(self, bridge: Bridge) -> None:
        declare(bridge, "P0", "Checkout is down", "--type", "outage")
        bridge.run("runbook", "attach", "database-connection-failure")
        assert "Database connection failure" in bridge.run("show").out
