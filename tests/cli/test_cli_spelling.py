"""What to do is said in words that can be typed where it is read: in the cockpit, or in a shell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import incident_cockpit
from cli_kit import Shell
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.cli.spelling import INSTEAD, in_commands
from incident_cockpit.errors import ExitCode

SOURCE = Path(incident_cockpit.__file__).parent
# The rooms whose words are read in the cockpit and in a shell.
BOTH = ("actions", "cockpit", "exports", "incident", "plan", "runbook")
RULED = {name for name, action in ACTIONS.items() if action.decide is not None}


def hints() -> Iterator[tuple[str, str]]:
    """Yield every way on that a refusal names, with its place; what is filled in is a number."""
    for room in BOTH:
        for path in sorted((SOURCE / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Refused", "NotFound"):
                    for part in node.args[1:2]:
                        yield f"{path.name}:{node.lineno}", _words(part)


def _words(node: ast.expr) -> str:
    return " ".join(
        str(one.value) if isinstance(one, ast.Constant) else "1"
        for one in ast.walk(node)
        if isinstance(one, ast.Constant | ast.FormattedValue)
    )


def test_an_action_that_is_to_be_typed_is_written_as_the_entry_line_takes_it() -> None:
    found = dict(hints())
    assert len(found) > 150
    bare = re.compile(rf": ({'|'.join(sorted(RULED, key=len, reverse=True))})(?![\w-])")
    assert {place: words for place, words in found.items() if bare.search(words)} == {}
    typed = {verb for words in found.values() for verb in re.findall(r"(?<!\w):([a-z][a-z-]+)", words)}
    assert typed <= RULED | set(INSTEAD)
    assert {"severity", "dismiss", "declare", "close", "assign"} <= typed


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("say why, as in :severity SEV1 all of EU", "say why, as in incident do severity SEV1 all of EU"),
        ("take it up again with :undo, or with :declare SEV1 WHY",
         "take it up again with incident do undo, or with incident do declare SEV1 WHY"),
        ("say what showed it, as in :dismiss a load test",
         'say what showed it, as in incident dismiss --reason "a load test"'),
        ("or say what it was with :dismiss REASON", "or say what it was with incident dismiss --reason REASON"),
        ("name the other incident, as in :duplicate 3",
         "name the other incident, as in incident dismiss --duplicate-of 3"),
        ("say why, as in :not-urgent only one", 'say why, as in incident dismiss --not-urgent --reason "only one"'),
        ("did you mean :severity, :follow-up-success?",
         "did you mean incident do severity, incident do follow-up-success?"),
        ("see them all with :help", "see them all with incident do"),
        ("write it with :update", "write it with incident update --for AUDIENCE"),
        ("take it up with :declare SEV1 WHY; else :undo",
         "take it up with incident do declare SEV1 WHY; else incident do undo"),
        ("at 14:05, https://x.example:close, :nothing, ::close, a:close", None),
        ("", None),
    ],
)  # fmt: skip
def test_each_action_becomes_the_command_that_does_it(hint: str, said: str | None) -> None:
    assert in_commands(hint) == (hint if said is None else said)


def test_a_refusal_names_a_command_that_works(shell: Shell) -> None:
    ran = shell("dismiss")
    assert ran.code == ExitCode.REFUSED
    assert 'incident dismiss --reason "a planned load test raised it"' in ran.err
    shell.good("dismiss", "--reason", "a planned load test raised it")
    ran = shell("do", "severity", "SEV1", "worse", "--incident", "1")
    assert "take it up with incident do declare SEVERITY WHY --incident 1" in ran.err
    shell.good("do", "declare", "SEV1", "the errors are back", "--incident", "1")
    assert "incident do severity SEVERITY REASON" in shell("do", "severity").err
    assert "did you mean incident do severity" in shell("do", "severty").err


def test_line_by_line_it_is_said_as_it_is_typed_there(shell: Shell) -> None:
    assert "as in :severity SEV1 all EU payments fail" in shell("line", stdin=b":severity SEV1\n").err


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    running = Shell(tmp_path / "home")
    running.good("new", "Checkout is down", "--severity", "2")
    return running
