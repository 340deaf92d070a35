"""Following an incident through a store that may be replaced while it is open, by an older copy or by another one."""

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
    """Take into the record what the store holds by now; raises StoreError where the store lacks the incident.

    Where the store was replaced the record begins anew. What it held and the store lacks is in a rescue copy then.
    """
    if read.catch_up(journal.database, record):
        return
    stored_record = Record(record.id)
    read.catch_up(journal.database, stored_record)
    stored = {event.id for event in stored_record.events}
    lost = [event for event in record.events if event.id not in stored]
    # Once for each state of the record: a store without the incident is looked at often.
    if lost and record.secured != record.head:
        _secure(journal, record, lost)
    if not stored_record.seq:
        raise StoreError(
            f"the store is now without {record.incident.name}: it was removed, or the store was replaced",
            f"its {counted(record.seq, 'event')} are in the rescue copy: bring it back with :put-back",
        )
    record.restart(stored_record.events, stored_record.head)


def _secure(journal: Journal, record: Record, lost: Sequence[Event]) -> None:
    """Make sure that the rescue copies hold events that the store lacks; raises StoreError."""
    if journal.rescue is None:
        return
    try:
        journal.rescue.secure(record.id, list(map(codec.encode, record.events)), [event.id for event in lost])
    except OSError as error:
        raise StoreError(
            f"the store was replaced, and {counted(len(lost), 'event')} that it lacks could not be written to"
            f" {journal.rescue.folder} ({error.strerror})",
            "make room there or make it writable, and leave this program open: it alone holds them",
        ) from error
    record.secured = record.head
