"""Countdowns that people set by hand, and the putting off of anything that is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.milestones import response_time
from incident_cockpit.incident.facts.phase import last_reopening
from incident_cockpit.incident.facts.topic import Line, Topic, put, value_of
from incident_cockpit.times.format import duration

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class TimerStatus(StrEnum):
    """Whether a timer still counts."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class Timer(Struct, frozen=True):
    """What to think of, and when."""

    text: str
    by: str
    set_at: datetime
    due: datetime
    status: TimerStatus = TimerStatus.RUNNING


class Timers(Struct, frozen=True):
    """The timers by id, and by due item until when it was put off."""

    timers: Mapping[str, Timer] = field(default_factory=dict)
    snoozed: Mapping[str, datetime] = field(default_factory=dict)


class TimerChanged(Change, frozen=True):
    """A timer was set, done or cancelled."""

    kind: ClassVar[str] = "timer.changed"
    names: ClassVar[str] = "timer"
    timer: str
    now: Timer | None
    was: Timer | None


class Snoozed(Change, frozen=True):
    """A due item was put off; `text` is what it said."""

    kind: ClassVar[str] = "due.put_off"
    names: ClassVar[str] = "item"
    item: str
    text: str
    now: datetime | None
    was: datetime | None


def set_timer(incident: Incident, moment: Moment, within: timedelta, text: str = "") -> TimerChanged:
    """Start a countdown; without words it is called by its length."""
    timer = Timer(text or f"{duration(within)} timer", moment.who, moment.happened, moment.happened + within)
    return TimerChanged(timer=f"t{moment.seq}", now=timer, was=None)


def complete_timer(incident: Incident, moment: Moment, timer: str) -> TimerChanged:
    """End a timer because what it reminded of is done."""
    return _end(incident, timer, TimerStatus.DONE)


def cancel_timer(incident: Incident, moment: Moment, timer: str) -> TimerChanged:
    """End a timer because it is no longer wanted."""
    return _end(incident, timer, TimerStatus.CANCELLED)


def snooze(incident: Incident, moment: Moment, item: str, text: str, at: datetime, within: timedelta) -> Snoozed:
    """Put off what is due at `at`: by `within` from then, or from now where it is late; the record says so."""
    until = max(at, moment.now) + within
    return Snoozed(item=item, text=text, now=until, was=incident.timers.snoozed.get(item))


def _end(incident: Incident, timer: str, status: TimerStatus) -> TimerChanged:
    current = incident.timers.timers.get(timer)
    if current is None:
        raise Refused(f'No timer matches "{timer}"', "use its words", about="timer")
    if current.status is not TimerStatus.RUNNING:
        raise Refused(
            f'"{current.text}" is already {current.status.value}',
            "set a new one with :timer 10m check rollback",
            about="timer",
        )
    return TimerChanged(timer=timer, now=replace(current, status=status), was=current)


def _fold(state: Timers, fact: Change) -> Timers:
    match fact:
        case TimerChanged(timer=timer, now=now):
            return replace(state, timers=put(state.timers, timer, now))
        case Snoozed(item=item, now=now):
            return replace(state, snoozed=put(state.snoozed, item, now))
    return state


def _words(fact: Change, incident: Incident) -> Line:
    match fact:
        case TimerChanged(now=now, was=was):
            timer = value_of(now, was)
            if timer.status is TimerStatus.RUNNING:
                return Line("timer", f"{timer.text}, in {duration(timer.due - timer.set_at)}")
            return Line("timer", f"{timer.text}  {timer.status.value}")
        case Snoozed(text=text, now=now):
            until = f"{now:%H:%M} UTC" if now else "as planned"
            return Line("snooze", f"{text} → {until}")
    raise TypeError(fact)


TOPIC = Topic("timers", Timers(), (TimerChanged, Snoozed), _fold, _words)


# -- deeds: What the plan asks for and only people can say: told, done, looked at, or not needed, with the reason.


class CompletionStatus(StrEnum):
    """Whether it was done, was not needed, or was passed over when the incident was closed."""

    DONE = "done"
    WAIVED = "not needed"
    OVERRIDDEN = "closed without it"


class CompletionMark(Struct, frozen=True):
    """What became of something the plan asks for; `text` is what it was, `note` what was said of it."""

    status: CompletionStatus
    text: str
    who: str
    when: datetime
    note: str = ""


class CompletionMarked(Change, frozen=True):
    """Something the plan asks for was done, or was not needed; `deed` is its word in the plan."""

    kind: ClassVar[str] = "deed.marked"
    names: ClassVar[str] = "deed"
    deed: str
    now: CompletionMark | None
    was: CompletionMark | None


def mark_items(
    incident: Incident, moment: Moment, deeds: Sequence[tuple[str, str]], status: CompletionStatus, note: str = ""
) -> tuple[CompletionMarked, ...]:
    """Mark deeds, each with its text; raises Refused where one is marked so already, or is passed over silently."""
    if status is not CompletionStatus.DONE and not note:
        raise Refused("Reason required", "enter why it is not needed", about="reason")
    facts = []
    for word, text in deeds:
        was = incident.completion_marks.get(word)
        if was is not None and was.status is status and current_mark(incident, word):
            raise Refused(
                f'"{was.text}" is already {was.status.value} ({was.who}, {was.when:%H:%M} UTC)',
                f"if that is wrong, {was.who} can undo it",
                about="item",
            )
        facts.append(
            CompletionMarked(
                deed=word, now=CompletionMark(status, text, moment.who, response_time(incident, moment), note), was=was
            )
        )
    return tuple(facts)


def current_mark(incident: Incident, word: str) -> CompletionMark | None:
    """Return what was marked under a word since the incident was last reopened: an end that comes again asks again."""
    deed, again = incident.completion_marks.get(word), last_reopening(incident)
    return deed if deed is not None and (again is None or deed.when >= again) else None


def _deeds_fold(state: Mapping[str, CompletionMark], fact: CompletionMarked) -> Mapping[str, CompletionMark]:
    return put(state, fact.deed, fact.now)


def _deeds_words(fact: CompletionMarked, incident: Incident) -> Line:
    deed = value_of(fact.now, fact.was)
    if fact.now is None:
        return Line("plan", f"{deed.text}  reopened")
    note = f": {deed.note}" if deed.note else ""
    return Line("plan", f"{deed.text}  {deed.status.value}{note}")


DEEDS_TOPIC = Topic("completion_marks", {}, (CompletionMarked,), _deeds_fold, _deeds_words)
