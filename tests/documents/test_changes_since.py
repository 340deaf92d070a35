"""Changes since the last update to an audience, and the loop in the variables of templates."""

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
    return [change["text"] for change in facts(story, audience)["changes"]]


def sent(story: Story, audience: str = "internal") -> None:
    story.do("sent", audience=audience, route="file", text="told")


def with_systems(*names: str) -> Plan:
    return replace(default_plan(), systems=tuple(System(name) for name in names))


@pytest.fixture
def story() -> Story:
    return Story().declare()


class TestChanges:
    def test_initial_state_is_no_change(self, story: Story) -> None:
        story.do("impact", impact="8% of payments fail")
        assert changes(story) == []

    def test_severity_is_compared_with_the_last_update(self, story: Story) -> None:
        story.do("severity", severity="SEV1", reason="all payments fail")
        assert changes(story) == []
        sent(story)
        story.do("severity", severity="SEV3", reason="only one shop")
        assert changes(story) == ["SEV1 → SEV3: only one shop"]

    def test_each_change_appears_once_as_it_is_now(self, story: Story) -> None:
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
        impact, severity, system, phase = changes(story)
        assert impact.endswith(": 8% of payments fail")
        assert severity == "SEV2 → SEV3: better"
        assert system == "checkout: restored (all regions), was major outage"
        assert phase.endswith("Monitoring: rolled back")

    def test_state_restored_since_the_update_is_no_change(self, story: Story) -> None:
        story.do("impact", impact="8%")
        sent(story)
        story.do("severity", severity="SEV1", reason="worse")
        story.do("severity", severity="SEV2", reason="a mistake")
        story.do("impact", impact="9%")
        story.do("impact", impact="8%")
        story.do("phase", phase="monitoring")
        story.do("phase", phase="investigating")
        assert changes(story) == []

    def test_outcome_is_beside_its_action_or_alone_if_that_was_sent(self, story: Story) -> None:
        story.do("action", text="Rolled back 4512")
        story.do("effect", action="Rolled", outcome="helped", evidence="8% to 1%")
        assert changes(story) == ["Rolled back 4512: helped, 8% to 1%"]
        sent(story)
        assert changes(story) == []
        story.do("effect", action="Rolled", outcome="no change")
        story.do("action", text="Restarted")
        assert changes(story) == ["Rolled back 4512: no change", "Restarted"]

    def test_reversed_decision_is_not_shown_as_valid(self, story: Story) -> None:
        story.do("decide", text="Fail over", why="the disk is full")
        assert changes(story) == ["Decision: Fail over, because the disk is full"]
        story.do("reverse", decision="Fail", reason="the replica lags")
        assert changes(story) == []
        assert facts(story)["decisions"] == []
        story.do("decision", text="Roll back")
        sent(story)
        story.do("reverse", decision="Roll", reason="it was not the deploy")
        [change] = changes(story)
        assert change.endswith(": Roll back (it was not the deploy)")

    def test_answers_causes_needs_and_handoffs_are_changes(self, story: Story) -> None:
        story.do("ask", who="Raj", text="replica lag?")
        story.do("hypothesis", text="DNS")
        story.do("need", text="access to the gateway")
        story.do("handoff", who="Kim")
        sent(story)
        story.do("answer", ask="Raj", answer="3 s")
        story.do("rule-out", hypothesis="DNS", evidence="resolves everywhere")
        story.do("need-met", need="access", who="Lee")
        story.do("take-command", by="Kim", reason="Ana leaves")
        answer, cause, need, command = changes(story)
        assert answer == "Raj: replica lag? → 3 s"
        assert cause == "Ruled out: DNS (resolves everywhere)"
        assert need.endswith(": access to the gateway")
        assert command == "Kim took command from Ana"

    def test_undone_action_is_no_change(self, story: Story) -> None:
        sent(story)
        story.do("action", text="mistyped")
        story.do("undo")
        assert changes(story) == []

    def test_each_audience_has_its_own_changes(self, story: Story) -> None:
        story.do("action", text="Restarted")
        sent(story, "external")
        assert changes(story) == ["Restarted"]
        sent(story)
        assert changes(story) == []

    def test_list_is_short_and_keeps_severity_and_decisions(self, story: Story) -> None:
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
        assert changes(story) == [
            "SEV2 → SEV1: worse",
            "Decision: Roll back",
            *(f"Deed {number}" for number in range(2, 8)),
        ]

    def test_external_changes_are_status_and_systems_of_the_plan(self) -> None:
        story = Story().declare(plan=with_systems("Checkout"))
        sent(story, "external")
        story.do("impact", impact="8% of payments")
        story.do("severity", severity="SEV1", reason="Ana said so")
        story.do("phase", phase="identified", reason="Raj found it")
        story.do("system", system="checkout", health="degraded", note="ask Raj")
        story.do("system", system="db-3", health="major outage")
        story.do("action", text="Rolled back")
        assert changes(story, "external") == ["Identified", "checkout: degraded"]

    def test_phase_with_the_same_public_status_is_no_external_change(self) -> None:
        plan = default_plan()
        same = replace(plan, phases=tuple(replace(phase, public="Investigating") for phase in plan.phases))
        story = Story().declare(plan=same)
        sent(story, "external")
        story.do("phase", phase="monitoring")
        assert changes(story, "external") == []


class TestDefaultTemplates:
    def written(self, story: Story, audience: str = "internal") -> str:
        return compose_update(story.record, audience, story.now, UTC).text

    def plan(self, *templates: UpdateTemplate) -> Plan:
        return replace(default_plan(), templates=templates)

    def test_first_update_has_all_changes_and_later_ones_the_new_ones(self) -> None:
        story = Story().declare(plan=self.plan())
        story.do("action", text="Restarted")
        story.do("system", system="checkout", health="degraded")
        text = self.written(story)
        assert ":* checkout\n" in text
        assert ":*\n- 14:01 UTC Restarted\n- 14:02 UTC checkout: degraded\n" in text
        sent(story)
        assert "Restarted" not in self.written(story)
        assert "update 1." in self.written(story)
        story.do("need", text="access")
        story.do("decision", text="Roll back")
        text = self.written(story)
        assert "update 1:*\n- 14:05 UTC Decision: Roll back\n" in text
        assert ":*\n- access (for 1 minute)" in text

    def test_external_update_has_the_workaround(self) -> None:
        story = Story().declare(plan=self.plan())
        story.do("note", text="Workaround: pay by invoice")
        assert ": pay by invoice\n" in self.written(story, "external")

    def test_templates_can_use_every_fact_of_the_loop(self) -> None:
        text = (
            "{% for action in actions %}{{ action.text }}: {{ action.effect }}\n{% endfor %}"
            "{% for each in decisions %}{{ each.text }}: {{ each.why }}, {{ each.risk }}\n{% endfor %}"
            "{% for system in systems %}{{ system }}: {{ system.status }}\n{% endfor %}"
            '{{ systems | join(", ") | upper }} {{ systems | sort | first }} {{ systems | length }}\n'
            "{% for cause in hypotheses %}{{ cause.text }}: {{ cause.found }}\n{% endfor %}"
            "{{ highest }}"
        )
        story = Story().declare(plan=self.plan(UpdateTemplate("internal", None, text)))
        story.do("action", text="Rolled back")
        story.do("effect", action="Rolled", outcome="helped", evidence="8% to 1%")
        story.do("decide", text="Wait", why="it falls", risk="it may rise")
        story.do("system", system="search", health="degraded")
        story.do("system", system="checkout", health="major")
        story.do("hypothesis", text="DNS")
        story.do("rule-out", hypothesis="DNS", evidence="resolves")
        story.do("impact", impact="8% of payments")
        story.do("impact", impact="1% of payments")
        assert self.written(story) == (
            "Rolled back: helped, 8% to 1%\nWait: it falls, it may rise\n"
            "checkout: major outage\nsearch: degraded\nCHECKOUT, SEARCH checkout 2\n"
            "DNS: resolves\n8% of payments at 14:08 UTC"
        )


class TestSystems:
    def test_restored_system_is_not_affected_though_the_title_names_it(self) -> None:
        story = Story().declare("Checkout is down", plan=with_systems("Checkout", "Search"))
        assert facts(story)["systems"] == ["Checkout"]
        story.do("system", system="checkout", health="degraded")
        [system] = facts(story)["systems"]
        assert (system, system.status) == ("checkout", "degraded")
        story.do("system", system="checkout", health="restored")
        assert facts(story)["systems"] == []

    def test_external_text_names_only_systems_of_the_plan(self) -> None:
        story = Story().declare("Checkout is down", plan=with_systems("Checkout"))
        story.do("system", system="db-3", health="major")
        story.do("system", system="checkout", health="partial")
        [system] = facts(story, "external")["systems"]
        assert (system, system.status) == ("checkout", "partial outage")
        assert facts(story)["systems"] == ["db-3", "checkout"]

    def test_restricted_incident_names_no_system_outside(self) -> None:
        story = Story().declare("Checkout is down", "SEV1", plan=full_plan())
        story.do("system", system="Checkout", health="major")
        story.do("restrict", codename="Heron")
        assert facts(story, "external")["systems"] == []
        sent(story, "external")
        story.do("system", system="Checkout", health="degraded")
        assert changes(story, "external") == []


def test_name_with_a_status_is_escaped() -> None:
    text = render("{{ systems[0] }} {{ systems[0].status }}", {"systems": [StatusText("a", "b")]}, "test", str.upper)
    assert text == "A B"


def test_needs_have_their_age_and_precede_asks(story: Story) -> None:
    story.do("need", text="access to the gateway")
    story.do("ask", who="Raj", within="10m", text="lag?", after="25m")
    needs = facts(story)["needs"]
    assert needs[:2] == ["access to the gateway (for 25 minutes)", "Raj: lag? (by 14:36 UTC)"]
    assert not facts(story, "external")["needs"]


def test_undone_update_is_not_the_last(story: Story) -> None:
    sent(story)
    first = last_update_seq(story.record, "internal")
    sent(story)
    story.do("undo")
    assert (last_update_seq(story.record, "internal"), last_update_seq(story.record, "external")) == (first, 0)
