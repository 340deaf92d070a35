"""What sort of incident it is by the plan's types, and how it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.envelope import Change
from incident_cockpit.incident.topics.standing import Standing
from incident_cockpit.incident.topics.topic import Line, Topic

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Nature(Struct, frozen=True):
    """The plan's type of the incident and its way of detection, None while nobody said; `value` is the plan's id."""

    type: Standing | None = None
    found: Standing | None = None


class TypeSet(Change, frozen=True):
    """The incident is of this type; `now.value` is the plan's type id."""

    kind: ClassVar[str] = "type.set"
    now: Standing | None
    was: Standing | None


class FoundBy(Change, frozen=True):
    """The incident was found this way; `now.value` is the plan's detection id."""

    kind: ClassVar[str] = "detection.set"
    now: Standing | None
    was: Standing | None


def _fold(state: Nature, fact: TypeSet | FoundBy) -> Nature:
    match fact:
        case TypeSet(now=now):
            return replace(state, type=now)
        case FoundBy(now=now):
            return replace(state, found=now)


def _words(fact: TypeSet | FoundBy, incident: Incident) -> Line:
    word = fact.now.value if fact.now else "not known"
    plan = incident.plan
    match fact:
        case TypeSet():
            return Line("type", next((one.name for one in plan.types if one.id == word), word))
        case FoundBy():
            return Line("found by", next((one.name for one in plan.detections if one.id == word), word))


TOPIC = Topic("nature", Nature(), (TypeSet, FoundBy), _fold, _words)
