from __future__ import annotations

from typing import Any

import pytest

from incident_cockpit.plan.loader import find_plan, load_plan
from incident_cockpit.plan.schema import UpdateTemplate
from incident_cockpit.plan.templates import environment
from incident_cockpit.resources import shipped
from support import shipped_plans
from support.golden import check_golden

PLAN = load_plan(find_plan("default", (shipped("sample_data", "plans"),)))

BUSY: dict[str, Any] = {
    **shipped_plans.BUSY,
    "severity": "SEV1",
    "severity_means": PLAN.severities[0].means,
    "phase": "Investigating",
    "public": "Investigating",
    "elapsed": "37m",
}
ALWAYS = ("title", "id", "severity", "severity_means", "phase", "public", "started", "elapsed", "number")
QUIET: dict[str, Any] = {name: value if name in ALWAYS else type(value)() for name, value in BUSY.items()}


def filled(template: UpdateTemplate, facts: dict[str, Any]) -> str:
    return environment().from_string(template.text).render(facts)


def test_default_plan_has_four_severities_worst_first() -> None:
    assert [(s.id, s.rank) for s in PLAN.severities] == [("SEV1", 1), ("SEV2", 2), ("SEV3", 3), ("SEV4", 4)]
    assert all(severity.criteria for severity in PLAN.severities)
    assert PLAN.find_severity("1").id == "SEV1"


def test_required_roles_grow_with_severity() -> None:
    required = {s.id: {r.id for r in PLAN.roles if s.id in r.required_at} for s in PLAN.severities}
    assert required == {"SEV1": {"ic", "tech", "comms"}, "SEV2": {"ic", "tech"}, "SEV3": {"ic"}, "SEV4": {"ic"}}


def test_phases_set_mitigated_resolved_and_closed_in_order() -> None:
    reached = [phase.milestone for phase in PLAN.phases if phase.milestone]
    assert reached == ["acknowledged", "mitigated", "resolved", "closed"]
    assert PLAN.phases[0].id == PLAN.first_phase


def test_update_cadence_grows_with_severity() -> None:
    internal = [PLAN.cadence_seconds("internal", s.id) for s in PLAN.severities]
    assert internal == [1800, 3600, 7200, None]
    assert [PLAN.cadence_seconds("external", s.id) for s in PLAN.severities] == [3600, 3600, None, None]


@pytest.mark.parametrize("facts", [BUSY, QUIET], ids=["busy", "quiet"])
@pytest.mark.parametrize("template", PLAN.templates, ids=lambda t: f"{t.audience}-{t.phase}")
def test_updates_are_short_and_start_with_the_incident(template: UpdateTemplate, facts: dict[str, Any]) -> None:
    text = filled(template, facts)
    lines = text.strip().splitlines()
    # The word for a severity says nothing to readers outside.
    ours = ("severity",) if PLAN.find_cadence(template.audience).inside else ()
    assert all(str(facts[key]) in lines[0] for key in (*ours, "id", "title", "phase"))
    assert ours or facts["severity"] not in text
    assert lines[0].count("*") == 2
    assert len(lines) <= 20
    assert all(line.strip() for line in lines)
    assert "**" not in text
    assert "[](" not in text
    assert "None" not in text


def test_internal_update_reads_well() -> None:
    check_golden("default-plan-internal-update.txt", filled(PLAN.templates[0], BUSY))


def test_resolved_update_names_only_a_confirmed_cause() -> None:
    resolved = PLAN.template("internal", "resolved")
    assert resolved is not None
    assert "*Cause:* deploy 4512\n" in filled(resolved, BUSY)
    assert "deploy 4512" not in filled(resolved, QUIET)
    assert "*Cause:* " in filled(resolved, QUIET)


@pytest.mark.parametrize("phase", PLAN.phases, ids=lambda p: p.id)
def test_external_updates_have_no_internals(phase: Any) -> None:
    template = PLAN.template("external", phase.id)
    assert template is not None
    text = filled(template, {**BUSY, "phase": phase.name, "public": phase.public})
    assert text.startswith(f"*{phase.public}: Checkout returns 500* (INC-7, update 2)\n")
    assert not any(inside in text for inside in ("Ana", "deploy", "Rollback", "database", "4512"))
    assert ("14:40 UTC" in text) == phase.live
