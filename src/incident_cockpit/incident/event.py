"""Events: a fact with its author, times, place in the order, and the event that it undoes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.times.format import in_utc

# Two clocks rarely agree to the second, so a time may be this far in the future.
CLOCK_TOLERANCE = timedelta(minutes=2)
# An entry may be long (a pasted log), a name may not.
LONGEST_NAME = 80


# Facts and events never change, so they hold no circle: the collector need not look at thousands of them.
class Fact(Struct, frozen=True, gc=False):
    """Something that happened; `kind` is its stable name in the journal.

    `announced` marks what a status update reports: once an update was sent, it can be changed but no longer undone.
    """

    kind: ClassVar[str] = ""
    announced: ClassVar[bool] = False

    @property
    def quiet(self) -> bool:
        """Return whether the fact only accompanies another and has no entry of its own on the timeline."""
        return False

    @property
    def is_progress(self) -> bool:
        """Return whether it shows progress: a finding, action, answer, outcome, hypothesis or system status."""
        return False


class Change(Fact, frozen=True):
    """A fact with the value that it sets and the value that it replaces, so that it can be undone.

    Every subclass declares its fields `now` and `was` with its own type; None means that there is no value. `names` is
    the field that holds the id of the thing that changed, where a family has several; facts with one `subject_kind`
    change the same thing.
    """

    names: ClassVar[str] = ""
    subject_kind: ClassVar[str] = ""
    now: Any
    was: Any

    @property
    def subject(self) -> tuple[str, str]:
        """Return the subject of the fact: two facts with the same subject change the same value."""
        sort = self.subject_kind or self.kind
        return (sort, str(getattr(self, self.names))) if self.names else (sort, "")

    def touched_by(self, later: Change) -> bool:
        """Return whether a later fact depends on this one, so that it can no longer be undone alone."""
        return self.subject == later.subject

    def inverse(self) -> Change:
        """Return the fact that restores the former value."""
        return replace(self, now=self.was, was=self.now)


class Event(Struct, frozen=True, gc=False):
    """One fact in the journal, immutable.

    `seq` counts from 1 within the incident; `act` is the seq of the first fact of the same action, so that the facts of
    one action are undone together; times are aware UTC. `recorded` never decreases from one event to the next: `clock`
    is the clock's time where that was earlier, else None. An event that was put back into a store that had lost it
    keeps its author, time and id; `first_recorded` is when it was recorded before.
    """

    id: str
    incident: str
    seq: int
    act: int
    happened: datetime
    recorded: datetime
    who: str
    fact: Fact
    undoes: int | None = None
    clock: datetime | None = None
    first_recorded: datetime | None = None

    @property
    def clocked(self) -> datetime:
        """Return the clock's time when it was first recorded."""
        return self.clock or self.first_recorded or self.recorded

    @property
    def dated(self) -> bool:
        """Return whether a person entered the time at which it happened."""
        return self.happened != self.clocked


class PendingFact(Struct, frozen=True):
    """A fact on its way to the journal, with the seq of the event that it undoes, if any.

    `happened` is its own time, where the facts of one action happened at several; `apart` marks a fact that is not part
    of the action it is stored with, and is not undone with it.
    """

    fact: Fact
    undoes: int | None = None
    happened: datetime | None = None
    apart: bool = False


class Moment(Struct, frozen=True):
    """The circumstances of an action: who acts, the time it is recorded and the time it happened, and its first seq.

    Entity ids derive from `seq`, so that the same journal always gives the same ids.
    """

    who: str
    now: datetime
    happened: datetime
    seq: int

    @property
    def dated(self) -> bool:
        """Return whether a person entered the time at which it happened; else it is the clock's time."""
        return self.happened != self.now


def check_times(moment: Moment, started: datetime, clock_words: str, *, early: bool = False) -> None:
    """Refuse a time in the future, or one before the incident started unless it may be `early`.

    `clock_words` is the time as it was read. A time that no one entered is never refused: clocks are set back.
    """
    if not moment.dated:
        return
    if moment.happened > moment.now + CLOCK_TOLERANCE:
        raise Refused(f"{clock_words} is in the future", "enter a past time, such as -7m or 14:05")
    if moment.happened < started and not early:
        raise Refused(
            f"{clock_words} is before the incident started ({started:%Y-%m-%d %H:%M} UTC)",
            f"if the impact started earlier, move its start first: {start_command(moment.happened, moment.now)}",
        )


def start_command(at: datetime, now: datetime) -> str:
    """Return the command that moves the start of the incident to this time."""
    return f":milestone started {in_utc(at, dated=at.date() != now.date())}"
