"""Asks: requests to one person with a due time; and needs of the response."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.topic import Line, Topic, fold_by_name, value_of
from incident_cockpit.times.format import duration

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


# The least time that a new assignee gets for an ask that is near or late.
SHORTEST_LEFT = timedelta(minutes=5)


class AskStatus(StrEnum):
    """Status of an ask; overdue is not stored, it follows from the time."""

    OPEN = "open"
    ANSWERED = "answered"
    DROPPED = "dropped"


class Ask(Struct, frozen=True):
    """A request to an assignee, its due time and its answer.

    `acknowledged` is when the assignee acknowledged it, `extended` how often its due time was extended, `before` the
    former assignees.
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
    """Change of an ask."""

    names: ClassVar[str] = "ask"
    subject_kind: ClassVar[str] = "ask"
    ask: str
    now: Ask | None
    was: Ask | None


class AskMade(AskChange, frozen=True):
    """A person was asked; `with_line` where the entry of another fact of the same action says so."""

    kind: ClassVar[str] = "ask.made"
    with_line: bool = False

    @property
    def quiet(self) -> bool:
        """Return whether another entry names it, as that of a channel names who was asked to join."""
        return self.with_line


class AskAnswered(AskChange, frozen=True):
    """An ask was answered."""

    kind: ClassVar[str] = "ask.answered"

    @property
    def is_progress(self) -> bool:
        """Return True: an answer shows progress."""
        return True


class AskDropped(AskChange, frozen=True):
    """An ask was dropped."""

    kind: ClassVar[str] = "ask.dropped"


class AskAcknowledged(AskChange, frozen=True):
    """The assignee acknowledged an ask."""

    kind: ClassVar[str] = "ask.acknowledged"


class AskExtended(AskChange, frozen=True):
    """The due time of an ask was extended."""

    kind: ClassVar[str] = "ask.extended"


class AskPassed(AskChange, frozen=True):
    """An ask was reassigned."""

    kind: ClassVar[str] = "ask.passed"


def ask(incident: Incident, moment: Moment, who: str, within: timedelta, text: str) -> AskMade:
    """Ask a person for something within a time; raises Refused where either is missing."""
    if not who:
        raise Refused("Name required", "for example: @Raj 10m check replica lag", about="who")
    if not text:
        raise Refused("Request required", f"for example: @{who} 10m check replica lag", about="text")
    request = Ask(who=who, text=text, by=moment.who, asked=moment.happened, due=moment.happened + within)
    return AskMade(ask=f"a{moment.seq}", now=request, was=None)


def ask_several(
    incident: Incident, moment: Moment, who: Sequence[str], within: timedelta, text: str
) -> tuple[AskMade, ...]:
    """Ask several people for the same, each with an ask of their own; raises Refused without a name."""
    names = enumerate(who or ("",))
    return tuple(ask(incident, replace(moment, seq=moment.seq + place), name, within, text) for place, name in names)


def answer(incident: Incident, moment: Moment, ask: str, answer: str) -> AskAnswered:
    """Answer an ask; raises Refused without an answer."""
    current = _open(incident, ask)
    if not answer:
        raise Refused("Answer required", f"enter what {current.who} found, or drop the ask", about="answer")
    return AskAnswered(ask=ask, now=replace(current, status=AskStatus.ANSWERED, answer=answer), was=current)


def drop(incident: Incident, moment: Moment, ask: str, reason: str = "") -> AskDropped:
    """Drop an ask that is no longer needed."""
    current = _open(incident, ask)
    return AskDropped(ask=ask, now=replace(current, status=AskStatus.DROPPED, answer=reason), was=current)


def acknowledge(incident: Incident, moment: Moment, ask: str) -> AskAcknowledged:
    """Acknowledge an ask for its assignee."""
    current = _open(incident, ask)
    if current.acknowledged is not None:
        raise Refused(f"Already acknowledged by {current.who}", "wait for the answer, or log it", about="ask")
    return AskAcknowledged(ask=ask, now=replace(current, acknowledged=moment.happened), was=current)


def extend(incident: Incident, moment: Moment, ask: str, within: timedelta) -> AskExtended:
    """Extend the due time: by `within` from when it is due, or from now where that has passed."""
    current = _open(incident, ask)
    until = max(current.due, moment.happened) + within
    return AskExtended(ask=ask, now=replace(current, due=until, extended=current.extended + 1), was=current)


def reassign(incident: Incident, moment: Moment, ask: str, who: str, within: timedelta | None = None) -> AskPassed:
    """Reassign an ask, with the time that is left or a new one; raises Refused for the same person."""
    current = _open(incident, ask)
    if not who:
        raise Refused("Name required", "for example: :reassign REPLICA Kim", about="who")
    if who == current.who:
        raise Refused(f"Already assigned to {who}", "name another person, or extend the due time", about="who")
    due = moment.happened + within if within is not None else max(current.due, moment.happened + SHORTEST_LEFT)
    now = replace(current, who=who, due=due, acknowledged=None, before=(*current.before, current.who))
    return AskPassed(ask=ask, now=now, was=current)


def open_asks(incident: Incident, who: str | None = None) -> dict[str, Ask]:
    """Return the open asks by id; only those of one person if `who` is given."""
    return {
        key: ask
        for key, ask in incident.asks.items()
        if ask.status is AskStatus.OPEN and (who is None or ask.who == who)
    }


def _open(incident: Incident, ask: str) -> Ask:
    current = incident.asks.get(ask)
    if current is None:
        raise Refused(f'No ask matches "{ask}"', "use its words or the name of its assignee", about="ask")
    if current.status is not AskStatus.OPEN:
        raise Refused(f'"{current.text}" is already {current.status.value}', "ask again, or undo", about="ask")
    return current


def _words(fact: AskChange, incident: Incident) -> Line:
    ask = value_of(fact.now, fact.was)
    match fact:
        case AskAnswered():
            return Line("answer", f"{ask.who}: {ask.text} → {ask.answer}")
        case AskDropped():
            return Line("ask", f"dropped: {ask.who}: {ask.text}" + (f" ({ask.answer})" if ask.answer else ""))
        case AskAcknowledged():
            return Line("ask", f"{ask.who} acknowledged: {ask.text}")
        case AskExtended():
            return Line("ask", f"{ask.who}, extended to {ask.due:%H:%M} UTC: {ask.text}")
        case AskPassed():
            return Line("ask", f"{ask.before[-1] if ask.before else 'unassigned'} → {ask.who}: {ask.text}")
    return Line("ask", f"{ask.who}, {duration(ask.due - ask.asked)}: {ask.text}")


TOPIC = Topic(
    "asks", {}, (AskMade, AskAnswered, AskDropped, AskAcknowledged, AskExtended, AskPassed), fold_by_name, _words
)


# Needs


class Need(Struct, frozen=True):
    """A need of the response, such as people, access or a vendor, and by whom it was met."""

    text: str
    raised: datetime
    by: str
    met: datetime | None = None
    met_by: str = ""


class NeedChanged(Change, frozen=True):
    """A need was logged or met."""

    kind: ClassVar[str] = "need.changed"
    names: ClassVar[str] = "need"
    need: str
    now: Need | None
    was: Need | None


def log_need(incident: Incident, moment: Moment, text: str) -> NeedChanged:
    """Log a need; raises Refused for an empty one, and for one that is open."""
    if not text:
        raise Refused("Need required", "for example: :need access to the payment gateway", about="text")
    for current in open_needs(incident).values():
        if current.text.casefold() == text.casefold():
            raise Refused(
                f'"{current.text}" is already an open need', "mark it met with :need-met NEED WHO", about="text"
            )
    return NeedChanged(need=f"d{moment.seq}", now=Need(text, moment.happened, moment.who), was=None)


def mark_need_met(incident: Incident, moment: Moment, need: str, who: str = "") -> NeedChanged:
    """Mark a need met, by this person or else the one who acts."""
    current = incident.needs.get(need)
    if current is None:
        raise Refused(f'No need matches "{need}"', "use its words", about="need")
    if current.met is not None:
        raise Refused(f'"{current.text}" is already met by {current.met_by}', "log a new need, or undo", about="need")
    return NeedChanged(need=need, now=replace(current, met=moment.happened, met_by=who or moment.who), was=current)


def open_needs(incident: Incident) -> dict[str, Need]:
    """Return the open needs by id."""
    return {key: need for key, need in incident.needs.items() if need.met is None}


def _need_words(fact: NeedChanged, incident: Incident) -> Line:
    need = value_of(fact.now, fact.was)
    return Line("need", f"{need.text}  met by {need.met_by}" if need.met else need.text)


NEEDS_TOPIC = Topic("needs", {}, (NeedChanged,), fold_by_name, _need_words)
