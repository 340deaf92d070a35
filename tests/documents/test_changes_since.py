"""What changed since the last update to the same readers, and the loop in the variables of templates."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from incident_cockpit.documents.changes_since import last_update_seq
from incident_cockpit.documents.render import StatusText, render
from incident_cockpit.documents.update import compose_update
from incident_cockpit.documents.variables import variables
from incident_cockpit.plan.schema import Plan, System, UpdateTemplate
from support.builders import RUNBOOK, Story, default_plan, full_plan

UTC = ZoneInfo("UTC")


def facts(story: Story, audience: str = "internal") -> dict[str, Any]:
    return variables(story.record, audience, story.now, UTC)


def changes(story: Story, audience: str = "internal") -> list[str]:
    return [one["text"] for one in facts(story, audience)["changes"]]


def sent(story: Story, audience: str = "internal") -> None:
    story.do("sent", audience=audience, route="file", text="told")


def with_systems(*names: str) -> Plan:
    return replace(default_plan(), systems=tuple(System(name) for name in names))


@pytest.fixture
def story() -> Story:
    return Story().declare()


class TestChanges:
    def test_how_it_began_is_no_change(self, story: Story) -> None:
        story.do("impact", impact="8% of payments fail")
        assert changes(story) == []

    def test_what_was_raised_before_the_first_update_is_one(self, story: Story) -> None:
        story.do("severity", severity="SEV1", reason="all payments fail")
        assert changes(story) == []
        sent(story)
        story.do("severity", severity="SEV3", reason="only one shop")
        assert changes(story) == ["SEV1 → SEV3: only one shop"]

    def test_each_thing_is_told_once_as_it_stands(self, story: Story) -> None:
        story.do("impact", impact="8% of payments fail")
        story.do("system", system="checkout", health="major")
        sent(story)
        story.do("impact", impact="12% of payments fail")
        story.do("impact", impact="1% of payments fail")
        story.do("severity", severity="SEV1", reason="worse")
        story.do("severity", severity="SEV3", reason="better")
        story.do("system", system="checkout", health="degraded", note="one region")
        story.do("system", system="checkout", health="restored", note="all regions")
        story.do("phase", phase="monitoring", reason="rolled back")
        assert changes(story) == [
            "Impact changed, before: 8% of payments fail",
            "SEV2 → SEV3: better",
            "checkout: restored (all regions), was major outage",
            "Now Monitoring: rolled back",
        ]

    def test_what_is_again_as_it_was_told_is_no_change(self, story: Story) -> None:
        story.do("impact", impact="8%")
        sent(story)
        story.do("severity", severity="SEV1", reason="worse")
        story.do("severity", severity="SEV2", reason="a mistake")
        story.do("impact", impact="9%")
        story.do("impact", impact="8%")
        story.do("phase", phase="monitoring")
        story.do("phase", phase="investigating")
        assert changes(story) == []

    def test_an_effect_stands_beside_its_action_or_alone_where_that_was_told(self, story: Story) -> None:
        story.do("action", text="Rolled back 4512")
        story.do("effect", action="Rolled", verdict="helped", found="8% to 1%")
        assert changes(story) == ["Rolled back 4512: helped, 8% to 1%"]
        sent(story)
        assert changes(story) == []
        story.do("effect", action="Rolled", verdict="no change")
        story.do("action", text="Restarted")
        assert changes(story) == ["Rolled back 4512: no change", "Restarted"]

    def test_a_reversed_decision_is_never_told_as_standing(self, story: Story) -> None:
        story.do("decide", text="Fail over", why="the disk is full")
        assert changes(story) == ["Decided: Fail over, because the disk is full"]
        story.do("reverse", decision="Fail", reason="the replica lags")
        assert changes(story) == []
        assert facts(story)["decisions"] == []
        story.do("decision", text="Roll back")
        sent(story)
        story.do("reverse", decision="Roll", reason="it was not the deploy")
        assert changes(story) == ["No longer: Roll back (it was not the deploy)"]

    def test_what_was_learned_is_told(self, story: Story) -> None:
        story.do("ask", who="Raj", text="replica lag?")
        story.do("hypothesis", text="DNS")
        story.do("need", text="access to the gateway")
        story.do("handoff", who="Kim")
        sent(story)
        story.do("answer", ask="Raj", answer="3 s")
        story.do("rule-out", hypothesis="DNS", found="resolves everywhere")
        story.do("need-met", need="access", who="Lee")
        story.do("take-command", by="Kim", although="Ana leaves")
        assert changes(story) == [
            "Raj: replica lag? → 3 s",
            "Ruled out: DNS (resolves everywhere)",
            "No longer lacking: access to the gateway",
            "Kim took command from Ana",
        ]

    def test_what_was_taken_back_is_no_news(self, story: Story) -> None:
        sent(story)
        story.do("action", text="mistyped")
        story.do("undo")
        assert changes(story) == []

    def test_each_audience_has_its_own(self, story: Story) -> None:
        story.do("action", text="Restarted")
        sent(story, "external")
        assert changes(story) == ["Restarted"]
        sent(story)
        assert changes(story) == []

    def test_it_stays_short_and_keeps_what_matters(self, story: Story) -> None:
        story = Story().declare(runbook=RUNBOOK)
        sent(story)
        story.do("severity", severity="SEV1", reason="worse")
        story.do("decision", text="Roll back")
        for number in range(4):
            story.do("action", text=f"Deed {number}")
        for number in range(1, 6):
            story.do("answer-step", step=f"s{number}", answer="yes")
        for number in range(4, 8):
            story.do("action", text=f"Deed {number}")
        assert changes(story) == ["SEV2 → SEV1: worse", "Decided: Roll back", *(f"Deed {one}" for one in range(2, 8))]

    def test_readers_outside_learn_of_status_and_of_systems_that_the_plan_knows(self) -> None:
        story = Story().declare(plan=with_systems("Checkout"))
        sent(story, "external")
        story.do("impact", impact="8% of payments")
        story.do("severity", severity="SEV1", reason="Ana said so")
        story.do("phase", phase="identified", reason="Raj found it")
        story.do("system", system="checkout", health="degraded", note="ask Raj")
        story.do("system", system="db-3", health="major outage")
        story.do("action", text="Rolled back")
        assert changes(story, "external") == ["Identified", "checkout: degraded"]

    def test_a_phase_with_the_same_word_for_the_public_is_none_to_them(self) -> None:
        plan = default_plan()
        same = replace(plan, phases=tuple(replace(one, public="Investigating") for one in plan.phases))
        story = Story().declare(plan=same)
        sent(story, "external")
        story.do("phase", phase="monitoring")
        assert changes(story, "external") == []


class TestBuiltInTexts:
    def written(self, story: Story, audience: str = "internal") -> str:
        return compose_update(story.record, audience, story.now, UTC).text

    def plan(self, *templates: UpdateTemplate) -> Plan:
        return replace(default_plan(), templates=templates)

    def test_the_first_says_what_was_done_so_far_and_later_ones_what_is_new(self) -> None:
        story = Story().declare(plan=self.plan())
        story.do("action", text="Restarted")
        story.do("system", system="checkout", health="degraded")
        text = self.written(story)
        assert "*Systems:* checkout\n*So far:*\n- 14:01 UTC Restarted\n- 14:02 UTC checkout: degraded" in text
        sent(story)
        assert "\nNothing has changed since update 1.\n" in self.written(story)
        story.do("need", text="access")
        story.do("decision", text="Roll back")
        text = self.written(story)
        assert "*Since update 1:*\n- 14:05 UTC Decided: Roll back\n" in text
        assert "*We need:*\n- access (for 1 minute)" in text

    def test_outside_the_workaround_stands_in_it(self) -> None:
        story = Story().declare(plan=self.plan())
        story.do("note", text="Workaround: pay by invoice")
        assert "What you can do meanwhile: pay by invoice" in self.written(story, "external")

    def test_every_fact_of_the_loop_can_be_named_by_a_template(self) -> None:
        text = (
            "{% for one in actions %}{{ one.text }}: {{ one.effect }}\n{% endfor %}"
            "{% for one in decisions %}{{ one.text }}: {{ one.why }}, {{ one.risk }}\n{% endfor %}"
            "{% for one in systems %}{{ one }}: {{ one.status }}\n{% endfor %}"
            '{{ systems | join(", ") | upper }} {{ systems | sort | first }} {{ systems | length }}\n'
            "{% for one in hypotheses %}{{ one.text }}: {{ one.found }}\n{% endfor %}"
            "{{ highest }}"
        )
        story = Story().declare(plan=self.plan(UpdateTemplate("internal", None, text)))
        story.do("action", text="Rolled back")
        story.do("effect", action="Rolled", verdict="helped", found="8% to 1%")
        story.do("decide", text="Wait", why="it falls", risk="it may rise")
        story.do("system", system="search", health="degraded")
        story.do("system", system="checkout", health="major")
        story.do("hypothesis", text="DNS")
        story.do("rule-out", hypothesis="DNS", found="resolves")
        story.do("impact", impact="8% of payments")
        story.do("impact", impact="1% of payments")
        assert self.written(story) == (
            "Rolled back: helped, 8% to 1%\nWait: it falls, it may rise\n"
            "checkout: major outage\nsearch: degraded\nCHECKOUT, SEARCH checkout 2\n"
            "DNS: resolves\n8% of payments at 14:08 UTC"
        )


class TestSystems:
    def test_what_is_well_again_is_not_affected_though_it_is_named(self) -> None:
        story = Story().declare("Checkout is down", plan=with_systems("Checkout", "Search"))
        assert facts(story)["systems"] == ["Checkout"]
        story.do("system", system="checkout", health="degraded")
        [one] = facts(story)["systems"]
        assert (one, one.status) == ("checkout", "degraded")
        story.do("system", system="checkout", health="restored")
        assert facts(story)["systems"] == []

    def test_outside_only_systems_of_the_plan_are_named(self) -> None:
        story = Story().declare("Checkout is down", plan=with_systems("Checkout"))
        story.do("system", system="db-3", health="major")
        story.do("system", system="checkout", health="partial")
        [one] = facts(story, "external")["systems"]
        assert (one, one.status) == ("checkout", "partial outage")
        assert facts(story)["systems"] == ["db-3", "checkout"]

    def test_a_restricted_incident_names_none_outside(self) -> None:
        story = Story().declare("Checkout is down", "SEV1", plan=full_plan())
        story.do("system", system="Checkout", health="major")
        story.do("restrict", codename="Heron")
        assert facts(story, "external")["systems"] == []
        sent(story, "external")
        story.do("system", system="Checkout", health="degraded")
        assert changes(story, "external") == []


def test_people_s_words_are_made_safe_in_a_word_that_has_more_to_say() -> None:
    found = render("{{ systems[0] }} {{ systems[0].status }}", {"systems": [StatusText("a", "b")]}, "test", str.upper)
    assert found == "A B"


def test_needs_stand_with_their_age_before_asks_and_roles(story: Story) -> None:
    story.do("need", text="access to the gateway")
    story.do("ask", who="Raj", within="10m", text="lag?", after="25m")
    needs = facts(story)["needs"]
    assert needs[:2] == ["access to the gateway (for 25 minutes)", "Raj: lag? (by 14:36 UTC)"]
    assert facts(story, "external")["needs"] == []


def test_the_last_update_is_the_last_that_stands(story: Story) -> None:
    sent(story)
    first = last_update_seq(story.record, "internal")
    sent(story)
    story.do("undo")
    assert (last_update_seq(story.record, "internal"), last_update_seq(story.record, "external")) == (first, 0)
