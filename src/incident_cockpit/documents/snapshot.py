"""An incident as of a time, and how much of it a document shows: what every section is written from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import TypeVar

from msgspec import Struct

from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.text.blocks import Block
from incident_cockpit.times.format import clock, zone_label

Entry = TypeVar("Entry")


class Fit(Struct, frozen=True):
    """How many entries of each subject a document shows, the newest or most urgent ones; None shows all.

    `quote` is the length at which a quotation is cut. `ended` shows what is over, too: answered asks and met needs;
    `reversed` decisions that were reversed. `authors` adds who said it and since when.
    """

    actions: int | None = None
    decisions: int | None = None
    causes: int | None = None
    evidence: int | None = None
    impacts: int | None = None
    due: int | None = None
    pins: int | None = None
    engaged: int | None = None
    entries: int | None = None
    quote: int | None = None
    ended: bool = False
    reversed: bool = False
    authors: bool = True


class Snapshot(Struct, frozen=True):
    """The record of an incident, the time and the zone it is described in, and how much of it is shown."""

    record: Record
    now: datetime
    zone: tzinfo
    fit: Fit = Fit()

    @property
    def incident(self) -> Incident:
        """Return the state of the incident."""
        return self.record.incident

    @property
    def zone_name(self) -> str:
        """Return the name of the zone, as it stands beside times."""
        return zone_label(self.zone, self.now)

    def clock(self, at: datetime) -> str:
        """Return a time in the zone of the snapshot, with its date where that is another day."""
        return clock(at, self.zone, self.now)


Section = Callable[[Snapshot], Iterable[Block]]


def newest(entries: Sequence[Entry], most: int | None) -> Sequence[Entry]:
    """Return the last entries, as many as fit."""
    return entries if most is None else entries[max(0, len(entries) - most) :]
