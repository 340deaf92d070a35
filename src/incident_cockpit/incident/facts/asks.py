"""Questions and tasks given to a person with a time-box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.topic import Line, Topic, put, value_of
from incident_cockpit.times.format import duration

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


# Whoever takes over what is late already gets at least this long.
SHORTEST_LEFT = timedelta(minutes=5)


class AskStatus(StrEnum):
    """Whether an ask still waits; overdue is not stored, the clock says it."""

    OPEN = "open"
    ANSWERED = "answered"
    DROPPED = "dropped"


class Ask(Struct, frozen=True):
    """What was asked of whom, until when, and what came of it.

    `acknowledged` is when they said that they are on it, `extended` how often they got more time, `before` who had it
    earlier.
    """

    who: str
    text: str
    by: str
    asked: datetime
    due: datetime
    status: AskStatus = AskStatus.OPEN
    answer: str = ""
    acknowledged: datetime | None = None
    extended: int = 0
    before: tuple[str, ...] = ()


class AskChange(Change, frozen=True):
    """An ask was made or came to an end."""

    names: ClassVar[str] = "ask"
    subject_kind: ClassVar[str] = "ask"
    ask: str
    now: Ask | None
    was: Ask | None


class AskMade(AskChange, frozen=True):
    """Somebody was asked for something; `with_line` when the line of another fact of the same action says so."""

    kind: ClassVar[str] = "ask.made"
    with_line: bool = False

    @property
    def quiet(self) -> bool:
        """Return whether another line tells it: a channel's line names whom it was asked to join."""
        return self.with_line


class AskAnswered(AskChange, frozen=True):
    """What was asked for was found, or done."""

    kind: ClassVar[str] = "ask.answered"

    @property
    def is_progress(self) -> bool:
        """Return whether it shows progress: somebody found or did something."""
        return True


class AskDropped(AskChange, frozen=True):
    """What was asked for is no longer wanted."""

    kind: ClassVar[str] = "ask.dropped"


class AskAcknowledged(AskChange, frozen=True):
    """Whoever was asked is on it."""

    kind: ClassVar[str] = "ask.acknowledged"


class AskExtended(AskChange, frozen=True):
    """Whoever was asked got more time."""

    kind: ClassVar[str] = "ask.extended"


class AskPassed(AskChange, frozen=True):
    """Somebody else was asked instead."""

    kind: ClassVar[str] = "ask.passed"


def ask(incident: Incident, moment: Moment, who: str, within: timedelta, text: str) -> AskMade:
    """Ask a person for something within a time; raises Refused when either is missing."""
    if not who:
        raise Refused("nobody was asked", "name the person: @Raj 10m check replica lag")
    if not text:
        raise Refused(f"{who} was asked for nothing", f"say what: @{who} 10m check replica lag")
    made = Ask(who=who, text=text, by=moment.who, asked=moment.happened, due=moment.happened + within)
    return AskMade(ask=f"a{moment.seq}", now=made, was=None)


def ask_several(
    incident: Incident, moment: Moment, who: Sequence[str], within: timedelta, text: str
) -> tuple[AskMade, ...]:
    """Ask several people for the same, each for themselves; raises Refused when nobody is named."""
    made = (
        ask(incident, replace(moment, seq=moment.seq + place), one, within, text)
        for place, one in enumerate(who or ("",))
    )
    return tuple(made)


def answer(incident: Incident, moment: Moment, ask: str, answer: str) -> AskAnswered:
    """Close an ask with what was found; raises Refused when nothing is said, because the answer is the point."""
    held = _open(incident, ask)
    if not answer:
        raise Refused("the answer is empty", f"say what {held.who} found, or drop the ask")
    return AskAnswered(ask=ask, now=replace(held, status=AskStatus.ANSWERED, answer=answer), was=held)


def drop(incident: Incident, moment: Moment, ask: str, reason: str = "") -> AskDropped:
    """Close an ask that is no longer wanted."""
    held = _open(incident, ask)
    return AskDropped(ask=ask, now=replace(held, status=AskStatus.DROPPED, answer=reason), was=held)


def acknowledge(incident: Incident, moment: Moment, ask: str) -> AskAcknowledged:
    """Say that whoever was asked is on it."""
    held = _open(incident, ask)
    if held.acknowledged is not None:
        raise Refused(f"{held.who} is on it already", "wait for the answer, or give it")
    return AskAcknowledged(ask=ask, now=replace(held, acknowledged=moment.happened), was=held)


def extend(incident: Incident, moment: Moment, ask: str, within: timedelta) -> AskExtended:
    """Give more time: `within` from when it is due, or from now where that has passed."""
    held = _open(incident, ask)
    until = max(held.due, moment.happened) + within
    return AskExtended(ask=ask, now=replace(held, due=until, extended=held.extended + 1), was=held)


def reassign(incident: Incident, moment: Moment, ask: str, who: str, within: timedelta | None = None) -> AskPassed:
    """Ask somebody else instead, with the time that is left or a new one; raises Refused for the same person."""
    held = _open(incident, ask)
    if not who:
        raise Refused("nobody was named", "say who takes it, as in :reassign REPLICA Kim")
    if who == held.who:
        raise Refused(f"{who} has it already", "name somebody else, or extend it")
    due = moment.happened + within if within is not None else max(held.due, moment.happened + SHORTEST_LEFT)
    now = replace(held, who=who, due=due, acknowledged=None, before=(*held.before, held.who))
    return AskPassed(ask=ask, now=now, was=held)


def open_asks(incident: Incident, who: str | None = None) -> dict[str, Ask]:
    """Return the asks that still wait, by id; only those of one person if `who` is given."""
    return {
        key: one
        for key, one in incident.asks.items()
        if one.status is AskStatus.OPEN and (who is None or one.who == who)
    }


def _open(incident: Incident, ask: str) -> Ask:
    held = incident.asks.get(ask)
    if held is None:
        raise Refused(f"there is no ask {ask}", "name it by its words or the person's name")
    if held.status is not AskStatus.OPEN:
        raise Refused(f"'{held.text}' is {held.status.value} already", "ask anew, or undo")
    return held


def _fold(state: Mapping[str, Ask], fact: AskChange) -> Mapping[str, Ask]:
    return put(state, fact.ask, fact.now)


def _words(fact: AskChange, incident: Incident) -> Line:
    one = value_of(fact.now, fact.was)
    match fact:
        case AskAnswered():
            return Line("answer", f"{one.who}: {one.text} → {one.answer}")
        case AskDropped():
            return Line("ask", f"dropped: {one.who}: {one.text}" + (f" ({one.answer})" if one.answer else ""))
        case AskAcknowledged():
            return Line("ask", f"{one.who} is on it: {one.text}")
        case AskExtended():
            return Line("ask", f"{one.who} has until {one.due:%H:%M} UTC: {one.text}")
        case AskPassed():
            return Line("ask", f"{one.before[-1] if one.before else 'somebody'} → {one.who}: {one.text}")
    return Line("ask", f"{one.who}, {duration(one.due - one.asked)}: {one.text}")


TOPIC = Topic("asks", {}, (AskMade, AskAnswered, AskDropped, AskAcknowledged, AskExtended, AskPassed), _fold, _words)


# -- needs: What the response lacks: people, access, a vendor; how long it has been lacking, and who helped.


class Need(Struct, frozen=True):
    """What is lacking, since when, and by whom and when it was met."""

    text: str
    raised: datetime
    by: str
    met: datetime | None = None
    met_by: str = ""


class NeedChanged(Change, frozen=True):
    """Something was found lacking, or is no longer."""

    kind: ClassVar[str] = "need.changed"
    names: ClassVar[str] = "need"
    need: str
    now: Need | None
    was: Need | None


def log_need(incident: Incident, moment: Moment, text: str) -> NeedChanged:
    """Say what is lacking; raises Refused when it is empty or said already."""
    if not text:
        raise Refused("the need is empty", "say what is lacking, as in :need somebody with access to the gateway")
    for held in open_needs(incident).values():
        if held.text.casefold() == text.casefold():
            raise Refused(f"'{held.text}' is lacking already", "say when it is met, as in :need-met NEED WHO")
    return NeedChanged(need=f"d{moment.seq}", now=Need(text, moment.happened, moment.who), was=None)


def mark_need_met(incident: Incident, moment: Moment, need: str, who: str = "") -> NeedChanged:
    """Say that it is no longer lacking, and who helped; whoever acts where nobody is named."""
    held = incident.needs.get(need)
    if held is None:
        raise Refused(f"there is no need {need}", "name it by its words")
    if held.met is not None:
        raise Refused(f"'{held.text}' is met already", "leave it, or undo")
    return NeedChanged(need=need, now=replace(held, met=moment.happened, met_by=who or moment.who), was=held)


def open_needs(incident: Incident) -> dict[str, Need]:
    """Return what is still lacking, by id."""
    return {key: one for key, one in incident.needs.items() if one.met is None}


def _needs_fold(state: Mapping[str, Need], fact: NeedChanged) -> Mapping[str, Need]:
    return put(state, fact.need, fact.now)


def _needs_words(fact: NeedChanged, incident: Incident) -> Line:
    one = value_of(fact.now, fact.was)
    return Line("need", f"{one.text}  met by {one.met_by}" if one.met else one.text)


NEEDS_TOPIC = Topic("needs", {}, (NeedChanged,), _needs_fold, _needs_words)
