"""The types of the plan that an incident has, and how it was found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.standing import Standing
from incident_cockpit.incident.topics.topic import Line, Topic, put, said
from incident_cockpit.plan.reference import IncidentType

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class TypeHeld(Struct, frozen=True):
    """One type of an incident: since when it has it and, once it was removed, when and why."""

    since: datetime
    removed: datetime | None = None
    reason: str = ""


class Nature(Struct, frozen=True):
    """Every type that was set, by the plan's id, removed ones included; and the way of detection, None while unknown.

    Types add up: a break-in in which personal data was read is a security incident and a data breach.
    """

    types: Mapping[str, TypeHeld] = {}
    found: Standing | None = None


class TypeChanged(Change, frozen=True):
    """A type was added or removed; `stopped` names the duties that are no longer required because of the removal."""

    kind: ClassVar[str] = "type.changed"
    names: ClassVar[str] = "type"
    type: str
    now: TypeHeld | None
    was: TypeHeld | None
    stopped: tuple[str, ...] = ()


class TypeSet(Change, frozen=True):
    """A type as programs stored it that knew one at a time: `was` is the type that `now` took the place of.

    It is read as one more type. The law does not forget a breach because it was a break-in as well.
    """

    kind: ClassVar[str] = "type.set"
    now: Standing | None
    was: Standing | None

    def touched_by(self, later: Change) -> bool:
        """Return whether a later fact built on this one: any of the same kind, or a change of the same type."""
        same = isinstance(later, TypeChanged) and self.now is not None and later.type == self.now.value
        return same or isinstance(later, TypeSet)


class FoundBy(Change, frozen=True):
    """The incident was found this way; `now.value` is the plan's detection id."""

    kind: ClassVar[str] = "detection.set"
    now: Standing | None
    was: Standing | None


def add_type(incident: Incident, moment: Moment, word: str) -> TypeChanged:
    """Add a type; raises Refused for one that the plan does not have, or the incident has already."""
    chosen = incident.plan.find_type(word)
    held = incident.nature.types.get(chosen.id)
    if held is not None and held.removed is None:
        raise Refused(f"it is of the type '{chosen.name}' already", "choose another, or leave it")
    return TypeChanged(type=chosen.id, now=TypeHeld(moment.happened), was=held)


def remove_type(
    incident: Incident, moment: Moment, type_id: str, reason: str, stopped: tuple[str, ...] = ()
) -> TypeChanged:
    """Remove a type for a reason; raises Refused for one that the incident does not have, and without a reason."""
    held, name = incident.nature.types.get(type_id), type_name(incident, type_id)
    if held is None or held.removed is not None:
        others = ", ".join(type_name(incident, one) for one in held_types(incident))
        raise Refused(f"it is not of the type '{name}'", f"its types are: {others}" if others else "it has no type")
    if not reason:
        raise Refused(f"removing '{name}' needs a reason", f"say why, as in :remove-type {type_id} no personal data")
    if moment.happened < held.since:
        raise Refused(
            f"'{name}' was set at {held.since:%Y-%m-%d %H:%M} UTC, after that", "give a time at which it was set"
        )
    return TypeChanged(
        type=type_id, now=replace(held, removed=moment.happened, reason=reason), was=held, stopped=stopped
    )


def found_by(incident: Incident, moment: Moment, detection: str) -> FoundBy:
    """Say how it was found; raises Refused for a way the plan does not have, and the one that is noted."""
    chosen = incident.plan.find_detection(detection)
    held = incident.nature.found
    if held is not None and held.value == chosen.id:
        raise Refused(f"'{chosen.name}' is noted already", "choose another, or leave it")
    return FoundBy(now=Standing(chosen.id, moment.happened), was=held)


def held_types(incident: Incident) -> tuple[str, ...]:
    """Return the ids of the types that the incident has, in the order in which they were set."""
    held = [(one.since, type_id) for type_id, one in incident.nature.types.items() if one.removed is None]
    return tuple(type_id for _, type_id in sorted(held, key=lambda pair: pair[0]))


def removed_types(incident: Incident) -> dict[str, TypeHeld]:
    """Return the types that were removed, by their ids."""
    return {type_id: one for type_id, one in incident.nature.types.items() if one.removed is not None}


def types_of(incident: Incident) -> tuple[IncidentType, ...]:
    """Return the incident's types as the plan has them; without those that a newer plan no longer has."""
    if incident.adopted is None:
        return ()
    known = (incident.plan.type_named(type_id) for type_id in held_types(incident))
    return tuple(one for one in known if one is not None)


def since_type(incident: Incident, among: Collection[str]) -> datetime | None:
    """Return since when the incident has had one of these types, None where it has none of them."""
    types = incident.nature.types
    return min((types[type_id].since for type_id in held_types(incident) if type_id in among), default=None)


def type_name(incident: Incident, type_id: str) -> str:
    """Return what the plan calls a type; its id where a newer plan no longer has it."""
    known = incident.plan.type_named(type_id) if incident.adopted is not None else None
    return known.name if known is not None else type_id


def _fold(state: Nature, fact: TypeChanged | TypeSet | FoundBy) -> Nature:
    match fact:
        case TypeChanged(type=type_id, now=now):
            return replace(state, types=put(state.types, type_id, now))
        case TypeSet(now=now, was=was):
            return replace(state, types=_with_former(state.types, now, was))
        case FoundBy(now=now):
            return replace(state, found=now)


def _with_former(types: Mapping[str, TypeHeld], now: Standing | None, was: Standing | None) -> Mapping[str, TypeHeld]:
    """Return the types with one more, or without one where the fact takes an earlier one back.

    A fact that takes another back restores the very value from before it, with its time.
    """
    taken_back = now is None or types.get(now.value) == TypeHeld(now.since)
    if taken_back and was is not None and types.get(was.value) == TypeHeld(was.since):
        return put(types, was.value, None)
    held = types.get(now.value) if now is not None else None
    if now is None or (held is not None and held.removed is None):
        return types
    return put(types, now.value, TypeHeld(now.since))


def _words(fact: TypeChanged | TypeSet | FoundBy, incident: Incident) -> Line:
    match fact:
        case TypeChanged(type=type_id, now=now, was=was):
            name, held = type_name(incident, type_id), said(now, was)
            if now is None or held.removed is None:
                return Line("type", f"{name} again" if was is not None and was.removed is not None else name)
            stopped = "".join(f" ({sentence})" for sentence in no_longer_required(fact.stopped))
            return Line("type", f"{name} removed: {held.reason}{stopped}")
        case TypeSet(now=now):
            return Line("type", type_name(incident, now.value) if now is not None else "not known")
        case FoundBy(now=now):
            known = {one.id: one.name for one in incident.plan.detections}
            return Line("found by", known.get(now.value, now.value) if now is not None else "not known")


def no_longer_required(duties: Collection[str]) -> tuple[str, ...]:
    """Return the sentence that names the duties which end with a type, none where there are none."""
    return (f"no longer required: {'; '.join(duties)}",) if duties else ()


TOPIC = Topic("nature", Nature(), (TypeChanged, TypeSet, FoundBy), _fold, _words)
