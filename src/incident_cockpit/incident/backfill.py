"""What happened earlier and is written down only now: a line before the incident, or a whole chat thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import AHEAD, Draft, Event, Moment
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.topics.notes import Logged, Note, Sort


class Said(Protocol):
    """Somebody said something at a time."""

    @property
    def who(self) -> str:
        """Return who."""

    @property
    def at(self) -> datetime:
        """Return when, aware."""

    @property
    def text(self) -> str:
        """Return what."""


class Talk(Protocol):
    """Lines of a talk, in their order."""

    @property
    def lines(self) -> Sequence[Said]:
        """Return them."""


def earlier(moment: Moment, at: datetime) -> Moment:
    """Return the circumstances of what happened at a time that has passed, also before the incident started.

    Its cause is often there. Raises Refused for a time that has not come yet.
    """
    if at > moment.now + AHEAD:
        raise Refused(f"{at:%Y-%m-%d %H:%M} UTC has not come yet", "give a past time, as in :backfill 13:40 TEXT")
    return replace(moment, happened=at)


def bring_in(record: Record, moment: Moment, thread: Talk) -> tuple[Draft, ...]:
    """Take the lines of a chat thread, each with its own time and author, but for those that are there already.

    Raises Refused where no line has a time, and where all of them are there.
    """
    if not thread.lines:
        raise Refused("no line of it has a name and a time", "copy it with both, or log it as a note")
    known = {note for event in record.standing() if (note := _said(event)) is not None}
    new = [one for one in thread.lines if (one.who, one.at, one.text) not in known and one.at <= moment.now + AHEAD]
    if not new:
        raise Refused("every line of it is on the timeline already", "there is nothing to bring in")
    facts = (
        Logged(note=f"n{moment.seq + place}", now=Note(Sort.NOTE, one.text, one.at, one.who or moment.who), was=None)
        for place, one in enumerate(new)
    )
    return tuple(Draft(fact, happened=one.at) for fact, one in zip(facts, new, strict=True))


def _said(event: Event) -> tuple[str, datetime, str] | None:
    note = event.fact.now if isinstance(event.fact, Logged) else None
    return (note.by, note.happened, note.text) if note is not None else None
