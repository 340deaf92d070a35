"""The terminal: a check that it can show the cockpit, and a shell in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.integrations.programs import finding_ourselves

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


# The user's shell in this terminal while the screen is suspended.

_PLAIN = "/bin/sh"


def run_shell(env: Mapping[str, str], message: str) -> int:
    """Print a message, then run the shell named by SHELL until it exits; return its exit code.

    Falls back to sh; raises Refused if neither can be started.
    """
    os.write(1, f"{message}\n".encode(errors="replace"))
    program = _started(env)
    # Ctrl+C is for programs in the shell; children started earlier do not inherit this.
    before: Any = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return program.wait()
    finally:
        _take_terminal_back()
        signal.signal(signal.SIGINT, before)


def _started(env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    shells = dict.fromkeys(name for name in (env.get("SHELL", ""), _PLAIN) if name)
    why = ""
    for name in shells:
        try:
            return subprocess.Popen([name], env=finding_ourselves(env))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
    raise Refused(f"no shell could be started ({why})", "set SHELL, or open another terminal")


def _take_terminal_back() -> None:
    """Become the foreground process again: a killed shell does not return the terminal."""
    before: Any = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        with suppress(OSError):
            os.tcsetpgrp(0, os.getpgrp())
    finally:
        signal.signal(signal.SIGTTOU, before)
