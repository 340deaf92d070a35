"""What every topic gives to the model: the facts it owns, where its state begins, and how a fact changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Fact

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

Key = TypeVar("Key")
Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)


class Line(Struct, frozen=True):
    """How a fact reads on the timeline: `sort` is the word in its second column, `text` the rest."""

    sort: str
    text: str


class Topic(Struct, frozen=True):
    """One idea of the model.

    `name` is its field on the Incident, `empty` its state before any fact, `fold(state, fact)` gives the next state
    without changing the old one, and `words(fact, incident)` says a fact for people.
    """

    name: str
    empty: Any
    facts: tuple[type[Fact], ...]
    fold: Callable[[Any, Any], Any]
    words: Callable[[Any, Incident], Line]


def put(mapping: Mapping[Key, Value], key: Key, value: Value | None) -> dict[Key, Value]:
    """Return the mapping with `key` set, or without it when the value is None, which is how a taking back ends."""
    changed = dict(mapping)
    if value is None:
        changed.pop(key, None)
    else:
        changed[key] = value
    return changed


def value_of(now: Value | None, was: Value | None) -> Value:
    """Return what a change is about, for its words: what is there now, or what was there when it is taken away."""
    value = now if now is not None else was
    if value is None:
        raise TypeError("a change from nothing to nothing")
    return value


def parse_choice(word: str, kinds: type[Word], what: str) -> Word:
    """Return the one that a word means, in full or by how it begins; raises Refused, which says `what` it is not."""
    meant = " ".join(word.replace("-", " ").split()).casefold()
    fits = [kind for kind in kinds if kind.value == meant] or [
        kind for kind in kinds if meant and kind.value.startswith(meant)
    ]
    if len(fits) != 1:
        raise Refused(f"'{word}' is no {what}", f"use one of: {', '.join(kinds)}")
    return fits[0]


def with_latest(history: tuple[Value, ...], now: Value | None) -> tuple[Value, ...]:
    """Return the history with its newest value; a taking back puts the one before in its place again."""
    if now is None:
        return history[:-1]
    return history[:-1] if history[-2:-1] == (now,) else (*history, now)
