"""Following of an incident in a store that may be replaced while it is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from incident_cockpit.errors import StoreError
from incident_cockpit.incident import codec
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.record import Record
from incident_cockpit.journal import read
from incident_cockpit.text.plurals import counted

if TYPE_CHECKING:
    from incident_cockpit.journal.journal import Journal


def follow(journal: Journal, record: Record) -> None:
    """Bring the record up to date; raises StoreError if the store lacks the incident.

    If the store was replaced, the record is read again, and events that the store lacks are in a rescue copy.
    """
    if read.catch_up(journal.database, record):
        return
    stored_record = Record(record.id)
    read.catch_up(journal.database, stored_record)
    stored = {event.id for event in stored_record.events}
    lost = [event for event in record.events if event.id not in stored]
    # Once for each state of the record: a store without the incident is polled often.
    if lost and record.secured != record.head:
        _secure(journal, record, lost)
    if not stored_record.seq:
        raise StoreError(
            f"the store no longer has {record.incident.name}: it was removed, or the store was replaced",
            f"its {counted(record.seq, 'event')} are in the rescue copy: restore it with :put-back",
        )
    record.restart(stored_record.events, stored_record.head)


def _secure(journal: Journal, record: Record, lost: Sequence[Event]) -> None:
    """Ensure that the rescue copies hold the events that the store lacks; raises StoreError."""
    if journal.rescue is None:
        return
    try:
        journal.rescue.secure(record.id, list(map(codec.encode, record.events)), [event.id for event in lost])
    except OSError as error:
        raise StoreError(
            f"the store was replaced, and {counted(len(lost), 'event')} missing from it could not be written to"
            f" {journal.rescue.folder} ({error.strerror})",
            "free space there or make it writable, and keep this program open: it has the only copy",
        ) from error
    record.secured = record.head
