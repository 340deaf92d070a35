"""What to do is said in words that can be typed where it is read: in the cockpit, or in a shell."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import incident_cockpit
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.cli.output import in_commands
from incident_cockpit.cli.tree import root
from incident_cockpit.errors import ExitCode
from incident_cockpit.integrations import clipboard
from support.cli import Shell

SOURCE = Path(incident_cockpit.__file__).parent
# The rooms whose words are read in the cockpit and in a shell.
BOTH = ("actions", "service", "documents", "importers", "incident", "plan", "runbook")
RULED = {name for name, action in ACTIONS.items() if action.decide is not None}
WITH_COMMAND = {name for name, action in ACTIONS.items() if action.command}


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


def test_hints_write_actions_as_the_entry_line_takes_them() -> None:
    found = dict(hints())
    assert len(found) > 150
    bare = re.compile(rf": ({'|'.join(sorted(RULED, key=len, reverse=True))})(?![\w-])")
    assert {place: words for place, words in found.items() if bare.search(words)} == {}
    typed = {verb for words in found.values() for verb in re.findall(r"(?<!\w):([a-z][a-z-]+)", words)}
    assert typed <= RULED | WITH_COMMAND
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
        ("mean :severity, :follow-up-success?",
         "mean incident do severity, incident do follow-up-success?"),
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
    assert '--reason "a planned load test raised it"' in ran.err
    shell.good("dismiss", "--reason", "a planned load test raised it")
    ran = shell("do", "severity", "SEV1", "worse", "--incident", "1")
    assert "incident do declare SEVERITY WHY --incident 1" in ran.err
    shell.good("do", "declare", "SEV1", "the errors are back", "--incident", "1")
    assert "incident do severity SEVERITY REASON" in shell("do", "severity").err
    assert "incident do severity" in shell("do", "severty").err


def test_line_by_line_it_is_said_as_it_is_typed_there(shell: Shell) -> None:
    assert ":severity SEV1 all EU" in shell("line", stdin=b":severity SEV1\n").err


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    running = Shell(tmp_path / "home")
    running.good("new", "Checkout is down", "--severity", "2")
    return running


NUMBER = 2
_COMMAND = re.compile(r"incident (?:do|dismiss|update|message|declare|postmortem|show|say)\b[^\n;,?]*")


def commands(words: str) -> list[list[str]]:
    """Return the commands of a hint as a shell splits them, without the program's name."""
    return [shlex.split(found)[1:] for found in _COMMAND.findall(words)]


def test_every_command_of_a_hint_names_its_incident() -> None:
    checked = 0
    for place, hint in hints():
        for argv in commands(in_commands(hint, NUMBER)):
            # "incident do" alone lists the actions.
            if argv != ["do"]:
                context = root.make_context("incident", argv.copy())
                _, command, rest = root.resolve_command(context, [*context._protected_args, *context.args])
                assert command is not None, place
                given = command.make_context(argv[0], rest, parent=context).params
                assert given["named_incident"] == str(NUMBER), (place, argv)
                assert "--incident" not in str(given.get("words", "")), (place, argv)
                checked += 1
    assert checked > 50


FILLED = {"SEVERITY": "2", "REASON": "why", "WHY": "why", "TIME": "-1m", "TYPE": "privacy", "FIELD": "people",
          "TEXT": "text", "ITEM": "first"}  # fmt: skip


class TestPasted:
    """What a hint says is pasted as it stands, while commands mean another incident: it goes where it was meant."""

    @pytest.fixture
    def two(self, shell: Shell) -> Shell:
        """INC-1 is open and chosen; hints are about INC-2, a report by a plan with types and notices."""
        shell.good("use", "1")
        shell.good("report", "Another one", "--plan", "p0-p3")
        return shell

    @staticmethod
    def pasted(shell: Shell, *argv: str) -> list[list[str]]:
        """Run a command line, and then every command that it named on standard error."""
        said = commands(shell(*argv).err)
        assert said, f"{argv} named no command"
        for way in said:
            before = len(shell.timeline("1"))
            shell.good(*(FILLED.get(word, word) for word in way))
            assert len(shell.timeline("1")) == before, way
        return said

    @pytest.mark.parametrize(
        "how", [["--reason", "typo"], ["--duplicate-of", "1"], ["--not-urgent", "--reason", "it can wait"]]
    )
    def test_a_dismissal_is_taken_back(self, two: Shell, how: list[str]) -> None:
        assert self.pasted(two, "dismiss", "2", *how) == [["do", "undo", "--incident", "2"]]
        assert two.good("status", "2", "--json").data["triage"] == "in triage"

    def test_a_dismissal_is_taken_back_by_who_made_it(self, two: Shell) -> None:
        way = ["do", "undo", "--incident", "2", "--as", "Kim Lee"]
        assert self.pasted(two, "dismiss", "2", "--reason", "typo", "--as", "Kim Lee") == [way]
        assert two.good("status", "2", "--json").data["triage"] == "in triage"

    def test_a_report_is_declared(self, two: Shell) -> None:
        assert two.good("status", "2", "--json").data["triage"] == "in triage"
        [way, _] = commands(two("report", "Third", "--plan", "p0-p3").err)
        assert "INC-3" in two.good(*way).err

    def test_ways_on_of_refusals(self, two: Shell) -> None:
        self.pasted(two, "do", "severity", "P1", "worse", "--incident", "2")
        two.good("do", "severity", "P1", "worse", "--incident", "2")
        self.pasted(two, "declare", "2")
        for argv in (
            ["do", "impact", "--incident", "2"],
            ["do", "milestone", "aware", "2020-01-01 10:00Z", "--incident", "2"],
            ["do", "resolve", "--incident", "2"],
            ["do", "close", "--incident", "2"],
        ):
            self.pasted(two, *argv)

    def test_ways_on_of_remarks(self, two: Shell) -> None:
        two.good("declare", "2", "--severity", "P0")
        self.pasted(two, "breach", "2")

    def test_a_severity_that_was_not_said(self, shell: Shell) -> None:
        shell.good("use", "1")
        self.pasted(shell, "new", "Third")

    def test_what_could_not_be_copied(self, two: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        two.good("declare", "2", "--severity", "P0")
        monkeypatch.setattr(clipboard, "copy", lambda *_, **__: clipboard.Copied("none", False, "no copy", None))
        self.pasted(two, "update", "2", "--for", "internal", "--copy")
        ran = two("message", "declared", "--copy", "--incident", "2")
        assert commands(ran.err) == [["do", "complete", "ITEM", "--incident", "2"]]
