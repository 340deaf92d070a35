"""Everything that goes to standard output: data and nothing else, so that a script can read it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from incident_cockpit.errors import Refused
from incident_cockpit.text.clean import LIMIT, clean
from incident_cockpit.text.escape import WORD_JOINER


class ReaderGoneError(Exception):
    """Whoever read standard output has read enough; no OSError, because click would end the process on that."""


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
    with _in_words():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def flush() -> None:
    """Hand everything over to whoever reads."""
    with _in_words():
        sys.stdout.flush()


def _write(words: str) -> None:
    with _in_words():
        sys.stdout.write(words)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGoneError from error
    except OSError as error:
        raise Refused(
            f"standard output cannot be written ({error.strerror})", "free some space or write to another place"
        ) from error


def _takes_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
