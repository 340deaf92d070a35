"""Incidents for the tests of what leaves: a report in each of its ends, a breach under a codename, a whole course."""

from __future__ import annotations

import pytest

from incident_cockpit.plan.loader import load_plan
from incident_cockpit.plan.schema import Plan
from incident_cockpit.resources import shipped
from support.builders import RUNBOOK, Story, full_plan

# Every plan that is shipped, by its name.
SHIPPED = {path.stem: load_plan(path) for path in sorted(shipped("sample_data", "plans").glob("*.toml"))}
each_plan = pytest.mark.parametrize("plan", SHIPPED.values(), ids=SHIPPED)

TITLE = "Customer records seen by strangers"
CODENAME = "Bluebird"


def reported(plan: Plan | None = None) -> Story:
    """Return a report that is looked at."""
    story = Story().report("Checkout is slow", plan=plan, who="Kim", via="support desk")
    story.do("finding", text="Latency is up since the release")
    return story


def dismissed(end: str, plan: Plan | None = None) -> Story:
    """Return a report that ended as false alarm, duplicate or not urgent."""
    story = reported(plan)
    match end:
        case "dismiss":
            story.do("dismiss", reason="The probe was renamed")
        case "duplicate":
            story.do("duplicate", of="INC-3", reason="The same database")
        case _:
            story.do("not-urgent", reason="Nobody waits for it")
    return story


def declared(plan: Plan | None = None) -> Story:
    """Return an incident of the worst severity, with everything in it that a message tells."""
    plan = plan or full_plan()
    story = Story().report("Checkout fails", plan=plan, who="Kim", via="support desk")
    story.do("declare", severity=plan.severities[0].id, why="Nobody can pay")
    do = story.do
    do("impact", impact="All card payments fail; @here | <b>wallets</b> too")
    do("risk", text="Orders are lost for good")
    do("finding", by="Raj", text="Checkout cannot reach the card gateway")
    do("action", by="Raj", text="Rollback started")
    do("decision", text="Roll back before the peak")
    do("note", text="Workaround: pay by invoice")
    do("ask", who="CTO", within="10m", text="Who decides about the vendor?")
    do("escalate", who="Kim", reason="the gateway is beyond us")
    do("hypothesis", text="Deploy 4512")
    return story


def over(plan: Plan | None = None) -> Story:
    """Return the same, resolved, with a review that is scheduled and work that is left."""
    story = declared(plan)
    do = story.do
    do("confirm", hypothesis="Deploy", evidence="gone since the rollback", after="20m")
    do("follow-up", text="Contract test for the gateway")
    do("follow-up-owner", follow_up="Contract", who="Raj")
    do("follow-up-priority", follow_up="Contract", priority="high")
    do("resolve", verified="Payments at baseline for 15 minutes")
    do("schedule-review", at="2026-11-23 10:00", where="Room 4")
    return story


def breached() -> Story:
    """Return a breach of personal data that goes by a codename."""
    story = Story().declare(TITLE, "SEV1", plan=full_plan(), runbook=RUNBOOK)
    do = story.do
    do("type", type="breach", after="5m")
    do("restrict", codename=CODENAME)
    do("milestone", name="aware", at="-3m")
    do("impact", impact="About 300 customers could be read by others")
    do("breach", field="nature", text=f"Strangers could read them: {TITLE.lower()}")
    do("breach", field="people", text="About 300 customers in the EU")
    do("breach", field="contact", text="Kim, data protection officer, privacy@shop.example")
    do("evidence", text="Log of the export job", where="vault 12")
    do("evidence-handed", evidence="Log of", who="Kim")
    do("note", text=f"Told legal: {TITLE}")
    do("action", by="Raj", text="Export job switched off")
    do("decision", text="The authority is told today")
    do("follow-up", text="Review the export job")
    do("schedule-review", at="2026-11-23 10:00", where="Room 4")
    return story
