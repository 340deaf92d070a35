"""Updates of the shipped plans: what is new, what each audience may know, numbers and times."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

import pytest

from incident_cockpit.documents.lint.claims import names_next_update
from incident_cockpit.documents.update import Composed, compose_update, field_ages
from incident_cockpit.plan.loader import load_plan
from incident_cockpit.plan.schema import Cadence
from incident_cockpit.resources import shipped
from support.builders import RUNBOOK, Story

UTC = ZoneInfo("UTC")
PLANS = ("default", "p0-p3", "four-phase")
WITH_AUDIENCES = [
    (name, cadence.audience)
    for name in PLANS
    for cadence in load_plan(shipped("sample_data", "plans", f"{name}.toml")).cadences
]
# Facts of the story for colleagues only.
INTERNAL = ("Ana", "Raj", "Kim", "4512", "DNS", "replica", "gateway", "Rollback", "Roll back")


@cache
def story_of(name: str, *, over: bool = False) -> Story:
    """Return an incident under a plan: update 1 was sent to all, and then an event of every kind happened."""
    plan = load_plan(shipped("sample_data", "plans", f"{name}.toml"))
    story = Story()
    do = story.do
    story.declare("Checkout is down", plan.severities[1].id, runbook=RUNBOOK, plan=plan, since="-10m")
    do("impact", impact="8% of card payments fail")
    do("assign", role=plan.roles[1].id, who="Raj")
    do("action", text="Old deed")
    for cadence in plan.cadences:
        do("sent", audience=cadence.audience, route="file", text="told", after="10s")
    do("severity", severity=plan.severities[0].id, reason="all EU payments")
    do("impact", impact="All card payments in the EU fail")
    do("hypothesis", text="bad deploy 4512")
    do("test", hypothesis="bad", who="Raj")
    do("hypothesis", text="DNS")
    do("rule-out", hypothesis="DNS", evidence="resolves")
    do("decide", text="Roll back 4512", why="errors began with it")
    do("action", text="Rollback started")
    do("answer-step", step="What can users not do", answer="Pay by card")
    do("ask", who="Kim", within="10m", text="replica lag?")
    do("need", text="access to the gateway")
    do("note", text="Workaround: pay by invoice")
    do("phase", phase=plan.phases[1].id, reason="Raj leads it")
    if over:
        do("resolve", verified="payments at baseline", after="20m")
    return story


def cadence(name: str, audience: str) -> Cadence:
    return story_of(name).incident.plan.find_cadence(audience)


def written(name: str, audience: str, target: str = "slack", *, over: bool = False) -> Composed:
    story = story_of(name, over=over)
    return compose_update(story.record, audience, story.now, UTC, target)


every_audience = pytest.mark.parametrize(("name", "audience"), WITH_AUDIENCES)


@pytest.mark.parametrize("name", PLANS)
def test_executives_and_support_are_audiences(name: str) -> None:
    assert cadence(name, "internal").inside is True
    assert cadence(name, "executive").inside is True
    assert cadence(name, "support").inside is False
    assert any(each.inside is False and each.seconds for each in story_of(name).incident.plan.cadences)


@every_audience
@pytest.mark.parametrize("over", [False, True], ids=["going on", "over"])
def test_generated_updates_have_no_warnings(name: str, audience: str, over: bool) -> None:
    for target in ("slack", cadence(name, audience).format):
        assert written(name, audience, target, over=over).warnings == ()


@pytest.mark.parametrize("name", PLANS)
def test_colleagues_get_everything_new_and_nothing_else(name: str) -> None:
    story, text = story_of(name), written(name, "internal").text
    worse, before = (story.incident.plan.severities[rank].id for rank in (0, 1))
    for new in (
        f"{before} → {worse}: all EU payments", ": 8% of card payments fail", "DNS (resolves)", ": Roll back 4512",
        "Rollback started", "Pay by card", "pdate 2", "bad deploy 4512 (testing)", "access to the gateway",
        "Kim: replica lag?",
    ):  # fmt: skip
        assert new in text
    assert "Old deed" not in text
    assert text.index("Rollback started") < text.index("bad deploy 4512 (testing)")


@pytest.mark.parametrize("name", PLANS)
def test_executives_get_status_impact_and_next_steps(name: str) -> None:
    story, text = story_of(name), written(name, "executive").text
    assert story.incident.phase is not None
    phase = story.incident.plan.phase_name(story.incident.phase.value)
    assert text.splitlines()[0].endswith(f": {phase}")
    for fact in (
        "pdate 2", ":* All card payments in the EU fail", "all EU payments", ": Roll back 4512", "Kim: replica lag?",
        "bad deploy 4512 (Raj)", "access to the gateway",
    ):  # fmt: skip
        assert fact in text
    # Technical actions are for colleagues.
    assert "Rollback started" not in text
    assert "Pay by card" not in text
    assert "replica lag" not in written(name, "executive", over=True).text


@every_audience
@pytest.mark.parametrize("over", [False, True], ids=["going on", "over"])
def test_readers_outside_get_the_public_status_and_the_impact(name: str, audience: str, over: bool) -> None:
    if cadence(name, audience).inside:
        return
    text = written(name, audience, over=over).text
    incident = story_of(name, over=over).incident
    public = next(each.public for each in incident.plan.phases if incident.phase and each.id == incident.phase.value)
    assert public == ("Resolved" if over else public)
    assert [fact for fact in INTERNAL if fact in text] == []
    assert incident.plan.severities[0].id not in text
    assert "Checkout is down" in text
    if not over:
        assert "All card payments in the EU fail" in text
    assert ("pay by invoice" in text) == (not over and audience != "social")


@every_audience
def test_promised_update_has_its_time_and_number(name: str, audience: str) -> None:
    update = written(name, audience)
    assert update.number == 2
    assert (update.next_due is not None) == bool(cadence(name, audience).seconds)
    if update.next_due is not None:
        assert f"{update.next_due:%H:%M} UTC" in update.text
        assert names_next_update(update.text)
    # A post, and a message to every customer, are no series.
    assert ("pdate 2" in update.text) == (audience not in ("social", "direct"))


@every_audience
def test_ages_of_the_fields_that_an_update_uses(name: str, audience: str) -> None:
    story = story_of(name)
    fields = [age.field for age in field_ages(story.record, audience, story.now, UTC)]
    assert fields[:2] == ["impact", "update"]
    assert ("hypotheses" in fields) == (audience == "internal")
    assert ("workaround" in fields) == (not cadence(name, audience).inside and audience != "social")
