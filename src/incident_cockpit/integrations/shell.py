"""A shell of the person's own in this terminal, for as long as the screen steps aside."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from incident_cockpit.errors import Refused
from incident_cockpit.integrations.programs import finding_ourselves

_PLAIN = "/bin/sh"


def run_shell(env: Mapping[str, str], message: str) -> int:
    """Say these words, then run the shell that SHELL names until it is left; return its exit code.

    A SHELL that cannot be started gives way to sh; raises Refused where that cannot be started either.
    """
    os.write(1, f"{message}\n".encode(errors="replace"))
    program = _started(env)
    # Ctrl+C is for what runs in the shell; a program that was started already does not inherit this.
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
    raise Refused(f"no shell could be started ({why})", "name one in SHELL, or open another terminal")


def _take_terminal_back() -> None:
    """Be the terminal's foreground again: a shell that was killed does not give back what it took."""
    before: Any = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        with suppress(OSError):
            os.tcsetpgrp(0, os.getpgrp())
    finally:
        signal.signal(signal.SIGTTOU, before)
