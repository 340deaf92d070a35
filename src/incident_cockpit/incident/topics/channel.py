"""Where people meet: the incident's channel and the link of its call."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


# What Slack allows, and what still fits beside other words on a line.
LONGEST_CHANNEL, LONGEST_LINK = 80, 300


class Meeting(Struct, frozen=True):
    """The name of the channel without its #, and the address of the call; empty where there is none."""

    channel: str = ""
    call: str = ""


class ChannelSet(Change, frozen=True):
    """The incident's channel has this name; `invited` were asked to join it with that."""

    kind: ClassVar[str] = "channel.set"
    now: str
    was: str
    invited: tuple[str, ...] = ()


class CallSet(Change, frozen=True):
    """The call is at this address."""

    kind: ClassVar[str] = "call.set"
    now: str
    was: str


def name_it(incident: Incident, moment: Moment, name: str) -> ChannelSet:
    """Say in which channel people meet; raises Refused for what can be no name of one."""
    plain = name.strip().lstrip("#")
    if not plain:
        raise Refused("the channel has no name", "say it as people find it, as in :channel inc-7-checkout")
    if any(map(str.isspace, plain)) or len(plain) > LONGEST_CHANNEL:
        joined = "-".join(plain.split())[:LONGEST_CHANNEL]
        raise Refused(
            f"a channel's name has no spaces and at most {LONGEST_CHANNEL} characters", f"did you mean #{joined}?"
        )
    if plain == incident.meeting.channel:
        raise Refused(f"the channel is #{plain} already", "give another name, or leave it")
    return ChannelSet(now=plain, was=incident.meeting.channel)


def call_at(incident: Incident, moment: Moment, link: str) -> CallSet:
    """Say where the call is: a link, or a number to dial; raises Refused for none."""
    plain = " ".join(link.split())
    if not plain:
        raise Refused("the call has no address", "paste its link, as in :call https://meet.example/inc-7")
    if len(plain) > LONGEST_LINK:
        raise Refused(f"a link of {len(plain)} characters cannot be read out", "give the short form of it")
    if plain == incident.meeting.call:
        raise Refused("the call is there already", "give another link, or leave it")
    return CallSet(now=plain, was=incident.meeting.call)


def place_of(meeting: Meeting) -> str:
    """Return where somebody joins, as a sentence says it: the channel, else the call, else just the incident."""
    return f"#{meeting.channel}" if meeting.channel else "the call" if meeting.call else "the incident"


def _fold(state: Meeting, fact: ChannelSet | CallSet) -> Meeting:
    match fact:
        case ChannelSet(now=now):
            return replace(state, channel=now)
        case CallSet(now=now):
            return replace(state, call=now)


def _words(fact: ChannelSet | CallSet, incident: Incident) -> Line:
    match fact:
        case ChannelSet(now=now, invited=invited):
            asked = f", asked to join: {', '.join(invited)}" if invited else ""
            return Line("channel", f"#{now}{asked}" if now else "none")
        case CallSet(now=now):
            return Line("call", now or "none")


TOPIC = Topic("meeting", Meeting(), (ChannelSet, CallSet), _fold, _words)
