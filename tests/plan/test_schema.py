from __future__ import annotations

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.schema import Cadence, Phase, Plan, Role, Severity, UpdateTemplate
from incident_cockpit.times.business_calendar import Within
from support.refusals import refuses

PLAN = Plan(
    id="house",
    name="House plan",
    about="For tests.",
    zone="UTC",
    command_role="ic",
    first_phase="investigating",
    severities=(
        Severity("SEV1", "Critical", "Everything is down.", ("Nobody can log in",), 1),
        Severity("SEV2", "Major", "A part is down.", (), 2),
    ),
    roles=(
        Role("ic", "Incident Commander", "IC", ("Decides",), many=False, required_at=("SEV1", "SEV2")),
        Role("tech", "Technical Lead", "TL", (), many=False, required_at=()),
        Role("comms", "Communications Lead", "Comms", (), many=False, required_at=()),
        Role("sme", "Subject Matter Expert", "SME", (), many=True, required_at=()),
    ),
    phases=(
        Phase("investigating", "Investigating", "Looking.", "acknowledged", "Investigating", live=True),
        Phase("resolved", "Resolved", "Over.", "resolved", "Resolved", live=False),
    ),
    cadences=(
        Cadence("internal", "Internal update", (("SEV1", 1800), ("SEV2", 3600))),
        Cadence("external", "External update", (("SEV1", 3600),)),
    ),
    templates=(
        UpdateTemplate("internal", None, "any"),
        UpdateTemplate("internal", "resolved", "over"),
    ),
    runbook=None,
)


def test_plan_is_stored_as_json_and_read_back() -> None:
    assert msgspec.json.decode(msgspec.json.encode(PLAN), type=Plan) == PLAN


@pytest.mark.parametrize(
    ("word", "found"),
    [("SEV1", "SEV1"), ("sev2", "SEV2"), ("1", "SEV1"), ("critical", "SEV1"), ("maj", "SEV2"), ("  Sev1 ", "SEV1")],
)
def test_severity_is_found_by_typed_word(word: str, found: str) -> None:
    assert PLAN.find_severity(word).id == found


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("ic", "ic"),
        ("TL", "tech"),
        ("comm", "comms"),
        ("incident", "ic"),
        ("technical lead", "tech"),
        ("communications  lead", "comms"),
        ("commander", "ic"),
        ("S", "sme"),
    ],
)
def test_role_is_found_by_id_short_name_or_prefix(word: str, found: str) -> None:
    assert PLAN.find_role(word).id == found


@pytest.mark.parametrize(
    ("word", "listed"),
    [
        ("lead", "tech (Technical Lead), comms (Communications Lead)"),
        ("boss", "ic (Incident Commander)"),
        ("  ", "sme (Subject Matter Expert)"),
    ],
)
def test_unknown_or_ambiguous_role_is_refused_with_choices(word: str, listed: str) -> None:
    with refuses("role") as refusal:
        PLAN.find_role(word)
    assert listed in refusal.value.what_to_do


def test_digit_finds_a_severity_by_its_whole_number() -> None:
    eleventh = replace(PLAN, severities=(Severity("SEV11", "Odd", "", (), 1),))
    with refuses("severity"):
        eleventh.find_severity("1")
    assert eleventh.find_severity("11").id == "SEV11"


def test_phase_and_audience_are_found_by_prefix() -> None:
    assert PLAN.find_phase("res").id == "resolved"
    assert PLAN.find_cadence("EXT").audience == "external"


@pytest.mark.parametrize("kind", ["severity", "role", "phase"])
def test_lookup_by_id_is_exact_and_lists_the_ids(kind: str) -> None:
    lookup = getattr(PLAN, kind)
    first = {"severity": "SEV1", "role": "ic", "phase": "investigating"}[kind]
    assert lookup(first).id == first
    with refuses(kind) as refusal:
        lookup("nope")
    assert first in refusal.value.what_to_do


def test_cadence_without_a_period_is_none() -> None:
    assert PLAN.cadence_seconds("internal", "SEV2") == 3600
    assert PLAN.cadence_seconds("external", "SEV2") is None
    assert PLAN.cadence_seconds("press", "SEV1") is None


def test_phase_template_comes_before_the_general_one() -> None:
    assert PLAN.template("internal", "resolved") == PLAN.templates[1]
    assert PLAN.template("internal", "investigating") == PLAN.templates[0]
    assert PLAN.template("external", "resolved") is None
    assert PLAN.template("internal", "nowhere") == PLAN.templates[0]


def test_later_phase_inherits_the_resolved_template() -> None:
    names = {"mitigated": True, "resolved": False, "closed": False, "archived": False}
    phases = tuple(replace(PLAN.phases[0], id=name, live=live) for name, live in names.items())
    general, mitigated, resolved = (UpdateTemplate("internal", name, "x") for name in (None, "mitigated", "resolved"))
    plan = replace(PLAN, phases=phases, templates=(general, mitigated, resolved))
    assert [plan.template("internal", name) for name in names] == [mitigated, resolved, resolved, resolved]
    # Of what goes on nothing is taken over: the harm is another one by then.
    plan = replace(PLAN, phases=phases, templates=(mitigated, general))
    assert [plan.template("internal", name) for name in names] == [mitigated, general, general, general]


@given(st.text(max_size=20))
def test_any_word_finds_a_role_or_is_refused(word: str) -> None:
    found: Role | None = None
    with suppress(Refused):
        found = PLAN.find_role(word)
    assert found is None or " ".join(word.split()).casefold() in f"{found.id} {found.short} {found.name}".casefold()


def test_rewording_a_deadline_leaves_it_the_same_duty() -> None:
    within = Within("2h of working time", working=7200)
    duty = Deadline("tell", DeadlineKind.NOTICE, "Tell them", "declared", within, "done tell")
    assert duty.is_same_duty(replace(duty, text="Notify them", within=replace(within, said="2h in business hours")))
    assert not duty.is_same_duty(replace(duty, within=replace(within, working=3600)))
    assert not duty.is_same_duty(replace(duty, start="resolved"))
