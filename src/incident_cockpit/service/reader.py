"""Reading of incidents from the store, with damage reported per incident."""

from __future__ import annotations

from collections.abc import Callable

from incident_cockpit.errors import NotFound, Unreadable
from incident_cockpit.incident.integrity import check_readable, faults
from incident_cockpit.incident.record import Record
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.read import Listed


class Reader:
    """Reads incidents from the journal and reports damage."""

    def __init__(self, journal: Callable[[], Journal]) -> None:
        """Take a function that returns the journal, which is opened on the first read."""
        self._journal = journal
        self._latest: Record | None = None

    def read(self, incident_id: str) -> Record:
        """Return the incident with this UUID; raises Unreadable, which does not name the incident."""
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
            row = next((row for row in self._journal().incidents() if row.id == incident_id), None)
            if row is None:
                raise NotFound(f'no incident matches "{incident_id}"', "to list all: incident list") from error
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
        """Check every event of the incident that was read last, unless it has more events than `most`.

        Raises Unreadable for an event that no view expects. Reading leaves this out, as it costs several times as much.
        """
        record = self._latest
        if record is None or (most is not None and record.seq > most):
            return
        for seq, why in faults(record):
            raise _unreadable(record.incident.opening.number, f"event {seq}, {why}")


def _unreadable(number: int, why: str) -> Unreadable:
    return Unreadable(
        f"INC-{number} cannot be read: {why}",
        "to rebuild it from its rescue copy: incident restore; to remove it from the store: "
        f"incident remove {number} --reason TEXT; other incidents are not affected",
    )
