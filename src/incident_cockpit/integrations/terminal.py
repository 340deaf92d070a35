"""Whether there is a terminal that the cockpit can be seen in and hears keys from."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from incident_cockpit.errors import ExitCode, Refused

_CANNOT_DRAW = ("dumb", "unknown")


def need_terminal(env: Mapping[str, str]) -> None:
    """Raise Refused where the cockpit could neither be seen nor hear a key: it would wait for ever there."""
    # A driver of another kind, such as the one for browsers, brings its own way in and out.
    if env.get("TEXTUAL_DRIVER"):
        return
    for stream, name in ((sys.stdin, "input"), (sys.stdout, "output"), (sys.stderr, "error")):
        if stream is None or stream.closed or not stream.isatty():
            raise _no_terminal(f"standard {name} is no terminal")
    if env.get("TERM", "") in _CANNOT_DRAW:
        raise _no_terminal(f"a terminal of the kind '{env['TERM']}' cannot show it")


def _no_terminal(why: str) -> Refused:
    return Refused(
        f"the cockpit needs a terminal, and {why}",
        "run it in a terminal, or use the commands: incident list, incident status, incident log; see incident --help",
        ExitCode.NO_TERMINAL,
    )
