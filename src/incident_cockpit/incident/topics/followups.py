"""Work that outlives the incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class FollowUp(Struct, frozen=True):
    """What is to be done after the incident, by whom and when, and how one will see that it is.

    `priority` is "high", "low" or not said; `kind` one of the plan's kinds; `success` what shows that it is done well.
    """

    text: str
    owner: str
    raised: datetime
    by: str
    done: bool = False
    priority: str = ""
    kind: str = ""
    due: datetime | None = None
    success: str = ""
    finished: datetime | None = None


class FollowUpChanged(Change, frozen=True):
    """A follow-up was noted, given to somebody, or done."""

    kind: ClassVar[str] = "follow_up.changed"
    names: ClassVar[str] = "follow_up"
    follow_up: str
    now: FollowUp | None
    was: FollowUp | None


def note(incident: Incident, moment: Moment, text: str, owner: str = "") -> FollowUpChanged:
    """Note work for afterwards; raises Refused when it is empty."""
    if not text:
        raise Refused("the follow-up is empty", "say what has to be done: follow-up alert on replica lag")
    made = FollowUp(text, owner, moment.happened, moment.who)
    return FollowUpChanged(follow_up=f"f{moment.seq}", now=made, was=None)


def give(incident: Incident, moment: Moment, follow_up: str, who: str) -> FollowUpChanged:
    """Give a follow-up to a person; raises Refused when nobody is named."""
    if not who:
        raise Refused("nobody was named", "say who takes the follow-up")
    held = _held(incident, follow_up)
    return FollowUpChanged(follow_up=follow_up, now=replace(held, owner=who), was=held)


def finish(incident: Incident, moment: Moment, follow_up: str) -> FollowUpChanged:
    """Mark a follow-up as done."""
    held = _held(incident, follow_up)
    if held.done:
        raise Refused(f"'{held.text}' is done already", "leave it, or undo")
    return FollowUpChanged(follow_up=follow_up, now=replace(held, done=True, finished=moment.happened), was=held)


def _held(incident: Incident, follow_up: str) -> FollowUp:
    held = incident.followups.get(follow_up)
    if held is None:
        raise Refused(f"there is no follow-up {follow_up}", "name it by its words")
    return held


def _fold(state: Mapping[str, FollowUp], fact: FollowUpChanged) -> Mapping[str, FollowUp]:
    return put(state, fact.follow_up, fact.now)


def _words(fact: FollowUpChanged, incident: Incident) -> Line:
    one = said(fact.now, fact.was)
    owner = f" ({one.owner})" if one.owner else ""
    return Line("follow-up", f"{one.text}{owner}" + ("  done" if one.done else ""))


TOPIC = Topic("followups", {}, (FollowUpChanged,), _fold, _words)
