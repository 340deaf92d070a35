"""What an action led to: it helped, changed nothing or made things worse, with what showed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, one_of, put, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Verdict(StrEnum):
    """What came of an action."""

    HELPED = "helped"
    NO_CHANGE = "no change"
    WORSE = "worse"


class Effect(Struct, frozen=True):
    """What came of an action, what showed it, who saw it and when; `text` is the action."""

    verdict: Verdict
    text: str
    found: str
    by: str
    when: datetime


class EffectSeen(Change, frozen=True):
    """What an action led to was seen; `action` is the id of its line."""

    kind: ClassVar[str] = "effect.seen"
    names: ClassVar[str] = "action"
    action: str
    now: Effect | None
    was: Effect | None

    @property
    def is_progress(self) -> bool:
        """Return whether it shows progress: what an action led to is known."""
        return True


def see(incident: Incident, moment: Moment, action: str, verdict: str, found: str = "") -> EffectSeen:
    """Close an action with its effect (seed 004, remediation); raises Refused for a word that is no effect."""
    note = incident.notes.actions.get(action)
    if note is None:
        raise Refused(f"there is no action {action}", "name it by its words")
    chosen = one_of(verdict, Verdict, "effect")
    return EffectSeen(
        action=action,
        now=Effect(chosen, note.text, found, moment.who, moment.happened),
        was=incident.effects.get(action),
    )


def open_actions(incident: Incident) -> dict[str, str]:
    """Return the actions whose effect nobody has told yet, by id, oldest first."""
    return {key: note.text for key, note in incident.notes.actions.items() if key not in incident.effects}


def _fold(state: Mapping[str, Effect], fact: EffectSeen) -> Mapping[str, Effect]:
    return put(state, fact.action, fact.now)


def _words(fact: EffectSeen, incident: Incident) -> Line:
    one = said(fact.now, fact.was)
    return Line("effect", f"{one.text}  {one.verdict.value}" + (f": {one.found}" if one.found else ""))


TOPIC = Topic("effects", {}, (EffectSeen,), _fold, _words)
