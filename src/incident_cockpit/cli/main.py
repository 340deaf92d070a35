"""The entry point: chooses the short way or click, and turns whatever goes wrong into a sentence and an exit code."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Mapping, Sequence

from incident_cockpit.cli import diagnostics, output
from incident_cockpit.errors import ExitCode, Refused

COMPLETION = "_INCIDENT_COMPLETE"


def main(argv: Sequence[str] | None = None, env: Mapping[str, str] | None = None) -> int:
    """Run a command line and return its exit code; `argv` is without the program's name."""
    given = sys.argv[1:] if argv is None else list(argv)
    environment = os.environ if env is None else env
    # Loading modules and answering once makes next to no garbage: looking for it, and once more at the end, takes a
    # sixth of the time of a short command. The screen, which lives long, has it looked for again.
    gc.disable()
    atexit.register(gc.freeze)
    # Names may hold signs that the terminal's encoding lacks: they are shown as "?", the command goes on.
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="replace")
    try:
        code = _run(given, environment)
        output.flush()
        return code
    except Refused as refused:
        diagnostics.refusal(refused)
        return refused.code
    except KeyboardInterrupt:
        diagnostics.say("")
        return ExitCode.INTERRUPTED
    except output.ReaderGoneError:
        # Whoever read has read enough (`incident list | head -1`); what is left must not complain at exit.
        _forget_output()
        return ExitCode.OK
    finally:
        gc.enable()


def _run(argv: Sequence[str], env: Mapping[str, str]) -> int:
    if COMPLETION not in env:
        from incident_cockpit.cli import fast

        command = fast.simple(argv, env)
        if command is not None:
            return command()
    from incident_cockpit.cli.tree import run

    return run(argv, env)


def _forget_output() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    finally:
        os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
