"""The journal: the one door to the store, through which events go in, durably, and come out, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from incident_cockpit.errors import NotFound
from incident_cockpit.ids import Ids
from incident_cockpit.incident.envelope import Draft, Event
from incident_cockpit.incident.record import Record
from incident_cockpit.journal import read
from incident_cockpit.journal.database import Database
from incident_cockpit.journal.read import Listed

if TYPE_CHECKING:
    from incident_cockpit.journal.rescue import Rescue

__all__ = ["Appended", "Journal", "Listed"]

Look = Callable[[Record], Iterable[tuple[int, str]]]
_NO_DOCUMENTS: Mapping[str, bytes] = {}
_CURRENT = "current"


class Appended(Struct, frozen=True):
    """What was stored, and a warning when the rescue copy could not follow; the events are safe in the store then."""

    events: tuple[Event, ...]
    warning: str | None = None


class Journal:
    """The open journal, used from the one thread that opened it; `warning` is that of the latest write, if any.

    What writing needs is imported with the first write: reading is what a prompt does every few seconds.
    """

    def __init__(self, path: Path, rescue: Path | None, ids: Ids) -> None:
        """Open the store at `path`, made where there is none, with rescue copies in that folder; raises StoreError."""
        self.database = Database(path, rescue)
        self.warning: str | None = None
        self._ids = ids
        self._rescue_folder = rescue
        # SQLite's own mark tells only of what other connections wrote.
        self._writes = 0

    @cached_property
    def rescue(self) -> Rescue | None:
        """Return the rescue copies, None where none are kept."""
        if self._rescue_folder is None:
            return None
        from incident_cockpit.journal.rescue import Rescue

        return Rescue(self._rescue_folder)

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

    def append(
        self,
        record: Record,
        decide: Callable[[Record], Sequence[Draft]],
        *,
        who: str,
        now: datetime,
        happened: datetime | None = None,
        documents: Mapping[str, bytes] = _NO_DOCUMENTS,
        event_ids: Sequence[str] = (),
    ) -> Appended:
        """Decide on the newest state and store what was decided; the record ends up with all that is stored.

        `happened` is `now` unless given. `decide` may raise Refused: nothing is written then, and the record holds what
        others wrote meanwhile. A second try with the `event_ids` of the first stores nothing twice. Raises StoreError.
        """
        from incident_cockpit.journal import append

        by = append.Circumstances(who, now, happened or now, event_ids)
        with self.database.immediate():
            record.extend(read.events_after(self.database, record.id, record.seq))
            made = append.stored_before(self.database, record.id, event_ids)
            if made is None:
                drafts = decide(record)
                if not drafts:
                    return Appended(())
                made = append.store(self.database, record, append.stamp(record, drafts, by, self._ids), documents)
        return self._stored(record, made)

    def create(
        self,
        decide: Callable[[int], Sequence[Draft]],
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
            made = append.store(self.database, record, append.stamp(record, drafts, by, self._ids), documents)
        self._stored(record, made)
        return record

    def take_in(
        self, incident: str, read_events: Callable[[], Sequence[Event]], documents: Mapping[str, bytes]
    ) -> Record:
        """Store a whole incident that another store wrote; `read_events` is called with the lock held, may refuse."""
        from incident_cockpit.journal import append

        record = Record(incident)
        with self.database.immediate():
            made = append.store(self.database, record, read_events(), documents)
        self._stored(record, made)
        return record

    def _stored(self, record: Record, made: Sequence[Event]) -> Appended:
        self._writes += 1
        self.warning = self._keep_rescue_copy(record.id)
        record.extend([event for event in made if event.seq > record.seq])
        return Appended(tuple(made), self.warning)

    def _keep_rescue_copy(self, incident: str) -> str | None:
        if self.rescue is None:
            return None
        try:
            self.rescue.keep(incident, lambda seq: read.lines_after(self.database, incident, seq), self.document)
        except OSError as error:
            return f"saved, but its rescue copy {self.rescue.file(incident)} was not ({error.strerror})"
        return None

    def read(self, incident: str, after_seq: int = 0) -> list[Event]:
        """Return the incident's events behind `after_seq`, in order."""
        return read.events_after(self.database, incident, after_seq)

    def load(self, incident: str) -> Record:
        """Return the incident as it stands; raises NotFound."""
        record = Record(incident, self.read(incident))
        if not record.events:
            raise NotFound(f"there is no incident {incident}", "see them all with: incident list")
        return record

    def version(self) -> tuple[int, int]:
        """Return what differs as soon as anything is written, here or by another process; costs some microseconds."""
        return self._data_version(), self._writes

    def _data_version(self) -> int:
        [(version,)] = self.database.rows("PRAGMA data_version")
        return int(version)

    def incidents(self, live_only: bool = False) -> list[Listed]:
        """Return the incidents, newest first."""
        return read.listed(self.database, live_only)

    def find(self, word: str) -> Listed:
        """Return the incident meant by "7", "INC-7", an id's start or a part of the title; raises NotFound, Refused."""
        return read.find(self.database, word)

    def channels(self, besides: str = "") -> frozenset[str]:
        """Return the names of channels that incidents ever had, one incident aside; exact while the lock is held."""
        return read.channels(self.database, besides)

    def document(self, digest: str) -> bytes | None:
        """Return the document with this SHA-256, or None."""
        return read.document(self.database, digest)

    def current(self) -> str | None:
        """Return the id of the incident chosen with `use`, or None."""
        found = self.database.rows("SELECT value FROM settings WHERE key = ?", (_CURRENT,))
        return str(found[0][0]) if found else None

    def use(self, incident: str | None) -> None:
        """Choose the incident that commands mean, or none; raises StoreError."""
        with self.database.immediate():
            self.database.rows("DELETE FROM settings WHERE key = ?", (_CURRENT,))
            if incident is not None:
                self.database.rows("INSERT INTO settings (key, value) VALUES (?, ?)", (_CURRENT, incident))
        self._writes += 1

    def verify(self, look: Look = lambda _record: ()) -> list[str]:
        """Return what is wrong with the store, an empty list when nothing is.

        `look` yields what else is wrong with an incident, each with the seq of the event.
        """
        from incident_cockpit.journal.verify import complaints

        return complaints(self.database, self.rescue, look)
