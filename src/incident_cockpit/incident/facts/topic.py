"""Families of facts: what each declares, and what their folds, rules and words share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Fact

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

Key = TypeVar("Key")
Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)


# Kinds of entries that people read by another word than the one that scripts and plans know.
_LABELS = {
    "effect": "outcome",
    "found by": "detection",
    "gate": "branch",
    "hand-over": "handoff",
    "pinned": "attached",
}


class Line(Struct, frozen=True):
    """A fact as an entry of the timeline: `sort` is its kind, a stable word, and `text` the rest."""

    sort: str
    text: str

    @property
    def label(self) -> str:
        """Return the word by which people read its kind."""
        return _LABELS.get(self.sort, self.sort)


class Topic(Struct, frozen=True):
    """A family of facts and the part of the incident that they make.

    `name` is its field on the Incident, `empty` its state before any fact, `fold(state, fact)` returns the next state
    without changing the old one, and `words(fact, incident)` returns a fact as an entry of the timeline.
    """

    name: str
    empty: Any
    facts: tuple[type[Fact], ...]
    fold: Callable[[Any, Any], Any]
    words: Callable[[Any, Incident], Line]


def put(mapping: Mapping[Key, Value], key: Key, value: Value | None) -> dict[Key, Value]:
    """Return the mapping with `key` set, or without it when the value is None, as after an undo."""
    changed = dict(mapping)
    if value is None:
        changed.pop(key, None)
    else:
        changed[key] = value
    return changed


def fold_by_name(state: Mapping[str, Any], fact: Change) -> Mapping[str, Any]:
    """Return the state of a family whose facts each name one thing: its new value under its id."""
    return put(state, getattr(fact, fact.names), fact.now)


def fold_value(state: Any, fact: Change) -> Any:
    """Return the state of a family that is a single value."""
    return fact.now


def fold_history(state: tuple[Any, ...], fact: Change) -> tuple[Any, ...]:
    """Return the state of a family that keeps every value, the newest last."""
    return with_latest(state, fact.now)


def value_of(now: Value | None, was: Value | None) -> Value:
    """Return the value that a change is about: the new one, or the former one where it was removed."""
    value = now if now is not None else was
    if value is None:
        raise TypeError("a change without a value")
    return value


def parse_choice(text: str, choices: type[Word], argument: str) -> Word:
    """Return the choice that a text means, in full or by how it begins; raises Refused about the argument."""
    choice_text = " ".join(text.replace("-", " ").split()).casefold()
    matches = [choice for choice in choices if choice.value == choice_text] or [
        choice for choice in choices if choice_text and choice.value.startswith(choice_text)
    ]
    if len(matches) != 1:
        why = f'No {argument} matches "{text}"' if text else f"{argument.capitalize()} required"
        raise Refused(why, f"use one of: {', '.join(choices)}", about=argument)
    return matches[0]


def with_latest(history: tuple[Value, ...], now: Value | None) -> tuple[Value, ...]:
    """Return the history with its newest value; an undo restores the value before."""
    if now is None:
        return history[:-1]
    return history[:-1] if history[-2:-1] == (now,) else (*history, now)
