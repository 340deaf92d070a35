"""Classification: types and detection of the incident; and its meeting place, the channel and the call."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.severity import DatedValue
from incident_cockpit.incident.facts.topic import Line, Topic, put, value_of
from incident_cockpit.plan.schema import IncidentType

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class TypeHeld(Struct, frozen=True):
    """One type of an incident: since when it has it and, once it was removed, when and why."""

    since: datetime
    removed: datetime | None = None
    reason: str = ""


class Classification(Struct, frozen=True):
    """Every type that was set, by the plan's id, removed ones included; and the detection, None while unknown.

    Types add up: a break-in in which personal data was read is a security incident and a data breach.
    """

    types: Mapping[str, TypeHeld] = {}
    found: DatedValue | None = None


class TypeChanged(Change, frozen=True):
    """A type was added or removed; `stopped` names the duties that are no longer required because of the removal."""

    kind: ClassVar[str] = "type.changed"
    names: ClassVar[str] = "type"
    type: str
    now: TypeHeld | None
    was: TypeHeld | None
    stopped: tuple[str, ...] = ()


class TypeSet(Change, frozen=True):
    """A type as stored by programs that had one at a time: `was` is the type that `now` replaced.

    It is read as one more type. The law does not forget a breach because it was a break-in as well.
    """

    kind: ClassVar[str] = "type.set"
    now: DatedValue | None
    was: DatedValue | None

    def touched_by(self, later: Change) -> bool:
        """Return whether a later fact depends on it: any of the same kind, or a change of the same type."""
        same = isinstance(later, TypeChanged) and self.now is not None and later.type == self.now.value
        return same or isinstance(later, TypeSet)


class DetectionSet(Change, frozen=True):
    """The detection was set; `now.value` is the plan's detection id."""

    kind: ClassVar[str] = "detection.set"
    now: DatedValue | None
    was: DatedValue | None


def add_type(incident: Incident, moment: Moment, word: str) -> TypeChanged:
    """Add a type; raises Refused for one that the plan does not have or that is set already."""
    chosen = incident.plan.find_type(word)
    former = incident.classification.types.get(chosen.id)
    if former is not None and former.removed is None:
        raise Refused(f'The type "{chosen.name}" is already set', "choose another type", about="type")
    return TypeChanged(type=chosen.id, now=TypeHeld(moment.happened), was=former)


def remove_type(
    incident: Incident, moment: Moment, type_id: str, reason: str, stopped: tuple[str, ...] = ()
) -> TypeChanged:
    """Remove a type for a reason; raises Refused for one that is not set, and without a reason."""
    former, name = incident.classification.types.get(type_id), type_name(incident, type_id)
    if former is None or former.removed is not None:
        others = ", ".join(type_name(incident, each) for each in held_types(incident))
        raise Refused(
            f'The type "{name}" is not set', f"types set: {others}" if others else "no type is set", about="type"
        )
    if not reason:
        raise Refused("Reason required", f"for example: :remove-type {type_id} no personal data", about="reason")
    if moment.happened < former.since:
        raise Refused(
            f'The type "{name}" was set later, at {former.since:%Y-%m-%d %H:%M} UTC', "give a later time", about="type"
        )
    return TypeChanged(
        type=type_id, now=replace(former, removed=moment.happened, reason=reason), was=former, stopped=stopped
    )


def set_detection(incident: Incident, moment: Moment, detection: str) -> DetectionSet:
    """Set how the incident was detected; raises Refused for an unknown detection and the current one."""
    chosen = incident.plan.find_detection(detection)
    former = incident.classification.found
    if former is not None and former.value == chosen.id:
        raise Refused(f'Detection is already "{chosen.name}"', "choose another", about="detection")
    return DetectionSet(now=DatedValue(chosen.id, moment.happened), was=former)


def held_types(incident: Incident) -> tuple[str, ...]:
    """Return the ids of the types that the incident has, in the order in which they were set."""
    dated = [(each.since, type_id) for type_id, each in incident.classification.types.items() if each.removed is None]
    return tuple(type_id for _, type_id in sorted(dated, key=lambda pair: pair[0]))


def removed_types(incident: Incident) -> dict[str, TypeHeld]:
    """Return the types that were removed, by their ids."""
    return {type_id: each for type_id, each in incident.classification.types.items() if each.removed is not None}


def types_of(incident: Incident) -> tuple[IncidentType, ...]:
    """Return the incident's types as the plan has them, without those that a newer plan no longer has."""
    if incident.adopted is None:
        return ()
    known = (incident.plan.type_named(type_id) for type_id in held_types(incident))
    return tuple(each for each in known if each is not None)


def type_since(incident: Incident, among: Collection[str]) -> datetime | None:
    """Return since when the incident has had one of these types, None where it has none of them."""
    types = incident.classification.types
    return min((types[type_id].since for type_id in held_types(incident) if type_id in among), default=None)


def type_name(incident: Incident, type_id: str) -> str:
    """Return the plan's name of a type; its id where a newer plan no longer has it."""
    known = incident.plan.type_named(type_id) if incident.adopted is not None else None
    return known.name if known is not None else type_id


def _fold(state: Classification, fact: TypeChanged | TypeSet | DetectionSet) -> Classification:
    match fact:
        case TypeChanged(type=type_id, now=now):
            return replace(state, types=put(state.types, type_id, now))
        case TypeSet(now=now, was=was):
            return replace(state, types=_with_former(state.types, now, was))
        case DetectionSet(now=now):
            return replace(state, found=now)


def _with_former(
    types: Mapping[str, TypeHeld], now: DatedValue | None, was: DatedValue | None
) -> Mapping[str, TypeHeld]:
    """Return the types with one more, or without one where the fact undoes an earlier one.

    A fact that undoes another restores the former value, with its time.
    """
    taken_back = now is None or types.get(now.value) == TypeHeld(now.since)
    if taken_back and was is not None and types.get(was.value) == TypeHeld(was.since):
        return put(types, was.value, None)
    current = types.get(now.value) if now is not None else None
    if now is None or (current is not None and current.removed is None):
        return types
    return put(types, now.value, TypeHeld(now.since))


def _words(fact: TypeChanged | TypeSet | DetectionSet, incident: Incident) -> Line:
    match fact:
        case TypeChanged(type=type_id, now=now, was=was):
            name, value = type_name(incident, type_id), value_of(now, was)
            if now is None or value.removed is None:
                return Line("type", f"{name} set again" if was is not None and was.removed is not None else name)
            stopped = "".join(f" ({sentence})" for sentence in no_longer_required(fact.stopped))
            return Line("type", f"{name} removed: {value.reason}{stopped}")
        case TypeSet(now=now):
            return Line("type", type_name(incident, now.value) if now is not None else "unknown")
        case DetectionSet(now=now):
            known = {detection.id: detection.name for detection in incident.plan.detections}
            return Line("found by", known.get(now.value, now.value) if now is not None else "unknown")


def no_longer_required(duties: Collection[str]) -> tuple[str, ...]:
    """Return the sentence that names the duties which end with a type, none where there are none."""
    return (f"no longer required: {'; '.join(duties)}",) if duties else ()


TOPIC = Topic("classification", Classification(), (TypeChanged, TypeSet, DetectionSet), _fold, _words)


# Channel and call


# What Slack allows, and what still fits beside other words on a line.
LONGEST_CHANNEL, LONGEST_LINK = 80, 300


class Meeting(Struct, frozen=True):
    """The channel's name without its #, and the address of the call; empty where there is none."""

    channel: str = ""
    call: str = ""


class ChannelSet(Change, frozen=True):
    """The channel was set; `invited` were asked to join it with that."""

    kind: ClassVar[str] = "channel.set"
    now: str
    was: str
    invited: tuple[str, ...] = ()


class CallSet(Change, frozen=True):
    """The call was set."""

    kind: ClassVar[str] = "call.set"
    now: str
    was: str


def set_channel(incident: Incident, moment: Moment, name: str) -> ChannelSet:
    """Set the channel; raises Refused for an invalid name."""
    plain = name.strip().lstrip("#")
    if not plain:
        raise Refused("Channel required", "for example: :channel inc-7-checkout", about="name")
    if any(map(str.isspace, plain)) or len(plain) > LONGEST_CHANNEL:
        joined = "-".join(plain.split())[:LONGEST_CHANNEL]
        raise Refused(
            f"A channel name has no spaces and at most {LONGEST_CHANNEL} characters",
            f"did you mean #{joined}?",
            about="name",
        )
    if plain == incident.meeting.channel:
        raise Refused(f"Already #{plain}", "enter another channel", about="name")
    return ChannelSet(now=plain, was=incident.meeting.channel)


def set_call(incident: Incident, moment: Moment, link: str) -> CallSet:
    """Set the call, a link or a number to dial; raises Refused without one."""
    plain = " ".join(link.split())
    if not plain:
        raise Refused("Link required", "for example: :call https://meet.example/inc-7", about="link")
    if len(plain) > LONGEST_LINK:
        raise Refused(
            f"The link has {len(plain)} characters, more than {LONGEST_LINK}", "use a shorter one", about="link"
        )
    if plain == incident.meeting.call:
        raise Refused(f"The call is already at {plain}", "enter another link", about="link")
    return CallSet(now=plain, was=incident.meeting.call)


def meeting_place(meeting: Meeting) -> str:
    """Return where people join, as a sentence names it: the channel, else the call, else the incident."""
    return f"#{meeting.channel}" if meeting.channel else "the call" if meeting.call else "the incident"


def _channel_fold(state: Meeting, fact: ChannelSet | CallSet) -> Meeting:
    match fact:
        case ChannelSet(now=now):
            return replace(state, channel=now)
        case CallSet(now=now):
            return replace(state, call=now)


def _channel_words(fact: ChannelSet | CallSet, incident: Incident) -> Line:
    match fact:
        case ChannelSet(now=now, invited=invited):
            asked = f", asked to join: {', '.join(invited)}" if invited else ""
            return Line("channel", f"#{now}{asked}" if now else "none")
        case CallSet(now=now):
            return Line("call", now or "none")


CHANNEL_TOPIC = Topic("meeting", Meeting(), (ChannelSet, CallSet), _channel_fold, _channel_words)
