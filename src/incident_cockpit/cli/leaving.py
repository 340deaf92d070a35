"""Texts and files on their way out of a command: copied with the route said, written to a file or printed."""

from __future__ import annotations

import sys
from pathlib import Path

from incident_cockpit.cli import diagnostics, output
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.files import write_file
from incident_cockpit.cockpit.library import Library
from incident_cockpit.errors import Refused


def copied(call: Call, library: Library, text: str, otherwise: str) -> str:
    """Copy the text, say which route it took, and return that route; raises Refused when there was none.

    `otherwise` says what to do by hand then.
    """
    from incident_cockpit.outside import clipboard

    # Standard output is data, so a sequence for the terminal goes where people read.
    write_terminal = diagnostics.raw if sys.stderr.isatty() else None
    done = clipboard.copy(text, last_copy=library.places.last_copy, env=call.env, write_terminal=write_terminal)
    if done.route == "none":
        raise Refused(done.words, otherwise)
    diagnostics.say(done.words)
    return done.route


def written(made: str | bytes, file: str | None, *, force: bool, said: str) -> None:
    """Write a document to the file, saying so in these words, or to standard output where none or - is named."""
    if file is not None and file != "-":
        write_file(Path(file), made.encode() if isinstance(made, str) else made, force=force)
        diagnostics.say(f"{said} written to {file}")
    elif isinstance(made, str):
        output.text(made)
    else:
        output.raw(made)
