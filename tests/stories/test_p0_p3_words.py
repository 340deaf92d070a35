"""Seed 003 carried out: what is said to whom, the post-mortem, and what is measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from support.naming import naming
from support.stories.bridge import Bridge
from support.stories.p0_p3 import CHANNEL, Outage, declare
from support.stories.telling import has, meeting


class TestCommunication:
    """Seed 003, section 5."""

    def test_the_channel_is_called_after_day_level_and_title_and_is_never_shared(self, bridge: Bridge) -> None:
        declare(bridge, "P0", "Checkout is down")
        assert bridge.record().incident.meeting.channel == CHANNEL.removeprefix("#")
        declare(bridge, "P0", "Checkout is down")
        assert bridge.record("2").incident.meeting.channel == f"{CHANNEL.removeprefix('#')}-2"

    @pytest.mark.parametrize(("level", "every"), [("P0", 30), ("P1", 60), ("P2", 240)])
    def test_updates_inside_come_by_the_level(self, bridge: Bridge, level: str, every: int) -> None:
        declare(bridge, level)
        assert bridge.due()["Internal update"] == f"in {every}m"
        said = bridge.wait("10m").run("update", "--for", "internal", "--sent").err
        assert bridge.due()["Internal update"] == f"in {every}m"
        assert f"{bridge.now + timedelta(minutes=every):%H:%M} UTC" in said

    def test_nobody_waits_for_updates_of_a_p3(self, bridge: Bridge) -> None:
        declare(bridge, "P3")
        assert not {"Internal update", "Status page"} & bridge.due().keys()

    def test_promises_kept_and_missed_are_facts(self, outage: Outage) -> None:
        sent = [one for one in outage.incident.updates.sent.values() if one.audience == "internal" and one.due]
        assert [(one.sent - one.due) // timedelta(minutes=1) for one in sent if one.due] == [0, 5, -1]
        lines = outage.texts["post-mortem"].splitlines()
        assert any("internal update 2" in line and "late 5m" in line for line in lines)

    def test_the_text_that_it_was_detected(self, outage: Outage) -> None:
        has(
            outage.texts["first message"],
            "P0 INC-1 Checkout is down",
            "no payment goes through",
            "no card payment goes through",
            "13:56 UTC",
            "All stakeholders",
            CHANNEL,
            "Ana",
        )

    def test_the_text_that_it_is_under_investigation(self, outage: Outage) -> None:
        has(
            outage.texts["under investigation"],
            "P0 INC-1 Checkout is down",
            "the certificate of the gateway has expired (open)",
            "gateway, every customer",
            "14:48 UTC",
        )

    def test_the_text_that_it_is_resolved(self, outage: Outage) -> None:
        has(
            outage.texts["resolved internal"],
            "P0 INC-1 Checkout is down",
            "put a new certificate on the gateway",
            "the certificate of the gateway has expired",
            "48 hours",
            "Ana",
        )

    def test_the_text_that_sums_up_the_post_mortem(self, outage: Outage) -> None:
        has(
            outage.texts["summary"],
            "P0 INC-1 Checkout is down",
            "the certificate of the gateway has expired",
            "Alert 30 days before a certificate ends (Raj",
            "2026-11-27",
        )

    def test_customers_read_what_they_notice_and_what_they_can_do(self, outage: Outage) -> None:
        has(outage.texts["customers"], "no card payment goes through", "pay by invoice")
        has(outage.texts["resolved customers"], "Checkout is down")

    def test_the_status_page_says_its_status_word_and_the_next_time(self, outage: Outage) -> None:
        has(
            outage.texts["status"],
            "Status: identified\nName: Checkout is down\n\n",
            "15:30 UTC",
        )
        has(
            outage.texts["resolved status"],
            "Status: resolved\nName: Checkout is down\n\n",
        )
        assert outage.due["0 minutes"]["Status page"] == "in 30m"
        assert outage.due["half an hour done"]["Status page"] == "in 60m"

    def test_social_media_get_two_sentences_where_they_apply(self, outage: Outage) -> None:
        [text] = outage.texts["social"].splitlines()[1:]
        assert "status page" in text
        assert "Social media post" not in outage.due["0 minutes"], "nobody has to"

    def test_support_answers_tickets_with_it(self, outage: Outage) -> None:
        assert outage.texts["support"]
        assert outage.texts["resolved support"] != outage.texts["support"]

    @pytest.mark.parametrize("audience", ["customers", "status", "support", "social", "resolved customers"])
    def test_nobody_outside_reads_names_or_guesses(self, outage: Outage, audience: str) -> None:
        for word in ("Ana", "Raj", "Mio", "Kim", "certificate", "VP", "inc-2026"):
            assert word not in outage.texts[audience]


class TestPostMortem:
    """Seed 003, section 8."""

    def test_it_is_held_within_48_hours_also_over_a_weekend(self, outage: Outage) -> None:
        assert outage.due["resolved"]["Hold the postmortem"] == f"in {48 * 60}m"
        assert "Hold the postmortem" in outage.due["before the post-mortem"], "scheduled is not held"
        assert "Hold the postmortem" not in outage.due["post-mortem held"]

    def test_what_is_not_held_by_then_is_late(self, bridge: Bridge) -> None:
        declare(bridge, "P2")
        bridge.do("resolve", "exports run", after="10m")
        bridge.wait("49h")
        assert bridge.due()["Hold the postmortem"] == "late 60m"

    def test_for_a_p3_it_is_an_offer(self, bridge: Bridge) -> None:
        declare(bridge, "P3")
        bridge.do("resolve", "the logo is straight")
        assert "Hold a postmortem, if useful" in bridge.due()
        bridge.do("close")

    def test_everybody_who_took_part_is_invited(self, outage: Outage) -> None:
        event = meeting(outage.texts["invitation"])
        assert (event["DTSTART"].dt, event["LOCATION"]) == (datetime(2026, 11, 21, 10, 0, tzinfo=UTC), "the war room")
        has(str(event["DESCRIPTION"]), "Ana", "Raj", "Mio", "Kim", "Tom", "Engineering manager", "Product",
            "Action items: owner and due date")  # fmt: skip

    @pytest.mark.parametrize(
        "section",
        ["Incident summary", "Timeline of events", "Root cause analysis", "Impact assessment", "What went well",
         "What went poorly", "Action items", "Follow-up owners and deadlines"],
    )  # fmt: skip
    def test_the_draft_has_the_eight_sections(self, outage: Outage, section: str) -> None:
        assert f"\n## {section}\n" in outage.texts["post-mortem"]

    def test_it_is_without_blame_and_says_so(self, outage: Outage) -> None:
        assert "No blame: ask how it could happen, not who did it" in outage.texts["post-mortem"]

    def test_action_items_have_owner_date_priority_kind_and_a_way_to_tell(self, outage: Outage) -> None:
        [row] = [
            line for line in outage.texts["post-mortem"].splitlines() if "Alert 30 days" in line and "| high |" in line
        ]
        assert [cell.strip() for cell in row.split("|")][2:7] == [
            "Raj", "2026-11-27", "high", "prevention", "a certificate that ends rings the bell",
        ]  # fmt: skip
        assert "wner of the follow-up “Write the certificate into the runbook”." in outage.texts["post-mortem"]

    def test_they_are_tracked_to_their_end(self, outage: Outage) -> None:
        has(outage.said["gates"], "The postmortem was held", "Lessons learned are shared with the team",
            "All high-priority action items are done")  # fmt: skip
        assert outage.next["lessons shared"] == "Before closing: All high-priority action items are done"
        assert outage.next["improved"] == naming("close")
        rows = outage.texts["follow-ups"].splitlines()
        assert [row.split()[1] for row in rows] == ["done", "open"]

    def test_closing_without_it_wants_a_reason_that_stays(self, bridge: Bridge) -> None:
        declare(bridge, "P1")
        bridge.do("resolve", "checkout is fast")
        bridge.do("close", "the same as last week, and that one was reviewed")
        text = bridge.run("message", "status").out
        has(text, "INC-1 Checkout is slow", "Closed")
        why = "the same as last week, and that one was reviewed"
        assert f":* The postmortem was held: {why}" in text


class TestMetrics:
    """Seed 003, section 10, for one incident; trends over many have their own commands."""

    def test_times_to_detect_acknowledge_and_resolve_are_counted(self, outage: Outage) -> None:
        data = outage.data["show"]
        assert (data["metrics"]["ttd"], data["metrics"]["tta"]) == (180, 60)
        assert data["metrics"]["ttr"] == (outage.milestone("resolved") - outage.milestone("started")).seconds

    def test_they_are_held_against_their_goals(self, outage: Outage) -> None:
        targets = outage.data["show"]["targets"]
        assert {name: (one["seconds"], one["kept"]) for name, one in targets.items()} == {
            "ttd": (300, True), "tta": (300, True), "ttr": (4 * 3600, True),
        }  # fmt: skip

    def test_level_and_sort_are_there_to_be_counted(self, outage: Outage) -> None:
        [row] = outage.data["list"]
        assert (row["severity"], row["live"]) == ("P0", False)

    @pytest.mark.parametrize("report", ["Every week: a summary", "Every month: trends", "Every quarter: an analysis",
                                        "Every year: a report on reliability"])  # fmt: skip
    def test_the_plan_names_the_reports(self, outage: Outage, report: str) -> None:
        assert report in " ".join(outage.texts["plan"].split())
