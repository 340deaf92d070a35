"""Seed 004 carried out: four severities and phases, who responds by when, and what is said inside and outside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from support.stories.bridge import Bridge
from support.stories.four_phase import CHANNEL, START, Checkout, minutes
from support.stories.telling import has

STAKEHOLDERS = "Notify all stakeholders of the all-clear"
CUSTOMERS = "Announce the resolution to customers, with a summary"
LOOK = (
    "Do all systems still work as expected? Any residual effects: queues, retries, late jobs? Do users still report it?"
)


def declare(bridge: Bridge, severity: str, *more: str) -> None:
    bridge.run("declare", "Checkout fails", "--severity", severity, "--plan", "four-phase", *more)


def judged(bridge: Bridge) -> dict[str, dict[str, object]]:
    return {one["id"]: one for one in bridge.run("adherence", "--json").data}


class TestSeverities:
    """Seed 004, incident severity levels."""

    @pytest.mark.parametrize(
        "words",
        [
            "Critical", "The whole service is down for all users", "Data loss or corruption",
            "Unauthorised access with severe impact", "production database unreachable",
            "15m", "All hands are paged if needed", "Executives are notified",
            "High", "Part of the service is down for many users", "A main function is severely impaired",
            "Unacceptably slow performance", "checkout fails", "30m", "The core team joins",
            "Medium", "A minor function is impaired", "The service is slow for some users",
            "Only non-critical systems are affected", "a secondary feature is down", "2h in business hours",
            "Low", "Little or no impact on users", "Cosmetic", "Easy workaround",
            "a misaligned button", "Scheduled with regular maintenance",
        ],
    )  # fmt: skip
    def test_each_says_its_characteristics_examples_and_response(self, checkout: Checkout, words: str) -> None:
        text = checkout.texts["plan"]
        assert words in text or words in " ".join(text.split())

    @pytest.mark.parametrize(
        ("severity", "due"),
        [
            # 24/7 for the grave ones.
            ("Sev1", datetime(2026, 11, 20, 16, 45, tzinfo=UTC)),
            ("Sev2", datetime(2026, 11, 20, 17, 0, tzinfo=UTC)),
            # Half an hour of Friday and an hour and a half of Monday.
            ("Sev3", datetime(2026, 11, 23, 10, 30, tzinfo=UTC)),
            # Eight business hours end at 16:30 on Monday, the next business day at 17:00: the later counts.
            ("Sev4", datetime(2026, 11, 23, 17, 0, tzinfo=UTC)),
        ],
    )
    def test_response_times_know_nights_and_weekends(self, bridge: Bridge, severity: str, due: datetime) -> None:
        bridge.until(datetime(2026, 11, 20, 16, 30, tzinfo=UTC))
        bridge.run("report", "The export has a wrong total", "--plan", "four-phase", "--by", "Jo")
        bridge.wait("1m").run("declare", "1", "--severity", severity)
        one = judged(bridge)[f"respond-{severity}"]
        assert (one["verdict"], one["due"]) == ("met", f"{due:%Y-%m-%dT%H:%M:%SZ}")

    def test_a_response_that_came_too_late_is_seen(self, bridge: Bridge) -> None:
        declare(bridge, "Sev1", "--started", "-1h")
        bridge.run("do", "milestone", "detected", "-40m")
        one = judged(bridge)["respond-Sev1"]
        assert (one["verdict"], one["by_seconds"]) == ("late", 25 * 60)

    def test_executives_are_notified_of_a_sev1_alone(self, checkout: Checkout) -> None:
        assert "Notify executives" not in checkout.due["first word sent"]
        assert checkout.due["Sev1"]["Notify executives"] == "in 14m", "fifteen from the change"
        assert "Notify executives" not in checkout.due["executives told"]
        has(checkout.texts["to executives"], "Sev1", "INC-1", "Checkout fails", "nobody can pay any more",
            "Nobody can pay by card", "Executives", "Bo")  # fmt: skip

    def test_all_hands_can_be_called(self, checkout: Checkout) -> None:
        assert "escalation: All hands: More responders needed" in checkout.timeline
        has(checkout.texts["all hands"], "All hands", "Sev1", "INC-1", "More responders needed")

    def test_the_core_team_is_asked_to_come_for_the_grave_ones(self, checkout: Checkout, bridge: Bridge) -> None:
        assert checkout.due["declared"][f"Core team: join {CHANNEL}"] == "in 30m"
        assert checkout.due["declared"][f"On-call engineer: join {CHANNEL}"] == "in 15m"
        declare(bridge, "Sev3")
        assert not any("join" in text for text in bridge.due())

    def test_a_sev4_hurries_nobody(self, bridge: Bridge) -> None:
        declare(bridge, "Sev4")
        assert bridge.due() == {}


class TestFourPhases:
    """Seed 004, incident response process."""

    @pytest.mark.parametrize("way", ["Monitoring alert", "User report", "Health check or other internal check"])
    def test_there_are_three_ways_of_detection(self, checkout: Checkout, way: str) -> None:
        assert way in checkout.texts["plan"]

    def test_how_it_was_detected_is_kept(self, checkout: Checkout) -> None:
        assert "found by: Monitoring alert" in checkout.timeline
        assert checkout.milestone("detected") == minutes(-8)

    @pytest.mark.parametrize(
        "line",
        [
            # Detection: real, first data, first judgement, start
            "step: Is it confirmed, and by what evidence?  → yes, a payment by hand failed",
            "step: Gather initial data: graphs, errors, reports  done",
            "step: Assess the initial severity  done",
            "step: If confirmed, start the response  done",
            # Response: declaration, severity, commander, team, channels, scope, systems, findings
            "step: Declare the incident, with its severity  done",
            "severity: Sev2: one card payment in three fails",
            "role: Incident Commander: Ana",
            "step: Assemble the team that this severity requires  done",
            "step: Open the channel and the call, and announce them  done",
            "step: Who is affected, and what is the scope?  → everybody who pays by card",
            "step: Which systems are affected?  → checkout, gateway",
            "finding: the gateway rejects what release 4512 sends",
            # Remediation: at once, workaround, carried out, written down, effective; causes, logs, findings
            "step: What mitigates the impact immediately?  → roll back 4512",
            "step: Is there a temporary workaround?  → pay by invoice",
            "decision: roll back release 4512",
            "action: rolled back release 4512",
            "step: Carry out the mitigation  done",
            "step: Log each action and its time  done",
            "step: Did it help, and by what evidence?  → failures fall from all to none",
            "step: Start to look for the underlying cause  done",
            "hypothesis: release 4512 dropped a column",
            "step: Save logs and graphs before they expire  done",
            "evidence: gateway log of 14:50 to 15:40 (bucket incidents/1)",
            "step: Log the findings for the root cause analysis  done",
            # Recovery: restored, verified, watched; the all-clear
            "step: Restore the full service  done",
            "step: Do all systems work as expected?  → yes, fifty payments by hand",
            "step: Monitor for residual problems  done",
            "step: Declare the all-clear  done",
            "phase: Recovery → All-Clear: payments at the usual rate for 20 minutes",
        ],
    )
    def test_actions_are_on_the_timeline(self, checkout: Checkout, line: str) -> None:
        assert line in checkout.timeline

    def test_the_phases_follow_each_other_and_nothing_was_left_open(self, checkout: Checkout) -> None:
        phases = [
            line.partition(" → ")[2].partition(":")[0] for line in checkout.timeline if line.startswith("phase: ")
        ]
        assert phases == ["", "Response", "Remediation", "Recovery", "All-Clear", "Closed"]
        assert checkout.incident.steps.progress() == (28, 28)

    def test_entering_the_response_confirms_it(self, checkout: Checkout) -> None:
        assert checkout.milestone("declared") == START
        assert checkout.milestone("confirmed") == minutes(5)

    def test_the_end_says_what_verified_it(self, checkout: Checkout) -> None:
        assert "do resolve" in checkout.said["unverified"]
        assert checkout.incident.milestones.keys() >= {"resolved"}

    def test_it_is_watched_for_residual_trouble(self, checkout: Checkout) -> None:
        assert checkout.due["all clear"][f"Recovery check 1 of 4: {LOOK}"] == "in 60m"
        for number in range(1, 5):
            assert checkout.due[f"look {number}"][f"Recovery check {number} of 4: {LOOK}"] == "now"

    def test_all_stakeholders_get_the_all_clear(self, checkout: Checkout) -> None:
        assert checkout.due["all clear"][STAKEHOLDERS] == "in 30m"
        assert STAKEHOLDERS not in checkout.due["everybody told"]
        has(checkout.texts["all clear"], "Sev1", "INC-1", "Checkout fails", "2 hours 2 minutes",
            "payments at the usual rate for 20 minutes", "release 4512 dropped a column")  # fmt: skip


class TestCommunication:
    """Seed 004, communication during incidents."""

    def test_there_is_a_channel_for_the_incident_alone(self, checkout: Checkout, bridge: Bridge) -> None:
        assert f"channel {CHANNEL}" in checkout.said["declared"]
        declare(bridge, "Sev2")
        declare(bridge, "Sev2")
        assert bridge.record("2").incident.meeting.channel == f"{CHANNEL.removeprefix('#')}-2"

    def test_inside_an_update_is_due_every_half_hour(self, checkout: Checkout) -> None:
        assert checkout.due["declared"]["Internal update"] == "in 30m"
        assert checkout.due["half an hour"]["Internal update"] == "now"
        assert checkout.due["first word due"]["Internal update"] == "in 26m"
        has(checkout.texts["internal 1"], "Sev2", "INC-1", "Checkout fails", "Response", "Update 1", "40 minutes",
            "checkout, gateway", "16:00 UTC")  # fmt: skip

    def test_it_can_be_switched_off_and_that_is_on_record(self, checkout: Checkout) -> None:
        assert checkout.due["second word late"]["Internal update"] == "late 15m"
        assert "Internal update" not in checkout.due["internal off"]
        assert "cadence: internal updates: off" in checkout.timeline

    def test_command_is_handed_over_on_record(self, checkout: Checkout) -> None:
        assert "role: Incident Commander: Ana → Bo" in checkout.timeline
        has(checkout.texts["plan"], "Hands off with complete written notes", "Handoffs of roles")

    def test_customers_hear_within_half_an_hour_of_the_confirmation_not_of_the_declaration(
        self, checkout: Checkout
    ) -> None:
        assert "Status page" not in checkout.due["declared"]
        assert checkout.due["confirmed"]["Status page"] == "in 30m"
        assert checkout.due["first word due"]["Status page"] == "in 1m"

    def test_then_every_hour_and_what_came_late_is_a_fact(self, checkout: Checkout) -> None:
        assert checkout.due["first word sent"]["Status page"] == "in 60m"
        assert checkout.due["second word late"]["Status page"] == "late 11m"
        lines = checkout.texts["postmortem"].splitlines()
        assert any("external update 2" in line and "late 11m" in line for line in lines)
        assert any("internal update 3" in line and "late 15m" in line for line in lines)

    def test_nobody_outside_waits_for_a_word_at_the_lesser_ones(self, bridge: Bridge) -> None:
        declare(bridge, "Sev3")
        bridge.run("do", "phase", "response")
        assert not {"Status page", "Internal update"} & bridge.due().keys()

    def test_the_status_page_speaks_of_impact_and_remedy_without_jargon(self, checkout: Checkout) -> None:
        has(checkout.texts["external 1"],
            "Status: investigating\nName: Checkout fails\n\n",
            "One card payment in three fails", "16:34 UTC")  # fmt: skip
        has(checkout.texts["external 2"], "Status: identified\nName: Checkout fails\n\n",
            "pay by invoice")  # fmt: skip

    def test_customers_are_told_that_it_is_over_with_a_summary(self, checkout: Checkout) -> None:
        assert checkout.due["all clear"][CUSTOMERS] == "in 60m"
        assert CUSTOMERS not in checkout.due["everybody told"]
        has(checkout.texts["external end"], "Status: resolved\nName: Checkout fails\n",
            "14:50 UTC", "2 hours", "Nobody can pay by card")  # fmt: skip

    def test_mail_and_sms_say_first_what_counts(self, checkout: Checkout) -> None:
        assert "Checkout fails" in checkout.texts["direct"].splitlines()[0]
        assert len(checkout.texts["direct"]) <= 160
        assert "Checkout fails" in checkout.texts["direct end"].splitlines()[0]
        assert "Nobody can pay by card" in checkout.texts["direct end"]

    def test_social_media_are_short(self, checkout: Checkout) -> None:
        has(checkout.texts["social"], "Checkout fails", "status page", "Nobody can pay by card")
        assert len(checkout.texts["social"]) <= 280
        assert "Checkout fails" in checkout.texts["social end"]

    @pytest.mark.parametrize("text", ["external 1", "external 2", "external end", "direct", "social", "direct end"])
    def test_only_what_is_certain_leaves_the_house(self, checkout: Checkout, text: str) -> None:
        for word in ("4512", "column", "gateway", "Raj", "Kim", "Bo ", "hypothesis"):
            assert word not in checkout.texts[text]

    @pytest.mark.parametrize(
        "guide",
        ["Be honest about what fails", "No jargon", "The impact on them, and what is being done",
         "A workaround, if there is one", "Only what is certain: no guess about the cause or the end"],
    )  # fmt: skip
    def test_five_guidelines_stand_beside_the_text(self, checkout: Checkout, guide: str) -> None:
        assert guide in checkout.texts["plan"]
