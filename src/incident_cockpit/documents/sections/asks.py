"""Asks: who was asked for what, by when, and the answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.facts.asks import Ask, AskAnswered, AskStatus, open_asks
from incident_cockpit.text.blocks import Block, heading, items, paragraph, table
from incident_cockpit.times.format import countdown, duration, overdue, stamp


def asks(view: Snapshot) -> Iterator[Block]:
    """Write each open ask, the most urgent first, and with `fit.ended` the answered and dropped ones after them."""
    shown = sorted(open_asks(view.incident).values(), key=lambda ask: ask.due)
    if view.fit.ended:
        shown += [ask for ask in view.incident.asks.values() if ask.status is not AskStatus.OPEN]
    if shown:
        yield heading("Asks" if view.fit.ended else "Open asks", 2)
        yield items(f"{ask.who}: {ask.text} ({_status(ask, view)})" for ask in shown)


def _status(ask: Ask, view: Snapshot) -> str:
    if ask.status is AskStatus.OPEN:
        parts = [countdown(ask.due, view.now), f"asked {view.clock(ask.asked)}"]
        parts += ["acknowledged"] if ask.acknowledged else []
        parts += [_extended(ask)] if ask.extended else []
    else:
        parts = [ask.status.value + (f": {ask.answer}" if ask.answer else "")]
    parts += [f"before: {', '.join(ask.before)}"] if ask.before and view.fit.authors else []
    return ", ".join(parts)


def _extended(ask: Ask) -> str:
    return "extended once" if ask.extended == 1 else f"extended {ask.extended} times"


def asks_table(view: Snapshot) -> Iterator[Block]:
    """Write every ask with its outcome: for a postmortem."""
    if not view.incident.asks:
        yield paragraph("No asks.")
        return
    facts = ((event.happened, event.fact) for event in view.record.effective())
    answered = {fact.ask: at for at, fact in facts if isinstance(fact, AskAnswered)}
    rows = []
    for key, ask in view.incident.asks.items():
        extended = f", {_extended(ask)}" if ask.extended else ""
        answer = ask.answer if ask.status is not AskStatus.OPEN else ""
        status = _outcome(ask, answered.get(key), view.now) + extended
        rows.append((stamp(ask.asked), " → ".join((*ask.before, ask.who)), ask.text, status, answer))
    yield table(("Asked", "Assignee", "Request", "Status", "Answer"), rows)


def _outcome(ask: Ask, answered: datetime | None, now: datetime) -> str:
    match ask.status:
        case AskStatus.ANSWERED:
            late = overdue(ask.due, answered) if answered is not None else timedelta(0)
            return f"answered, late {duration(late)}" if late else "answered"
        case AskStatus.DROPPED:
            return "dropped"
    return f"overdue since {stamp(ask.due)}" if ask.due <= now else f"open until {stamp(ask.due)}"
