"""Opening the cockpit, where there is a terminal to open it in."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping

from incident_cockpit.cli.call import Call
from incident_cockpit.cockpit.library import Library
from incident_cockpit.errors import ExitCode, Refused


def check_terminal(env: Mapping[str, str]) -> None:
    """Raise Refused where the cockpit could neither be seen nor hear a key; it would wait for ever there."""
    for stream, name in ((sys.stdin, "input"), (sys.stdout, "output"), (sys.stderr, "error")):
        if stream is None or not stream.isatty():
            raise _no_terminal(f"standard {name} is no terminal")
    if env.get("TERM", "") in ("dumb", "unknown"):
        raise _no_terminal(f"a terminal of the kind '{env['TERM']}' cannot show it")


def _no_terminal(why: str) -> Refused:
    return Refused(
        f"the cockpit needs a terminal, and {why}",
        "run it in a terminal, or use the commands: incident list, incident status, incident log; see incident --help",
        ExitCode.NO_TERMINAL,
    )


def cockpit(call: Call) -> int:
    """Open the cockpit on the incident that is meant, else on the list."""
    check_terminal(call.env)
    with call.library() as library:
        return show(library, _meant(call, library))


def show(library: Library, incident_id: str | None) -> int:
    """Open the cockpit on this incident, or on the list."""
    from incident_cockpit.tui.app import run

    # The store belongs to the thread that opens it, and the cockpit has one of its own for that.
    library.close()
    # What is loaded stays: it is set apart, so that no later look for garbage makes a key wait for all of it.
    gc.freeze()
    gc.enable()
    return run(library, incident_id)


def _meant(call: Call, library: Library) -> str | None:
    """Return the incident that is meant, None where none or several could be: then the list asks."""
    named = call.named()
    if named or call.env.get("INCIDENT") or library.journal.current():
        return library.meant(named).id
    live = library.incidents(live_only=True)
    return live[0].id if len(live) == 1 else None
