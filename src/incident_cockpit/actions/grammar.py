"""The entry line: how a typed line is read, said before it is kept."""

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

# One sign and then a space, so that `=== FAILED`, `!important` and `???` stay what they are: text.
_SIGNS = {action.sign: action.name for action in ACTIONS.values() if action.sign and action.sign != "@"}
_ASK = re.compile(
    r"(?P<who>@[^\s@:,]{1,80}(?:(?:,|[\s,]{1,5}@)[^\s@:,]{1,80}){0,9})\s+(?P<within>\S{1,20})\s+(?P<text>\S.*)",
    re.DOTALL,
)
_COMMAND = re.compile(r":(?P<name>[a-z][a-z0-9-]*)(?:\s+(?P<rest>.*))?", re.DOTALL)
# Words that call a whole channel are nobody's name.
_NOBODY = frozenset({"here", "channel", "everyone", "all", "group"})

# Whom the chip of a pasted thread names.
_NAMES, _LONGEST_NAME = 3, 16

# What Tab makes of a line, in this order; the first is the line as it was typed.
SORTS = ("note", "action", "decision", "finding", "hypothesis")


class ParsedLine(Struct, frozen=True):
    """How a line will be kept: by which action, with which words, as what time.

    `chip` says it in a few words; `when` is None for "now"; `problem` says why it cannot be kept yet.
    """

    action: str
    chip: str
    values: Mapping[str, str] = field(default_factory=dict)
    when: ParsedTime | None = None
    problem: str = ""


def read(line: str, here: Here, sort: str | None = None) -> ParsedLine:
    """Read a typed line; `sort` is what Tab made of it, then its text is taken literally but for its time."""
    try:
        when, text = split_time(line.strip(), here.now, here.zone)
    except Refused as refused:
        return ParsedLine(sort or "note", "time?", {"text": line.strip()}, None, str(refused))
    if sort is not None:
        return ParsedLine(sort, sort, {"text": text}, when)
    return _read_text(text, when, here)


def literal(text: str, when: ParsedTime | None = None) -> ParsedLine:
    """Read piped text: one note, taken as it stands."""
    return ParsedLine("note", "note", {"text": text}, when)


def pasted(text: str, here: Here) -> list[ParsedLine]:
    """Return the ways pasted text can be read: one note now, or as of the time that stands at its beginning."""
    lines = text.count("\n") + 1
    chip = f"note, {lines} lines" if lines > 1 else "note, as pasted"
    ways = [
        ParsedLine("note", chip, {"text": text}),
        *_thread(text, here.now.replace(second=0, microsecond=0), here.zone),
    ]
    try:
        when, rest = split_time(text.strip(), here.now, here.zone)
    except Refused:
        return ways
    if when is not None and when.at <= here.now:
        ways.append(ParsedLine("note", f"{chip}, at its time", {"text": rest}, when))
    return ways


@lru_cache(maxsize=2)
def _thread(text: str, now: datetime, zone: ZoneInfo) -> tuple[ParsedLine, ...]:
    """Return pasted text as a chat thread where it is one: at least two lines with a name and a time."""
    said = read_thread(text, now, zone).lines if "\n" in text else ()
    if len(said) < 2:
        return ()
    names = list(dict.fromkeys(line.who for line in said))
    more = " ..." if len(names) > _NAMES else ""
    told = ", ".join(name[:_LONGEST_NAME] for name in names[:_NAMES])
    return (ParsedLine("chat", f"chat, {len(said)} lines of {told}{more}", {"thread": text}),)


def signed(text: str) -> ParsedLine:
    """Read a text whose time is known already: a sign at its beginning, an ask, else a note."""
    sign, space, rest = text[:1], text[1:2], text[2:].strip()
    if sign in _SIGNS and space == " " and rest:
        return ParsedLine(_SIGNS[sign], _SIGNS[sign], {"text": rest})
    return _read_ask(text, None) or ParsedLine("note", "note", {"text": text})


def _read_text(text: str, when: ParsedTime | None, here: Here) -> ParsedLine:
    reading = signed(text)
    if reading.action in _SIGNS.values() and when is None:
        try:
            when, rest = split_time(reading.values["text"], here.now, here.zone)
        except Refused as refused:
            return replace(reading, chip="time?", problem=str(refused))
        reading = replace(reading, values={"text": rest})
    if reading.action == "note":
        return _read_command(text, when) or replace(reading, when=when)
    return replace(reading, when=when)


def _read_ask(text: str, when: ParsedTime | None) -> ParsedLine | None:
    found = _ASK.fullmatch(text)
    if found is None:
        return None
    names = [name for name in re.split(r"[\s,@]+", found["who"]) if name]
    if any(name.casefold() in _NOBODY for name in names):
        return None
    within = parse_duration(found["within"])
    if within is None:
        return None
    who = ", ".join(names)
    return ParsedLine("ask", f"ask {who} {duration(within)}", {**found.groupdict(), "who": who}, when)


def _read_command(text: str, when: ParsedTime | None) -> ParsedLine | None:
    if text == ":":
        return ParsedLine("", ":", {}, when, "no action is named yet: type its name, Tab completes it")
    found = _COMMAND.fullmatch(text)
    if found is None:
        return None
    name, rest = found["name"], found["rest"] or ""
    try:
        action = find(name)
        return ParsedLine(action.name, f":{action.usage}", split_args(action, rest), when)
    except Refused as refused:
        return ParsedLine(name, f":{name}", {}, when, str(refused))


def completions(line: str) -> list[str]:
    """Return the actions whose names begin as the command that is being typed."""
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
