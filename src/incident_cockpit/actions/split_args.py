"""Splitting what was typed after an action's name into its arguments."""

from __future__ import annotations

from collections.abc import Sequence

from incident_cockpit.actions.action import Action, Arg, ArgKind
from incident_cockpit.errors import Refused
from incident_cockpit.times.future import split_future
from incident_cockpit.times.parse import parse_duration

_QUOTES = {'"': '"', "'": "'", "“": "”"}


def split(action: Action, text: str) -> dict[str, str]:
    """Return the words by argument: each takes one word or one quoted phrase, the last takes the rest as it stands.

    An optional duration that is not there is passed over, so that `ask Raj check the lag` still reads; a time to come
    may have several words, as in `schedule-review tomorrow 14:00 90m Room 4`; and free words
    before others that may be left out are cut only where they are quoted, as in `evidence "disk image" vault 12`.
    """
    values: dict[str, str] = {}
    rest = text.strip()
    for number, arg in enumerate(action.args):
        if not rest:
            break
        if number == len(action.args) - 1 or _takes_all(action.args[number:], rest):
            values[arg.name] = _unquoted(rest)
            rest = ""
        else:
            word, after = _time(rest) if arg.kind is ArgKind.FUTURE else _first(rest)
            if not _needed(arg) and arg.kind is ArgKind.DURATION and parse_duration(word) is None:
                continue
            values[arg.name], rest = word, after
    if rest:
        raise Refused(f"'{action.name}' does not take '{rest}'", f"it is used so: :{action.usage}")
    return values


def _takes_all(args: Sequence[Arg], rest: str) -> bool:
    """Return whether all that is left belongs to the first of these: free words before such that may be left out."""
    return rest[0] not in _QUOTES and args[0].kind is ArgKind.TEXT and all(not arg.required for arg in args[1:])


def _needed(arg: Arg) -> bool:
    return arg.required and not arg.default


def _time(text: str) -> tuple[str, str]:
    """Return the words that look like a time to come, and what follows them."""
    when, rest = split_future(text)
    return (when, rest) if when else _first(text)


def _first(text: str) -> tuple[str, str]:
    """Return the first word or quoted phrase, and what follows it."""
    closing = _QUOTES.get(text[0])
    if closing:
        phrase, found, after = text[1:].partition(closing)
        if found:
            return phrase, after.strip()
    words = text.split(maxsplit=1)
    return words[0], words[1] if len(words) > 1 else ""


def _unquoted(text: str) -> str:
    closing = _QUOTES.get(text[0])
    inner = text[1:-1]
    return inner if closing and len(text) > 1 and text[-1] == closing and closing not in inner else text
