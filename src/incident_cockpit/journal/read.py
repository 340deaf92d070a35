"""Reading of events, incidents and documents, with the standard module only because `log` and `status` wait for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import reduce
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from incident_cockpit.errors import NotFound, Refused, StoreError, Unreadable
from incident_cockpit.incident import codec
from incident_cockpit.incident.event import Event, Fact
from incident_cockpit.incident.facts import followups
from incident_cockpit.incident.facts.classification import ChannelSet
from incident_cockpit.incident.facts.milestones import MilestoneReached
from incident_cockpit.incident.facts.notes import Logged, Note, NoteKind
from incident_cockpit.incident.facts.plan import PlanAdopted
from incident_cockpit.incident.record import Record
from incident_cockpit.journal.database import Database
from incident_cockpit.journal.sqlite_errors import damaged
from incident_cockpit.text.plurals import counted

_Instant = Annotated[datetime, Meta(tz=True)]

if TYPE_CHECKING:
    from incident_cockpit.incident.facts.followups import FollowUp

Found = TypeVar("Found", bound=Fact)

_NUMBER = re.compile(r"(?:inc-|#)?([0-9]{1,9})", re.IGNORECASE)
_ID_PREFIX = re.compile(r"[0-9a-f]{4,32}", re.IGNORECASE)
# The columns of the list, in the order in which they are derived from the events.
_LISTED = (
    "id", "number", "title", "severity", "phase", "live", "opened", "ended", "commander", "triage", "legal_duties",
    "seq", "updated",
)  # fmt: skip
_COLUMNS = ", ".join(_LISTED)
_SHOWN = 5
# The author of an entry that the store lacks.
_NOBODY = "unknown"
# The milestone as the codec writes it into a stored line.
_CLOSED = b'"name":"closed"'


class Listed(Struct, frozen=True):
    """A listed incident; times are aware UTC, severity and phase are ids of the plan.

    `triage` is the status of its report, such as "in triage" or "false alarm", or None. `legal_duties` is the number of
    legal duties still open after its end.
    """

    id: str
    number: int
    title: str
    severity: str | None
    phase: str | None
    live: bool
    opened: _Instant
    ended: _Instant | None
    commander: str
    seq: int
    updated: _Instant
    triage: str | None = None
    legal_duties: int = 0

    @property
    def standing(self) -> str:
        """Return the outcome of its report, otherwise its phase."""
        return self.triage or self.phase or ""

    @property
    def owed(self) -> str:
        """Return the open legal duties of an ended incident, such as "3 legal duties outstanding", or ""."""
        return f"{counted(self.legal_duties, 'legal duty', 'legal duties')} outstanding" if self.legal_duties else ""

    @property
    def name(self) -> str:
        """Return the short name, such as "INC-7"."""
        return f"INC-{self.number}"


def lines_after(database: Database, incident: str, seq: int) -> list[bytes]:
    """Return the incident's stored lines after `seq`, as written."""
    rows = database.rows("SELECT line FROM events WHERE incident = ? AND seq > ? ORDER BY seq", (incident, seq))
    for (line,) in rows:
        if not isinstance(line, bytes):
            raise damaged(database.path, f"an event of incident {incident} is not text")
    return [line for (line,) in rows]


def numbered_lines(database: Database, incident: str) -> dict[int, bytes]:
    """Return the incident's stored lines by their seq, in order."""
    return dict(database.rows("SELECT seq, line FROM events WHERE incident = ? ORDER BY seq", (incident,)))


def events_after(database: Database, incident: str, seq: int) -> list[Event]:
    """Return the incident's events after `seq`; raises Unreadable."""
    return list(gapless(map(codec.decode, lines_after(database, incident, seq)), seq))


def gapless(events: Iterable[Event], seq: int) -> Iterator[Event]:
    """Yield the events after `seq`, with a stand-in for each missing one, so that every event keeps its position.

    Earlier versions left gaps where a store was replaced while it was open; later events refer to others by seq. Raises
    Unreadable if the opening event is missing.
    """
    for event in events:
        while (seq := seq + 1) < event.seq:
            yield stand_in(event, seq)
        yield event


def stand_in(later: Event, seq: int) -> Event:
    """Return a stand-in for a missing event; raises Unreadable for the opening event."""
    if seq == 1:
        raise Unreadable(
            f"the first event of incident {later.incident} is missing: the store was replaced while it was open",
            f"restore it with: incident put-back {later.incident}",
        )
    text = "Missing entry: the store was replaced while it was open"
    note = Note(NoteKind.NOTE, text, later.happened, _NOBODY)
    event_id = sha256(f"{later.incident} {seq}".encode()).hexdigest()[:32]
    fact = Logged(note=f"n{seq}", now=note, was=None)
    return Event(event_id, later.incident, seq, seq, later.happened, later.recorded, _NOBODY, fact)


def catch_up(database: Database, record: Record) -> bool:
    """Extend the record with newer stored events; return False if the store is not the one that it was read from."""
    rows = database.rows(
        "SELECT seq, hash, line FROM events WHERE incident = ? AND seq >= ? ORDER BY seq", (record.id, record.seq)
    )
    if record.seq:
        if not rows or rows[0][:2] != (record.seq, record.head):
            return False
        del rows[0]
    for _, head, line in rows:
        record.extend(gapless([codec.decode(line)], record.seq))
        record.head = head
    return True


def listed(database: Database, live_only: bool = False, owing: bool = False) -> list[Listed]:
    """Return the listed incidents, newest first; `owing` adds ended ones with open legal duties to the live ones."""
    where = "WHERE live" + (" OR legal_duties > 0" if owing else "") if live_only else ""
    return _listed_where(database, where)


def _listed_where(
    database: Database, where: str = "", values: Sequence[object] = (), fits: Callable[[str], bool] = bool
) -> list[Listed]:
    """Return the incidents that match a clause and whose title `fits`, newest first."""
    rows = database.rows(f"SELECT {_COLUMNS} FROM incidents {where} ORDER BY number DESC", values)  # noqa: S608 - constant clauses
    return [_listed(database, row) for row in rows if fits(str(row[2]))]


def _listed(database: Database, row: tuple[Any, ...]) -> Listed:
    """Return a row of the list, rebuilt from the events if it is damaged; raises StoreError if they are too."""
    try:
        return msgspec.convert(dict(zip(_LISTED, row, strict=True)), Listed, strict=False)
    except msgspec.ValidationError as error:
        return _listed_anew(database, row[0], error)


def _listed_anew(database: Database, incident: object, error: Exception) -> Listed:
    from incident_cockpit.journal.append import in_column, projected

    events = events_after(database, incident, 0) if isinstance(incident, str) else []
    if not events:
        raise damaged(database.path, f"the list of incidents cannot be read ({error})") from error
    record = Record(events[0].incident, events)
    row = (record.id, *projected(record.incident, events[0]), in_column(events[-1].recorded))
    return msgspec.convert(dict(zip(_LISTED, row, strict=True)), Listed, strict=False)


def find(database: Database, word: str) -> Listed:
    """Return the incident with a number, the start of an id, or part of a title.

    Raises NotFound, or Refused with the list if several match.
    """
    word = " ".join(word.split())
    matches = next(filter(None, _readings(database, word)), [])
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise NotFound(f'No incident matches "{word}"', "list all incidents: incident list")
    more = f" and {len(matches) - _SHOWN} more" if len(matches) > _SHOWN else ""
    names = ", ".join(f"{incident.name} {incident.title}" for incident in matches[:_SHOWN])
    raise Refused(f'"{word}" matches {len(matches)} incidents', f"name one by its number: {names}{more}")


def _readings(database: Database, word: str) -> Iterator[list[Listed]]:
    """Yield the matches by number, by id and by title; each is read only when needed."""
    if number := _NUMBER.fullmatch(word):
        yield _listed_where(database, "WHERE number = ?", (int(number[1]),))
    if _ID_PREFIX.fullmatch(word):
        # "g" sorts behind every digit of an id.
        yield _listed_where(database, "WHERE id >= ? AND id < ?", (word.lower(), f"{word.lower()}g"))
    if word:
        # SQLite folds only the case of ASCII letters.
        yield _listed_where(database, fits=lambda title: word.casefold() in title.casefold())


def ids(database: Database) -> list[str]:
    """Return the ids of the incidents that have events."""
    return [incident for (incident,) in database.rows("SELECT DISTINCT incident FROM events ORDER BY incident")]


def channels(database: Database, besides: str = "") -> frozenset[str]:
    """Return every channel name used by an incident other than `besides`: a chat keeps old names."""
    rows = database.rows("SELECT line FROM events WHERE kind = ? AND incident <> ?", (ChannelSet.kind, besides))
    names = set()
    for (line,) in rows:
        # A damaged incident must not affect the others.
        with suppress(Unreadable):
            fact = codec.decode(line).fact
            if isinstance(fact, ChannelSet) and fact.now:
                names.add(fact.now)
    return frozenset(names)


def closed_at(database: Database, row: Listed) -> datetime | None:
    """Return when the incident was closed or its report dismissed, or None.

    Read backwards and without folding, because closing comes last. If the plan has no closing phase, the end of the
    response counts. An unreadable line closes nothing.
    """
    if row.live:
        return None
    ended = row.ended or row.updated
    if row.triage is not None:
        return ended
    with suppress(StoreError):
        closing = _last_fact(database, row.id, MilestoneReached, _CLOSED)
        if closing is not None and closing.now is not None:
            return closing.now
        adopted = _last_fact(database, row.id, PlanAdopted)
        plan = adopted.now if adopted is not None else None
        if plan is not None and all(phase.milestone != "closed" for phase in plan.phases):
            return ended
    return None


def _last_fact(database: Database, incident: str, kind: type[Found], query: bytes = b"") -> Found | None:
    """Return the incident's newest fact of a kind whose line contains `query`, or None."""
    rows = database.rows(
        "SELECT line FROM events WHERE incident = ? AND kind = ? AND (? = x'' OR instr(line, ?))"
        " ORDER BY seq DESC LIMIT 1",
        (incident, kind.kind, query, query),
    )
    fact = codec.decode(rows[0][0]).fact if rows else None
    return fact if isinstance(fact, kind) else None


def follow_ups(database: Database, incident: str) -> tuple[FollowUp, ...]:
    """Return the incident's follow-ups without folding the rest: a list reads them for every closed incident."""
    rows = database.rows(
        "SELECT line FROM events WHERE incident = ? AND kind = ? ORDER BY seq",
        (incident, followups.FollowUpChanged.kind),
    )
    facts = (codec.decode(line).fact for (line,) in rows)
    return tuple(reduce(followups.TOPIC.fold, facts, followups.TOPIC.empty).values())


def acted_elsewhere(database: Database, incident: str, who: str) -> str | None:
    """Return the other incident in which this person acted after their last act in this one, or None.

    By recording time, because imports change the order of rows. The row of an incident has the time of its last write,
    so that no other events are read.
    """
    last = database.rows(
        "SELECT recorded, position FROM events WHERE incident = ? AND who = ? ORDER BY seq DESC LIMIT 1",
        (incident, who),
    )
    recorded, position = last[0] if last else ("", 0)
    rows = database.rows(
        "SELECT incident FROM events WHERE who = ? AND (recorded, position) > (?, ?) AND incident IN"
        " (SELECT id FROM incidents WHERE updated >= ? AND id <> ?) ORDER BY recorded DESC, position DESC LIMIT 1",
        (who, recorded, position, recorded, incident),
    )
    return str(rows[0][0]) if rows else None


def document(database: Database, digest: str) -> bytes | None:
    """Return the document with this SHA-256, or None."""
    rows = database.rows("SELECT blob FROM documents WHERE sha256 = ?", (digest,))
    if rows and not isinstance(rows[0][0], bytes):
        raise damaged(database.path, f"document {digest[:12]} is not binary data")
    return rows[0][0] if rows else None


def head(database: Database, incident: str) -> tuple[int, str] | None:
    """Return the seq and the hash of the incident's last event, or None when it has none."""
    rows = database.rows("SELECT seq, hash FROM events WHERE incident = ? ORDER BY seq DESC LIMIT 1", (incident,))
    if not rows:
        return None
    [(seq, chain)] = rows
    if not (isinstance(seq, int) and isinstance(chain, str)):
        raise damaged(database.path, f"the newest event of incident {incident} has an invalid number or hash")
    return seq, chain
