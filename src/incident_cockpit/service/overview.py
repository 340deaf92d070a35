"""The list of incidents in three groups, each incident with what it owes and how much of that is late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.integrity import faults
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.due import DueItem, due_items
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.reader import Reader
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import duration, overdue

# Incidents that have late items, each with when those were due, the worst first.
LateItems = list[tuple[Listed, tuple[datetime, ...]]]


class Group(StrEnum):
    """The groups of the list, in its order; the value is the heading."""

    OPEN = "Open"
    RESOLVED = "Resolved, not closed"
    CLOSED = "Closed"


class Overview(Struct, frozen=True):
    """One incident of the list.

    `due` is everything with a clock, soonest first, and empty once the incident is closed; `follow_ups` are those that
    are open; `closed` is when it was closed or its report dismissed. Times are left as they are, so that a row can be
    painted again later. `unreadable` says why its events cannot be read, "" where they can: then it owes nothing that
    is known.
    """

    listed: Listed
    group: Group
    due: tuple[DueItem, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    closed: datetime | None = None
    unreadable: str = ""

    def late(self, now: datetime) -> tuple[datetime, ...]:
        """Return when each late item was due, the worst first: due items and follow-ups."""
        times = [*(item.at for item in self.due), *(one.due for one in self.follow_ups if one.due is not None)]
        return tuple(sorted(at for at in times if overdue(at, now)))

    def next_due(self, now: datetime) -> DueItem | None:
        """Return the due item whose time comes next, or the worst late one where all have passed; None without any."""
        return next((item for item in self.due if item.at > now), self.due[0] if self.due else None)


def lateness(late: Sequence[datetime], now: datetime) -> str:
    """Say how many items are late and by how much at worst: "3 late, worst 19m"; "" for none."""
    if not late:
        return ""
    worst = duration(now - late[0])
    return f"1 late by {worst}" if len(late) == 1 else f"{len(late)} late, worst {worst}"


def owed(one: Overview, now: datetime) -> str:
    """Return what a closed incident owes, "" for nothing: legal duties and late follow-ups; such a row is listed."""
    if one.group is not Group.CLOSED:
        return ""
    late = one.late(now)
    follow_ups = f"{counted(len(late), 'follow-up')} {lateness(late, now).partition(' ')[2]}" if late else ""
    return ", ".join(filter(None, (one.listed.owed, follow_ups)))


def open_repair(one: Overview) -> str:
    """Say which follow-ups of a false alarm are open, "" for none: repairing what raised it is all that is left."""
    if one.listed.triage != TriageOutcome.FALSE_ALARM.value or not one.follow_ups:
        return ""
    return f"follow-up open: {'; '.join(follow_up.text for follow_up in one.follow_ups)}"


def grouped(shown: Iterable[Overview]) -> list[tuple[Group, list[Overview]]]:
    """Return the groups that have incidents, in the order of the list."""
    rows = list(shown)
    found = [(group, [one for one in rows if one.group is group]) for group in Group]
    return [(group, members) for group, members in found if members]


def with_late(shown: Iterable[Overview], now: datetime) -> LateItems:
    """Return the incidents that have late items, each with when those were due, the worst first."""
    late = [(one.listed, one.late(now)) for one in shown]
    return sorted(((row, times) for row, times in late if times), key=lambda found: found[1][0])


# Some milliseconds of reading.
_EVENTS_LOOKED_AT = 2_000


class Overviews:
    """Reads the list, and of each incident only what was written since it was last read."""

    def __init__(self, journal: Journal, reader: Reader) -> None:
        """Read from this journal, on its thread."""
        self._journal = journal
        self._reader = reader
        self._records: dict[str, Record] = {}
        self._known: dict[str, Overview] = {}
        # Closed incidents of which every event was read.
        self._whole: set[str] = set()

    def read(self, rows: Iterable[Listed]) -> list[Overview]:
        """Return these incidents as they stand; one whose events cannot be read stays in the list.

        Of closed ones only so many events are looked at in one call; the next call goes on where it stopped.
        """
        found = []
        left = _EVENTS_LOOKED_AT
        for row in rows:
            one = self._read(row)
            if one.group is Group.CLOSED and not one.unreadable and row.id not in self._whole and row.seq <= left:
                left -= row.seq
                why = self._reader.why_unreadable(row)
                if why:
                    one = replace(one, unreadable=why)
                else:
                    self._whole.add(row.id)
            found.append(one)
        return found

    def _read(self, row: Listed) -> Overview:
        known = self._known.get(row.id)
        if known is None or known.listed != row:
            known = self._made(row)
            if not known.unreadable:
                self._known[row.id] = known
        return known

    def _made(self, row: Listed) -> Overview:
        closed = self._journal.closed_at(row)
        group = Group.OPEN if row.live else Group.RESOLVED if closed is None else Group.CLOSED
        try:
            if closed is not None:
                self._records.pop(row.id, None)
                return Overview(row, group, (), _open(self._journal.follow_ups(row.id)), closed)
            incident = self._record(row.id).incident
            return Overview(row, group, due_items(incident), _open(incident.followups.values()))
        except Refused as refused:
            return Overview(row, group, closed=closed, unreadable=refused.why)
        except Exception:
            # What is wrong with an incident is no fault of the program, and keeps no other from being listed.
            why = next((f"event {seq}, {why}" for seq, why in faults(self._records[row.id])), "")
            if not why:
                raise
            return Overview(row, group, closed=closed, unreadable=why)

    def _record(self, incident_id: str) -> Record:
        """Return the incident with what was written since; it is read anew where the store was replaced."""
        record = self._records.get(incident_id)
        if record is None or not self._journal.catch_up(record):
            self._records.pop(incident_id, None)
            record = self._records[incident_id] = self._reader.read(incident_id)
        return record


def _open(follow_ups: Iterable[FollowUp]) -> tuple[FollowUp, ...]:
    return tuple(one for one in follow_ups if not one.done)
