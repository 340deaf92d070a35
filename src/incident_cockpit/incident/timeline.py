"""The journal as people read it: one line an event, in the order things happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from incident_cockpit.incident import topics
from incident_cockpit.incident.envelope import Event
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.topics.notes import Logged
from incident_cockpit.incident.topics.pins import Pin, on_line
from incident_cockpit.incident.topics.topic import Line

# Writing a line down takes a moment; only what was recorded clearly later is marked as late.
LATE = timedelta(minutes=1)


class TimelineLine(Struct, frozen=True):
    """One line: when it happened, what it is, what it says, who recorded it.

    `recorded` is set only where it was recorded clearly later; `put_back` is when it came back into a store that had
    lost it; `taken_back_by` names who took it back; `pins` are the links and files on it.
    """

    seq: int
    happened: datetime
    sort: str
    text: str
    who: str
    recorded: datetime | None
    taken_back_by: str = ""
    pins: tuple[Pin, ...] = ()
    put_back: datetime | None = None


def words(record: Record, event: Event) -> Line:
    """Say an event for people."""
    return topics.TOPIC_OF[type(event.fact)].words(event.fact, record.incident)


def line(record: Record, event: Event) -> TimelineLine:
    """Return the event as a line of the timeline."""
    said = words(record, event)
    by = record.taken_back(event.seq)
    recorded = event.first_recorded or event.recorded
    return TimelineLine(
        seq=event.seq,
        happened=event.happened,
        sort=said.sort,
        text=said.text,
        who=author(event),
        recorded=recorded if recorded - event.happened > LATE else None,
        taken_back_by=by.who if by else "",
        pins=on_line(record.incident, event.seq),
        put_back=event.recorded if event.first_recorded else None,
    )


def author(event: Event) -> str:
    """Return whose line it is: of a line that somebody else brought in, whoever said it."""
    note = event.fact.now if isinstance(event.fact, Logged) else None
    return note.by if note is not None and note.by else event.who


def lines(record: Record) -> Iterator[TimelineLine]:
    """Yield every line that still stands, oldest first."""
    return (line(record, event) for event in record.standing())
