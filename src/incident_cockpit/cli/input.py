"""Standard input: one line at a time or all of it, with a sentence for whatever cannot be read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from incident_cockpit.errors import Refused


def line() -> str:
    """Return the next line with its end, "" when there are no more; raises Refused."""
    with _readable():
        return sys.stdin.readline()


def data(limit: int) -> bytes:
    """Return everything up to so many bytes; raises Refused."""
    with _readable():
        return sys.stdin.buffer.read(limit)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise Refused("standard input is not text in this encoding", "enter the line in words") from error
    except OSError as error:
        raise Refused(f"standard input cannot be read ({error.strerror})", "pipe text to it, or use a file") from error
