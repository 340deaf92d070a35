"""A plan that uses every key there is, and how plain values are written as TOML."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from incident_cockpit.plan.declaration import KeyField, fields_of
from incident_cockpit.plan.tables import TABLES, TOP, table_at

FULL: dict[str, Any] = {
    "id": "whole",
    "name": "Whole plan",
    "about": "Uses every key.",
    "zone": "Europe/Paris",
    "command_role": "ic",
    "first_phase": "looking",
    "runbook": "outage",
    "progress_check": "30m",
    "progress_check_at": ["P0", "P1"],
    "confirmers": ["Support lead"],
    "follow_up_kinds": ["technical", "process"],
    "jargon": ["replica lag", "5xx"],
    "hours": {"days": ["mon", "tue", "fri"], "opens": "08:30", "closes": "18:00", "holidays": ["2026-12-25"]},
    "severities": [
        {
            "id": "P0",
            "name": "Worst",
            "means": "All is down.",
            "criteria": ["Nobody can pay"],
            "respond": "immediately",
            "escalate": "immediately",
            "tell": ["Everybody"],
            "hours": "always",
            "notes": ["All hands if needed"],
        },
        {"id": "P1", "name": "Bad", "means": "Much is down.", "respond": "15m", "escalate": "30m"},
        {
            "id": "P2",
            "name": "Low",
            "means": "Hardly anything.",
            "respond": "8h or next business day",
            "escalate": "never",
            "hours": "business",
        },
    ],
    "types": [
        {
            "id": "breach",
            "name": "Data breach",
            "means": "Personal data got out.",
            "steps": ["Isolate it", "What was copied?"],
            "runbook": "data-breach",
            "restricted": True,
            "aware": True,
            "breach": True,
        },
        {"id": "outage", "name": "Outage"},
    ],
    "detections": [{"id": "alert", "name": "Monitoring", "route": "Pager, then on-call"}],
    "reporters": [{"id": "user", "name": "End user", "route": "support@example.org"}],
    "triage": {
        "first": True,
        "validate_within": "15m",
        "answer_within": "1h",
        "investigate_within": "2h",
        "owner": "On-call engineer",
        "route": "#eng",
        "false_alarm_follow_up": "Mend the alarm",
    },
    "roles": [
        {
            "id": "ic",
            "name": "Incident Commander",
            "short": "IC",
            "duties": ["Decides"],
            "required_at": ["P0", "P1"],
            "required_within": "5m",
            "criteria": ["Calm"],
        },
        {"id": "sme", "name": "Expert", "short": "SME", "many": True},
    ],
    "phases": [
        {
            "id": "looking",
            "name": "Looking",
            "means": "We look.",
            "milestone": "acknowledged",
            "public": "Investigating",
            "within": "30m",
            "within_at": ["P0", "P1"],
            "checklist": ["Gather facts @ic", "What changed last?"],
        },
        {"id": "over", "name": "Over", "means": "Done.", "milestone": "resolved", "public": "Resolved", "live": False},
        {"id": "closed", "name": "Closed", "means": "All.", "milestone": "closed", "public": "Resolved", "live": False},
    ],
    "cadences": [
        {
            "audience": "internal",
            "name": "Internal update",
            "every": {"P0": "30m", "P1": "1h30m"},
            "inside": True,
            "first": {"P0": "immediately"},
            "from": "confirmed",
            "until": "closed",
            "route": "#incidents",
            "guide": ["Say the impact"],
            "format": "markdown",
        }
    ],
    "escalation": [
        {
            "severity": "P0",
            "after": "5m",
            "tell": "Engineering Manager",
            "text": "Call the engineering manager",
            "route": "phone",
            "met_by": "done tell-em",
        },
        {"severity": "P0", "after": "1h", "text": "Tell customers", "met_by": "update internal", "optional": True},
    ],
    "triggers": [{"id": "vendor", "text": "A vendor is needed", "tell": "Procurement"}],
    "notices": [
        {
            "id": "authority",
            "text": "Tell the authority",
            "who": "Data protection officer",
            "route": "web form",
            "within": "72h",
            "from": "aware",
            "severities": ["P0", "P1"],
            "types": ["breach"],
            "contains": ["What happened", "Whose data"],
            "message": "notice",
            "met_by": "done authority-told",
            "optional": True,
        }
    ],
    "deadlines": [
        {
            "id": "review-held",
            "text": "Hold the review",
            "from": "resolved",
            "within": "2 business days",
            "severities": ["P0"],
            "types": ["outage"],
            "who": "IC",
            "met_by": "review held",
            "message": "postmortem",
            "optional": False,
        }
    ],
    "closing": [
        {"id": "high", "text": "High-priority follow-ups are done", "met_by": "followups high", "severities": ["P0"]}
    ],
    "channel": {"name": "incident-{date}-{title}", "call": "https://meet.example.org/incident"},
    "participants": [{"who": "Support lead", "within": "10m", "severities": ["P0"]}],
    "messages": [{"id": "declared", "name": "First message", "text": "{{ title }}: {{ why }}"}],
    "templates": [
        {"audience": "internal", "text": "{{ title }}"},
        {"audience": "internal", "phase": "over", "text": "{% for n in needs %}{{ n }}{% endfor %}"},
    ],
    "watch": {"for": "1h", "every": "15m", "checks": ["Error rate"]},
    "postmortem": {
        "required_at": ["P0", "P1"],
        "sections": ["What happened"],
        "sign_off": "CTO",
        "principles": ["Blame nobody"],
    },
    "review": {"minutes": 90, "invite": ["CTO"], "agenda": ["Timeline"]},
    "targets": [{"metric": "ttr", "within": "4h", "severities": ["P0"]}],
    "contacts": [{"name": "Jo Doe", "reach": "+33 1 23", "mail": "jo@example.org"}],
    "systems": [
        {
            "name": "Checkout API",
            "owner": "Payments",
            "resources": [{"name": "Map", "url": "https://wiki.example.org/map"}],
        }
    ],
    "upkeep": {"reviewed": "2026-11-01", "review_every": "182d", "drill_every": "13w", "notes": ["New hires shadow"]},
}


def full(**changes: Any) -> dict[str, Any]:
    """Return a copy of the plan that uses every key, with some of its keys set."""
    return {**copy.deepcopy(FULL), **changes}


def toml(value: object) -> str:
    """Write plain values as inline TOML, so that one broken value at a time can be read back."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    return json.dumps(value)


def text_of(raw: dict[str, Any]) -> str:
    """Write a plan's tables as a file."""
    return "\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in raw.items())


def paths_of(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the place of every value in nested values, outermost first."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, inner in items for path in paths_of(inner, (*at, key)))]


def value_at(raw: Any, path: tuple[str | int, ...]) -> Any:
    """Return the value at a place."""
    for key in path:
        raw = raw[key]
    return raw


def field_at(path: tuple[str | int, ...]) -> KeyField | None:
    """Return the key that a place in a plan file is in."""
    table = TOP if path[0] not in TABLES else table_at(path)
    keys = fields_of(TABLES[table].row)
    named = [part for part in path if isinstance(part, str) and part in keys]
    return keys[named[0]] if named else None


EVERY = paths_of(FULL)[1:]

# Values of every type that TOML has, and more, under keys that a plan has.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["P0", "1h", "ic"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted({str(path[-1]) for path in EVERY})), inner, max_size=4)
    ),
    max_leaves=8,
)
