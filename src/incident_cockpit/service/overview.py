"""The list of incidents in three groups, each with its outstanding work and how late that is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.facts.severity import severity_rank
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
    """Groups of the list, in order; the value is the heading."""

    OPEN = "Open"
    RESOLVED = "Resolved, not closed"
    CLOSED = "Closed"


class Overview(Struct, frozen=True):
    """One incident of the list.

    `due` has the due items, soonest first, none once the incident is closed; `follow_ups` are the open ones; `closed`
    is when it was closed or its report dismissed. Times are absolute, so that a row can be painted again later.
    `rank` is the rank of the severity in its plan, 1 the highest, also for one that is not known. `unreadable` is why
    its events cannot be read, "" where they can; then its outstanding work is unknown.
    """

    listed: Listed
    group: Group
    due: tuple[DueItem, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    closed: datetime | None = None
    unreadable: str = ""
    rank: int = 1

    def late(self, now: datetime) -> tuple[datetime, ...]:
        """Return when each late item was due, the worst first: due items and follow-ups."""
        times = [
            *(item.at for item in self.due),
            *(follow_up.due for follow_up in self.follow_ups if follow_up.due is not None),
        ]
        return tuple(sorted(at for at in times if overdue(at, now)))

    def next_due(self, now: datetime) -> DueItem | None:
        """Return the due item whose time comes next, or the worst late one where all have passed; None without any."""
        return next((item for item in self.due if item.at > now), self.due[0] if self.due else None)


def lateness(late: Sequence[datetime], now: datetime) -> str:
    """Return how many items are late and by how much at most: "3 late, worst 19m"; "" for none."""
    if not late:
        return ""
    worst = duration(now - late[0])
    return f"1 late by {worst}" if len(late) == 1 else f"{len(late)} late, worst {worst}"


def owed(overview: Overview, now: datetime) -> str:
    """Return the outstanding legal duties and late follow-ups that keep a closed incident listed; "" for none."""
    if overview.group is not Group.CLOSED:
        return ""
    late = overview.late(now)
    follow_ups = f"{counted(len(late), 'follow-up')} {lateness(late, now).partition(' ')[2]}" if late else ""
    return ", ".join(filter(None, (overview.listed.owed, follow_ups)))


def open_repair(overview: Overview) -> str:
    """Return the open follow-ups of a false alarm, which are the repair of what raised it; "" for none."""
    if overview.listed.triage != TriageOutcome.FALSE_ALARM.value or not overview.follow_ups:
        return ""
    return f"open follow-up: {'; '.join(follow_up.text for follow_up in overview.follow_ups)}"


def grouped(overviews: Iterable[Overview]) -> list[tuple[Group, list[Overview]]]:
    """Return the groups that have incidents, in the order of the list."""
    rows = list(overviews)
    groups = [(group, [row for row in rows if row.group is group]) for group in Group]
    return [(group, members) for group, members in groups if members]


def with_late(overviews: Iterable[Overview], now: datetime) -> LateItems:
    """Return the incidents that have late items, each with when those were due, the worst first."""
    late = [(overview.listed, overview.late(now)) for overview in overviews]
    return sorted(((row, times) for row, times in late if times), key=lambda item: item[1][0])


# How many events of closed incidents are checked in one call, which takes some milliseconds.
_MOST_EVENTS = 2_000


class Overviews:
    """Reads the list, and of each incident only the events since the last read."""

    def __init__(self, journal: Journal, reader: Reader) -> None:
        """Read from this journal, on its thread."""
        self._journal = journal
        self._reader = reader
        self._records: dict[str, Record] = {}
        self._known: dict[str, Overview] = {}
        # Closed incidents of which every event was checked.
        self._checked: set[str] = set()

    def read(self, rows: Iterable[Listed]) -> list[Overview]:
        """Return the overviews of these incidents; one whose events cannot be read stays in the list.

        One call checks a limited number of events of closed incidents; the next call continues there.
        """
        overviews = []
        left = _MOST_EVENTS
        for row in rows:
            overview = self._read(row)
            unchecked = overview.group is Group.CLOSED and not overview.unreadable and row.id not in self._checked
            if unchecked and row.seq <= left:
                left -= row.seq
                why = self._reader.why_unreadable(row)
                if why:
                    overview = replace(overview, unreadable=why)
                else:
                    self._checked.add(row.id)
            overviews.append(overview)
        return overviews

    def _read(self, row: Listed) -> Overview:
        known = self._known.get(row.id)
        if known is None or known.listed != row:
            known = self._overview(row)
            if not known.unreadable:
                self._known[row.id] = known
        return known

    def _overview(self, row: Listed) -> Overview:
        closed = self._journal.closed_at(row)
        group = Group.OPEN if row.live else Group.RESOLVED if closed is None else Group.CLOSED
        try:
            if closed is not None:
                self._records.pop(row.id, None)
                return Overview(row, group, (), _open(self._journal.follow_ups(row.id)), closed)
            incident = self._record(row.id).incident
            follow_ups = _open(incident.followups.values())
            return Overview(row, group, due_items(incident), follow_ups, rank=severity_rank(incident))
        except Refused as refused:
            return Overview(row, group, closed=closed, unreadable=refused.why)
        except Exception:
            # A damaged incident is not an error of the program, and keeps no other from being listed.
            why = next((f"event {seq}, {why}" for seq, why in faults(self._records[row.id])), "")
            if not why:
                raise
            return Overview(row, group, closed=closed, unreadable=why)

    def _record(self, incident_id: str) -> Record:
        """Return the incident with its new events; it is read again where the store was replaced."""
        record = self._records.get(incident_id)
        if record is None or not self._journal.catch_up(record):
            self._records.pop(incident_id, None)
            record = self._records[incident_id] = self._reader.read(incident_id)
        return record


def _open(follow_ups: Iterable[FollowUp]) -> tuple[FollowUp, ...]:
    return tuple(follow_up for follow_up in follow_ups if not follow_up.done)
