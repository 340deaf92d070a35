"""What tests of the shipped plans share: the plans themselves, facts for their texts, and how to read their clocks."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from incident_cockpit.documents.render import StatusText, render
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.loader import find_plan, load_plan
from incident_cockpit.plan.schema import Plan
from incident_cockpit.resources import shipped

PLANS = shipped("sample_data", "plans")
RUNBOOKS = {path.stem for path in shipped("sample_data", "runbooks").glob("*.md")}

BUSY: dict[str, Any] = {
    "title": "Checkout returns 500",
    "id": "INC-7",
    "severity": "",
    "severity_means": "",
    "phase": "",
    "public": "",
    "impact": "card payments in the EU fail",
    "started": "14:00 UTC",
    "elapsed": "37 minutes",
    "commander": "Ana",
    "number": 2,
    "next_time": "14:40 UTC",
    "steps_done": "7/19",
    "highest": "12% of payments at 14:20 UTC",
    "changes": [{"time": "14:33", "text": "Rollback started: helped, 8% to 1%", "kind": "done"}],
    "actions": [{"time": "14:33", "text": "Rollback started", "effect": "helped, 8% to 1%"}],
    "decisions": [{"time": "14:31", "text": "Roll back 4512", "why": "errors began with it", "risk": "lost sessions"}],
    "hypotheses": [
        {"status": "ruled out", "text": "DNS", "found": "resolves everywhere"},
        {"status": "confirmed", "text": "deploy 4512", "found": "gone since the rollback"},
    ],
    "needs": ["a database expert"],
    "next_steps": ["Raj: replica lag (by 14:40 UTC)"],
    "channel": "inc-2026-11-21",
    "call": "https://meet.shop.example/inc",
    "risks": [{"time": "14:05", "text": "orders are lost"}],
    "findings": [{"time": "14:10", "text": "errors began with the release"}],
    "workaround": "pay by invoice",
    "cause": "deploy 4512",
    "why": "every third payment fails",
    "reason": "a probe was renamed",
    "reporter": "Kim",
    "reported_via": "support",
    "ping": ["Raj", "Mio"],
    "join": ["Raj"],
    "types": ["Service outage"],
    "systems": [StatusText("checkout", "degraded")],
    "codename": "",
    "verified": "five test payments went through",
    "review_at": "2026-11-23 10:00 UTC",
    "follow_ups": [{"text": "test the release", "owner": "Raj", "priority": "high", "due": "2026-12-01"}],
    "sections": ["What happened?"],
    "same_as": "INC-6",
    "detected_by": "Monitoring alert",
    "passed_over": [{"text": "The review was held", "reason": "nothing new to learn"}],
    "to": "Engineering manager",
    "asked": ["who can decide about the vendor"],
    "contains": [{"heading": "What happened", "text": "orders were lost"}],
    "speaker": "Ana",
    "roles": [{"role": "Incident Commander", "who": "Ana"}, {"role": "Technical Lead", "who": "Raj"}],
    "vacant": ["Scribe"],
    "asks": [{"who": "Raj", "text": "replica lag", "time": "14:40 UTC"}],
    "lacking": ["a database expert"],
    "proposal": {"text": "Roll back 4512", "why": "errors began with it", "risk": "lost sessions", "who": "Ana"},
    "incoming": "Kim",
    "outgoing": "Ana",
}
QUIET: dict[str, Any] = {
    name: value if name in ("title", "id", "started", "elapsed", "number") else type(value)()
    for name, value in BUSY.items()
}
# What only colleagues may read; the exporter withholds it from all others, so their texts must not lean on it.
INSIDE = ("Ana", "Raj", "Mio", "Kim", "deploy", "Rollback", "database", "4512", "DNS", "probe", "release")


@cache
def plan(name: str) -> Plan:
    return load_plan(find_plan(name, (PLANS,)))


@cache
def text(name: str) -> str:
    return (PLANS / f"{name}.toml").read_text(encoding="utf-8")


def switched_on(name: str) -> str:
    """Return a plan's text with the examples that are switched off in it."""
    return re.sub(r"^#(?=[^ #\n-])", "", text(name), flags=re.MULTILINE)


def deadline(name: str, deadline_id: str) -> Deadline:
    return next(one for one in plan(name).deadlines if one.id == deadline_id)


def asked(name: str, deadline_id: str) -> tuple[str, str, str]:
    """Return from when, within how long and by what a deadline is met."""
    one = deadline(name, deadline_id)
    return one.start, one.within.said, one.met_by


def rungs(name: str, severity: str) -> list[tuple[int | None, str]]:
    found = [
        one for one in plan(name).deadlines if one.kind is DeadlineKind.ESCALATION and one.severities == (severity,)
    ]
    return [(one.within.seconds, one.who or one.met_by) for one in found]


def gates(name: str) -> dict[str, str]:
    return {one.id: one.met_by for one in plan(name).closing}


def at_phase(one: Plan, facts: dict[str, Any], phase_id: str) -> dict[str, Any]:
    phase, severity = one.phase(phase_id), one.severities[0]
    where = {"phase": phase.name, "public": phase.public, "severity": severity.id, "severity_means": severity.means}
    return {**facts, **where}


def filled(one: Plan, source: str, facts: dict[str, Any], phase_id: str) -> list[str]:
    return render(source, at_phase(one, facts, phase_id), "text under test").splitlines()
