"""The fast path of `log` and `status`: generated from the click tree, and the same values as click reads."""

from __future__ import annotations

import os
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

from incident_cockpit.cli import main
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.main import COMMANDS, FUNCTIONS, FastCommand, FastOption, find_command
from incident_cockpit.cli.options import FreeTextCommand
from incident_cockpit.cli.tree import root
from support.cli import Shell

GENERATED = re.compile(r"(?<=# -- generated\n).*?(?=# -- end\n)", re.DOTALL)


def declared(name: str) -> FastCommand:
    """Return the entry of the table for a command, as click declares it."""
    command = root.get_command(click.Context(root), name)
    assert command is not None
    [words] = [param for param in command.params if isinstance(param, click.Argument)]
    options = {
        opt: FastOption(param.name or "", 0 if param.is_flag else param.nargs, param.multiple)
        for param in command.params
        if isinstance(param, click.Option)
        for opt in param.opts
    }
    many = words.nargs == -1
    free_text = isinstance(command, FreeTextCommand)
    return FastCommand(FUNCTIONS[name], words.name or "", int(words.required), None if many else 1, free_text, options)


def source(commands: dict[str, FastCommand]) -> str:
    """Return the table as it is written in the module."""
    lines = ["COMMANDS: dict[str, FastCommand] = {"]
    for name, command in commands.items():
        words = f'"{command.words}", {command.least}, {command.most}, {command.free_text}'
        module, function = command.function
        lines.append(f'    "{name}": FastCommand(("{module}", "{function}"), {words}, {{')
        for opt, option in command.options.items():
            repeatable = f", {option.repeatable}" if option.repeatable else ""
            lines.append(f'        "{opt}": FastOption("{option.parameter}", {option.values}{repeatable}),')
        lines.append("    }),")
    return "\n".join([*lines, "}  # fmt: skip", ""])


def test_table_is_generated_from_the_click_tree() -> None:
    table = source({name: declared(name) for name in FUNCTIONS})
    path = Path(main.__file__)
    text = path.read_text(encoding="utf-8")
    if os.environ.get("REWRITE"):
        path.write_text(GENERATED.sub(lambda _: table, text), encoding="utf-8")
    else:
        match = GENERATED.search(text)
        assert match is not None
        assert match[0] == table


def values_of_click(argv: list[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the arguments with which click calls the function of a command."""
    return values(argv, monkeypatch, lambda call: root.main(argv, standalone_mode=False, obj=call))


def values(argv: list[str], monkeypatch: pytest.MonkeyPatch, run: Any) -> dict[str, Any]:
    module, name = FUNCTIONS[argv[0]]
    calls: list[dict[str, Any]] = []

    def record(call: Call, **values: Any) -> int:
        calls.append({"incident": call.incident, "who": call.who, "json": call.json, **values})
        return 0

    monkeypatch.setattr(import_module(f"incident_cockpit.cli.{module}"), name, record)
    run(Call({}))
    [arguments] = calls
    return arguments


@pytest.mark.parametrize(
    "argv",
    [
        ["log", "5xx", "at", "8%"],
        ["log", "-7m", "5xx"],
        ["log", "--at", "-7m", "--note", "--incident", "3", "--as", "Bo", "--json", "5xx"],
        ["log", "--decision", "roll back"],
        ["log", "replica lag?", "--ask", "Raj", "10m"],
        ["log", "5xx", "--link", "https://a.example", "--link", "https://b.example", "--file", "graph.png"],
        ["log", "-"],
        ["status"],
        ["status", "7", "--line"],
        ["status", "--json", "--incident", "7"],
    ],
)
def test_fast_path_reads_what_click_reads(argv: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    command = find_command(argv, Call({}))
    assert command is not None
    fast_values = values(argv, monkeypatch, lambda call: (find_command(argv, call) or int)())
    assert fast_values == values_of_click(argv, monkeypatch)


@pytest.mark.parametrize(
    "argv",
    [
        [], ["list"], ["log"], ["log", "--at"], ["log", "--at=-7m", "5xx"], ["log", "--", "--5xx"], ["log", "--help"],
        ["log", "--nope", "5xx"], ["status", "-x"], ["status", "1", "2"], ["status", "--help"],
    ],
)  # fmt: skip
def test_arguments_that_are_not_plain_are_left_to_click(argv: list[str]) -> None:
    assert find_command(argv, Call({})) is None


def test_every_fast_command_is_in_the_table() -> None:
    assert COMMANDS.keys() == FUNCTIONS.keys()


def test_fast_path_logs(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.good("new", "Checkout is down")
    shell.good("log", "5xx at 8%", "--link", "https://graphs.example/d/5xx")
    [line] = [line for line in shell.timeline() if line["text"] == "5xx at 8%"]
    assert [pin["link"] for pin in line["pinned"]] == ["https://graphs.example/d/5xx"]
