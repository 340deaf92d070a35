"""The timeline: one entry for each event that people read, in the order things happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from incident_cockpit.incident import facts
from incident_cockpit.incident.event import Event, start_command
from incident_cockpit.incident.facts.attachments import Attachment, attachments_of
from incident_cockpit.incident.facts.notes import Logged
from incident_cockpit.incident.facts.topic import Line
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident

# Writing a line down takes a moment; only what was recorded clearly later is marked as late.
LATE_ENTRY = timedelta(minutes=1)
# How a line is marked that a person dated before the incident started.
BEFORE_START = "before the incident started"


class TimelineEntry(Struct, frozen=True):
    """One entry: its time, kind, text and author.

    `recorded` is set only where it was recorded clearly later; `early` where a person dated it before the incident
    started; `put_back` is when it came back into a store that had lost it; `undone_by` names who undid it;
    `attachments` are its links and files.
    """

    seq: int
    happened: datetime
    sort: str
    text: str
    who: str
    recorded: datetime | None
    early: bool = False
    undone_by: str = ""
    attachments: tuple[Attachment, ...] = ()
    put_back: datetime | None = None

    @property
    def label(self) -> str:
        """Return the word by which people read its kind."""
        return Line(self.sort, self.text).label


def describe(record: Record, event: Event) -> Line:
    """Return an event in words."""
    return facts.TOPIC_OF[type(event.fact)].words(event.fact, record.incident)


def timeline_entry(record: Record, event: Event) -> TimelineEntry:
    """Return the event as an entry of the timeline."""
    entry = describe(record, event)
    by = record.undone_by(event.seq)
    late = event.clocked - event.happened > LATE_ENTRY
    return TimelineEntry(
        seq=event.seq,
        happened=event.happened,
        sort=entry.sort,
        text=entry.text,
        who=author(event),
        recorded=event.clocked if late else None,
        early=is_early(record.incident, event),
        undone_by=by.who if by else "",
        attachments=attachments_of(record.incident, event.seq),
        put_back=event.recorded if event.first_recorded else None,
    )


def is_early(incident: Incident, event: Event) -> bool:
    """Return whether a person dated an event before the incident started."""
    started = incident.milestones.get("started")
    return started is not None and event.dated and event.happened < started


def suggested_start(record: Record, events: Iterable[Event], now: datetime) -> tuple[datetime, str] | None:
    """Return the earliest of these events before the start of the incident, and the command that moves the start."""
    early = [event.happened for event in events if is_early(record.incident, event)]
    return (min(early), start_command(min(early), now)) if early else None


def author(event: Event) -> str:
    """Return the author of an entry; of an imported message, its own author."""
    note = event.fact.now if isinstance(event.fact, Logged) else None
    return note.by if note is not None and note.by else event.who


def timeline_entries(record: Record) -> Iterator[TimelineEntry]:
    """Yield every entry that was not undone, oldest first."""
    return (timeline_entry(record, event) for event in record.effective())
