"""What the updates of the shipped plans tell each audience: what is new and what they may know, numbered, timed."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

import pytest

from incident_cockpit.documents.lint.promises import names_next_update
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
# What only colleagues may read of the story.
OURS = ("Ana", "Raj", "Kim", "4512", "DNS", "replica", "gateway", "Rollback", "Roll back")


@cache
def told(name: str, *, over: bool = False) -> Story:
    """Return an incident under a plan: update 1 went to all, and then something of every kind happened."""
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
    do("rule-out", hypothesis="DNS", found="resolves")
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
    return told(name).incident.plan.find_cadence(audience)


def written(name: str, audience: str, target: str = "slack", *, over: bool = False) -> Composed:
    story = told(name, over=over)
    return compose_update(story.record, audience, story.now, UTC, target)


every_audience = pytest.mark.parametrize(("name", "audience"), WITH_AUDIENCES)


@pytest.mark.parametrize("name", PLANS)
def test_executives_and_support_are_audiences_of_their_own(name: str) -> None:
    assert cadence(name, "internal").inside is True
    assert cadence(name, "executive").inside is True
    assert cadence(name, "support").inside is False
    assert any(one.inside is False and one.seconds for one in told(name).incident.plan.cadences)


@every_audience
@pytest.mark.parametrize("over", [False, True], ids=["going on", "over"])
def test_our_own_texts_need_no_second_look(name: str, audience: str, over: bool) -> None:
    for target in ("slack", cadence(name, audience).format):
        assert written(name, audience, target, over=over).warnings == ()


@pytest.mark.parametrize("name", PLANS)
def test_colleagues_read_all_that_is_new_and_nothing_else(name: str) -> None:
    story, text = told(name), written(name, "internal").text
    worse, before = (story.incident.plan.severities[at].id for at in (0, 1))
    for new in (
        f"{before} → {worse}: all EU payments", "Impact changed, before: 8% of card payments fail",
        "Ruled out: DNS (resolves)", "Decided: Roll back 4512", "Rollback started", "Now ", "Pay by card",
        "Since update 1:", "Update 2, ", "- bad deploy 4512 (testing)", "access to the gateway", "Kim: replica lag?",
    ):  # fmt: skip
        assert new in text
    assert "Old deed" not in text
    assert text.index("Since update 1:") < text.index("Possible causes")


@pytest.mark.parametrize("name", PLANS)
def test_executives_read_status_overview_and_next_steps(name: str) -> None:
    story, text = told(name), written(name, "executive").text
    assert story.incident.phase is not None
    phase = story.incident.plan.phase_name(story.incident.phase.value)
    assert text.splitlines()[0].endswith(f"*: {phase}")
    for said in (
        "Update 2, ", "*What it means:* All card payments in the EU fail", "all EU payments", "Decided: Roll back 4512",
        "*Next steps:* Kim: replica lag?", "find out whether it is bad deploy 4512 (Raj)",
        "*You can help with:* access to the gateway",
    ):  # fmt: skip
        assert said in text
    # What was done at machines is for colleagues.
    assert "Rollback started" not in text
    assert "Pay by card" not in text
    assert "Next steps" not in written(name, "executive", over=True).text


@every_audience
@pytest.mark.parametrize("over", [False, True], ids=["going on", "over"])
def test_readers_outside_get_the_public_word_and_what_is_certain(name: str, audience: str, over: bool) -> None:
    if cadence(name, audience).inside:
        return
    text = written(name, audience, over=over).text
    incident = told(name, over=over).incident
    public = next(one.public for one in incident.plan.phases if incident.phase and one.id == incident.phase.value)
    assert public == ("Resolved" if over else public)
    assert [word for word in OURS if word in text] == []
    assert incident.plan.severities[0].id not in text
    assert "Checkout is down" in text
    if not over:
        assert "All card payments in the EU fail" in text
    assert ("pay by invoice" in text) == (not over and audience != "social")


@every_audience
def test_whoever_is_promised_more_reads_when_and_the_count_goes_on(name: str, audience: str) -> None:
    made = written(name, audience)
    assert made.number == 2
    assert (made.next_due is not None) == bool(cadence(name, audience).seconds)
    if made.next_due is not None:
        assert f"{made.next_due:%H:%M} UTC" in made.text
        assert names_next_update(made.text)
    # A post, and what goes to every customer, is no series that anybody counts.
    assert ("pdate 2" in made.text) == (audience not in ("social", "direct"))


@every_audience
def test_it_says_how_old_it_is(name: str, audience: str) -> None:
    story = told(name)
    old = [one.field for one in field_ages(story.record, audience, story.now, UTC)]
    assert old[:2] == ["impact", "update"]
    assert ("hypotheses" in old) == (audience == "internal")
    assert ("workaround" in old) == (not cadence(name, audience).inside and audience != "social")
