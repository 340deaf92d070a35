from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec.structs import replace

from incident_cockpit.documents.breach_record import BREACH_RECORD
from incident_cockpit.documents.messages import available_messages, compose_message
from incident_cockpit.documents.postmortem import POSTMORTEM
from incident_cockpit.documents.render import is_internal
from incident_cockpit.documents.situation import SITUATION
from incident_cockpit.documents.update import check_update, compose_update
from incident_cockpit.plan.schema import Cadence, Plan, UpdateTemplate
from support.builders import Story, default_plan
from support.reported_incidents import declared, reported

PARIS = ZoneInfo("Europe/Paris")
TELLING = UpdateTemplate("executives", None, "{{ title }} {{ commander }} {{ channel }} {{ cause }} {{ workaround }}")


def plan_with(inside: bool | None, audience: str = "executives") -> Plan:
    cadence = Cadence(audience, "Update", (("SEV1", 1800),), inside=inside, guide=("Numbers, not adjectives",))
    return replace(default_plan(), cadences=(cadence,), templates=(replace(TELLING, audience=audience),))


def test_the_plan_says_who_is_inside_and_the_name_where_it_does_not() -> None:
    assert is_internal(plan_with(True), "executives")
    assert not is_internal(plan_with(None), "executives")
    assert is_internal(plan_with(None, "Internal board"), "Internal board")
    assert not is_internal(plan_with(False, "internal"), "internal")
    assert not is_internal(plan_with(None), "nobody the plan knows")


def test_internal_audience_gets_names() -> None:
    story = Story().declare("Checkout is down", "SEV1", plan=plan_with(True))
    assert "Ana" in compose_update(story.record, "executives", story.now, PARIS).text
    assert not [each for each in check_update("Ana did it", story.incident, "executives") if "Ana" in each]
    story = Story().declare("Checkout is down", "SEV1", plan=plan_with(False))
    assert compose_update(story.record, "executives", story.now, PARIS).text.split() == ["Checkout", "is", "down"]
    assert "Ana" in check_update("Ana did it", story.incident, "executives")[0]


def test_guide_of_the_plan_is_no_warning() -> None:
    story = Story().declare("Checkout is down", "SEV1", plan=plan_with(True))
    story.do("impact", impact="all")
    composed = compose_update(story.record, "executives", story.now, PARIS)
    assert composed.guide == ("Numbers, not adjectives",)
    # The template of this plan has no time of the next update, which is the one warning.
    [warning] = composed.warnings
    assert "Next update" in warning


def test_workaround_reaches_outside_only_if_it_is_labelled() -> None:
    story = Story().declare("Checkout is down", "SEV1", plan=plan_with(False))
    story.do("finding", text="There is a workaround: flag pay_v2 off, ask Raj")
    assert "flag" not in compose_update(story.record, "executives", story.now, PARIS).text
    story.do("note", text="Workaround: pay by invoice")
    story.do("note", text="workaround:  pay by bank transfer")
    assert compose_update(story.record, "executives", story.now, PARIS).text.endswith("pay by bank transfer")


def test_report_in_triage_has_updates_too() -> None:
    story = reported()
    inside = compose_update(story.record, "internal", story.now, PARIS)
    assert "INC-7 Checkout is slow" in inside.text.splitlines()[0]
    outside = compose_update(story.record, "external", story.now, PARIS)
    assert "Investigating" in outside.text.splitlines()[0]


def test_stars_that_open_no_bold_stay_without_a_severity() -> None:
    plan = replace(
        default_plan(), templates=(UpdateTemplate("internal", None, "* one\n*{{ severity }} two*\n( a *b*"),)
    )
    story = reported(plan)
    assert compose_update(story.record, "internal", story.now, PARIS, "text").text == "* one\ntwo\n(a b"


def test_severity_or_phase_that_a_newer_plan_dropped_breaks_no_text() -> None:
    story = declared()
    story.do("phase", phase="identified")
    story.do("phase", phase="monitoring")
    story.do("severity", severity="SEV2", reason="less")
    plan = story.incident.plan
    phases = [phase for phase in plan.phases if phase.id not in ("investigating", "identified")]
    newer = replace(
        plan,
        severities=tuple(severity for severity in plan.severities if severity.id != "SEV1"),
        phases=tuple(phases),
        first_phase="monitoring",
        roles=tuple(role for role in plan.roles if role.id in ("ic", "tech")),
        name="Newer",
    )
    story.do("adopt-plan", plan=newer)
    text = POSTMORTEM.text(story.record, story.now, PARIS)
    assert "SEV1 from" in text
    assert "| investigating |" in text
    assert SITUATION.text(story.record, story.now, PARIS)
    assert BREACH_RECORD.text(story.record, story.now, PARIS)
    for message, _ in available_messages(story.record):
        assert compose_message(story.record, message, story.now, PARIS).text
    for cadence in newer.cadences:
        assert compose_update(story.record, cadence.audience, story.now, PARIS).text
