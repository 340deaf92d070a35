"""The entry point: `log` and `status` by a fast path without click, everything else by click."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from msgspec import Struct

from incident_cockpit.cli import output
from incident_cockpit.cli.context import Call, with_shared_options
from incident_cockpit.cli.output import Outcome
from incident_cockpit.errors import Refused


class FastOption(Struct, frozen=True):
    """An option: the parameter it sets, how many values it takes (a flag takes none), whether it may be repeated."""

    parameter: str
    values: int = 0
    repeatable: bool = False


class FastCommand(Struct, frozen=True):
    """A command: the parameter its words go to, at least and at most how many, its options, its function by module.

    The words of a `free_text` command may start with a minus.
    """

    function: tuple[str, str]
    words: str
    least: int
    most: int | None
    free_text: bool
    options: dict[str, FastOption]


# The functions that click calls, too.
FUNCTIONS = {"log": ("entries", "log"), "status": ("views.status", "status")}

# Generated from the click tree: REWRITE=1 .venv/bin/pytest -n0 tests/cli/test_fast.py
# -- generated
COMMANDS: dict[str, FastCommand] = {
    "log": FastCommand(("entries", "log"), "text", 1, None, True, {
        "--at": FastOption("at", 1),
        "--note": FastOption("note", 0),
        "--decision": FastOption("decision", 0),
        "--action": FastOption("action", 0),
        "--ask": FastOption("ask", 2),
        "--link": FastOption("links", 1, True),
        "--file": FastOption("files", 1, True),
        "--json": FastOption("as_json", 0),
        "--incident": FastOption("named_incident", 1),
        "--as": FastOption("speaker", 1),
    }),
    "status": FastCommand(("views.status", "status"), "incident_id", 0, 1, False, {
        "--line": FastOption("line", 0),
        "--json": FastOption("as_json", 0),
        "--incident": FastOption("named_incident", 1),
        "--as": FastOption("speaker", 1),
    }),
}  # fmt: skip
# -- end


def find_command(argv: Sequence[str], call: Call) -> Callable[[], int] | None:
    """Return what runs the command, None where click has to read these arguments."""
    command = COMMANDS.get(argv[0]) if argv else None
    values = _read(argv[1:], command) if command is not None else None
    if command is None or values is None:
        return None
    call = with_shared_options(call, values)
    module, name = command.function
    return lambda: int(getattr(import_module(f"incident_cockpit.cli.{module}"), name)(call, **values))


def _read(argv: Sequence[str], command: FastCommand) -> dict[str, Any] | None:
    """Return the values by parameter; None for arguments that are not plain, such as `--at=-7m`, `--` or `--help`."""
    values: dict[str, Any] = {
        option.parameter: () if option.repeatable else None if option.values else False
        for option in command.options.values()
    }
    words: list[str] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        option = command.options.get(word)
        if option is None:
            if word.startswith("--") or (word.startswith("-") and not command.free_text):
                return None
            words.append(word)
        elif len(rest) < option.values:
            return None
        elif option.repeatable:
            values[option.parameter] += (rest.pop(0),)
        elif option.values > 1:
            values[option.parameter] = tuple(rest.pop(0) for _ in range(option.values))
        else:
            values[option.parameter] = rest.pop(0) if option.values else True
    if len(words) < command.least or (command.most is not None and len(words) > command.most):
        return None
    values[command.words] = tuple(words) if command.most is None else next(iter(words), None)
    return values


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
        command = find_command(argv, call)
        if command is not None:
            return command()
    from incident_cockpit.cli.tree import run

    return run(argv, call)


if __name__ == "__main__":
    sys.exit(main())
