"""Everything that goes to standard error: sentences for people."""

from __future__ import annotations

import sys

from incident_cockpit.cli.spelling import in_commands
from incident_cockpit.errors import Refused
from incident_cockpit.text.clean import clean

_PROGRAM = "incident"


def say(sentence: str) -> None:
    """Say something to the person at the terminal."""
    # Whoever closed standard error does not want to hear it; the work is done all the same.
    try:
        sys.stderr.write(clean(sentence) + "\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return


def raw(sequence: str) -> None:
    """Send a sequence that the terminal is to obey, such as one that fills its clipboard."""
    sys.stderr.write(sequence)
    sys.stderr.flush()


def ask(question: str) -> None:
    """Put a question and leave the cursor behind it."""
    sys.stderr.write(clean(question))
    sys.stderr.flush()


def refusal(refused: Refused, *, typed: bool = False) -> None:
    """Say why nothing was done and what to do about it; `typed` where lines are typed as in the cockpit."""
    way = refused.what_to_do if typed else in_commands(refused.what_to_do)
    say("\n  ".join([f"{_PROGRAM}: {refused.why}", *way.splitlines()]))


def warn(words: str) -> None:
    """Say what went not quite well with what was done."""
    say(f"warning: {in_commands(words)}")


def note(remark: str) -> None:
    """Say what there is to remark on a text."""
    say(f"note: {in_commands(remark)}")
