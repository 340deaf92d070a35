"""One incident as read so far: its events in order, the state they make, and the order in which people read them."""

from __future__ import annotations

from bisect import insort
from collections.abc import Container, Iterable, Iterator
from datetime import datetime
from functools import reduce
from itertools import groupby

from incident_cockpit.errors import Unreadable
from incident_cockpit.incident.event import Event, Fact
from incident_cockpit.incident.state import EMPTY, Incident, apply


def _reading_order(event: Event) -> tuple[datetime, int]:
    return event.happened, event.seq


def _check_place(event: Event, expected: int) -> None:
    if event.seq != expected or (event.undoes is not None and not 1 <= event.undoes < expected):
        why = f"event {expected} is missing" if event.seq > expected else f"event {event.seq} is out of place"
        raise Unreadable(why, "run: incident doctor")


class Record:
    """The events of one incident and their state; it only grows at the end.

    Only a replaced store makes it start anew: `restarts` counts that, and `kept` is how many of its first events it had
    before. `head` is the hash that the store gave to the newest event, "" where there is none.
    """

    def __init__(self, incident_id: str, events: Iterable[Event] = (), head: str = "") -> None:
        """Start with what was read of the incident with this UUID."""
        self.id = incident_id
        self.restarts = self.kept = 0
        # The head with which the events that a replaced store lacks were written to a rescue copy.
        self.secured = ""
        self.incident: Incident = EMPTY
        self.events: list[Event] = []
        # What people read, in the order it happened; facts that only accompany others and takings back are not in it.
        self.read_order: list[Event] = []
        self._undone: dict[int, Event] = {}
        self.extend(events)
        self.head = head

    def restart(self, events: Iterable[Event], head: str = "") -> None:
        """Hold other events in place of those read before."""
        # Whole before anything of it is taken over: an event may not fold.
        other = Record(self.id, events, head)
        pairs = enumerate(zip(self.events, other.events, strict=False))
        shared = min(self.seq, other.seq)
        self.kept = next((place for place, (old, new) in pairs if old.id != new.id), shared)
        self.incident, self.events, self.read_order = other.incident, other.events, other.read_order
        self._undone, self.head = other._undone, head
        self.restarts += 1

    @property
    def seq(self) -> int:
        """Return the seq of the newest event read, 0 before the first."""
        return len(self.events)

    @property
    def version(self) -> tuple[str, int, int]:
        """Return a value that differs as soon as the record holds anything else."""
        return self.id, self.restarts, self.seq

    def extend(self, events: Iterable[Event]) -> None:
        """Take in newer events, each the next in seq; raises Unreadable for one that does not fit what came before.

        The record then ends before that event.
        """
        for event in events:
            _check_place(event, len(self.events) + 1)
            try:
                self.incident = apply(self.incident, event)
            except Exception as error:
                raise Unreadable(
                    f"event {event.seq} ({event.fact.kind}) does not fit what came before it", "run: incident doctor"
                ) from error
            self.events.append(event)
            if event.undoes is not None:
                self._undone[event.undoes] = event
            elif not event.fact.quiet:
                if not self.read_order or _reading_order(self.read_order[-1]) <= _reading_order(event):
                    self.read_order.append(event)
                else:
                    insort(self.read_order, event, key=_reading_order)

    def undone_by(self, seq: int) -> Event | None:
        """Return the event that undid the one with this seq, unless that was itself undone."""
        first = by = self._undone.get(seq)
        stands = False
        # An undo, its redo, the undo of that: each event comes after the one it takes back.
        while by is not None:
            stands = not stands
            by = self._undone.get(by.seq)
        return first if stands else None

    def effective(self) -> Iterable[Event]:
        """Return the events with an entry that were not undone, in the order they happened."""
        return (event for event in self.read_order if self.undone_by(event.seq) is None)

    def effective_actions(self, facts: Container[type[Fact]]) -> Iterator[tuple[Incident, tuple[Event, ...]]]:
        """Yield the effective events with these facts, action by action, with the incident after each."""
        incident = EMPTY
        relevant = (
            event
            for event in self.events
            if type(event.fact) in facts and event.undoes is None and self.undone_by(event.seq) is None
        )
        for _, action in groupby(relevant, key=lambda event: event.act):
            events = tuple(action)
            incident = reduce(apply, events, incident)
            if incident.adopted is not None:
                yield incident, events

    def as_known_at(self, at: datetime) -> Record:
        """Return the record as it was at that instant: what was recorded later is not in it.

        It is always a beginning of the journal, so that a clock that was set back never leaves a hole in it.
        """
        known = next((event.seq for event in reversed(self.events) if event.recorded <= at), 0)
        return Record(self.id, self.events[:known])
