"""Events as stored lines of JSON; the stored bytes are hashed and copied unchanged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec

from incident_cockpit.errors import Unreadable
from incident_cockpit.incident.event import Event, Fact
from incident_cockpit.incident.facts import FACTS

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

# How facts that were stored by an older version are read today: kind -> (kind, body) as it would be stored now.
# A changed shape adds an entry here and never touches what is stored.
UPCASTS: dict[str, tuple[str, Upcast]] = {}


# Without its zone a time would be compared with none of the others.
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class _Stored(msgspec.Struct, frozen=True):
    """The stored form of an event; its keys are short because there are thousands of them."""

    id: str
    incident: str
    seq: int
    act: int
    happened: _Instant
    recorded: _Instant
    who: str
    kind: str
    fact: msgspec.Raw
    undoes: int | None = None
    # Left out but for a clock that went back. An older version ignores it, and refuses the fact that comes with it.
    clock: _Instant | msgspec.UnsetType = msgspec.UNSET
    # Of few events, and left out of all others.
    first_recorded: _Instant | msgspec.UnsetType = msgspec.UNSET


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Stored)
# Each is made when an event of its kind is first read: making all of them takes longer than reading a short incident.
_FACT_DECODERS: dict[str, msgspec.json.Decoder[Fact]] = {}


def encode(event: Event) -> bytes:
    """Return the event as one line of JSON without its line end."""
    return _ENCODER.encode(
        _Stored(
            id=event.id,
            incident=event.incident,
            seq=event.seq,
            act=event.act,
            happened=event.happened,
            recorded=event.recorded,
            who=event.who,
            kind=event.fact.kind,
            fact=msgspec.Raw(_ENCODER.encode(event.fact)),
            undoes=event.undoes,
            clock=event.clock or msgspec.UNSET,
            first_recorded=event.first_recorded or msgspec.UNSET,
        )
    )


def decode(line: bytes) -> Event:
    """Read one stored line; raises Unreadable naming the event when it is damaged or of a kind not known here."""
    try:
        stored = _DECODER.decode(line)
        return Event(
            id=stored.id,
            incident=stored.incident,
            seq=stored.seq,
            act=stored.act,
            happened=stored.happened,
            recorded=stored.recorded,
            who=stored.who,
            fact=_fact(stored),
            undoes=stored.undoes,
            clock=stored.clock or None,
            first_recorded=stored.first_recorded or None,
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"a stored event cannot be read ({error})", "run: incident doctor") from error


def _fact(stored: _Stored) -> Fact:
    kind = stored.kind
    if kind in UPCASTS:
        kind, upcast = UPCASTS[kind]
        return msgspec.convert(upcast(msgspec.json.decode(stored.fact)), FACTS[kind])
    decoder = _FACT_DECODERS.get(kind)
    if decoder is None:
        if kind not in FACTS:
            raise Unreadable(
                f"event {stored.seq} is of a kind this version does not know ({kind})",
                "it was written by a newer version: update incident-cockpit to read it",
            )
        decoder = _FACT_DECODERS[kind] = msgspec.json.Decoder(FACTS[kind])
    return decoder.decode(stored.fact)
