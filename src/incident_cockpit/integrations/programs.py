"""Other programs, run with a time limit and detached from the terminal."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sysconfig
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import Enum

_OURS = "incident"


class Ended(Enum):
    """The end of a program: it succeeded, failed, was stopped after its time limit, or could not be started."""

    WORKED = "worked"
    FAILED = "failed"
    TOO_SLOW = "too slow"
    NOT_STARTED = "not started"


def find_program(name: str, env: Mapping[str, str]) -> str | None:
    """Return the path of a program on the PATH of `env`, or None."""
    return shutil.which(name, path=env.get("PATH", os.defpath))


def finding_ourselves(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with our own command on the PATH, for users who started it by its path.

    It comes last, so that no other program is shadowed.
    """
    folder = sysconfig.get_path("scripts")
    if find_program(_OURS, env) or not find_program(_OURS, {"PATH": folder}):
        return dict(env)
    return {**env, "PATH": os.pathsep.join((env.get("PATH", os.defpath), folder))}


def run_limited(command: Sequence[str], *, env: Mapping[str, str], data: bytes = b"", limit: float = 1.0) -> Ended:
    """Pass `data` to a program's standard input and wait for its exit code, at most `limit` seconds.

    Its output is discarded: it would appear on the screen, and a background child could keep a pipe open.
    """
    try:
        program = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(env),
            start_new_session=True,
        )
    except (OSError, ValueError):
        return Ended.NOT_STARTED
    try:
        program.communicate(data, timeout=limit)
    except subprocess.TimeoutExpired:
        _stop(program)
        return Ended.TOO_SLOW
    except OSError:
        _stop(program)
        return Ended.FAILED
    return Ended.WORKED if program.returncode == 0 else Ended.FAILED


def _stop(program: subprocess.Popen[bytes]) -> None:
    """Kill the program and its children, which have a session of their own."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(program.pid, signal.SIGKILL)
        else:
            program.kill()
    if program.stdin is not None:
        with suppress(OSError):
            program.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        program.wait(0.2)
