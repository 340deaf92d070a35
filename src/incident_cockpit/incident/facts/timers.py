"""Timers, snoozed due items, and completion marks of plan items."""

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
from incident_cockpit.incident.facts.topic import Line, Topic, fold_by_name, put, value_of
from incident_cockpit.times.format import duration

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class TimerStatus(StrEnum):
    """Status of a timer."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class Timer(Struct, frozen=True):
    """A reminder and when it is due."""

    text: str
    by: str
    set_at: datetime
    due: datetime
    status: TimerStatus = TimerStatus.RUNNING


class Timers(Struct, frozen=True):
    """The timers by id, and by due item until when it is snoozed."""

    timers: Mapping[str, Timer] = field(default_factory=dict)
    snoozed: Mapping[str, datetime] = field(default_factory=dict)


class TimerChanged(Change, frozen=True):
    """A timer was set, completed or cancelled."""

    kind: ClassVar[str] = "timer.changed"
    names: ClassVar[str] = "timer"
    timer: str
    now: Timer | None
    was: Timer | None


class Snoozed(Change, frozen=True):
    """A due item was snoozed; `text` is its text."""

    kind: ClassVar[str] = "due.put_off"
    names: ClassVar[str] = "item"
    item: str
    text: str
    now: datetime | None
    was: datetime | None


def set_timer(incident: Incident, moment: Moment, within: timedelta, text: str = "") -> TimerChanged:
    """Set a timer; without a text it is named by its length."""
    timer = Timer(text or f"{duration(within)} timer", moment.who, moment.happened, moment.happened + within)
    return TimerChanged(timer=f"t{moment.seq}", now=timer, was=None)


def complete_timer(incident: Incident, moment: Moment, timer: str) -> TimerChanged:
    """Mark a timer as done."""
    return _end(incident, timer, TimerStatus.DONE)


def cancel_timer(incident: Incident, moment: Moment, timer: str) -> TimerChanged:
    """Cancel a timer."""
    return _end(incident, timer, TimerStatus.CANCELLED)


def snooze(incident: Incident, moment: Moment, item: str, text: str, at: datetime, within: timedelta) -> Snoozed:
    """Snooze what is due at `at`: by `within` from then, or from now where it is late."""
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


# Completion marks


class CompletionStatus(StrEnum):
    """Status of a plan item: done, waived, or overridden when the incident was closed."""

    DONE = "done"
    WAIVED = "not needed"
    OVERRIDDEN = "closed without it"


class CompletionMark(Struct, frozen=True):
    """The completion mark of a plan item; `text` is the item, `note` the note or reason."""

    status: CompletionStatus
    text: str
    who: str
    when: datetime
    note: str = ""


class CompletionMarked(Change, frozen=True):
    """A plan item was completed or waived; `deed` is its completion mark in the plan."""

    kind: ClassVar[str] = "deed.marked"
    names: ClassVar[str] = "deed"
    deed: str
    now: CompletionMark | None
    was: CompletionMark | None


def mark_items(
    incident: Incident, moment: Moment, deeds: Sequence[tuple[str, str]], status: CompletionStatus, note: str = ""
) -> tuple[CompletionMarked, ...]:
    """Mark plan items, each with its text; raises Refused for a repeated mark, and to waive without a reason."""
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
    """Return the mark that was set since the last reopening: the next end of an incident is judged anew."""
    deed, again = incident.completion_marks.get(word), last_reopening(incident)
    return deed if deed is not None and (again is None or deed.when >= again) else None


def _deeds_words(fact: CompletionMarked, incident: Incident) -> Line:
    deed = value_of(fact.now, fact.was)
    if fact.now is None:
        return Line("plan", f"{deed.text}  reopened")
    note = f": {deed.note}" if deed.note else ""
    return Line("plan", f"{deed.text}  {deed.status.value}{note}")


DEEDS_TOPIC = Topic("completion_marks", {}, (CompletionMarked,), fold_by_name, _deeds_words)
