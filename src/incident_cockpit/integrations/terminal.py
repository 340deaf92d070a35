"""Check for a terminal that can show the cockpit and send keys."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from incident_cockpit.errors import ExitCode, Refused

_CANNOT_DRAW = ("dumb", "unknown")


def need_terminal(env: Mapping[str, str]) -> None:
    """Raise Refused without a usable terminal, where the cockpit would wait for ever."""
    # Another driver, such as the one for browsers, has its own input and output.
    if env.get("TEXTUAL_DRIVER"):
        return
    for stream, name in ((sys.stdin, "input"), (sys.stdout, "output"), (sys.stderr, "error")):
        if stream is None or stream.closed or not stream.isatty():
            raise _no_terminal(f"standard {name} is not a terminal")
    if env.get("TERM", "") in _CANNOT_DRAW:
        raise _no_terminal(f"TERM={env['TERM']} cannot display it")


def _no_terminal(why: str) -> Refused:
    return Refused(
        f"the cockpit needs a terminal, and {why}",
        "run it in a terminal, or use the commands: incident list, incident status, incident log; see incident --help",
        ExitCode.NO_TERMINAL,
    )
