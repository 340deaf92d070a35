"""The entry point: runs a command by the fast path or by click, and turns errors into sentences and exit codes."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Mapping, Sequence

from incident_cockpit.cli import output
from incident_cockpit.cli.outcome import Outcome
from incident_cockpit.errors import Refused

COMPLETION = "_INCIDENT_COMPLETE"
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def main(argv: Sequence[str] | None = None, env: Mapping[str, str] | None = None) -> int:
    """Run a command line and return its exit code; `argv` is without the program's name."""
    _open_closed_streams()
    arguments = sys.argv[1:] if argv is None else list(argv)
    environment = os.environ if env is None else env
    # A short command makes next to no garbage, and collecting it takes a sixth of its time; the cockpit, which runs
    # long, turns it on again.
    gc.disable()
    atexit.register(gc.freeze)
    # The terminal's encoding may lack a character of a name: it is shown as "?", the command goes on.
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="replace")
    outcome = Outcome()
    try:
        code = _run(arguments, environment, outcome)
    except Refused as refused:
        output.refusal(refused)
        code = outcome.after_refusal(refused)
    except KeyboardInterrupt:
        code = outcome.after_interrupt()
    except Exception as error:
        code = outcome.after_fault(error, environment)
    finally:
        gc.enable()
    return outcome.after_output(code)


def _open_closed_streams() -> None:
    """Open /dev/null as each standard stream that was closed.

    Otherwise the next file that is opened gets its number, and output would be written into the store.
    """
    for descriptor, (name, mode) in enumerate(_STREAMS):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free number, which is this one; child processes inherit it.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
        if getattr(sys, name) is None:
            setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - for good


def _run(argv: Sequence[str], env: Mapping[str, str], outcome: Outcome) -> int:
    from incident_cockpit.cli.context import Call

    call = Call(env, outcome=outcome)
    if COMPLETION not in env:
        from incident_cockpit.cli.fast import find_command

        command = find_command(argv, call)
        if command is not None:
            return command()
    from incident_cockpit.cli.tree import run

    return run(argv, call)


if __name__ == "__main__":
    sys.exit(main())
