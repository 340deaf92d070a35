"""Appending of events inside a transaction that the caller holds: encoded, chained, folded and listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from msgspec import Struct

from incident_cockpit.errors import StoreError
from incident_cockpit.ids import Ids
from incident_cockpit.incident import codec
from incident_cockpit.incident.event import Event, PendingFact
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident, apply
from incident_cockpit.incident.views.legal_duties import legal_duties_owed
from incident_cockpit.journal import jsonl, read
from incident_cockpit.journal.database import Database
from incident_cockpit.journal.sqlite_errors import damaged

# The setting with the highest number of a removed incident, so that no later incident gets the number of one that
# texts already name.
HIGHEST = "highest_number"
INSERT = (
    "INSERT INTO events (incident, seq, id, kind, happened, recorded, who, line, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Circumstances(Struct, frozen=True):
    """The person who acts, when the action is recorded and happened, and the event ids of an earlier attempt."""

    who: str
    now: datetime
    happened: datetime
    event_ids: Sequence[str] = ()


def stamp(record: Record, drafts: Sequence[PendingFact], by: Circumstances, ids: Ids) -> list[Event]:
    """Return the facts of one action as the events that follow the record; their recorded time never goes back."""
    act, now = record.seq + 1, by.now.astimezone(UTC)
    recorded = max(now, record.events[-1].recorded) if record.events else now
    return [
        Event(
            id=by.event_ids[place] if place < len(by.event_ids) else ids.new(),
            incident=record.id,
            seq=act + place,
            act=act + place if draft.apart else act,
            happened=(draft.happened or by.happened).astimezone(UTC),
            recorded=recorded,
            who=by.who,
            fact=draft.fact,
            undoes=draft.undoes,
            clock=now if now < recorded else None,
        )
        for place, draft in enumerate(drafts)
    ]


def stored_before(database: Database, incident: str, event_ids: Sequence[str]) -> list[Event] | None:
    """Return the events of the action if an earlier attempt stored them and its answer was lost, or None."""
    if not event_ids:
        return None
    rows = database.rows("SELECT seq FROM events WHERE id = ? AND incident = ?", (event_ids[0], incident))
    if not rows:
        return None
    [(act,)] = rows
    return [event for event in read.events_after(database, incident, act - 1) if event.act == act]


class Written(Struct, frozen=True):
    """The events of one write as a reader sees them, and their lines; `before` and `head` are hashes of the chain."""

    events: Sequence[Event]
    lines: Sequence[bytes]
    before: str
    head: str


def store(database: Database, record: Record, events: Sequence[Event], documents: Mapping[str, bytes]) -> Written:
    """Write the events, their documents and the incident's row; raises StoreError where they do not follow the last.

    The facts that are folded are decoded from the stored bytes, so that nothing unreadable is stored.
    """
    _put_documents(database, documents)
    seq, first_before = read.head(database, record.id) or (0, jsonl.GENESIS)
    if events[0].seq != seq + 1:
        raise StoreError(f"event {events[0].seq} does not follow event {seq} of the store", "run: incident verify")
    incident, written, stored, before = record.incident, [], [], first_before
    for event in events:
        line = codec.encode(event)
        event = codec.decode(line)  # noqa: PLW2901 - from here on only the stored event counts
        incident = apply(incident, event)
        before = jsonl.chained(before, line)
        insert(database, event, line, before)
        written.append(event)
        stored.append(line)
    first = record.events[0] if record.events else written[0]
    project(database, record.id, incident, first, written[-1].recorded)
    return Written(written, stored, first_before, before)


def _put_documents(database: Database, documents: Mapping[str, bytes]) -> None:
    for digest, blob in documents.items():
        if sha256(blob).hexdigest() != digest:
            raise StoreError(f"document {digest[:12]} does not match its hash", "attach its file again")
        database.rows(
            "INSERT INTO documents (sha256, blob) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING", (digest, blob)
        )


def insert(database: Database, event: Event, line: bytes, chain: str) -> None:
    """Write one event into its place, without the incident's row."""
    database.rows(INSERT, (event.incident, event.seq, *columns(event), line, chain))


def columns(event: Event) -> tuple[str, str, str, str, str]:
    """Return the columns beside the line of an event: id, kind, happened, recorded, who."""
    return event.id, event.fact.kind, in_column(event.happened), in_column(event.recorded), event.who


def in_column(time: datetime) -> str:
    """Return the time as text of fixed length, so that text order is time order."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def project(database: Database, incident_id: str, incident: Incident, first: Event, updated: datetime) -> None:
    """Write the incident's row in the list."""
    database.rows(
        "INSERT INTO incidents"
        " (id, number, title, severity, phase, live, opened, ended, commander, triage, legal_duties, seq, updated)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET number = excluded.number,"
        " title = excluded.title, severity = excluded.severity, phase = excluded.phase, live = excluded.live,"
        " opened = excluded.opened, ended = excluded.ended, commander = excluded.commander,"
        " triage = excluded.triage, legal_duties = excluded.legal_duties, seq = excluded.seq,"
        " updated = excluded.updated",
        (incident_id, *projected(incident, first), in_column(updated)),
    )


def projected(incident: Incident, first: Event) -> tuple[int | str | None, ...]:
    """Return the columns of the incident's row, from number to seq; `first` dates an incident without milestones."""
    known = incident.milestones
    return (
        incident.opening.number,
        incident.title,
        incident.severity.value if incident.severity else None,
        incident.phase.value if incident.phase else None,
        int(incident.live),
        in_column(known.get("declared") or known.get("started") or first.happened),
        in_column(incident.ended) if incident.ended else None,
        commander(incident) if incident.adopted else "",
        incident.triage or None,
        # While the incident is live, Due has them with their times.
        0 if incident.live else len(legal_duties_owed(incident)),
        incident.seq,
    )


def next_number(database: Database) -> int:
    """Return the local number the next incident gets."""
    [(highest, gone)] = database.rows(
        "SELECT (SELECT max(number) FROM incidents), (SELECT value FROM settings WHERE key = ?)", (HIGHEST,)
    )
    if not isinstance(highest, int | None) or not (gone is None or str(gone).isdecimal()):
        raise damaged(database.path, "the list of incidents contains an invalid number")
    return max(highest or 0, int(gone or 0)) + 1
