"""Seed 003 carried out: four levels, the escalation matrix by the minute, six stages, four roles."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from incident_cockpit.incident.facts.timers import CompletionStatus
from support.naming import naming
from support.stories.bridge import Bridge
from support.stories.p0_p3 import CHANNEL, LOOK, START, Outage, declare, minutes
from support.stories.telling import has


class TestClassification:
    """Seed 003, sections 1 and 2."""

    @pytest.mark.parametrize(
        "words",
        [
            "P0 Critical", "Respond: immediately · Escalate: immediately", "Notify: All stakeholders",
            "The whole service is down", "P1 High", "Respond: 15m · Escalate: 30m",
            "Notify: Engineering and product teams", "A main function fails", "P2 Medium",
            "Respond: 1h · Escalate: 4h", "Notify: Engineering team", "A secondary function fails",
            "P3 Low", "Respond: next business day", "Cosmetic",
        ],
    )  # fmt: skip
    def test_each_level_says_its_response_its_escalation_and_who_is_told(self, outage: Outage, words: str) -> None:
        assert words in outage.texts["plan"]

    @pytest.mark.parametrize(
        "sort",
        ["Service outage", "Performance degradation", "Data loss or corruption", "Security breach",
         "Integration failure", "Data privacy incident"],
    )  # fmt: skip
    def test_there_are_six_sorts_of_incident(self, outage: Outage, sort: str) -> None:
        assert sort in outage.texts["plan"]

    def test_the_sort_is_said_and_stands_in_the_first_message(self, outage: Outage) -> None:
        assert "type: Service outage" in outage.timeline
        assert ":* Service outage" in outage.texts["first message"]

    @pytest.mark.parametrize(
        "way", ["Monitoring alert", "Failed health check", "User report", "Support ticket", "Internal discovery"]
    )
    def test_there_are_five_ways_of_detection(self, outage: Outage, way: str) -> None:
        assert way in outage.texts["plan"]

    def test_how_it_was_found_is_kept(self, outage: Outage) -> None:
        assert "found by: Monitoring alert" in outage.timeline

    def test_alerts_are_routed_by_their_level(self, outage: Outage) -> None:
        flat = " ".join(outage.texts["plan"].split())
        has(flat, "critical: pager, then on-call engineer; high: Slack channel and email; medium: Slack channel",
            "low: ticket system", "The alert pages the on-call engineer", "The alert becomes a ticket")  # fmt: skip


class TestMatrixOfP0:
    """Seed 003, section 6, and the first two stages of section 3, at their minutes."""

    def test_at_0_minutes_the_on_call_engineer_is_paged(self, outage: Outage) -> None:
        assert outage.due["0 minutes"]["Notify On-call engineer"] == "now"
        assert outage.next["0 minutes"] == "Notify On-call engineer: due now"
        assert "Notify On-call engineer (pager): now" in outage.said["declared"]
        assert "Notify On-call engineer" not in outage.due["on call"], "who is on it need not be told"

    def test_at_5_minutes_the_engineering_manager_is_told(self, outage: Outage) -> None:
        assert outage.due["0 minutes"]["Notify Engineering manager"] == "in 5m"
        assert outage.due["5 minutes"]["Notify Engineering manager"] == "now"
        assert "Notify Engineering manager" not in outage.due["manager told"]

    def test_at_15_minutes_the_vp_is_told(self, outage: Outage) -> None:
        assert outage.due["5 minutes"]["Notify VP Engineering"] == "in 10m"
        assert outage.due["15 minutes"]["Notify VP Engineering"] == "now"
        assert outage.next["15 minutes"] == "Notify VP Engineering: due now"
        assert "Notify VP Engineering" not in outage.due["VP told"], "logging that she was brought in climbs the rung"

    def test_at_30_minutes_the_executives_are_told(self, outage: Outage) -> None:
        assert outage.due["15 minutes"]["Notify Executive team"] == "in 15m"
        assert outage.due["30 minutes"]["Notify Executive team"] == "now"
        deed = outage.incident.completion_marks["tell-executive-team"]
        assert (deed.when, deed.note, deed.status) == (minutes(30), "by phone", CompletionStatus.DONE)

    def test_at_60_minutes_customers_have_to_be_told(self, outage: Outage) -> None:
        assert outage.due["0 minutes"]["Tell customers"] == "in 60m"
        assert outage.due["55 minutes"]["Tell customers"] == "in 5m"
        assert outage.due["60 minutes"]["Tell customers"] == "now"
        assert "Tell customers" not in outage.due["customers told"], "an update for them is what is asked for"

    def test_triage_is_over_after_5_minutes_and_the_investigation_after_30(self, outage: Outage) -> None:
        """Counted from the detection, which was a minute before the declaration."""
        assert outage.due["0 minutes"]["Detection & Triage time limit"] == "in 4m"
        assert outage.due["5 minutes"]["Investigation time limit"] == "in 24m"
        assert not any(text.startswith("Detection") for text in outage.due["5 minutes"])
        assert not any(text.startswith("Investigation") for text in outage.due["30 minutes"])

    def test_the_text_for_the_manager_says_what_is_wanted_and_where(self, outage: Outage) -> None:
        has(
            outage.texts["to the manager"],
            " P0 INC-1 Checkout is down",
            ":* no card payment goes through",
            ":* 13:56 UTC (duration: 9 minutes)",
            "escalates to you after 5m",
            f"*Channel:* {CHANNEL}",
            ":* Ana",
        )

    def test_nothing_nags_beyond_what_is_due(self, outage: Outage) -> None:
        """The due list of a P0 holds each thing once, and what is done is gone."""
        assert sorted(outage.due["half an hour done"].items()) == [
            ("Internal update", "in 30m"),
            (naming("progress", "30m"), "in 18m"),
            ("Status page", "in 60m"),
            ("Tell customers", "in 30m"),
        ]
        assert outage.due["mitigated"].keys() == {"Internal update", "Status page"}


class TestStages:
    """Seed 003, section 3."""

    def test_detection_and_triage(self, outage: Outage) -> None:
        assert outage.milestone("detected") == minutes(-1)
        assert "severity: P0: no payment goes through" in outage.timeline
        assert "Ana is in" in outage.said["declared"]
        assert f"channel {CHANNEL}" in outage.said["declared"]
        assert "Notify all stakeholders: in 5m" in outage.said["declared"]
        assert outage.due["0 minutes"]["Notify all stakeholders"] == "in 4m"
        assert "Notify all stakeholders" not in outage.due["stakeholders told"]
        assert "are open" not in outage.said["triage over"]

    def test_a_commander_is_named_within_5_minutes_for_p0_and_p1(self, bridge: Bridge) -> None:
        declare(bridge, "P1")
        bridge.run("do", "assign", "ic", "Bo")
        judged = {one["id"]: one for one in bridge.run("adherence", "--json").data}
        assert judged["role-ic"]["verdict"] == "met"
        assert (datetime.fromisoformat(judged["role-ic"]["due"]) - START) == timedelta(minutes=5)

    @pytest.mark.parametrize(
        "line",
        [
            "step: Gather context: deployments, configuration, campaigns, network changes  done",
            "step: Check monitoring and logs  done",
            "step: Which systems and which users are affected?  → gateway, every customer",
            "hypothesis: the certificate of the gateway has expired",
            "step: What are the impact and the scope?  → all card payments, all regions",
            "impact: no card payment goes through",
        ],
    )
    def test_investigation(self, outage: Outage, line: str) -> None:
        assert line in outage.timeline

    @pytest.mark.parametrize(
        "line",
        [
            "step: Isolate affected systems, if needed  done",
            "step: What else could be affected, and is that prevented?  → refunds, and they are stopped",
            "step: Apply a temporary workaround  done",
            "step: Notify users, if customers are affected  done",
        ],
    )
    def test_containment(self, outage: Outage, line: str) -> None:
        assert line in outage.timeline

    def test_containment_may_begin_at_once(self, bridge: Bridge) -> None:
        declare(bridge, "P0")
        assert "Investigation" not in bridge.run("do", "phase", "containment").err
        assert not any("time limit" in text for text in bridge.due())

    @pytest.mark.parametrize(
        "line",
        [
            "step: Develop the fix  done",
            "step: Test the fix outside production  done",
            "step: Deploy the fix to production  done",
            "step: What is the evidence that it works?  → payments at the usual rate",
            "step: Monitor for recurrence  done",
        ],
    )
    def test_resolution(self, outage: Outage, line: str) -> None:
        assert line in outage.timeline

    @pytest.mark.parametrize(
        "line",
        [
            "step: Return to normal operation, and remove temporary measures  done",
            "step: Do all systems pass their health checks?  → yes, by its own checks",
            "step: Monitor the metrics closely  done",
            "step: Update the stakeholders  done",
        ],
    )
    def test_recovery(self, outage: Outage, line: str) -> None:
        assert line in outage.timeline

    def test_it_is_watched_for_a_relapse(self, outage: Outage) -> None:
        assert outage.due["resolved"][f"Recovery check 1 of 4: {LOOK}"] == "in 30m"
        for number in range(1, 5):
            assert outage.due[f"look {number}"][f"Recovery check {number} of 4: {LOOK}"] == "now"

    @pytest.mark.parametrize(
        "step", ["Schedule the postmortem", "Analyse the root cause", "Document the lessons learned",
                 "Define action items", "Update runbooks and documentation", "Share the lessons learned"]
    )  # fmt: skip
    def test_post_incident(self, outage: Outage, step: str) -> None:
        assert any(line.startswith(f"step: {step}") and line.endswith("done") for line in outage.timeline)

    def test_the_stages_follow_each_other(self, outage: Outage) -> None:
        phases = [line.partition(" → ")[2] for line in outage.timeline if line.startswith("phase: ")]
        assert phases == ["", "Investigation", "Containment", "Resolution", "Recovery",
                          "Post-Incident: payments at the usual rate for 15 minutes", "Closed"]  # fmt: skip
        assert outage.incident.steps.progress()[0] >= 29, "every step of the six stages was done"


class TestRolesAndPeople:
    """Seed 003, sections 4, 5 (participants) and 9."""

    @pytest.mark.parametrize(
        "duty",
        [
            # Incident commander: coordination, authority, stakeholders, closure
            "Coordinates the response", "Has the authority to decide", "Keeps stakeholders informed",
            "Declares the resolution, and closes the incident",
            # On-call engineer: first responder, triage, investigation and fixes; and section 9
            "Acknowledges a page within five minutes", "Triages", "Investigates, and carries out fixes",
            "Escalates in time", "Documents the actions, and joins the postmortem",
            "Hands off to the next shift",
            # Subject matter expert: expertise, the system, support of the commander
            "Has deep technical knowledge", "Knows the system and its history", "Advises the commander",
            # Communications lead: inside, outside, status page, customers
            "Keeps internal stakeholders informed", "Keeps external stakeholders informed", "Updates the status page",
            "Notifies customers",
        ],
    )  # fmt: skip
    def test_each_role_has_its_duties(self, outage: Outage, duty: str) -> None:
        assert duty in " ".join(outage.texts["plan"].split())

    def test_who_has_to_be_there_is_asked_to_join_and_who_holds_the_role_is_there(self, outage: Outage) -> None:
        due = outage.due["0 minutes"]
        assert due[f"On-call engineer: join {CHANNEL}"] == "in 5m"
        assert due[f"Subject matter expert: join {CHANNEL}"] == "in 15m"
        assert due[f"Communications lead: join {CHANNEL}"] == "in 15m"
        has(outage.texts["invite"], "Subject matter expert", "Communications lead", f"please join {CHANNEL}")
        assert not any("join" in text for text in outage.due["15 minutes"])

    def test_roles_that_the_level_requires_and_nobody_holds_are_asked_for_once(self, bridge: Bridge) -> None:
        declare(bridge, "P0")
        told = bridge.run("status").out
        assert told.count("Communications Lead") == 0, "what is due goes before it"
        bridge.run("do", "impact", "5xx")
        for text in [text for text in bridge.due() if text.startswith(("Tell", "Notify"))]:
            if text != "Tell customers":
                bridge.run("do", "complete", text)
        bridge.run("do", "phase", "containment")
        bridge.run("do", "mark", "acknowledged")
        for who in ("On-call engineer", "Subject matter expert", "Communications lead"):
            bridge.run("do", "drop", who)
        assert bridge.next() == naming("On-Call Engineer and Communications Lead", "P0")
        bridge.run("do", "solo")
        assert "unassigned" not in bridge.next(), "one person who does it all is not nagged"

    def test_several_experts_can_be_there(self, outage: Outage) -> None:
        assert [one.who for one in outage.incident.roles["sme"]] == ["Kim", "Tom"]

    def test_a_page_is_answered_within_5_minutes(self, outage: Outage) -> None:
        judged = {one["id"]: one for one in outage.data["adherence"]}
        assert judged["answer-page"]["verdict"] == "met"
        assert datetime.fromisoformat(judged["answer-page"]["due"]) == outage.milestone("detected") + timedelta(
            minutes=5
        )

    @pytest.mark.parametrize(
        "note",
        ["Rotation: weekly or every two weeks, primary and secondary, in one scheduling tool",
         "Shift handoff: open items, known risks, promises",
         "No service goes to production before this plan, the rotation and the runbooks are in place",
         "The plan has an owner"],
    )  # fmt: skip
    def test_the_rotation_and_who_owns_the_plan_stand_in_it(self, outage: Outage, note: str) -> None:
        assert note in " ".join(outage.texts["plan"].split())
