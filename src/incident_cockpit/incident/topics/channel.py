"""Where people meet: the incident's channel and the link of its call."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.envelope import Change
from incident_cockpit.incident.topics.topic import Line, Topic

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Meeting(Struct, frozen=True):
    """The name of the channel without its #, and the address of the call; empty where there is none."""

    channel: str = ""
    call: str = ""


class ChannelSet(Change, frozen=True):
    """The incident's channel has this name."""

    kind: ClassVar[str] = "channel.set"
    now: str
    was: str


class CallSet(Change, frozen=True):
    """The call is at this address."""

    kind: ClassVar[str] = "call.set"
    now: str
    was: str


def _fold(state: Meeting, fact: ChannelSet | CallSet) -> Meeting:
    match fact:
        case ChannelSet(now=now):
            return replace(state, channel=now)
        case CallSet(now=now):
            return replace(state, call=now)


def _words(fact: ChannelSet | CallSet, incident: Incident) -> Line:
    match fact:
        case ChannelSet(now=now):
            return Line("channel", f"#{now}" if now else "none")
        case CallSet(now=now):
            return Line("call", now or "none")


TOPIC = Topic("meeting", Meeting(), (ChannelSet, CallSet), _fold, _words)
