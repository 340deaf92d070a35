"""Where somebody was in the runbooks: what they did last, since when, and which step comes next."""

from __future__ import annotations

from collections.abc import Mapping
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
            return Place(step, event.clocked) if step else None
    return None


def _start(steps: Steps, fact: Fact) -> tuple[str, str]:
    """Return the runbook and the key of the step from which a fact goes on; two empty strings where it says nothing."""
    match fact:
        case StepMarked(step=step):
            runbook, _, key = step.partition(".")
            return runbook, key
        case GatePassed(gate=gate, now=Passed(to=to)) if to:
            runbook = gate.partition(".")[0]
            first = _first_in(steps, runbook, to)
            return (runbook, first) if first else ("", "")
    return "", ""


def _first_in(steps: Steps, runbook: str, title: str) -> str:
    """Return the key of the first step in the section with this title, or an empty string."""
    if runbook not in steps.runbooks:
        return ""
    titles = [one.title for one in steps.runbooks[runbook].sections]
    return next((one.key for one in steps.of(runbook) if titles[one.section] == title), "")


def next_open(steps: Steps, gates: Mapping[str, Passed], runbook: str) -> str:
    """Return the step of a runbook that comes next, whoever looks, or an empty string when none is open.

    It is the first open one from where the newest decision leads, then those that were passed over on the way there.
    """
    taken = [(one.when, one.to) for gate, one in gates.items() if one.to and gate.startswith(f"{runbook}.")]
    starts = (_first_in(steps, runbook, to) for _, to in sorted(taken, reverse=True))
    return _open_from(steps, runbook, next(filter(None, starts), ""))


def _open_from(steps: Steps, runbook: str, start: str) -> str:
    """Return the first step that is open at or behind this one in its runbook, or before it, or an empty string."""
    order = [one.key for one in steps.of(runbook)]
    at = order.index(start) if start in order else 0
    ids = (f"{runbook}.{key}" for key in (*order[at:], *order[:at]))
    return next((one for one in ids if not steps.closed(one)), "")
