"""What the IC should think of next: one queue of prompts, the most pressing first, shared by everything that nudges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from incident_cockpit.incident.due import DueItem, DueKind, Urgency, due_items, urgency
from incident_cockpit.incident.place import next_open
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.roles import missing
from incident_cockpit.timewords import countdown


class Prompt(Struct, frozen=True):
    """One thing to do: what it says, how pressing it is, and the action that does it.

    `action` is a name in the registry, `about` what it is about (a due item's subject, a role, a step id), `verb` the
    words beside the key.
    """

    text: str
    urgency: Urgency
    action: str
    about: str
    verb: str


_ACTION = {
    DueKind.UPDATE: ("update", "write it"),
    DueKind.ASK: ("answer", "answer it"),
    DueKind.TIMER: ("done", "done"),
    DueKind.STEP: ("tick-off", "tick it"),
}


def prompts(incident: Incident, now: datetime) -> tuple[Prompt, ...]:
    """Return what is pressing, then what is missing, then the next open step; empty when all is done."""
    if incident.adopted is None:
        return ()
    pressing = [_due(item, now) for item in due_items(incident) if urgency(item, now) is not Urgency.AHEAD]
    return (*pressing, *_missing(incident), *_next_step(incident))


def _due(item: DueItem, now: datetime) -> Prompt:
    action, verb = _ACTION[item.kind]
    # The Due pane counts with the same words, so that both show the same second.
    left = countdown(item.at, now)
    words = left.replace("late ", "late by ", 1) if left.startswith("late") else f"due {left}"
    return Prompt(f"{item.text} is {words}", urgency(item, now), action, item.subject, verb)


def _missing(incident: Incident) -> Iterator[Prompt]:
    """Say which required roles nobody holds, and that the impact is not known; only while the response goes on."""
    if not incident.live:
        return
    level = incident.severity.value if incident.severity else ""
    for role in missing(incident):
        yield Prompt(f"Nobody is {role.name}, which {level} requires", Urgency.AHEAD, "assign", role.id, "assign")
    if incident.impact is None:
        yield Prompt("The impact is not described yet", Urgency.AHEAD, "impact", "", "describe it")


def _next_step(incident: Incident) -> Iterator[Prompt]:
    """Return the step that comes next in the first runbook that has an open one."""
    for runbook in incident.steps.runbooks:
        step = incident.steps.find(next_open(incident.steps, incident.gates, runbook))
        if step is not None:
            yield Prompt(f"Next step: {step.text}", Urgency.AHEAD, "step", f"{runbook}.{step.key}", "go there")
            return
