"""Everything that goes to standard output: data and nothing else, so that a script can read it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

from incident_cockpit.errors import Refused
from incident_cockpit.text.clean import LIMIT, clean


def text(words: str) -> None:
    """Write text as lines; what a terminal would obey is shown instead of sent."""
    if words:
        _write(clean(words, limit=max(LIMIT, 2 * len(words))).removesuffix("\n") + "\n")


def lines(many: Iterable[str]) -> None:
    """Write these lines."""
    text("\n".join(many))


def shape(value: object) -> None:
    """Write a value as indented JSON; letters outside ASCII stay readable, control characters are escaped by JSON."""
    _write(json.dumps(value, ensure_ascii=not _takes_unicode(), indent=2).replace("\x7f", "\\u007f") + "\n")


def raw(data: bytes) -> None:
    """Write bytes exactly as they are: an export that is read again by a program."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(error) from error


def flush() -> None:
    """Hand everything over to whoever reads; a pipe that was closed shows here."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(error) from error


def _write(words: str) -> None:
    try:
        sys.stdout.write(words)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(error) from error


def _takes_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _unwritable(error: OSError) -> Refused:
    return Refused(f"standard output cannot be written ({error.strerror})", "free some space or write to another place")
