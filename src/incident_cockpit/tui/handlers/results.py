"""Result messages: what an action logged, and the message and keys offered after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.followups import ReviewScheduled
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.roles import HandoffOffered
from incident_cockpit.incident.facts.steps import StepMarked
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.timeline import BEFORE_START, suggested_start, timeline_entry
from incident_cockpit.service.session import ActionResult
from incident_cockpit.times.format import clock

if TYPE_CHECKING:
    from incident_cockpit.tui.handlers.context import Context

# The message that goes with an action; only offered, because it may be too early to send it.
MESSAGES = {
    "declare": "declared", "resolve": "all-clear", "close": "status", "escalate": "escalation", "trigger": "escalation",
}  # fmt: skip
# What the message is called beside the key that copies it.
_LABELS = {"declared": "declaration", "status": "closing message"}


def message_after(name: str, done: ActionResult, incident: Incident) -> str:
    """Return the id of the message that goes with what was done, or an empty string.

    The end of an incident has one whichever action reached it.
    """
    if name in MESSAGES:
        return MESSAGES[name]
    if incident.live or not any(isinstance(event.fact, PhaseChanged) and event.undoes is None for event in done.own):
        return ""
    return MESSAGES["close" if "closed" in incident.milestones else "resolve"]


def result_text(done: ActionResult, record: Record) -> str:
    """Return what was logged, in one line."""
    # What was done to a step comes before what that did to its substeps, also when it is undone.
    first = min(done.own, key=lambda event: event.undoes or event.seq)
    more = sum(isinstance(event.fact, StepMarked) and not event.fact.quiet for event in done.own) - 1
    return f"{_logged(first, record)}, and {more} more" if more > 0 else _logged(first, record)


def _logged(event: Event, record: Record) -> str:
    """Return the text of an event, or of the event that it undoes or redoes."""
    verb = "Logged"
    while event.undoes is not None:
        verb = "Redone" if verb == "Undone" else "Undone"
        event = record.events[event.undoes - 1]
    return f"{verb}: {timeline_entry(record, event).text}".splitlines()[0]


def offer_after(context: Context, done: ActionResult, message: str) -> str:
    """Return what can be done next, with its keys."""
    incident, keys = context.incident, context.app.keys
    if any(isinstance(event.fact, ReviewScheduled) for event in done.own):
        return "(:invitation saves a calendar file)"
    if start := offer_start(context, done):
        return start
    resolved = not incident.live and any(isinstance(event.fact, PhaseChanged) for event in done.own)
    offers = [(keys.label("copy-message"), f"copy {_LABELS.get(message, message)}")] if message else []
    if resolved and "closed" not in incident.milestones:
        offers.append((keys.label("stand-down"), "copy stand-down list"))
    if incident.handoff and any(isinstance(event.fact, HandoffOffered) for event in done.own):
        offers.append((keys.label("handoff"), "start read-back"))
    text = ", ".join(f"{key} {label}" for key, label in offers if key)
    # A key that is named works only once the entry line is left.
    return f"({'esc, then ' if context.screen.entry.typing else ''}{text})" if text else ""


def offer_start(context: Context, done: ActionResult) -> str:
    """Offer to move the start of the incident to the earliest entry before it, by enter where nothing is typed."""
    view = context.view
    early = suggested_start(view.record, done.own, view.now)
    if early is None:
        return ""
    at, command = early
    offered = context.screen.entry.offer(command, f"start → {clock(at, context.live.zone, view.now)}")
    return f"({BEFORE_START})" if offered else f"({BEFORE_START}; {command} moves it)"
