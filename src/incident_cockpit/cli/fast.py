"""The two commands that are run while hands are full or by a prompt every few seconds, without loading click.

Arguments that are not simple are left to click, which reads them the same way and can explain what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.cli.context import Call

Command = Callable[[], int]

_SORTS = {"--note": "note", "--decision": "decision", "--action": "action"}
_TAKES = {"--incident": 1, "--as": 1, "--at": 1, "--ask": 2}


class _Found(Struct):
    """The arguments by what they are."""

    words: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)


def simple(argv: Sequence[str], call: Call) -> Command | None:
    """Return what runs the command, or None when click has to read these arguments."""
    match argv[:1]:
        case ["log"]:
            return _log(argv[1:], call)
        case ["status"]:
            return _status(argv[1:], call)
    return None


def _log(argv: Sequence[str], before: Call) -> Command | None:
    found = _found(argv, flags=("--json", *_SORTS), takes=("--incident", "--as", "--at", "--ask"))
    if found is None or not found.words:
        return None
    sorts = [_SORTS[flag] for flag in found.flags if flag in _SORTS]
    if len(sorts) + ("--ask" in found.values) > 1:
        return None
    from incident_cockpit.cli.entries import Entry, log

    who, within = found.values.get("--ask", ("", ""))
    entry = Entry(
        tuple(found.words),
        at=found.values["--at"][0] if "--at" in found.values else None,
        sort=sorts[0] if sorts else None,
        ask=(who, within) if "--ask" in found.values else None,
    )
    call = _call(found, before)
    return lambda: log(call, entry)


def _status(argv: Sequence[str], before: Call) -> Command | None:
    found = _found(argv, flags=("--json", "--line"), takes=("--incident", "--as"))
    if found is None or len(found.words) > 1 or any(word.startswith("-") for word in found.words):
        return None
    from incident_cockpit.cli.views.status import status

    call, line, word = _call(found, before), "--line" in found.flags, next(iter(found.words), None)
    return lambda: status(call, line, word)


def _call(found: _Found, before: Call) -> Call:
    named, who = found.values.get("--incident"), found.values.get("--as")
    return replace(
        before,
        incident=named[0] if named else None,
        who=who[0] if who else None,
        json="--json" in found.flags,
    )


def _found(argv: Sequence[str], flags: tuple[str, ...], takes: tuple[str, ...]) -> _Found | None:
    """Sort the arguments; None for anything that is not plainly one of ours, such as `--at=-7m`, `--` or `--help`."""
    found = _Found()
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word in flags:
            found.flags.add(word)
        elif word in takes and len(rest) >= _TAKES[word]:
            found.values[word] = tuple(rest[: _TAKES[word]])
            del rest[: _TAKES[word]]
        elif word.startswith("--"):
            return None
        else:
            found.words.append(word)
    return found
