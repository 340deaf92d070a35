"""Seed 003 carried out where it is a question of security and of personal data: who is told, by when, with what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from incident_cockpit.incident.facts.classification import held_types
from incident_cockpit.incident.facts.timers import CompletionStatus
from support.stories.breach import AWARE, FIELDS, TITLE, Breach
from support.stories.bridge import Bridge
from support.stories.p0_p3 import declare
from support.stories.telling import has

AUTHORITY = "Notify the supervisory authority"
USERS = "Notify the affected users, if the risk to them is high"
JUDGE = "Assess the risk to the data subjects; log the decision and its rationale"
RECORD = "Complete the breach record, even if no notification was required"


class TestSecurity:
    """Seed 003, section 11."""

    @pytest.mark.parametrize(
        "step",
        [
            "Isolate compromised systems, and leave them running",
            "Preserve evidence before anything is changed: memory, disks, logs",
            "Notify the security team",
            "Notify the legal team",
            "Must a regulator be notified? Legal decides; log the reason",
            "If customer data was exposed, set the type to data privacy incident",
        ],
    )
    def test_first_steps_are_a_separate_checklist(self, breach: Breach, step: str) -> None:
        first = breach.texts["steps"].partition("Runbook Security breach: first steps")[2].partition("Runbook")[0]
        assert step in first

    def test_its_runbook_came_along(self, breach: Breach) -> None:
        assert "Runbook Security incident" in breach.texts["steps"]

    def test_compromised_systems_are_isolated(self, breach: Breach) -> None:
        assert "step: Isolate compromised systems, and leave them running  done" in breach.timeline
        assert "action: took the cache out of the path" in breach.timeline

    def test_evidence_is_kept_with_its_place_and_whose_hands_it_is_in(self, breach: Breach) -> None:
        assert "evidence: access log of the gateway (vault 12)" in breach.timeline
        assert "evidence: memory image of web-3 → Lee" in breach.timeline
        has(breach.texts["record"], "| memory image of web-3 | vault 13 | Kim from 2026-11-20 21:17 UTC<br>Lee from")

    def test_the_security_team_is_told_within_15_minutes(self, breach: Breach) -> None:
        assert breach.due["declared"]["Notify the security team"] == "in 15m"
        assert "Notify the security team" not in breach.due["security told"]
        has(breach.texts["to security"], "Security team", "P0 INC-1 Kestrel")

    def test_the_legal_team_is_brought_in_within_an_hour(self, breach: Breach) -> None:
        assert breach.due["declared"]["Notify the legal team"] == "in 60m"
        assert "Notify the legal team" not in breach.due["legal told"]
        assert "escalation: Legal team: Legal or compliance issue" in breach.timeline

    def test_a_regulator_is_told_if_one_requires_it(self, bridge: Bridge) -> None:
        declare(bridge, "P1", "Somebody got in", "--type", "security")
        text = "Notify the regulator, if required"
        assert bridge.due()[text] == f"in {72 * 60}m"
        has(bridge.run("message", "notice:regulator").out, "What happened, when, and when you became aware",
            "Affected services and number of people", "Measures taken, and a contact")  # fmt: skip
        bridge.refused("do", "waive", "regulator")
        bridge.run("do", "waive", "regulator", "counsel: no regulator asks for it; Noor, 21:40")
        assert text not in bridge.due()
        assert f"plan: {text}  not needed: counsel: no regulator asks for it; Noor, 21:40" in bridge.timeline()

    def test_customers_are_told_if_their_data_was_exposed(self, bridge: Bridge) -> None:
        declare(bridge, "P1", "Somebody got in", "--type", "security")
        assert bridge.due()["Notify customers, if their data was exposed"] == f"in {72 * 60}m"
        has(bridge.run("message", "notice:customers-exposed").out, "What happened, in plain language",
            "The data concerned", "what they can do")  # fmt: skip


class TestRestricted:
    """Seed 003, section 11: only some may know, so what leaves carries a codename and a marking."""

    def test_it_is_asked_for_until_there_is_a_codename(self, breach: Breach) -> None:
        assert "incident do restrict CODENAME" in breach.said["declared"]
        assert "restricted: codename Kestrel" in breach.timeline

    def test_the_channel_gives_nothing_away(self, breach: Breach) -> None:
        assert breach.incident.meeting.channel == "inc-2026-11-20-p0"

    @pytest.mark.parametrize(
        "text", ["first message", "to security", "to legal", "inside", "record", "timeline", "post-mortem"]
    )
    def test_what_colleagues_read_is_marked(self, breach: Breach, text: str) -> None:
        assert breach.texts[text].lstrip("*").startswith("RESTRICTED: Kestrel. Do not forward.")

    @pytest.mark.parametrize(
        "text",
        [
            "first message",
            "to security",
            "to legal",
            "inside",
            "record",
            "timeline",
            "post-mortem",
            "to authority",
            "to users",
        ],
    )
    def test_nothing_that_leaves_has_the_title(self, breach: Breach, text: str) -> None:
        assert TITLE not in breach.texts[text]
        assert "Kestrel" in breach.texts[text]

    @pytest.mark.parametrize("text", ["to authority", "to users"])
    def test_what_outsiders_get_names_no_colleague_and_asks_nobody_to_keep_it(self, breach: Breach, text: str) -> None:
        for word in ("RESTRICTED", "Raj", "Mio", "Ana", "inc-2026"):
            assert word not in breach.texts[text]


class TestClockOfTheLaw:
    """Seed 003, section 12: the clock runs from becoming aware, to the minute, through nights and weekends."""

    def test_setting_the_breach_type_marks_awareness(self, breach: Breach) -> None:
        assert breach.milestone("aware") == AWARE
        assert AUTHORITY not in breach.due["legal told"]
        has(breach.said["aware"], "type  Data privacy incident", "milestone  aware at 2026-11-20 21:47 UTC",
            "runbook  Personal data breach")  # fmt: skip

    def test_72_hours_are_72_hours(self, breach: Breach) -> None:
        for text in (AUTHORITY, USERS, RECORD):
            assert breach.due["aware"][text] == f"in {72 * 60}m"
            assert breach.due["60 hours after"][text] == f"in {12 * 60}m"
        assert breach.due["a minute before"][USERS] == "in 1m"
        assert breach.due["72 hours after"][USERS] == "now"
        judged = {one["id"]: one for one in breach.data["adherence"]}
        due = datetime(2026, 11, 23, 21, 47, 30, tzinfo=UTC)
        assert datetime.fromisoformat(judged["authority"]["due"]) == due == AWARE + timedelta(hours=72)

    def test_the_time_of_becoming_aware_can_be_put_right_and_the_clock_with_it(self, bridge: Bridge) -> None:
        declare(bridge, "P1", "A list of customers is public", "--type", "privacy", "--started", "-5h")
        assert bridge.due()[AUTHORITY] == f"in {72 * 60}m"
        bridge.run("do", "milestone", "aware", "-2h")
        assert bridge.due()[AUTHORITY] == f"in {70 * 60}m"

    def test_the_risk_is_judged_within_a_day(self, breach: Breach) -> None:
        assert breach.due["aware"][JUDGE] == f"in {24 * 60}m"
        assert JUDGE not in breach.due["resolved"]
        assert (
            breach.incident.completion_marks["breach-assessed"].note == "high: addresses and orders; Noor and counsel"
        )

    def test_authority_and_users_are_told_apart(self, breach: Breach) -> None:
        assert AUTHORITY not in breach.due["authority told"]
        assert USERS in breach.due["authority told"]
        assert USERS not in breach.due["users told"]
        deeds = breach.incident.completion_marks
        assert deeds["authority"].status is deeds["affected-users"].status is CompletionStatus.DONE

    def test_it_is_not_closed_before_each_duty_is_done_or_waived(self, breach: Breach) -> None:
        has(breach.said["not closed"], RECORD)
        assert AUTHORITY not in breach.said["not closed"], "it was told"
        has(breach.texts["closed"], f"{RECORD}: counsel has what there is",
            "Notify the regulator, if required: counsel: no regulator asks for it")  # fmt: skip
        has(breach.texts["record"], "not needed, Noor 2026-11-23", "told as affected users")
        has(breach.texts["post-mortem"], "told as affected users")

    def test_a_break_in_that_is_a_breach_is_both(self, breach: Breach) -> None:
        assert held_types(breach.incident) == ("security", "privacy")
        assert {"Notify the regulator, if required", AUTHORITY} <= breach.due["aware"].keys()
        assert list(breach.due["aware"]).count("Notify the legal team") <= 1

    def test_open_duty_is_listed_after_closing(self, breach: Breach) -> None:
        has(breach.texts["list"], "1 legal duty outstanding")

    def test_neither_the_end_nor_the_closing_stops_what_is_owed(self, breach: Breach) -> None:
        assert {AUTHORITY, USERS, RECORD} <= breach.due["resolved"].keys()
        assert breach.due["closed, record open"] == {RECORD: "late 2m"}
        assert breach.next["closed, record open"] == f"{RECORD}: late 2m"
        assert breach.due["record complete"] == {}

    def test_a_breach_that_nobody_has_to_hear_of_is_written_down_all_the_same(self, bridge: Bridge) -> None:
        declare(bridge, "P1", "A letter went to the wrong address", "--type", "privacy")
        bridge.run("do", "waive", "affected users", "no risk: the envelope came back closed")
        bridge.run("do", "waive", "supervisory authority", "no risk; Noor and counsel")
        assert RECORD in bridge.due()


class TestNoticesAndRecord:
    """Seed 003, section 12: what they contain, and what is said where nobody knows yet."""

    @pytest.mark.parametrize(
        "part",
        [
            "Nature of the breach; categories and approximate number of data subjects and of records",
            "Name and contact details of the data protection officer or another contact point",
            "Likely consequences of the breach",
            "Measures taken or proposed, including to mitigate adverse effects",
            "If late: the reasons for the delay. If incomplete: what will follow, and when",
        ],
    )
    def test_the_notice_to_the_authority_has_its_five_parts(self, breach: Breach, part: str) -> None:
        assert f"*{part}:*" in breach.texts["to authority"]

    def test_it_is_filled_from_the_record(self, breach: Breach) -> None:
        has(breach.texts["to authority"], *(FIELDS[one] for one in ("nature", "people", "consequences", "measures")),
            "of records")  # fmt: skip

    def test_what_is_not_known_follows(self, breach: Breach) -> None:
        assert breach.texts["empty notice"].count("not known yet") >= 4

    @pytest.mark.parametrize(
        "part",
        [
            "Nature of the breach, in plain language, and the data concerned",
            "Name and contact details of the data protection officer or another contact point",
            "Likely consequences for them",
            "Measures taken, and what they can do now",
        ],
    )
    def test_the_notice_to_the_people_has_its_four_parts(self, breach: Breach, part: str) -> None:
        assert f"*{part}:*" in breach.texts["to users"]

    def test_it_says_which_data_and_what_may_come_of_it(self, breach: Breach) -> None:
        has(breach.texts["to users"], FIELDS["nature"], FIELDS["consequences"])
        assert FIELDS["data"].casefold() in breach.texts["to users"].casefold()

    @pytest.mark.parametrize(
        "field", ["Nature", "Data", "People", "Records", "Consequences", "Measures", "Contact", "Risk"]
    )
    def test_the_record_has_a_place_for_each_fact(self, breach: Breach, field: str) -> None:
        assert f"### {field}\n" in breach.texts["record"]
        assert f"### {field}\n" in breach.texts["empty record"]

    def test_it_says_how_much_of_it_is_known_and_that_it_is_no_legal_advice(self, breach: Breach) -> None:
        has(breach.texts["empty record"], "0 of 8 fields", "legal advice")
        assert "Not known yet." not in breach.texts["record"].partition("### Delay")[0]

    def test_it_says_who_was_told_and_whether_in_time(self, breach: Breach) -> None:
        due = "72h after becoming aware | 2026-11-23 21:47 UTC"
        has(
            breach.texts["record"],
            f"| {AUTHORITY} | Supervisory authority | {due} | 2026-11-23 09:47 UTC, on time",
            f"| {RECORD} | Data protection officer | {due} | 2026-11-23 22:47 UTC, late 1 hour",
        )

    def test_when_it_began_was_noticed_and_known_is_in_it(self, breach: Breach) -> None:
        has(breach.texts["record"], "2026-11-20 20:20 UTC", "took the cache out of the path",
            "2026-11-20 21:47 UTC")  # fmt: skip

    def test_measures_against_it_are_steps_as_well(self, breach: Breach) -> None:
        titles = [one.title for one in breach.incident.steps.runbooks.values()]
        assert "Data privacy incident: first steps" in titles
        steps = [step.text for one in breach.incident.steps.runbooks.values() for step in one.steps]
        assert "Mitigate the consequences: reset passwords, end sessions, take down copies" in steps

    def test_only_fields_of_the_record_can_be_filled(self, breach: Breach) -> None:
        assert "weather" in breach.said["unknown field"]
        assert "breach: records: about 4,100 orders" in breach.timeline
