"""Seed 002 carried out: anybody reports, the on-call engineer validates, a SEV has one owner until its last follow-up.

The long story is a report of an end user that becomes a SEV; the short ones are the other ends a report can take.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import icalendar
import pytest

from incident_cockpit.incident.facts.asks import AskStatus
from incident_cockpit.incident.facts.classification import held_types
from incident_cockpit.incident.facts.report import TriageOutcome
from support.naming import naming
from support.stories.bridge import Bridge

START = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)  # a Thursday
REPORT = "Maps of yesterday are empty"


class Sev:
    """The whole story, told once; the tests look at texts by name, and at what was due at which moment."""

    def __init__(self, bridge: Bridge) -> None:
        """Tell it."""
        self.bridge = bridge
        self.texts: dict[str, str] = {}
        self.due: dict[str, dict[str, str]] = {}
        self.next: dict[str, str] = {}
        self._report()
        self._open()
        self._mitigate()
        self._after()
        self._close()

    def look(self, moment: str) -> None:
        """Remember what is due and what NEXT says."""
        self.due[moment], self.next[moment] = self.bridge.due(), self.bridge.next()

    def _report(self) -> None:
        bridge = self.bridge
        self.reported = bridge.run(
            "report",
            REPORT,
            "--plan",
            "sev-owner",
            "--by",
            "Hydro Agency",
            "--kind",
            "user",
            "--via",
            "mail to support",
        ).err
        self.look("reported")
        bridge.do("answered", "we are looking at it", after="5m")
        self.look("answered")
        # The on-call engineer cannot tell, and names somebody who can.
        bridge.do("investigate", "Mio", after="5m")
        self.look("reassigned to Mio")
        bridge.do("finding", "the nightly import ended without a file", by="Mio", after="15m")
        bridge.do("impact", "every customer sees empty maps for one day", by="Mio")

    def _open(self) -> None:
        bridge = self.bridge
        self.opened = bridge.run(
            "declare", "1", "--severity", "SEV2", "--why", "a main product is wrong for all", "--type", "integrity",
            "--found-by", "report",
        ).err  # fmt: skip
        self.look("opened")
        self.texts["explained"] = bridge.wait("4m").run("message", "declared", "--copy").out
        self.texts["invite"] = bridge.run("message", "invite").out
        bridge.do("answer", "All of engineering", "in the channel")
        self.look("explained")
        bridge.do("assign", "owner", "Mio")
        bridge.do("severity", "SEV1", "wrong maps were used for a warning")

    def _mitigate(self) -> None:
        bridge = self.bridge
        bridge.log("! started the import again", by="Mio")
        self.last_line = bridge.now
        bridge.wait("31m")
        self.look("half an hour of silence")
        bridge.do("complete", "check progress", "the import runs, 60% done", by="Mio", after="")
        self.look("progress checked")
        bridge.log("! published the maps of yesterday", by="Mio", after="20m")
        self.mitigated = bridge.do("phase", "mitigated", by="Mio").err
        self.look("mitigated")

    def _after(self) -> None:
        bridge = self.bridge
        bridge.do("complete", "Draft the postmortem", "wiki/sev-1", by="Mio", after="24h")
        bridge.do("complete", "Ask all responders", "asked in the channel", by="Mio", after="1h")
        bridge.do("schedule-review", "mon 14:00", "60m", "room Delta", by="Mio")
        self.look("meeting scheduled")
        self.invitation = bridge.run("invite").out.encode()
        bridge.do("resolve", "maps of three days are right", by="Mio")
        bridge.until(datetime(2026, 11, 23, 15, 0, tzinfo=UTC))
        bridge.do("review-held", by="Mio")
        bridge.do("follow-up", "Alert when an import ends without a file", by="Mio")
        bridge.do("follow-up-priority", "Alert when", "high", by="Mio")
        bridge.do("follow-up-owner", "Alert when", "Kim", by="Mio")
        bridge.do("follow-up", "Describe the import in the handbook", by="Mio")
        bridge.do("follow-up-priority", "Describe", "low", by="Mio")
        self.look("follow-ups noted")
        self.texts["postmortem"] = bridge.run("postmortem").out

    def _close(self) -> None:
        bridge = self.bridge
        self.not_yet = bridge.refused("do", "close", by="Mio")
        bridge.wait("72h").do("follow-up-done", "Alert when", by="Kim")
        self.look("high priority done")
        bridge.do("close", by="Mio")
        self.texts["status"] = bridge.run("message", "status").out


@pytest.fixture(scope="module")
def sev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sev]:
    with pytest.MonkeyPatch.context() as patch:
        yield Sev(Bridge(tmp_path_factory.mktemp("sev"), patch, START, who="Ana"))


class TestDetection:
    def test_an_end_user_may_report_by_the_way_they_have(self, sev: Sev) -> None:
        report = sev.bridge.record().incident.report
        assert report is not None
        assert (report.who, report.sort, report.via) == ("Hydro Agency", "user", "mail to support")
        assert "reported by Hydro Agency" in sev.reported

    def test_everybody_who_may_report_is_named_with_the_place_for_it(self, sev: Sev) -> None:
        shown = sev.bridge.run("plan", "show", "sev-owner").out
        for words in ("Employee", "End user", "Third party", "#engineering"):
            assert words in shown

    def test_a_report_is_answered_promptly(self, sev: Sev) -> None:
        assert sev.due["reported"]["Reply to Hydro Agency"] == "in 60m"
        assert "Reply to Hydro Agency" not in sev.due["answered"]

    def test_the_three_that_matter_are_its_types(self, sev: Sev) -> None:
        incident = sev.bridge.record().incident
        assert incident.classification.found is not None
        assert (held_types(incident), incident.classification.found.value) == (("integrity",), "report")
        assert [one.id for one in sev.bridge.record().incident.plan.types] == [
            "availability", "integrity", "confidentiality",
        ]  # fmt: skip

    def test_somebody_is_always_on_call(self, sev: Sev) -> None:
        shown = sev.bridge.run("plan", "show", "sev-owner").out
        assert "On-call Engineer" in shown
        assert "on-call rotation" in shown


class TestValidation:
    def test_the_on_call_validates_within_a_time(self, sev: Sev) -> None:
        assert ("in 15m", naming("Triage")) in [(left, text) for text, left in sev.due["reported"].items()]

    def test_or_assigns_somebody_to_investigate(self, sev: Sev) -> None:
        due = sev.due["reassigned to Mio"]
        assert [left for text, left in due.items() if text.startswith("Mio: find out")] == ["in 30m"]
        assert not [text for text in due if text.startswith("Triage")]
        assert naming("report: ", "assigned to Mio", "30m") in sev.bridge.timeline()
        asked = [one for one in sev.bridge.record().incident.asks.values() if one.who == "Mio"]
        assert [one.status for one in asked] != [AskStatus.OPEN], "the verdict answers what Mio was asked"


class TestOpening:
    def test_it_merits_remediation_now_so_a_sev_is_opened(self, sev: Sev) -> None:
        assert "declared SEV2, Ana" in sev.opened

    def test_the_on_call_owns_it_until_somebody_else_does(self, sev: Sev) -> None:
        roles = [line for line in sev.bridge.timeline() if line.startswith("role: SEV Owner")]
        assert roles == ["role: SEV Owner: Ana", "role: SEV Owner: Ana → Mio"]

    def test_it_has_a_channel_of_its_own(self, sev: Sev) -> None:
        assert sev.bridge.record().incident.meeting.channel == "sev-1-maps-of-yesterday-are-empty"

    def test_all_of_engineering_and_whoever_can_help_is_added(self, sev: Sev) -> None:
        channel = "#sev-1-maps-of-yesterday-are-empty"
        assert {"All of engineering: join " + channel, "Anyone in the company who could help: join " + channel} <= set(
            sev.due["opened"]
        )
        assert channel in sev.texts["invite"]
        assert "All of engineering" in sev.texts["invite"]

    def test_the_owner_explains_how_bad_it_is(self, sev: Sev) -> None:
        assert sev.due["opened"]["Explain the severity in the channel"] == "in 10m"
        assert "Explain the severity in the channel" not in sev.due["explained"]
        for words in ("SEV2", "a main product is wrong for all", "every customer sees empty maps"):
            assert words in sev.texts["explained"]

    def test_critical_major_minor(self, sev: Sev) -> None:
        assert [(one.id, one.name) for one in sev.bridge.record().incident.plan.severities] == [
            ("SEV1", "Critical"), ("SEV2", "Major"), ("SEV3", "Minor"),
        ]  # fmt: skip
        assert "severity: SEV2 → SEV1: wrong maps were used for a warning" in sev.bridge.timeline()


class TestProgress:
    def test_silence_asks_whether_it_moves(self, sev: Sev) -> None:
        text = "No progress logged for 30m: check progress"
        assert sev.due["half an hour of silence"][text] == "late 1m"
        assert sev.due["progress checked"][text] == "in 30m"

    def test_once_the_harm_is_stopped_nobody_is_pressed(self, sev: Sev) -> None:
        assert not [text for text in sev.due["mitigated"] if "progress" in text]
        assert sev.bridge.record().incident.milestones["mitigated"] > sev.last_line


class TestPostMortem:
    def test_draft_edits_and_meeting_are_due_after_the_mitigation_in_working_days(self, sev: Sev) -> None:
        due = sev.due["mitigated"]
        now = sev.bridge.record().incident.milestones["mitigated"]
        monday, tuesday = (datetime(2026, 11, day, 17, 0, tzinfo=UTC) for day in (23, 24))
        assert due["Draft the postmortem"] == f"in {round((monday - now) / timedelta(minutes=1))}m"
        for text in ("Ask all responders for corrections and additions", "Schedule the postmortem meeting"):
            assert due[text] == f"in {round((tuesday - now) / timedelta(minutes=1))}m"
        assert "Schedule the postmortem meeting" not in sev.due["meeting scheduled"]

    def test_the_meeting_is_an_invitation(self, sev: Sev) -> None:
        [event] = icalendar.Calendar.from_ical(sev.invitation).walk("VEVENT")
        assert event.decoded("DTSTART") == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
        assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(hours=1)
        assert str(event["LOCATION"]) == "room Delta"
        for words in ("timeline", "impact", "All of engineering", "Mio", "Ana"):
            assert words in str(event["DESCRIPTION"])

    def test_timeline_impact_and_follow_ups_by_priority_are_in_the_document(self, sev: Sev) -> None:
        text = sev.texts["postmortem"]
        order = [text.index(f"## {title}") for title in (
            "Summary", "Timeline", "Impact", "Cause", "Follow-ups of high priority", "Follow-ups of low priority",
        )]  # fmt: skip
        assert order == sorted(order)
        high = text[text.index("## Follow-ups of high priority") : text.index("## Follow-ups of low priority")]
        assert "Alert when an import ends without a file" in high
        assert "Describe the import" not in high

    def test_high_priority_is_due_in_a_timely_manner(self, sev: Sev) -> None:
        assert "Complete the high-priority follow-ups" in sev.due["follow-ups noted"]
        assert "Complete the high-priority follow-ups" not in sev.due["high priority done"]


class TestClosing:
    def test_only_high_priority_follow_ups_hold_it_open(self, sev: Sev) -> None:
        assert "All high-priority follow-ups are done" in sev.not_yet
        assert "low priority" not in sev.not_yet
        phase = sev.bridge.record().incident.phase
        assert phase is not None
        assert (phase.value, phase.since) == ("closed", sev.bridge.now)

    def test_its_status_is_changed_in_the_channel(self, sev: Sev) -> None:
        assert "status is now Closed" in sev.texts["status"]
        assert "low: Describe the import in the handbook" in sev.texts["status"]


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bridge:
    return Bridge(tmp_path, monkeypatch, START)


def test_real_and_not_urgent_becomes_a_ticket(bridge: Bridge) -> None:
    bridge.run("new", "Legend shows the wrong unit", "--plan", "sev-owner")
    bridge.do("finding", "the unit is wrong since the redesign")
    text = bridge.run("dismiss", "1", "--not-urgent", "--reason", "a typing error that misleads nobody").out
    for words in ("Legend shows the wrong unit", "a typing error that misleads nobody", "wrong since the redesign"):
        assert words in text
    report = bridge.record().incident.report
    assert report is not None
    assert report.outcome is TriageOutcome.NOT_URGENT


def test_the_same_again_points_to_the_sev_that_is_open(bridge: Bridge) -> None:
    bridge.run("declare", REPORT, "--plan", "sev-owner", "--severity", "SEV2")
    bridge.run("report", "No maps since this morning", "--plan", "sev-owner", "--by", "Sam", "--kind", "employee")
    text = bridge.run("dismiss", "2", "--duplicate-of", "1").out
    assert "INC-1" in text
    assert "triage: duplicate of INC-1" in " ".join(bridge.timeline("2"))
    assert [one["name"] for one in bridge.run("list", "--json").data] == ["INC-1"]


def test_closing_in_spite_of_what_is_open_needs_a_reason_and_keeps_it(bridge: Bridge) -> None:
    bridge.run("declare", REPORT, "--plan", "sev-owner", "--severity", "SEV2")
    bridge.do("phase", "mitigated")
    bridge.do("resolve", "maps are right")
    assert "meeting was held" in bridge.refused("do", "close")
    bridge.do("close", "a drill; nothing to review")
    text = bridge.run("message", "status").out
    assert "The postmortem meeting was held (a drill; nothing to review)" in text
