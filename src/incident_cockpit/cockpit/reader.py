"""Reading incidents from the store: what cannot be read is named with its way on, and keeps no other from work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from msgspec.structs import replace

from incident_cockpit.errors import NotFound, Unreadable
from incident_cockpit.incident.integrity import check_readable, faults
from incident_cockpit.incident.record import Record
from incident_cockpit.journal.journal import Journal, Listed

# Some milliseconds of reading.
_EVENTS_LOOKED_AT = 2_000


class Reader:
    """Reads from the journal, and remembers which incidents could not be read and why."""

    def __init__(self, journal: Callable[[], Journal]) -> None:
        """Take what returns the store, which is opened when something is read."""
        self._journal = journal
        # By the incident's UUID, "" for one that was read.
        self._unreadable: dict[str, str] = {}
        self._latest: Record | None = None

    def record(self, incident_id: str) -> Record:
        """Return the incident with this UUID; raises NotFound, and Unreadable where its events are damaged."""
        try:
            record = self._journal().load(incident_id)
            check_readable(record)
        except (Unreadable, NotFound) as error:
            row = next((one for one in self._journal().incidents() if one.id == incident_id), None)
            if row is None:
                raise
            why = error.why if isinstance(error, Unreadable) else "its events are missing"
            self._unreadable[incident_id] = why
            raise _unreadable(row.number, why) from error
        self._unreadable[incident_id] = ""
        self._latest = record
        return record

    def why_unreadable(self, row: Listed) -> str:
        """Return why the incident cannot be read, "" where it can."""
        if row.id not in self._unreadable:
            with suppress(Unreadable, NotFound):
                self.record(row.id)
        return self._unreadable.get(row.id, "")

    def marked(self, rows: Sequence[Listed]) -> list[Listed]:
        """Return the rows with a mark on those that cannot be read.

        Only so many events are read a call, those of live incidents first; the next call goes on where it stopped.
        """
        left = _EVENTS_LOOKED_AT
        for row in sorted(rows, key=lambda one: not one.live):
            if row.id not in self._unreadable and row.seq <= left:
                left -= row.seq
                self.why_unreadable(row)
        return [replace(row, unreadable=self._unreadable.get(row.id, "")) for row in rows]

    def check_latest(self, most: int | None = None) -> None:
        """Look closely at the incident that was read last, unless it has more events than `most`.

        Raises Unreadable for what no view expects. Reading leaves that out because it costs several times as much.
        """
        record = self._latest
        if record is None or (most is not None and record.seq > most):
            return
        for seq, why in faults(record):
            raise _unreadable(record.incident.opening.number, f"event {seq}, {why}")


def _unreadable(number: int, why: str) -> Unreadable:
    return Unreadable(
        f"INC-{number} cannot be read: {why}",
        "rebuild it from its rescue copy with: incident restore; or take it out of the store with: "
        f"incident remove {number} --reason WHY; other incidents are not affected",
    )
