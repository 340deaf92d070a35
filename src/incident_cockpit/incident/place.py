"""Where somebody was in the runbooks: what they did last, since when, and which step comes next."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from incident_cockpit.incident.envelope import Fact
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.topics.gates import GatePassed, Passed
from incident_cockpit.incident.topics.steps import StepMarked, Steps


class Place(Struct, frozen=True):
    """The step somebody was at, and since when they did nothing in the runbooks."""

    step: str
    since: datetime


def place(record: Record, who: str) -> Place | None:
    """Return where `who` was: the first open step behind the one they marked last, or where they decided to go on.

    None before they marked any, and when nothing is left to do in that runbook.
    """
    steps = record.incident.steps
    for event in reversed(record.events):
        if event.who != who or event.fact.quiet or event.undoes is not None or record.taken_back(event.seq) is not None:
            continue
        runbook, start = _start(steps, event.fact)
        if runbook in steps.runbooks:
            step = _open_from(steps, runbook, start)
            return Place(step, event.recorded) if step else None
    return None


def _start(steps: Steps, fact: Fact) -> tuple[str, str]:
    """Return the runbook and the key of the step from which a fact goes on; two empty strings where it says nothing."""
    match fact:
        case StepMarked(step=step):
            runbook, _, key = step.partition(".")
            return runbook, key
        case GatePassed(gate=gate, now=Passed(to=to)) if to:
            runbook = gate.partition(".")[0]
            titles = [one.title for one in steps.runbooks[runbook].sections] if runbook in steps.runbooks else []
            first = next((one.key for one in steps.of(runbook) if titles[one.section] == to), "") if titles else ""
            return (runbook, first) if first else ("", "")
    return "", ""


def _open_from(steps: Steps, runbook: str, start: str) -> str:
    """Return the first step that is open at or behind this one in its runbook, or before it, or an empty string."""
    order = [one.key for one in steps.of(runbook)]
    at = order.index(start) if start in order else 0
    ids = (f"{runbook}.{key}" for key in (*order[at:], *order[:at]))
    return next((one for one in ids if not steps.closed(one)), "")
