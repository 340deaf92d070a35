"""A response plan as JSON; scripts rely on these names, so they are added to and never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import json

from incident_cockpit.plan.deadlines import ClosingGate, Deadline
from incident_cockpit.plan.schema import Cadence, Phase, Plan, Role, Severity, review_due
from incident_cockpit.times.business_calendar import Within

Shape = dict[str, Any]


def plan(one: Plan) -> Shape:
    """Return a response plan without the texts of its templates and messages."""
    return {
        "id": one.id,
        "name": one.name,
        "about": one.about,
        "extends": one.extends or None,
        "zone": one.zone,
        "hours": {
            "days": list(one.hours.days),
            "opens": _clock(one.hours.opens),
            "closes": _clock(one.hours.closes),
            "holidays": list(one.hours.holidays),
        },
        "command_role": one.command_role,
        "first_phase": one.first_phase,
        "runbook": one.runbook,
        "severities": [_severity(each) for each in one.severities],
        "types": [_plain(each) for each in one.types],
        "detections": [_plain(each) for each in one.detections],
        "reporters": [_plain(each) for each in one.reporters],
        "triage": {
            "first": one.triage.first,
            "validate_seconds": one.triage.validate_within,
            "answer_seconds": one.triage.answer_within,
            "investigate_seconds": one.triage.investigate_within,
            "owner": one.triage.owner or None,
            "route": one.triage.route or None,
            "false_alarm_follow_up": one.triage.false_alarm_follow_up or None,
        },
        "roles": [_role(each) for each in one.roles],
        "phases": [_phase(each) for each in one.phases],
        "deadlines": [_deadline(each) for each in one.deadlines],
        "triggers": [_plain(each) for each in one.triggers],
        "audiences": [_cadence(each) for each in one.cadences],
        "progress_seconds": one.progress,
        "progress_at": list(one.progress_at),
        "channel": _plain(one.channel) if one.channel else None,
        "participants": [
            {"who": each.who, "within_seconds": each.within, "severities": list(each.severities)}
            for each in one.participants
        ],
        "messages": [{"id": each.id, "name": each.name} for each in one.messages],
        "confirmers": list(one.confirmers),
        "watch": {
            "seconds": one.watch.length,
            "every_seconds": one.watch.every,
            "checks": list(one.watch.checks),
        } if one.watch else None,
        "closing": [_gate(each) for each in one.closing],
        "postmortem": _plain(one.postmortem),
        "review": _plain(one.review),
        "follow_up_kinds": list(one.follow_up_kinds),
        "jargon": list(one.jargon),
        "targets": [_plain(each) for each in one.targets],
        "contacts": [_plain(each) for each in one.contacts],
        "systems": [
            {"name": each.name, "owner": each.owner or None, "resources": [_plain(page) for page in each.resources]}
            for each in one.systems
        ],
        "upkeep": {**_plain(one.upkeep), "due": str(due) if (due := review_due(one.upkeep)) else None},
    }  # fmt: skip


def _plain(value: Any) -> Shape:
    """Return a value that JSON holds under the names it has here, without words where it has none."""
    made: Mapping[str, object] = json.decode(json.encode(value))
    return {name: None if held == "" else held for name, held in made.items()}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _within(one: Within | None) -> Shape | None:
    if one is None:
        return None
    return {"said": one.said, "seconds": one.seconds, "business_seconds": one.working, "business_days": one.days}


def _severity(one: Severity) -> Shape:
    return {
        "id": one.id,
        "name": one.name,
        "means": one.means,
        "criteria": list(one.criteria),
        "respond": _within(one.respond),
        "escalate": _within(one.escalate),
        "tell": list(one.tell),
        "round_the_clock": one.round_the_clock,
        "notes": list(one.notes),
    }


def _role(one: Role) -> Shape:
    return {
        "id": one.id,
        "name": one.name,
        "short": one.short,
        "duties": list(one.duties),
        "many": one.many,
        "required_at": list(one.required_at),
        "criteria": list(one.criteria),
    }


def _phase(one: Phase) -> Shape:
    return {
        "id": one.id,
        "name": one.name,
        "means": one.means,
        "milestone": one.milestone,
        "public": one.public,
        "live": one.live,
        "checklist": list(one.checklist),
    }


def _cadence(one: Cadence) -> Shape:
    return {
        "id": one.audience,
        "name": one.name,
        "every_seconds": dict(one.seconds),
        "first_seconds": dict(one.first),
        "from": one.start,
        "until": one.until,
        "inside": one.inside,
        "route": one.route or None,
        "guide": list(one.guide),
        "format": one.format,
    }


def _deadline(one: Deadline) -> Shape:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "text": one.text,
        "from": one.start,
        "within": _within(one.within),
        "met_by": one.met_by,
        "severities": list(one.severities),
        "types": list(one.types),
        "who": one.who or None,
        "route": one.route or None,
        "contains": list(one.contains),
        "message": one.message or None,
        "optional": one.optional,
    }


def _gate(one: ClosingGate) -> Shape:
    return {"id": one.id, "text": one.text, "met_by": one.met_by, "severities": list(one.severities)}


def listed(name: str, file: str, chosen: bool, made: Plan | None, errors: Sequence[str]) -> Shape:
    """Return one line of the list of plans; a plan that is wrong has errors and nothing of its own."""
    return {
        "name": name,
        "file": file,
        "chosen": chosen,
        "title": made.name if made else None,
        "extends": (made.extends or None) if made else None,
        "errors": list(errors),
    }
