"""What sort of incident it is by the plan's types, and how it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.standing import Standing
from incident_cockpit.incident.topics.topic import Line, Topic
from incident_cockpit.plan.reference import IncidentType

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


def set_type(incident: Incident, moment: Moment, word: str) -> TypeSet:
    """Say what sort of incident it is; raises Refused for one the plan does not have, and the one that it is."""
    chosen = incident.plan.find_type(word)
    held = incident.nature.type
    if held is not None and held.value == chosen.id:
        raise Refused(f"it is of the type '{chosen.name}' already", "choose another, or leave it")
    return TypeSet(now=Standing(chosen.id, moment.happened), was=held)


def found_by(incident: Incident, moment: Moment, detection: str) -> FoundBy:
    """Say how it was found; raises Refused for a way the plan does not have, and the one that is noted."""
    chosen = incident.plan.find_detection(detection)
    held = incident.nature.found
    if held is not None and held.value == chosen.id:
        raise Refused(f"'{chosen.name}' is noted already", "choose another, or leave it")
    return FoundBy(now=Standing(chosen.id, moment.happened), was=held)


def kind_of(incident: Incident) -> IncidentType | None:
    """Return the plan's type of the incident; None while nobody said, or where a newer plan has it no more."""
    held = incident.nature.type
    return incident.plan.type_named(held.value) if held is not None and incident.adopted is not None else None


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
