"""Small incidents for tests of the store: facts that need no plan, and a journal in a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from incident_cockpit.ids import Ids, RandomIds
from incident_cockpit.incident.event import Event, Moment, PendingFact
from incident_cockpit.incident.facts import notes
from incident_cockpit.incident.facts.milestones import MilestoneReached
from incident_cockpit.incident.facts.opening import IncidentOpened
from incident_cockpit.incident.record import Record
from incident_cockpit.journal.journal import Appended, Journal

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


def journal_in(folder: Path, ids: Ids | None = None) -> Journal:
    """Open the journal of this folder."""
    return Journal(folder / "incidents.db", folder / "rescue", ids or RandomIds())


def opening(title: str) -> Callable[[int], Sequence[PendingFact]]:
    """Return what decides the first facts of an incident."""
    return lambda number: [
        PendingFact(IncidentOpened(number=number, title=title)),
        PendingFact(MilestoneReached(name="started", now=NOW, was=None)),
    ]


def created(journal: Journal, title: str = "Checkout fails") -> Record:
    """Open an incident."""
    return journal.create(opening(title), who="Ana", now=NOW)


def noting(*texts: str, who: str = "Ana") -> Callable[[Record], Sequence[PendingFact]]:
    """Return what decides on one note for each text."""

    def decide(record: Record) -> Sequence[PendingFact]:
        seqs = range(record.seq + 1, record.seq + 1 + len(texts))
        return [
            PendingFact(notes.log(record.incident, Moment(who, NOW, NOW, seq), text))
            for seq, text in zip(seqs, texts, strict=True)
        ]

    return decide


def note(journal: Journal, record: Record, *texts: str, who: str = "Ana") -> Appended:
    """Log the texts as one action."""
    return journal.append(record, noting(*texts, who=who), who=who, now=NOW)


def texts(events: Sequence[Event]) -> list[str]:
    """Return the texts of the notes among the events."""
    logged = (event.fact for event in events)
    return [fact.now.text for fact in logged if isinstance(fact, notes.Logged) and fact.now is not None]
