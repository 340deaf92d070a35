"""Everything that goes to standard error: sentences for people."""

from __future__ import annotations

import sys
from contextlib import suppress

from incident_cockpit.cli.spelling import in_commands
from incident_cockpit.errors import Refused
from incident_cockpit.text.clean import clean

_PROGRAM = "incident"


def say(sentence: str) -> None:
    """Say something to the person at the terminal."""
    raw(clean(sentence) + "\n")


def raw(sequence: str) -> None:
    """Send a sequence that the terminal is to obey, such as one that fills its clipboard."""
    # A closed standard error has no reader; the work is done all the same.
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(sequence)
        sys.stderr.flush()


def ask(question: str) -> None:
    """Put a question and leave the cursor behind it."""
    raw(clean(question))


def refusal(refused: Refused, *, typed: bool = False) -> None:
    """Say why nothing was done and what to do about it; `typed` where lines are typed as in the cockpit."""
    way = refused.what_to_do if typed else in_commands(refused.what_to_do)
    say("\n  ".join([f"{_PROGRAM}: {refused.why}", *way.splitlines()]))


def warn(warning: str, incident: int | None = None) -> None:
    """Print a warning about what was done; its commands name the incident with this number."""
    say(f"warning: {in_commands(warning, incident)}")


def note(remark: str, incident: int | None = None) -> None:
    """Say what there is to remark on a text; its commands name the incident with this number."""
    say(f"note: {in_commands(remark, incident)}")
