"""What the plan asks for and only people can say: told, done, looked at, or not needed, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.milestones import answering
from incident_cockpit.incident.topics.phase import reopened
from incident_cockpit.incident.topics.topic import Line, Topic, put, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class DeedStatus(StrEnum):
    """Whether it was done, was not needed, or was passed over when the incident was closed."""

    DONE = "done"
    WAIVED = "not needed"
    OVERRIDDEN = "closed without it"


class Deed(Struct, frozen=True):
    """What became of something the plan asks for; `text` is what it was, `note` what was said of it."""

    status: DeedStatus
    text: str
    who: str
    when: datetime
    note: str = ""


class DeedMarked(Change, frozen=True):
    """Something the plan asks for was done, or was not needed; `deed` is its word in the plan."""

    kind: ClassVar[str] = "deed.marked"
    names: ClassVar[str] = "deed"
    deed: str
    now: Deed | None
    was: Deed | None


def mark(
    incident: Incident, moment: Moment, deeds: Sequence[tuple[str, str]], status: DeedStatus, note: str = ""
) -> tuple[DeedMarked, ...]:
    """Mark deeds, each with its text; raises Refused where one is marked so already, or is passed over silently."""
    if status is not DeedStatus.DONE and not note:
        raise Refused("what is passed over needs a reason", "say why it is not needed")
    facts = []
    for word, text in deeds:
        was = incident.deeds.get(word)
        if was is not None and was.status is status and this_time(incident, word):
            raise Refused(f"'{was.text}' is {was.status.value} already, said {was.who}", "leave it, or undo")
        facts.append(
            DeedMarked(deed=word, now=Deed(status, text, moment.who, answering(incident, moment), note), was=was)
        )
    return tuple(facts)


def this_time(incident: Incident, word: str) -> Deed | None:
    """Return what was marked under a word since the incident was last reopened: an end that comes again asks again."""
    deed, again = incident.deeds.get(word), reopened(incident)
    return deed if deed is not None and (again is None or deed.when >= again) else None


def _fold(state: Mapping[str, Deed], fact: DeedMarked) -> Mapping[str, Deed]:
    return put(state, fact.deed, fact.now)


def _words(fact: DeedMarked, incident: Incident) -> Line:
    deed = said(fact.now, fact.was)
    if fact.now is None:
        return Line("plan", f"{deed.text}  open again")
    note = f": {deed.note}" if deed.note else ""
    return Line("plan", f"{deed.text}  {deed.status.value}{note}")


TOPIC = Topic("deeds", {}, (DeedMarked,), _fold, _words)
