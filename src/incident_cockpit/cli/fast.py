"""The fast path: `log` and `status` without click, which would double their cost.

`log` is typed while hands are full, and a prompt asks for `status` every few seconds. Arguments that are not plain are
left to click, which reads them the same way and explains what is wrong with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from msgspec import Struct

from incident_cockpit.cli.context import Call, with_shared_options


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
