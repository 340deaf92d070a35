"""Seed 001 carried out: a small team works one list from top to bottom, and puts the list right afterwards.

One Friday afternoon: the search of a shop finds nothing. Ana answers the alert and is in command until Bo takes over;
it is contained, mended, over, not over after all, over for good; then it is reviewed, and the list is mended as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from incident_cockpit.incident.facts.asks import AskStatus
from support.naming import naming
from support.stories.bridge import Bridge
from support.stories.telling import Telling, has, meeting

START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
LOOK = "Is everything back to normal? Has the alert been quiet?"
CONTAINED = "Notify stakeholders of the containment"
SCHEDULE = "Schedule the review, one or two days after the resolution"
CONFIRM = naming("Stakeholders: confirm")


class Afternoon(Telling):
    """The whole story, told once."""

    def __init__(self, bridge: Bridge) -> None:
        """Tell it."""
        super().__init__(bridge)
        self._initial()
        self._assessment()
        self._containment()
        self._mitigation()
        self._end_and_again()
        self._review()
        self._close()

    def _initial(self) -> None:
        self.hear("declared", "declare", "Search finds nothing", "--severity", "Medium", "--plan", "small-team",
                  "--found-by", "alert", "--started", "-6m", after="")  # fmt: skip
        self.hear("second", "declare", "Mail is late", "--severity", "Low", "--plan", "small-team", by="Lee", after="")
        self.bridge.incident = "1"
        self.bridge.run("do", "milestone", "detected", "-2m")
        self.copy("plan", "plan", "show", "small-team", after="")
        self.copy("list", "show", after="")
        self.look("declared")
        self.tick("Acknowledge the alert", "Notify the team", "Take command", "Open the channel", "Set the severity")
        self.bridge.do("impact", "Searches in the shop find nothing")
        self.look("initial response done")

    def _assessment(self) -> None:
        do = self.bridge.do
        do("phase", "assessment")
        self.look("assessment")
        self.reply(
            {"Which systems": "search API and the catalogue", "Is there ongoing impact": "no data lost, searches fail"}
        )
        self.tick("Check logs")
        do("finding", "the heap of the search nodes is full since 13:50")
        self.reply({"What is failing": "search; browsing works", "What changed last": "index settings, 13:40",
                    "What is the scope": "one service"})  # fmt: skip
        self.copy("ticket", "message", "ticket")
        self.tick("Open a ticket")
        self.reply({"Is the root cause known": "not yet"})
        self.hear("escalated", "do", "trigger", "cause-unknown", "Kim", "heap dumps are beyond us")
        self.copy("call for help", "message", "escalation", after="")
        self.tick("move to containment; if not, escalate")
        do("assign", "ic", "Bo", by="Bo")
        do("assign", "responder", "Raj", by="Bo")
        do("assign", "responder", "Kim", by="Bo")
        self.bridge.who = "Bo"
        self.hear("worse", "do", "severity", "High", "customers abroad are hit as well")
        self.bridge.log("? the new index settings fill the heap", by="Kim")

    def _containment(self) -> None:
        bridge = self.bridge
        bridge.do("phase", "containment")
        bridge.log("! took search traffic off the full nodes", by="Raj")
        self.tick("Isolate what is affected", by="Raj")
        self.copy("ticket in containment", "message", "ticket", after="")
        self.tick("Log each action in the ticket")
        self.copy("containment", "update", "--for", "stakeholders", "--sent")
        self.tick("Update stakeholders on the containment")
        self.hear("not contained", "do", "trigger", "not-contained", "Lee", "two nodes fill up again")
        bridge.log("! closed the search API for crawlers at the firewall", by="Lee")
        self.reply({"Has the impact stopped": "yes, no empty answers for five minutes"})
        self.tick("move to mitigation; if not, contain further")
        self.hear("contained", "do", "phase", "mitigation")
        self.look("contained")

    def _mitigation(self) -> None:
        bridge = self.bridge
        bridge.until(self.milestone("mitigated") + timedelta(minutes=17))
        self.look("containment status late")
        self.copy("mitigation", "update", "--for", "stakeholders", "--sent", after="")
        self.look("containment status told")
        bridge.log("! took back the index settings", by="Kim")
        self.tick("Mitigate: redirect", by="Kim")
        bridge.do("confirm", "index settings", "the heap falls since they are taken back", by="Kim")
        bridge.log("! limited the heap in the index template for good", by="Kim")
        self.tick("Apply the permanent fix", "Monitor stability", by="Kim")
        self.reply({"Do all affected services work": "yes, twenty searches by hand"})
        self.tick("Ask the stakeholders")

    def _end_and_again(self) -> None:
        bridge = self.bridge
        self.said["unverified"] = bridge.refused("do", "resolve")
        self.hear("resolved", "do", "resolve", "no empty answers for 20 minutes")
        self.look("resolved")
        bridge.do("answer", "Stakeholders", "no, Norway still finds nothing", after="10m")
        self.hear("again", "do", "phase", "mitigation", "Norway still finds nothing")
        self.look("it came back")
        bridge.log("! emptied the cache of the Norwegian shop", by="Raj")
        bridge.do("add-step", "Do all affected services work", "Empty the caches of each country")
        bridge.do("resolve", "searches in all countries for 20 minutes", after="20m")
        self.copy("resolved", "update", "--for", "stakeholders", "--sent")
        bridge.do("answer", "Stakeholders", "yes, it works for us", after="10m")
        self.look("confirmed")
        bridge.until(self.milestone("resolved") + timedelta(hours=1))
        self.look("first look")
        bridge.run("do", "complete", "check 1", "quiet")
        bridge.wait("1h").run("do", "complete", "check 2", "quiet")
        self.look("watched")

    def _review(self) -> None:
        bridge = self.bridge
        bridge.until(START + timedelta(days=1, hours=19))
        self.look("two days later")
        bridge.do("schedule-review", "2026-11-22 13:00", "Room 4")
        self.copy("invitation", "invite", after="")
        bridge.do("schedule-review", "2026-11-22 15:00", "60m", "Room 4")
        self.copy("moved", "invite", after="")
        self.tick("Schedule the review")
        self.look("review scheduled")
        self.said["gates"] = bridge.refused("do", "close")
        bridge.until(datetime(2026, 11, 22, 16, 0, tzinfo=UTC))
        bridge.do("review-held")
        self.tick("Write the report")
        self.reply({"What should improve": "an alert on the heap", "Does this runbook need a change": "yes, caches"})
        bridge.do("follow-up", "Alert on the heap of the search nodes")
        bridge.do("follow-up", "The list lacks the caches of each country")
        bridge.do("follow-up-kind", "The list lacks", "runbook")
        self.copy("report", "postmortem")
        self.copy("redline", "runbook", "redline")
        self.look("reviewed")

    def _close(self) -> None:
        bridge = self.bridge
        bridge.do("complete", "The report is written", "wiki/search-1120")
        self.look("report written")
        bridge.do("complete", "The runbook was updated", "caches are in it")
        self.look("all done")
        self.hear("closed", "do", "close")
        self.copy("adherence", "adherence", "--markdown")
        self.look("closed")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Afternoon]:
    with pytest.MonkeyPatch.context() as patch:
        yield Afternoon(Bridge(tmp_path_factory.mktemp("afternoon"), patch, START, who="Ana"))


class TestTheList:
    def test_it_is_one_list_to_work_from_top_to_bottom(self, day: Afternoon) -> None:
        """Seed 001, opening note: the runbook goes with the plan; start at the top, work down."""
        parts = [
            "Acknowledge the alert",
            "Which systems",
            "Isolate what is affected",
            "Mitigate: redirect",
            "Schedule the review",
        ]
        places = [day.texts["list"].index(part) for part in parts]
        assert places == sorted(places)
        assert "Runbook One list from top to bottom" in day.texts["list"]

    def test_next_leads_down_the_list(self, day: Afternoon) -> None:
        assert day.next["declared"] == naming("impact")
        assert day.next["assessment"] == "Next step: Which systems or services are affected?"
        assert day.next["containment status told"].startswith("Next step: Mitigate: redirect")

    def test_all_of_it_was_worked(self, day: Afternoon) -> None:
        done, total = day.incident.steps.progress()
        assert (done, total) == (28, 29), "the step that was added after the end is for the next time"

    def test_its_phases_stand_on_the_timeline_in_order(self, day: Afternoon) -> None:
        phases = [
            line.removeprefix("phase: ").partition(" → ")[2] for line in day.timeline if line.startswith("phase: ")
        ]
        assert phases == [
            "",
            "Assessment & Identification",
            "Containment",
            "Mitigation & Resolution",
            "Post-Incident Review: no empty answers for 20 minutes",
            "Mitigation & Resolution: Norway still finds nothing",
            "Post-Incident Review: searches in all countries for 20 minutes",
            "Closed",
        ]


class TestInitialResponse:
    def test_the_alert_is_acknowledged_where_it_came_from(self, day: Afternoon) -> None:
        assert "step: Acknowledge the alert at its source, so that it stops paging  done" in day.timeline
        assert day.milestone("acknowledged") == START
        assert "found by: Monitoring alert" in day.timeline

    def test_the_team_is_notified(self, day: Afternoon) -> None:
        assert "step: Notify the team, if the alert did not  done" in day.timeline

    def test_the_first_responder_commands_until_it_is_handed_on(self, day: Afternoon) -> None:
        assert "Ana is in" in day.said["declared"]
        roles = [line for line in day.timeline if line.startswith("role: Incident Commander")]
        assert roles == ["role: Incident Commander: Ana", "role: Incident Commander: Ana → Bo"]

    def test_the_channel_is_called_after_the_day_and_each_has_its_own(self, day: Afternoon) -> None:
        assert "channel #incident-2026-11-20\n" in day.said["declared"]
        assert "channel #incident-2026-11-20-2\n" in day.said["second"]

    def test_the_severity_is_declared_by_criteria(self, day: Afternoon) -> None:
        has(
            day.texts["plan"],
            "High", "Critical", "A business-critical system", "Security incident", "Medium", "Limited",
            "Only non-critical systems are affected", "Low", "Minor",
        )  # fmt: skip
        assert "severity: Medium" in day.timeline
        assert "severity: Medium → High: customers abroad are hit as well" in day.timeline

    def test_nothing_counts_down_before_it_has_to(self, day: Afternoon) -> None:
        for moment in ("declared", "initial response done", "assessment"):
            assert day.due[moment] == {}


class TestAssessment:
    @pytest.mark.parametrize(
        ("step", "answer"),
        [
            ("Which systems or services are affected?", "search API and the catalogue"),
            ("Is there ongoing impact, such as data loss or unauthorised access?", "no data lost, searches fail"),
            ("What is failing right now?", "search; browsing works"),
            ("What changed last?", "index settings, 13:40"),
            ("What is the scope: one service or several?", "one service"),
            ("Is the root cause known?", "not yet"),
        ],
    )
    def test_what_has_to_be_known_is_asked_and_answered_in_place(self, day: Afternoon, step: str, answer: str) -> None:
        assert f"step: {step}  → {answer}" in day.timeline

    def test_logs_alerts_and_dashboards_are_looked_through(self, day: Afternoon) -> None:
        assert "step: Check logs, alerts and dashboards for anomalies  done" in day.timeline
        assert "finding: the heap of the search nodes is full since 13:50" in day.timeline

    def test_the_ticket_says_what_happened_which_systems_and_where_it_stands(self, day: Afternoon) -> None:
        has(
            day.texts["ticket"],
            ":* Searches in the shop find nothing",
            ":* search API, the catalogue",
            "Assessment & Identification, Medium",
            ":* 13:54 UTC",
        )

    def test_without_a_cause_more_responders_are_called(self, day: Afternoon) -> None:
        assert "escalation: Kim: Root cause not found: heap dumps are beyond us" in day.timeline
        has(day.texts["call for help"], "Medium INC-1 Search finds nothing",
            ":* Root cause not found: heap dumps are beyond us", "#incident-2026-11-20")  # fmt: skip


class TestContainment:
    def test_what_is_affected_is_isolated(self, day: Afternoon) -> None:
        assert "action: took search traffic off the full nodes" in day.timeline
        assert any(line.startswith("step: Isolate") for line in day.timeline)

    def test_measures_go_into_the_ticket_with_their_times(self, day: Afternoon) -> None:
        at = next(event.happened for event in day.bridge.record().events if "took search" in str(event.fact))
        assert f"- {at:%H:%M} UTC took search traffic off the full nodes" in day.texts["ticket in containment"]
        assert "✓" not in day.texts["ticket in containment"], "ticks of the list are no measures"

    def test_stakeholders_hear_where_containment_stands(self, day: Afternoon) -> None:
        has(
            day.texts["containment"],
            "*High INC-1 Search finds nothing*: Containment",
            "We are isolating what is affected",
            "Searches in the shop find nothing",
            "took search traffic off the full nodes",
        )
        assert "@ic" not in day.texts["containment"]

    def test_if_the_impact_goes_on_more_is_contained_by_more_people(self, day: Afternoon) -> None:
        assert "escalation: Lee: Impact continues after containment: two nodes fill up again" in day.timeline

    def test_only_when_it_has_stopped_it_is_mitigation(self, day: Afternoon) -> None:
        assert "are open" not in day.said["contained"]
        assert (
            "step: Has the impact stopped, and by what evidence?  → yes, no empty answers for five minutes"
            in day.timeline
        )

    def test_stakeholders_are_owed_the_word_that_it_is_contained(self, day: Afternoon) -> None:
        assert day.due["contained"][CONTAINED] == "in 15m"
        assert day.due["containment status late"][CONTAINED] == "late 2m"
        assert day.next["containment status late"] == f"{CONTAINED}: late 2m"
        assert CONTAINED not in day.due["containment status told"]
        has(day.texts["mitigation"], "Contained.")


class TestMitigationAndResolution:
    def test_eased_for_now_then_mended_for_good(self, day: Afternoon) -> None:
        told = day.timeline
        assert told.index("action: took back the index settings") < told.index(
            "action: limited the heap in the index template for good"
        )
        for step in (
            "Mitigate: redirect",
            "Apply the permanent fix for the root cause",
            "Monitor stability",
        ):
            assert any(line.startswith(f"step: {step}") and line.endswith("done") for line in told)

    def test_all_affected_services_are_verified(self, day: Afternoon) -> None:
        assert "do resolve" in day.said["unverified"]
        assert "step: Do all affected services work as expected?  → yes, twenty searches by hand" in day.timeline

    def test_stakeholders_are_asked_whether_it_is_over(self, day: Afternoon) -> None:
        assert [left for text, left in day.due["resolved"].items() if text == CONFIRM] == ["in 30m"]
        assert CONFIRM not in list(day.due["confirmed"])
        asked = [one for one in day.incident.asks.values() if one.who == "Stakeholders"]
        assert [one.answer for one in asked] == ["no, Norway still finds nothing", "yes, it works for us"]
        assert all(one.status is AskStatus.ANSWERED for one in asked)

    def test_it_is_watched_and_what_comes_back_opens_it_again(self, day: Afternoon) -> None:
        assert day.due["resolved"][f"Recovery check 1 of 2: {LOOK}"] == "in 60m"
        assert day.due["it came back"] == {}, "nothing of the end is asked while it goes on"
        assert day.due["first look"][f"Recovery check 1 of 2: {LOOK}"] == "now"
        assert not any(text.startswith("Recovery check") for text in day.due["watched"])

    def test_the_end_is_told_with_cause_and_what_comes(self, day: Afternoon) -> None:
        has(
            day.texts["resolved"],
            "High INC-1 Search finds nothing",
            "Resolved",
            "the new index settings fill the heap",
            "Bo",
        )


class TestReview:
    def test_it_is_to_be_scheduled_within_two_days_of_the_end_that_held(self, day: Afternoon) -> None:
        assert day.due["resolved"][SCHEDULE] == "in 2880m"
        assert day.due["two days later"][SCHEDULE] == "in 382m"
        assert SCHEDULE not in day.due["review scheduled"]

    def test_responders_and_stakeholders_are_invited(self, day: Afternoon) -> None:
        event = meeting(day.texts["invitation"])
        assert event["SUMMARY"] == "Review of INC-1 Search finds nothing"
        has(str(event["DESCRIPTION"]), "Ana", "Bo", "Kim", "Raj", "Lee", "Stakeholders", "Root cause")
        assert event["DTSTART"].dt == datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
        assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=60)
        assert event["LOCATION"] == "Room 4"

    def test_a_review_that_moves_stays_the_same_meeting(self, day: Afternoon) -> None:
        first, moved = meeting(day.texts["invitation"]), meeting(day.texts["moved"])
        assert first["UID"] == moved["UID"]
        assert (first["SEQUENCE"], moved["SEQUENCE"]) == (0, 1)
        assert moved["DTSTART"].dt == datetime(2026, 11, 22, 15, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        "words",
        [
            "## Timeline",
            "**action** took back the index settings (Kim)",
            "## Root cause",
            "the new index settings fill the heap (confirmed",
            "## Actions taken",
            "closed the search API for crawlers at the firewall",
            "## Resolution",
            "searches in all countries for 20 minutes",
            "## What can be improved",
            "Alert on the heap of the search nodes",
            "## Changes to the runbook",
            "Empty the caches of each country (added",
        ],
    )
    def test_the_report_has_timeline_cause_actions_resolution_and_what_to_improve(
        self, day: Afternoon, words: str
    ) -> None:
        assert words in day.texts["report"]

    def test_the_list_itself_is_put_right(self, day: Afternoon) -> None:
        has(day.texts["redline"], "added (open) in INC-1: Empty the caches of each country")
        [runbook] = [one for one in day.incident.followups.values() if one.kind == "runbook"]
        assert runbook.text == "The list lacks the caches of each country"

    def test_closed_wants_report_review_and_runbook_and_says_so(self, day: Afternoon) -> None:
        has(day.said["gates"], "The report is written", "The review was held", "The runbook was updated",
            "incident do close REASON")  # fmt: skip
        assert day.next["reviewed"] == "Before closing: The report is written"
        assert day.next["report written"] == "Before closing: The runbook was updated, or needs no change"
        assert day.next["all done"] == naming("close")
        assert (day.due["closed"], "NEXT" in day.seen["closed"]) == ({}, False)

    def test_how_the_plan_was_kept_is_told(self, day: Afternoon) -> None:
        has(day.texts["adherence"], f"| {SCHEDULE} |", f"| {CONTAINED} | Stakeholders |", "**late 2m**")
