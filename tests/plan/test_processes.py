"""The processes that the shipped plans implement: their clocks, closing criteria and texts."""

from __future__ import annotations

from datetime import UTC, datetime

from incident_cockpit.plan.deadlines import DeadlineKind
from incident_cockpit.times.business_calendar import due
from support.shipped_plans import BUSY, RUNBOOKS, asked, deadline, filled, gates, plan, rungs, text


class TestTriageFirst:
    def test_triage_comes_first_and_a_false_alarm_has_a_follow_up(self) -> None:
        triage = plan("triage-cto").triage
        assert (triage.first, triage.owner) == (True, "On-duty engineer")
        assert "false alarm" in triage.false_alarm_follow_up
        assert plan("triage-cto").runbook == "alert-triage"

    def test_first_message_has_all_five_parts(self) -> None:
        one = plan("triage-cto")
        declared = next(message for message in one.messages if message.id == "declared")
        told = "\n".join(filled(one, declared.text, BUSY, one.first_phase))
        for part in (
            "*Summary:* card payments in the EU fail",
            "- orders are lost",
            "- errors began with the release",
            "*Scope:* checkout",
            "*Paging:* Raj, Mio",
        ):
            assert part in told
        assert len(deadline("triage-cto", "first-message").contains) == 4

    def test_dismissal_has_its_reason(self) -> None:
        one = plan("triage-cto")
        dismissed = next(message for message in one.messages if message.id == "dismissed")
        assert "a probe was renamed" in "\n".join(filled(one, dismissed.text, BUSY, one.first_phase))

    def test_cto_is_notified_and_the_thread_updated(self) -> None:
        told = deadline("triage-cto", "tell-cto")
        assert (told.who, told.route, told.start) == ("CTO", "the thread of the notification", "declared")
        assert plan("triage-cto").cadence_seconds("internal", "LIVE") == 1800
        assert asked("triage-cto", "last-update") == ("resolved", "10m", "update internal")

    def test_phases_contain_eradicate_and_recover(self) -> None:
        one = plan("triage-cto")
        assert [phase.id for phase in one.phases] == ["contain", "eradicate", "recover", "resolved", "closed"]
        assert all(phase.checklist for phase in one.phases if phase.live)
        assert any("roll back" in item.lower() for item in one.phase("eradicate").checklist)
        assert one.watch is not None
        assert one.watch.checks

    def test_postmortem_has_four_questions_and_a_sign_off(self) -> None:
        rules = plan("triage-cto").postmortem
        assert [section.endswith("?") for section in rules.sections] == [True] * 4 + [False]
        assert rules.sign_off == "CTO"
        assert gates("triage-cto") == {
            "postmortem-written": "done postmortem-written",
            "postmortem-shared": "done postmortem-shared",
            "cto-validated": "done cto-validated",
            "improvements-done": "followups all",
        }


class TestSmallTeam:
    def test_three_severities_and_five_phases(self) -> None:
        one = plan("small-team")
        assert [severity.id for severity in one.severities] == ["High", "Medium", "Low"]
        assert [phase.id for phase in one.phases][:-1] == [
            "initial", "assessment", "containment", "mitigation", "review",
        ]  # fmt: skip

    def test_assessment_asks_six_questions(self) -> None:
        asks = [item for item in plan("small-team").phase("assessment").checklist if item.endswith("?")]
        assert len(asks) == 6
        assert any("changed last" in item for item in asks)
        assert any("escalate" in item for item in plan("small-team").phase("assessment").checklist)

    def test_channel_name_has_the_date(self) -> None:
        channel = plan("small-team").channel
        assert channel is not None
        assert channel.name == "incident-{date}"

    def test_stakeholders_are_notified_and_confirm(self) -> None:
        assert asked("small-team", "containment-status") == ("mitigated", "15m", "update stakeholders")
        assert plan("small-team").confirmers == ("Stakeholders",)

    def test_review_is_scheduled_within_two_days(self) -> None:
        assert asked("small-team", "schedule-review") == ("resolved", "48h", "review scheduled")
        assert deadline("small-team", "schedule-review").within.seconds == 48 * 3600
        assert plan("small-team").review.invite == ("Stakeholders",)

    def test_closing_needs_the_report_and_the_runbook(self) -> None:
        assert {"Timeline", "Root cause", "Actions taken", "Resolution"} <= set(plan("small-team").postmortem.sections)
        assert gates("small-team")["runbook-updated"] == "done runbook-updated"

    def test_ticket_has_impact_systems_and_status(self) -> None:
        one = plan("small-team")
        ticket = next(message for message in one.messages if message.id == "ticket")
        told = "\n".join(filled(one, ticket.text, BUSY, "assessment"))
        assert "*Impact:* card payments in the EU fail" in told
        assert "*Systems and services:* checkout" in told
        assert ":* Assessment & Identification" in told
        assert "- 14:33 Rollback started" in told


class TestSevOwner:
    def test_anyone_reports_and_the_on_call_triages(self) -> None:
        one = plan("sev-owner")
        assert [reporter.id for reporter in one.reporters] == ["employee", "user", "outsider"]
        assert all(reporter.route for reporter in one.reporters)
        assert (one.triage.first, one.triage.validate_within, one.triage.investigate_within) == (True, 900, 1800)
        assert one.triage.answer_within == 3600
        assert [one_type.id for one_type in one.types] == ["availability", "integrity", "confidentiality"]

    def test_first_message_explains_the_severity(self) -> None:
        one = plan("sev-owner")
        assert one.command_role == "owner"
        assert [(s.id, s.name) for s in one.severities] == [
            ("SEV1", "Critical"), ("SEV2", "Major"), ("SEV3", "Minor"),
        ]  # fmt: skip
        assert deadline("sev-owner", "severity-explained").message == "declared"
        declared = next(message for message in one.messages if message.id == "declared")
        assert "*Evidence:* every third payment fails" in filled(one, declared.text, BUSY, "open")

    def test_everyone_who_can_help_is_asked_to_join(self) -> None:
        assert [each.who for each in plan("sev-owner").participants] == [
            "All of engineering", "Anyone in the company who could help",
        ]  # fmt: skip

    def test_silence_makes_a_progress_check_due(self) -> None:
        assert plan("sev-owner").progress == 1800

    def test_postmortem_is_due_after_mitigation(self) -> None:
        assert asked("sev-owner", "draft-postmortem")[0] == "mitigated"
        assert asked("sev-owner", "ask-for-edits")[0] == "mitigated"
        assert asked("sev-owner", "schedule-meeting") == ("mitigated", "3 business days", "review scheduled")

    def test_closing_needs_the_high_priority_follow_ups(self) -> None:
        one = plan("sev-owner")
        assert gates("sev-owner")["high-priority-done"] == "followups high"
        status = next(message for message in one.messages if message.id == "status")
        assert filled(one, status.text, BUSY, "closed")[0] == "*SEV1 INC-7 Checkout returns 500*: status is now Closed"


class TestMatrix:
    def test_p0_escalation_levels(self) -> None:
        assert rungs("p0-p3", "P0") == [
            (0, "On-call engineer"),
            (5 * 60, "Engineering manager"),
            (15 * 60, "VP Engineering"),
            (30 * 60, "Executive team"),
            (60 * 60, "update customers"),
        ]

    def test_p1_escalation_levels(self) -> None:
        assert rungs("p0-p3", "P1") == [
            (0, "On-call engineer"),
            (30 * 60, "Engineering manager"),
            (2 * 3600, "VP Engineering"),
            (4 * 3600, "update customers"),
        ]
        assert [
            one.text for one in plan("p0-p3").deadlines if one.kind is DeadlineKind.ESCALATION and one.optional
        ] == ["Tell customers, if they are concerned"]

    def test_contact_shares_one_mark_at_all_severities(self) -> None:
        deeds = {level: {one.completion_mark for one in plan("p0-p3").deadlines if level in one.severities} for level in
                 ("P0", "P1")}  # fmt: skip
        assert {"tell-engineering-manager", "tell-vp-engineering"} <= deeds["P0"] & deeds["P1"]

    def test_p2_escalates_after_four_hours_and_p3_never(self) -> None:
        assert rungs("p0-p3", "P2") == [(4 * 3600, "done escalate")]
        assert rungs("p0-p3", "P3") == []

    def test_response_times_and_acknowledgement_of_the_page(self) -> None:
        said = {level: asked("p0-p3", f"respond-{level}")[:2] for level in ("P0", "P1", "P2", "P3")}
        assert said == {
            "P0": ("detected", "immediately"),
            "P1": ("detected", "15m"),
            "P2": ("detected", "1h"),
            "P3": ("detected", "next business day"),
        }
        assert asked("p0-p3", "answer-page") == ("detected", "5m", "milestone acknowledged")

    def test_notified_groups_by_severity(self) -> None:
        assert {one.id: one.tell for one in plan("p0-p3").severities} == {
            "P0": ("All stakeholders",),
            "P1": ("Engineering and product teams",),
            "P2": ("Engineering team",),
            "P3": ("Engineering team",),
        }

    def test_types_detections_and_triggers(self) -> None:
        one = plan("p0-p3")
        assert (len(one.types), len(one.detections), len(one.triggers)) == (6, 5, 5)
        assert all(each.route for each in one.detections)
        assert all(each.tell for each in one.triggers)

    def test_common_runbooks_are_attached_or_named(self) -> None:
        for book in (
            "service-outage",
            "database-connection-failure",
            "api-error-rate-spike",
            "performance-degradation",
            "security-incident",
            "backup-and-restore",
        ):
            assert book in text("p0-p3")
            assert book in RUNBOOKS

    def test_six_phases_of_which_two_have_a_time_limit(self) -> None:
        one = plan("p0-p3")
        assert [phase.id for phase in one.phases][:-1] == [
            "triage", "investigation", "containment", "resolution", "recovery", "post-incident",
        ]  # fmt: skip
        assert asked("p0-p3", "phase-triage") == ("detected", "5m", "phase triage")
        assert asked("p0-p3", "phase-investigation") == ("detected", "30m", "phase investigation")

    def test_commander_is_required_within_five_minutes(self) -> None:
        role = deadline("p0-p3", "role-ic")
        assert (role.within.seconds, role.severities) == (300, ("P0", "P1"))
        assert [len(role.duties) for role in plan("p0-p3").roles if role.id in ("ic", "comms")] == [4, 4]

    def test_breach_notifications_are_due_72_hours_after_aware(self) -> None:
        privacy = plan("p0-p3").find_type("privacy")
        assert (privacy.aware, privacy.breach, privacy.restricted, privacy.runbook) == (
            True, True, True, "data-breach",
        )  # fmt: skip
        authority, users = deadline("p0-p3", "authority"), deadline("p0-p3", "affected-users")
        assert (authority.start, authority.within.seconds, authority.types) == ("aware", 72 * 3600, ("privacy",))
        assert (users.start, users.optional, users.types) == ("aware", True, ("privacy",))
        assert len(authority.contains) >= 4
        assert len(users.contains) == 4
        assert asked("p0-p3", "breach-record")[0] == "aware"

    def test_security_type_has_six_first_steps(self) -> None:
        security = plan("p0-p3").find_type("security")
        assert (len(security.steps), security.restricted, security.runbook) == (6, True, "security-incident")
        for each in ("security-team", "legal-team", "regulator", "customers-exposed"):
            assert "security" in deadline("p0-p3", each).types

    def test_postmortem_is_held_within_48_hours(self) -> None:
        assert asked("p0-p3", "hold-postmortem") == ("resolved", "48h", "review held")
        assert len(plan("p0-p3").postmortem.sections) == 8

    def test_every_audience_has_a_template(self) -> None:
        one = plan("p0-p3")
        assert {cadence.audience for cadence in one.cadences} == {
            "internal", "executive", "customers", "status", "support", "social",
        }  # fmt: skip
        inside = {template.phase for template in one.templates if template.audience == "internal"}
        assert inside == {None, "triage", "investigation", "post-incident"}
        assert {message.id for message in one.messages} == {"declared", "postmortem"}

    def test_metrics_have_targets(self) -> None:
        assert {target.metric for target in plan("p0-p3").targets} == {"ttd", "tta", "ttr"}


class TestFourPhases:
    # A Friday afternoon, half past four, in the plan's zone.
    FRIDAY = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

    def responds(self, severity: str) -> datetime:
        one = plan("four-phase")
        return due(self.FRIDAY, deadline("four-phase", f"respond-{severity}").within, one.hours, one.zone)

    def test_only_severe_incidents_respond_outside_business_hours(self) -> None:
        assert self.responds("Sev1") == datetime(2026, 11, 20, 16, 45, tzinfo=UTC)
        assert self.responds("Sev2") == datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
        assert self.responds("Sev3") == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
        assert self.responds("Sev4") == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)

    def test_four_phases_have_checklists(self) -> None:
        one = plan("four-phase")
        assert [phase.id for phase in one.phases if phase.live] == [
            "detection", "response", "remediation", "recovery",
        ]  # fmt: skip
        assert all(phase.checklist for phase in one.phases if phase.live)
        assert (one.phase("response").milestone, one.phase("all-clear").milestone) == ("confirmed", "resolved")

    def test_customer_updates_after_confirmation(self) -> None:
        external = plan("four-phase").find_cadence("external")
        assert external.start == "confirmed"
        assert dict(external.first) == {"Sev1": 1800, "Sev2": 1800}
        assert dict(external.seconds) == {"Sev1": 3600, "Sev2": 3600}
        assert len(external.guide) == 5
        assert plan("four-phase").cadence_seconds("internal", "Sev1") == 1800

    def test_resolution_is_announced_to_all(self) -> None:
        assert deadline("four-phase", "stakeholders-all-clear").message == "all-clear"
        assert asked("four-phase", "customers-resolved") == ("resolved", "60m", "update external")

    def test_executives_are_notified_of_sev1(self) -> None:
        assert deadline("four-phase", "executives").severities == ("Sev1",)

    def test_postmortem_is_scheduled_or_optional_by_severity(self) -> None:
        assert asked("four-phase", "schedule-postmortem") == ("resolved", "2 business days", "review scheduled")
        assert deadline("four-phase", "schedule-postmortem").severities == ("Sev1", "Sev2")
        below = deadline("four-phase", "consider-postmortem")
        assert (below.optional, below.severities) == (True, ("Sev3", "Sev4"))
        assert plan("four-phase").postmortem.required_at == ("Sev1", "Sev2")
        assert 60 <= plan("four-phase").review.minutes <= 90

    def test_postmortem_sections_and_principles(self) -> None:
        rules = plan("four-phase").postmortem
        assert [section.partition(":")[0] for section in rules.sections] == [
            "Incident Summary", "Timeline", "Root Cause Analysis", "What Went Well", "What Went Poorly",
            "Corrective Actions", "Lessons Learned",
        ]  # fmt: skip
        assert len(rules.principles) == 14
        assert plan("four-phase").follow_up_kinds == (
            "technical", "process", "monitoring", "training", "automation",
        )  # fmt: skip

    def test_roles_and_selection_criteria(self) -> None:
        one = plan("four-phase")
        assert [role.id for role in one.roles] == ["ic", "tech", "comms", "sme", "scribe"]
        assert len(one.role("ic").criteria) == 4

    def test_drills_and_reviews_of_the_plan(self) -> None:
        upkeep = plan("four-phase").upkeep
        assert (upkeep.drill_days, upkeep.review_days) == (91, 182)
        assert len(upkeep.notes) == 11
