"""Draws attention to what is late: once to each thing, and never to what was late before anybody looked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from incident_cockpit.exports.restricted import veiled
from incident_cockpit.incident.due import due_items
from incident_cockpit.incident.due_item import OURS, DueItem, Urgency, urgency
from incident_cockpit.incident.record import Record


class Attention:
    """Remembers what it has drawn attention to, by `notify`."""

    def __init__(self, record: Record, now: datetime, notify: Callable[[str], None]) -> None:
        """Take what is late already as known."""
        self._notify = notify
        self._drawn = {_mark(item) for item in due_items(record.incident) if urgency(item, now) is Urgency.LATE}

    def draw(self, record: Record, now: datetime) -> None:
        """Draw attention to what has become late by now; what was put off and is late again is news."""
        late = [item for item in due_items(record.incident) if urgency(item, now) is Urgency.LATE]
        news = {_mark(item) for item in late} - self._drawn
        if not news:
            return
        self._drawn |= news
        # It comes up over whatever is shown to others, so of a restricted incident it must not tell the title.
        for item in due_items(veiled(record).incident):
            if _mark(item) in news:
                self._notify(f"{record.incident.name}: {_words(item)}")


def _words(item: DueItem) -> str:
    """Return what is due; what the plan asks for is told as an order, behind which "is due" would be no sentence."""
    return f"{item.text} is due" if item.kind in OURS else f"due now: {item.text}"


def _mark(item: DueItem) -> tuple[str, datetime]:
    return item.key, item.at
