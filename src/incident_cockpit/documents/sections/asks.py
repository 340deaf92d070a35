"""Asks: who was asked for what, by when, and the answer."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.facts.asks import Ask, AskStatus, open_asks
from incident_cockpit.text.blocks import Block, heading, items
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import countdown


def asks(view: Snapshot) -> Iterator[Block]:
    """Write each open ask with its due time, and with `fit.ended` the answered and dropped ones after them."""
    shown = list(open_asks(view.incident).values())
    if view.fit.ended:
        shown += [ask for ask in view.incident.asks.values() if ask.status is not AskStatus.OPEN]
    if shown:
        yield heading("Asks" if view.fit.ended else "Open asks", 2)
        yield items(f"{ask.who}: {ask.text} ({_status(ask, view)})" for ask in shown)


def _status(ask: Ask, view: Snapshot) -> str:
    if ask.status is AskStatus.OPEN:
        parts = [countdown(ask.due, view.now), f"asked {view.clock(ask.asked)}"]
        parts += ["acknowledged"] if ask.acknowledged else []
        parts += [f"extended {counted(ask.extended, 'time')}"] if ask.extended else []
    else:
        parts = [ask.status.value + (f": {ask.answer}" if ask.answer else "")]
    parts += [f"before: {', '.join(ask.before)}"] if ask.before and view.fit.authors else []
    return ", ".join(parts)
