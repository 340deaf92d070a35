"""The grammar of the entry line: how a typed line is read, before it is logged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments.argument import QUOTES, Arg, Here
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.actions.registry import ACTIONS, find
from incident_cockpit.errors import Refused
from incident_cockpit.importers.chat import read_thread
from incident_cockpit.times.format import duration
from incident_cockpit.times.parse import ParsedTime, parse_duration, split_time

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# One prefix and then a space, so that `=== FAILED`, `!important` and `???` stay what they are: text.
_PREFIXES = {action.prefix: action.name for action in ACTIONS.values() if action.prefix and action.prefix != "@"}
_ASK = re.compile(
    r"(?P<who>@[^\s@:,]{1,80}(?:(?:,|[\s,]{1,5}@)[^\s@:,]{1,80}){0,9})\s+(?P<within>\S{1,20})\s+(?P<text>\S.*)",
    re.DOTALL,
)
_COMMAND = re.compile(r":(?P<name>[a-z][a-z0-9-]*)(?:\s+(?P<rest>.*))?", re.DOTALL)
# These mention a whole channel and are no names.
_CHANNEL_MENTIONS = frozenset({"here", "channel", "everyone", "all", "group"})

# Authors that the chip of a pasted thread names.
_AUTHORS_SHOWN, _LONGEST_NAME = 3, 16

# Tab changes a line to these kinds, in this order; the first is the line as it was typed.
LINE_KINDS = ("note", "action", "decision", "finding", "hypothesis")


class ParsedLine(Struct, frozen=True):
    """How a typed line will be logged: by which action, with which values, as of what time.

    `chip` names it in a few words; `when` is None for "now"; `problem` is why it cannot be logged yet.
    """

    action: str
    chip: str
    values: Mapping[str, str] = field(default_factory=dict)
    when: ParsedTime | None = None
    problem: str = ""


def read(line: str, here: Here, kind: str | None = None) -> ParsedLine:
    """Read a typed line; with the `kind` that Tab chose, its text is literal but for the time at its beginning."""
    try:
        when, text = split_time(line.strip(), here.now, here.zone)
    except Refused as refused:
        return ParsedLine(kind or "note", "time?", {"text": line.strip()}, None, str(refused))
    if kind is not None:
        return ParsedLine(kind, kind, {"text": text}, when)
    return _read_text(text, when, here)


def literal(text: str, when: ParsedTime | None = None) -> ParsedLine:
    """Read piped text: one literal note."""
    return ParsedLine("note", "note", {"text": text}, when)


def pasted(text: str, here: Here) -> list[ParsedLine]:
    """Return the ways to read pasted text: one note now, a chat thread, or a note as of the time it begins with."""
    lines = text.count("\n") + 1
    chip = f"note, {lines} lines" if lines > 1 else "note, as pasted"
    readings = [
        ParsedLine("note", chip, {"text": text}),
        *_thread(text, here.now.replace(second=0, microsecond=0), here.zone),
    ]
    try:
        when, rest = split_time(text.strip(), here.now, here.zone)
    except Refused:
        return readings
    if when is not None and when.at <= here.now:
        readings.append(ParsedLine("note", f"{chip}, at its time", {"text": rest}, when))
    return readings


@lru_cache(maxsize=2)
def _thread(text: str, now: datetime, zone: ZoneInfo) -> tuple[ParsedLine, ...]:
    """Return pasted text as a chat thread, if it is one: at least two messages with author and time."""
    messages = read_thread(text, now, zone).lines if "\n" in text else ()
    if len(messages) < 2:
        return ()
    authors = list(dict.fromkeys(message.who for message in messages))
    more = " ..." if len(authors) > _AUTHORS_SHOWN else ""
    names = ", ".join(author[:_LONGEST_NAME] for author in authors[:_AUTHORS_SHOWN])
    return (ParsedLine("chat", f"chat, {len(messages)} messages by {names}{more}", {"thread": text}),)


def prefixed(text: str) -> ParsedLine:
    """Read a text whose time is known already: a prefix at its beginning, an ask, else a note."""
    prefix, space, rest = text[:1], text[1:2], text[2:].strip()
    if prefix in _PREFIXES and space == " " and rest:
        return ParsedLine(_PREFIXES[prefix], _PREFIXES[prefix], {"text": rest})
    return _read_ask(text) or ParsedLine("note", "note", {"text": text})


def _read_text(text: str, when: ParsedTime | None, here: Here) -> ParsedLine:
    reading = prefixed(text)
    if reading.action in _PREFIXES.values() and when is None:
        try:
            when, rest = split_time(reading.values["text"], here.now, here.zone)
        except Refused as refused:
            return replace(reading, chip="time?", problem=str(refused))
        reading = replace(reading, values={"text": rest})
    if reading.action == "note":
        return _read_command(text, when) or replace(reading, when=when)
    return replace(reading, when=when)


def _read_ask(text: str) -> ParsedLine | None:
    match = _ASK.fullmatch(text)
    if match is None:
        return None
    names = [name for name in re.split(r"[\s,@]+", match["who"]) if name]
    if any(name.casefold() in _CHANNEL_MENTIONS for name in names):
        return None
    within = parse_duration(match["within"])
    if within is None:
        return None
    who = ", ".join(names)
    return ParsedLine("ask", f"ask {who} {duration(within)}", {**match.groupdict(), "who": who})


def _read_command(text: str, when: ParsedTime | None) -> ParsedLine | None:
    if text == ":":
        return ParsedLine("", ":", {}, when, "Type a command; tab completes its name")
    match = _COMMAND.fullmatch(text)
    if match is None:
        return None
    name, rest = match["name"], match["rest"] or ""
    try:
        action = find(name)
        return ParsedLine(action.name, f":{action.usage}", split_args(action, rest), when)
    except Refused as refused:
        return ParsedLine(name, f":{name}", {}, when, str(refused))


def completions(line: str) -> list[str]:
    """Return the names of actions that complete a typed command."""
    typed = line.strip()
    if not typed.startswith(":") or " " in typed:
        return []
    return [name for name in ACTIONS if name.startswith(typed[1:])]


# -- Arguments of a typed command.


def split_args(action: Action, text: str) -> dict[str, str]:
    """Return typed words by argument: each takes one word or one quoted phrase, the last takes all that is left.

    An optional duration that is missing is skipped, so that `ask Raj check the lag` still reads; a future time may have
    several words, as in `schedule-review tomorrow 14:00 90m Room 4`; text before optional arguments is cut only where
    it is quoted, as in `evidence "disk image" vault 12`.
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
            word, rest = arg.take(rest)
            if word:
                values[arg.name] = word
    if rest:
        raise Refused(f'`{action.name}` does not take "{rest}"', f"usage: :{action.usage}")
    return values


def _takes_all(args: Sequence[Arg], rest: str) -> bool:
    """Return whether the first of these takes everything: unquoted text before optional arguments."""
    return rest[0] not in QUOTES and isinstance(args[0], TextArg) and all(not arg.required for arg in args[1:])


def _unquoted(text: str) -> str:
    closing = QUOTES.get(text[0])
    inner = text[1:-1]
    return inner if closing and len(text) > 1 and text[-1] == closing and closing not in inner else text
