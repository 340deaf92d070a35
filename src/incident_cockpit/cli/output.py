"""Everything that goes to standard output: data and nothing else, so that a script can read it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from incident_cockpit.text.clean import LIMIT, clean
from incident_cockpit.text.escape import WORD_JOINER

# The first error of standard output. The command goes on without it: what it stores must not depend on a reader.
_failures: list[OSError] = []


def text(words: str) -> None:
    """Write text as lines; what a terminal would obey is shown instead of sent."""
    if words:
        # What keeps a pasted name from calling somebody is no character of theirs: it has to come through a pipe, too.
        parts = (clean(part, limit=max(LIMIT, 2 * len(words))) for part in words.split(WORD_JOINER))
        _write(WORD_JOINER.join(parts).removesuffix("\n") + "\n")


def lines(many: Iterable[str]) -> None:
    """Write these lines."""
    text("\n".join(many))


def shape(value: object) -> None:
    """Write a value as indented JSON; letters outside ASCII stay readable, control characters are escaped by JSON."""
    # Late: most commands answer with text.
    import json

    _write(json.dumps(value, ensure_ascii=not _takes_unicode(), indent=2).replace("\x7f", "\\u007f") + "\n")


def raw(data: bytes) -> None:
    """Write bytes exactly as they are: an export that is read again by a program."""
    with _writing():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def flush() -> None:
    """Pass everything on to the reader."""
    with _writing():
        sys.stdout.flush()


def finish() -> OSError | None:
    """Pass the rest on to the reader; return the error that cut standard output short, None where nothing did."""
    flush()
    return _failures.pop() if _failures else None


def failed(error: OSError) -> None:
    """Remember the first error of standard output, and send what is still to be written nowhere."""
    if not _failures:
        _failures.append(error)
    # A stream of a test has no descriptor.
    with suppress(OSError):
        descriptor = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


def _write(words: str) -> None:
    with _writing():
        sys.stdout.write(words)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        failed(error)


def _takes_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
