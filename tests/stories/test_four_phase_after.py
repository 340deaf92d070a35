"""Seed 004 carried out after the all-clear: the postmortem, its actions, people and the plan itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from support.naming import naming
from support.stories.bridge import Bridge
from support.stories.four_phase import Checkout
from support.stories.telling import has, meeting

SCHEDULE = "Schedule the postmortem"


def declare(bridge: Bridge, severity: str) -> None:
    bridge.run("declare", "Checkout fails", "--severity", severity, "--plan", "four-phase")


class TestScheduling:
    """Seed 004, postmortem process: who holds one, by when, with whom, how long."""

    def test_it_is_to_be_scheduled_within_two_business_days_over_the_weekend(self, checkout: Checkout) -> None:
        tuesday_evening = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
        minutes = (tuesday_evening - checkout.milestone("resolved")) // timedelta(minutes=1)
        assert checkout.due["all clear"][SCHEDULE] == f"in {minutes}m"
        assert checkout.due["Monday"][SCHEDULE] == f"in {31 * 60}m"
        assert SCHEDULE not in checkout.due["scheduled"]

    @pytest.mark.parametrize("severity", ["Sev3", "Sev4"])
    def test_below_it_is_an_offer(self, bridge: Bridge, severity: str) -> None:
        declare(bridge, severity)
        bridge.do("resolve", "it works")
        offer = "Schedule a postmortem, if useful"
        assert offer in bridge.due()
        bridge.do("waive", offer, "a typo, nothing to learn")
        assert offer not in bridge.due()
        bridge.do("close")

    @pytest.mark.parametrize("severity", ["Sev1", "Sev2"])
    def test_the_grave_ones_are_not_closed_without(self, bridge: Bridge, severity: str) -> None:
        declare(bridge, severity)
        bridge.do("resolve", "it works")
        has(bridge.refused("do", "close"), "The postmortem was held", "The postmortem is written")

    def test_everybody_who_played_a_part_is_invited_for_an_hour_and_a_half(self, checkout: Checkout) -> None:
        event = meeting(checkout.texts["invitation"])
        assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=90)
        has(str(event["DESCRIPTION"]), "Ana", "Bo", "Raj", "Mio", "Lee", "Kim", "Tom",
            "All key participants", "Five whys: look past the symptom")  # fmt: skip

    def test_it_ends_with_everything_done(self, checkout: Checkout) -> None:
        assert checkout.next["held"].startswith("Before closing: The postmortem is written")
        assert checkout.next["written"] == naming("close")
        assert (checkout.due["closed"], checkout.next["closed"]) == ({}, "")


class TestDocument:
    """Seed 004, the document, root cause analysis and corrective actions."""

    @pytest.mark.parametrize(
        ("section", "belongs"),
        [
            (
                "Incident Summary",
                "date, time and duration; severity; systems affected; customer impact; responders",
            ),
            ("Timeline", "time and method of detection; key events; mitigations and their outcome; time of resolution"),
            ("Root Cause Analysis", "primary causes; contributing factors; trigger"),
            ("What Went Well", "detection; mitigation; teamwork"),
            ("What Went Poorly", "late detection or response; failed attempts; communication"),
            ("Corrective Actions", "specific items, each with owner, due date and success criterion"),
            ("Lessons Learned", "new insights; implications beyond this system"),
        ],
    )
    def test_seven_sections_say_what_belongs_into_them(self, checkout: Checkout, section: str, belongs: str) -> None:
        part = checkout.texts["postmortem"].partition(f"\n## {section}\n")[2].partition("\n## ")[0]
        assert belongs in part

    @pytest.mark.parametrize(
        "fact",
        [
            "2026-11-20 14:50 UTC",
            "2026-11-20 16:52 UTC",
            "2 hours 2 minutes",
            "Sev2 from 2026-11-20 15:00 UTC: one card payment in three fails",
            "Ana, Raj, Mio, Lee, Kim, Tom, Bo.",
            "| Monitoring alert |",
            "| Detected | 2026-11-20 14:52 UTC |",
            "**action** rolled back release 4512 (Raj)",
            "release 4512 dropped a column (confirmed 2026-11-20",
            "2m after",
        ],
    )
    def test_the_record_fills_what_it_knows(self, checkout: Checkout, fact: str) -> None:
        assert fact in checkout.texts["postmortem"]

    @pytest.mark.parametrize(
        "principle",
        [
            # Without blame
            "No blame: look at systems and processes, not at people",
            "Everyone acted with good intentions, on what they knew at the time",
            "Understand, do not judge",
            # Five whys
            "Five whys",
            "Look past the symptoms for the underlying causes",
            "Name both technical and organisational causes",
            # Contributing factors
            "Name every contributing factor, not only the last",
            "Look at technology, process and people",
            "Look for patterns across incidents",
            # Corrective actions
            "A corrective action is specific: its result can be shown",
            "A corrective action is measurable: its success can be checked",
            "A corrective action is assigned to one owner",
            "A corrective action is realistic: people and resources are available",
            "A corrective action has a due date",
        ],
    )
    def test_it_says_in_which_spirit_it_is_written(self, checkout: Checkout, principle: str) -> None:
        assert f"- {principle}" in checkout.texts["postmortem"]

    def test_why_is_asked_five_times(self, checkout: Checkout) -> None:
        lines = checkout.texts["postmortem"].splitlines()
        questions = [line for line in lines if re.match(r"(?:[1-5]\.|-) .*\bWhy\b", line)]
        assert len(questions) == 5

    def test_corrective_actions_have_owner_date_criterion_and_category(self, checkout: Checkout) -> None:
        [row] = [line for line in checkout.texts["postmortem"].splitlines() if line.startswith("| Check migrations")]
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells == ["Check migrations against the gateway's schema", "Kim", "2026-12-04", "not set", "technical",
                         "a missing column fails the build", "no"]  # fmt: skip

    def test_what_an_action_lacks_is_named(self, checkout: Checkout) -> None:
        assert "wner of the follow-up “Alert on rejects”." in checkout.texts["postmortem"]

    @pytest.mark.parametrize("kind", ["technical", "process", "monitoring", "training", "automation"])
    def test_there_are_five_categories(self, bridge: Bridge, kind: str) -> None:
        declare(bridge, "Sev2")
        bridge.run("do", "follow-up", "Do better")
        bridge.run("do", "follow-up-kind", "Do better", kind)
        assert f"follow-up: Do better  type: {kind}" in bridge.timeline()

    def test_another_category_is_answered_with_those_there_are(self, bridge: Bridge) -> None:
        declare(bridge, "Sev2")
        bridge.run("do", "follow-up", "Do better")
        assert "luck" in bridge.refused("do", "follow-up-kind", "Do better", "luck")


class TestPeople:
    """Seed 004, incident response roles."""

    @pytest.mark.parametrize(
        "duty",
        [
            # Incident commander, with what to look for
            "Coordinates the whole response", "Enables communication between responders", "Makes the key decisions",
            "Ensures that no task is missed",
            "Communicates clearly", "Stays calm", "Decides on partial information", "Knows this process",
            # Technical lead
            "Leads the technical investigation", "Coordinates the technical fix",
            "Explains the technical facts to the commander",
            # Communications lead
            "Writes and sends external communication", "Keeps the status page up to date",
            "Works with customer support", "Keeps stakeholders informed",
            # Subject matter experts
            "Domain expert for the affected system", "Carries out technical fixes",
            "Names what else could be affected",
            # Scribe
            "Keeps the timeline in real time", "Takes notes on calls", "Collects evidence for the postmortem",
        ],
    )  # fmt: skip
    def test_each_role_has_its_duties(self, checkout: Checkout, duty: str) -> None:
        assert duty in " ".join(checkout.texts["plan"].split())

    def test_roles_that_are_required_are_asked_for_once_and_then_no_more(self, checkout: Checkout) -> None:
        assert checkout.next["declared"] == naming("Technical Lead and Communications Lead", "Sev2")
        assert checkout.next["roles given"] == naming("impact")

    def test_several_experts_and_a_scribe_are_there(self, checkout: Checkout) -> None:
        held = {role: [one.who for one in holders] for role, holders in checkout.incident.roles.items()}
        assert held == {"ic": ["Bo"], "tech": ["Raj"], "comms": ["Mio"], "scribe": ["Lee"], "sme": ["Kim", "Tom"]}


class TestThePlanItself:
    """Seed 004, introduction, tools, training, and continuous improvement."""

    @pytest.mark.parametrize(
        "words",
        [
            # What it is for
            "Reduce the duration and the impact of incidents", "prevent their recurrence",
            "make systems more resilient", "build trust by open communication", "the same steps work for others",
            # Training
            "New colleagues: an overview of this process, hands-on practice with the tools, role training",
            "Every quarter: a refresher, a deep dive for one role, and a past incident as a case study",
            # Drills and game days
            "91 days", "Every quarter: a drill with a different failure, and people in new roles",
            "After each drill: what worked", "Game days: a complex failure in a production-like environment",
            "Game days: the scenario and the abort procedure are documented beforehand",
            "Game days: failures are injected under control, and findings are documented",
            # How it changes
            "Improve the plan by feedback", "Improve the plan by recurring patterns in incidents",
            "Improve the plan by industry practice", "Update the plan when the technology changes",
            "182 days",
        ],
    )  # fmt: skip
    def test_people_and_plan_are_looked_after(self, checkout: Checkout, words: str) -> None:
        assert words in " ".join(checkout.texts["plan"].split())

    @pytest.fixture
    def own(self, bridge: Bridge) -> Bridge:
        """A home with the organisation's own plan, which adds people and places and the day of its last review."""
        plans = bridge.home / "plans"
        plans.mkdir(parents=True)
        (plans / "ours.toml").write_text(
            """
id = "ours"
name = "Ours"
about = "Four phases, with our people and places."
extends = "four-phase"
[upkeep]
reviewed = "2026-05-01"
[channel]
call = "https://meet.shop.example/incident"
[[contacts]]
name = "Executives"
reach = "+00 000 0001"
mail = "executives@shop.example"
[[systems]]
name = "Checkout"
owner = "Payments"
resources = [
  { name = "Architecture diagram", url = "https://wiki.shop.example/checkout/architecture" },
  { name = "Dependencies", url = "https://wiki.shop.example/checkout/dependencies" },
]
[[systems]]
name = "Incident tools"
owner = "Platform"
resources = [
  { name = "Monitoring", url = "https://dashboards.shop.example" },
  { name = "Alerting guide", url = "https://wiki.shop.example/alerts" },
  { name = "Escalation policy and on-call rotation", url = "https://pager.shop.example" },
  { name = "Shared documents for incidents", url = "https://docs.shop.example/incidents" },
  { name = "Postmortems and their template", url = "https://wiki.shop.example/postmortems" },
]
"""
        )
        return bridge

    @pytest.mark.parametrize(
        "words",
        ["Architecture diagram", "Dependencies", "Monitoring", "Alerting guide",
         "Escalation policy and on-call rotation", "Shared documents for incidents", "Postmortems and their template",
         "Executives", "+00 000 0001"],
    )  # fmt: skip
    def test_tools_diagrams_and_contacts_have_their_place(self, own: Bridge, words: str) -> None:
        assert words in own.run("plan", "show", "ours").out

    def test_the_call_stands_in_the_first_message(self, own: Bridge) -> None:
        own.run("declare", "Checkout fails", "--severity", "Sev1", "--plan", "ours")
        assert "https://meet.shop.example/incident" in own.run("message", "declared").out

    def test_a_plan_that_nobody_went_through_for_half_a_year_says_so(self, own: Bridge) -> None:
        has(own.run("plan", "show", "ours").out, "2026-05-01", "2026-10-30")
