"""Where somebody was in the runbooks: what they did last, since when, and which step comes next."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from incident_cockpit.incident.record import Record
from incident_cockpit.incident.topics.steps import StepMarked


class Place(Struct, frozen=True):
    """The step somebody was at, and since when they did nothing in the runbooks."""

    step: str
    since: datetime


def place(record: Record, who: str) -> Place | None:
    """Return where `who` was: the first open step behind the one they marked last; None before they marked any."""
    for event in reversed(record.events):
        fact = event.fact
        if event.who != who or not isinstance(fact, StepMarked) or fact.quiet or event.undoes is not None:
            continue
        if record.taken_back(event.seq) is None:
            step = _open_from(record, fact.step)
            return Place(step, event.recorded) if step else None
    return None


def _open_from(record: Record, step: str) -> str:
    """Return the first step that is open at or behind this one in its runbook, or before it, or an empty string."""
    steps = record.incident.steps
    runbook = step.partition(".")[0]
    if runbook not in steps.runbooks:
        return ""
    order = [f"{runbook}.{one.key}" for one in steps.of(runbook)]
    at = order.index(step) if step in order else 0
    return next((one for one in (*order[at:], *order[:at]) if not steps.closed(one)), "")
