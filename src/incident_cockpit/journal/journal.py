"""The journal: the only access to the store, which appends events durably and returns them in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from incident_cockpit.errors import NotFound, StoreError
from incident_cockpit.ids import Ids
from incident_cockpit.incident.event import Event, PendingFact
from incident_cockpit.incident.record import Record
from incident_cockpit.journal import read
from incident_cockpit.journal.database import Database
from incident_cockpit.journal.read import Listed
from incident_cockpit.journal.replaced import follow

if TYPE_CHECKING:
    from incident_cockpit.incident.facts.followups import FollowUp
    from incident_cockpit.journal.append import Written
    from incident_cockpit.journal.rescue_copy import Rescue

__all__ = ["Appended", "Journal", "Listed"]

Look = Callable[[Record], Iterable[tuple[int, str]]]
_NO_DOCUMENTS: Mapping[str, bytes] = {}
_CURRENT = "current"


class Appended(Struct, frozen=True):
    """The stored events, and a warning if the rescue copy could not be written; the store has the events then.

    `lacks` is true if the rescue copy belonged to another store and may hold events that this store lacks.
    """

    events: tuple[Event, ...]
    warning: str | None = None
    lacks: bool = False


class Journal:
    """An open journal, used only from the thread that opened it; `warning` is that of the latest write, if any.

    Modules for writing are imported with the first write, because a shell prompt reads every few seconds.
    """

    def __init__(self, path: Path, rescue: Path | None, ids: Ids) -> None:
        """Open or create the store at `path`, with rescue copies in the folder `rescue`; raises StoreError."""
        self.database = Database(path, rescue)
        self.warning: str | None = None
        self._ids = ids
        self._rescue_folder = rescue
        self._writes = 0

    @cached_property
    def rescue(self) -> Rescue | None:
        """Return the rescue copies, or None if none are kept."""
        if self._rescue_folder is None:
            return None
        from incident_cockpit.journal.rescue_copy import Rescue

        return Rescue(self._rescue_folder)

    @property
    def ids(self) -> Ids:
        """Return the source of ids of events."""
        return self._ids

    def __enter__(self) -> Self:
        """Use the journal for a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it at the end of the block."""
        self.close()

    def close(self) -> None:
        """Close the store."""
        self.database.close()

    @property
    def wrote(self) -> bool:
        """Return whether this journal has written to the store."""
        return self._writes > 0

    def append(
        self,
        record: Record,
        decide: Callable[[Record], Sequence[PendingFact]],
        *,
        who: str,
        now: datetime,
        happened: datetime | None = None,
        documents: Mapping[str, bytes] = _NO_DOCUMENTS,
        event_ids: Sequence[str] = (),
    ) -> Appended:
        """Decide on the newest state and store the facts; the record ends up with all stored events.

        `happened` defaults to `now`. `decide` may raise Refused: nothing is written then, and the record has the events
        that others wrote meanwhile. A retry with the same `event_ids` stores nothing twice. Raises StoreError.
        """
        from incident_cockpit.journal import append

        by = append.Circumstances(who, now, happened or now, event_ids)
        with self.database.immediate():
            follow(self, record)
            events = append.stored_before(self.database, record.id, event_ids)
            if events is not None:
                return Appended(tuple(events))
            drafts = decide(record)
            if not drafts:
                return Appended(())
            written = append.store(self.database, record, append.stamp(record, drafts, by, self._ids), documents)
        return self.stored(record, written)

    def create(
        self,
        decide: Callable[[int], Sequence[PendingFact]],
        *,
        who: str,
        now: datetime,
        happened: datetime | None = None,
        documents: Mapping[str, bytes] = _NO_DOCUMENTS,
    ) -> Record:
        """Open a new incident with the facts that `decide(local number)` gives; raises StoreError."""
        from incident_cockpit.journal import append

        by = append.Circumstances(who, now, happened or now)
        record = Record(self._ids.new())
        with self.database.immediate():
            drafts = decide(append.next_number(self.database))
            written = append.store(self.database, record, append.stamp(record, drafts, by, self._ids), documents)
            self.let_choice_lapse(record.id)
        self.stored(record, written)
        return record

    def take_in(
        self, incident: str, read_events: Callable[[], Sequence[Event]], documents: Mapping[str, bytes]
    ) -> Record:
        """Store a whole incident from another store; `read_events` is called with the lock held and may refuse."""
        from incident_cockpit.journal import append

        record = Record(incident)
        with self.database.immediate():
            written = append.store(self.database, record, read_events(), documents)
        self.stored(record, written)
        return record

    def stored(self, record: Record, written: Written) -> Appended:
        """Copy the written events to the rescue copy and into the record; the write lock is no longer held.

        Raises StoreError if the store was replaced at that moment, so that nothing counts as saved that is not.
        """
        self._writes += 1
        if not self._holds(record.id, written):
            raise StoreError("the store was replaced during the write: nothing was saved", "retry")
        lacks = self._keep_rescue_copy(record.id, written)
        record.extend(written.events)
        record.head = written.head
        return Appended(tuple(written.events), self.warning, lacks)

    def _holds(self, incident: str, written: Written) -> bool:
        try:
            rows = read.lines_after(self.database, incident, written.events[0].seq - 1)
        except StoreError:
            # The events are on the disk; the next read reports why they cannot be read.
            return True
        return rows[: len(written.lines)] == list(written.lines)

    def _keep_rescue_copy(self, incident: str, written: Written) -> bool:
        """Write the rescue copy; return whether the existing one belonged to another store."""
        self.warning = None
        if self.rescue is None:
            return False
        from incident_cockpit.journal.rescue_copy import AddedLines

        added = AddedLines(written.lines, written.events[0].seq, written.before, written.head)
        try:
            return self.rescue.keep(incident, added, self.lines_after(incident), self.document)
        except OSError as error:
            self.warning = f"saved, but its rescue copy {self.rescue.file(incident)} was not ({error.strerror})"
            return False
        except StoreError as error:
            self.warning = f"saved, but its rescue copy {self.rescue.file(incident)} was not ({error.why})"
            return False

    def lines_after(self, incident: str) -> Callable[[int], Sequence[bytes]]:
        """Return a reader of the incident's stored lines after a seq."""
        return lambda seq: read.lines_after(self.database, incident, seq)

    def read(self, incident: str, after_seq: int = 0) -> list[Event]:
        """Return the incident's events after `after_seq`, in order."""
        return read.events_after(self.database, incident, after_seq)

    def catch_up(self, record: Record) -> bool:
        """Extend the record with newer stored events; return False if the store is not the one it was read from."""
        return read.catch_up(self.database, record)

    def load(self, incident: str) -> Record:
        """Return the incident's record; raises NotFound."""
        record = Record(incident)
        self.catch_up(record)
        if not record.events:
            raise NotFound(f"there is no incident {incident}", "list all incidents: incident list")
        return record

    def incidents(self, live_only: bool = False, owing: bool = False) -> list[Listed]:
        """Return the listed incidents, newest first; `owing` adds ended ones with open legal duties."""
        return read.listed(self.database, live_only, owing)

    def find(self, word: str) -> Listed:
        """Return the incident for "7", "INC-7", the start of an id or part of a title; raises NotFound, Refused."""
        return read.find(self.database, word)

    def closed_at(self, row: Listed) -> datetime | None:
        """Return when the incident was closed or its report dismissed, or None."""
        return read.closed_at(self.database, row)

    def follow_ups(self, incident: str) -> tuple[FollowUp, ...]:
        """Return the incident's follow-ups without folding the rest of it."""
        return read.follow_ups(self.database, incident)

    def acted_elsewhere(self, incident: str, who: str) -> str | None:
        """Return the id of the other incident in which this person acted after their last act in this one, or None."""
        return read.acted_elsewhere(self.database, incident, who)

    def channels(self, besides: str = "") -> frozenset[str]:
        """Return every channel name used by an incident other than `besides`; exact while the lock is held."""
        return read.channels(self.database, besides)

    def document(self, digest: str) -> bytes | None:
        """Return the document with this SHA-256, or None."""
        return read.document(self.database, digest)

    def current(self) -> str | None:
        """Return the id of the incident chosen with `use`, or None."""
        rows = self.database.rows(
            "SELECT value FROM settings JOIN incidents ON incidents.id = value WHERE key = ?", (_CURRENT,)
        )
        return str(rows[0][0]) if rows else None

    def use(self, incident: str | None) -> None:
        """Set the current incident of commands, or none; raises StoreError."""
        with self.database.immediate():
            self._choose(incident)
        self._writes += 1

    def let_choice_lapse(self, begun: str) -> None:
        """Stop using an ended incident as the current one, because another has begun; the caller holds the lock.

        The new incident becomes the current one: as the only open one, or chosen if several are open.
        """
        live = {begun, *(row.id for row in self.incidents(live_only=True))}
        current = self.current()
        if current is not None and current not in live:
            self._choose(begun if len(live) > 1 else None)

    def _choose(self, incident: str | None) -> None:
        self.database.rows("DELETE FROM settings WHERE key = ?", (_CURRENT,))
        if incident is not None:
            self.database.rows("INSERT INTO settings (key, value) VALUES (?, ?)", (_CURRENT, incident))

    def verify(self, look: Look = lambda _record: ()) -> list[str]:
        """Return the errors of the store, an empty list if it is sound.

        `look` yields further errors of an incident, each with the seq of the event.
        """
        from incident_cockpit.journal.verify import complaints

        return complaints(self, look)
