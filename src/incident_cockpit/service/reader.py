"""Reading incidents from the store: what cannot be read is named with its way on, and keeps no other from work."""

from __future__ import annotations

from collections.abc import Callable

from incident_cockpit.errors import NotFound, Unreadable
from incident_cockpit.incident.integrity import check_readable, faults
from incident_cockpit.incident.record import Record
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.read import Listed


class Reader:
    """Reads from the journal, and names what of it is damaged."""

    def __init__(self, journal: Callable[[], Journal]) -> None:
        """Take what returns the store, which is opened when something is read."""
        self._journal = journal
        self._latest: Record | None = None

    def read(self, incident_id: str) -> Record:
        """Return the incident with this UUID; raises Unreadable, which says why and does not name the incident."""
        try:
            record = self._journal().load(incident_id)
        except NotFound as error:
            raise Unreadable("its events are missing", "run: incident verify") from error
        check_readable(record)
        return record

    def record(self, incident_id: str) -> Record:
        """Return the incident with this UUID; raises NotFound, and Unreadable where its events are damaged."""
        try:
            self._latest = self.read(incident_id)
        except Unreadable as error:
            row = next((one for one in self._journal().incidents() if one.id == incident_id), None)
            if row is None:
                raise NotFound(f"there is no incident {incident_id}", "see them all with: incident list") from error
            raise _unreadable(row.number, error.why) from error
        return self._latest

    def why_unreadable(self, row: Listed) -> str:
        """Return why the incident cannot be read, "" where it can."""
        try:
            self.read(row.id)
        except Unreadable as error:
            return error.why
        return ""

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
