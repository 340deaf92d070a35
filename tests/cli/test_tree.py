"""The command line as a whole: help everywhere, one shape for every error, nothing heavy where it is not needed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from incident_cockpit import __version__
from incident_cockpit.cli import main, terminal, tree
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.tree import root
from incident_cockpit.errors import ExitCode
from support.cli import Shell
from support.naming import naming
from support.patience import patience

NAMED = (
    "demo", "new", "report", "declare", "dismiss", "open", "list", "show", "status", "log", "do", "run",
    "watch", "line", "use", "update", "message", "script", "handoff", "join", "stand-down", "ticket", "timeline",
    "adherence", "breach", "invite", "postmortem", "followups", "runbook", "plan", "export", "import", "verify",
    "put-back", "restore", "remove", "init", "doctor", "help", "completion",
)  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


def _commands(group: click.Group, path: str = "incident") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")


ALL = dict(_commands(root))


def test_the_commands_are_those_of_the_design() -> None:
    assert root.list_commands(click.Context(root)) == list(NAMED)
    assert root.get_command(click.Context(root), "nothing") is None


@pytest.mark.parametrize("path", ALL)
def test_every_command_and_option_has_help(path: str) -> None:
    command = ALL[path]
    assert command.help
    # Cut short it says nothing, so the first sentence has to fit.
    assert not command.get_short_help_str(limit=62).endswith("...")
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, f"{path} {param.name}"
            assert all(name.startswith("--") or name == "-o" for name in param.opts)


@pytest.mark.parametrize("path", ["incident", *ALL])
def test_help_can_be_asked_for(shell: Shell, path: str) -> None:
    ran = shell.good(*path.split()[1:], "--help")
    assert ran.out.startswith(f"Usage: {path}")
    assert ran.err == ""


def test_reading_commands_answer_with_json() -> None:
    writes_or_is_text = {"demo", "open", "use", "postmortem", "export", "init", "completion", "help", "runbook", "plan"}
    writes_or_is_text |= {"breach", "invite", "run", "watch", "line"}
    for path, command in ALL.items():
        names = {name for param in command.params for name in param.opts}
        assert ("--json" in names) == (path.split()[-1] not in writes_or_is_text), path


def test_whatever_reads_one_incident_takes_it_by_its_name() -> None:
    named_by_a_word_of_their_own = {"new", "report", "declare", "log", "do", "run", "script", "message"}
    for path, command in ALL.items():
        takes = [param for param in command.params if isinstance(param, click.Argument)]
        about_one = any("--incident" in param.opts for param in command.params) and path.count(" ") == 1
        if about_one and path.split()[-1] not in named_by_a_word_of_their_own:
            assert [(one.name, one.required) for one in takes] == [("incident_id", False)], path


def test_version(shell: Shell) -> None:
    assert shell.good("--version").out == f"incident {__version__}\n"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["lst"], "no such command 'lst'"),
        (["list", "--al"], "no such option '--al'"),
        (["list", "7"], "got unexpected extra argument (7)"),
        (["new"], "missing argument"),
        (["new", "--severity"], "requires an argument"),
        (["runbook"], "command required"),
        (["update", "--for", "internal", "--format", "html"], "'html' is not one of"),
        (["completion", "tcsh"], "'tcsh' is not one of"),
    ],
)
def test_wrong_usage_has_one_shape(shell: Shell, argv: list[str], words: str) -> None:
    ran = shell(*argv)
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert ran.err.startswith("incident: ")
    assert words in ran.err
    assert not shell.home.exists()


class TestNoTerminal:
    """The cockpit says that it needs a terminal and ends at once."""

    @pytest.mark.parametrize("argv", [[], ["demo"], ["new", "Checkout", "--open"], ["open", "1"], ["--incident", "1"]])
    def test_it_says_so_and_does_nothing(self, shell: Shell, argv: list[str]) -> None:
        ran = shell(*argv)
        assert (ran.code, ran.out) == (ExitCode.NO_TERMINAL, "")
        assert "the cockpit needs a terminal" in ran.err
        assert "incident log" in ran.err
        assert not shell.home.exists()

    def test_a_process_without_one_ends(self, tmp_path: Path) -> None:
        ran = _process("--as", "Ana", home=tmp_path)
        assert ran.returncode == ExitCode.NO_TERMINAL
        assert "Traceback" not in ran.stderr


class TestOpening:
    """Which incident the cockpit is opened on."""

    @pytest.fixture
    def opened(self, monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
        """Stand in for the screen: remember what it was to show."""
        shown: list[str | None] = []

        def show(_library: object, incident_id: str | None) -> int:
            shown.append(incident_id)
            return 0

        monkeypatch.setattr("incident_cockpit.integrations.terminal.need_terminal", lambda _env: None)
        monkeypatch.setattr(terminal, "need_terminal", lambda _env: None)
        monkeypatch.setattr(terminal, "show", show)
        return shown

    def test_the_list_where_none_is_meant(self, shell: Shell, opened: list[str | None]) -> None:
        shell.good()
        assert opened == [None]

    def test_the_only_open_one_the_chosen_one_the_named_one(self, shell: Shell, opened: list[str | None]) -> None:
        first = shell.good("new", "Checkout is down", "--json").data["id"]
        shell.good()
        second = shell.good("new", "Search is slow", "--json").data["id"]
        shell.good()
        shell.good("use", "2")
        shell.good()
        shell.good("--incident", "1")
        shell.good(INCIDENT="1")
        shell.good("open", "checkout")
        assert opened == [first, None, second, first, first, first]

    def test_declaring_can_open_it(self, shell: Shell, opened: list[str | None]) -> None:
        made = shell.good("new", "Checkout is down", "--open", "--json").data["id"]
        assert opened == [made]

    def test_an_unknown_one_is_not_the_list(self, shell: Shell, opened: list[str | None]) -> None:
        assert shell("--incident", "9").code == ExitCode.NOT_FOUND
        assert opened == []


@pytest.mark.parametrize(
    "argv",
    [
        ["log", "5xx", "at", "8%"],
        ["log", "-7m", "! rollback started"],
        ["log", "-5% traffic"],
        ["log", "--at", "-7m", "5xx"],
        ["log", "--decision", "= as it is", "--as", "Raj"],
        ["log", "--ask", "Raj", "10m", "lag?", "--incident", "1"],
        ["log", "--json", ":severity SEV1 all fail"],
        ["log", "-", "--action"],
        ["log", ""],
        ["log", "--incident", "9", "5xx"],
        ["log", "--incident", "", "5xx"],
        ["log", "-3h", "before it began"],
        ["log", "--at", "soon", "5xx"],
        ["status"],
        ["status", "--line"],
        ["status", "--json"],
        ["status", "--incident", "1"],
        ["status", "1", "--line"],
        ["status", "9"],
        ["status", "--incident", "9", "--line"],
    ],
)
def test_fast_path_and_click_do_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str]) -> None:
    results = []
    for short in (True, False):
        shell = Shell(tmp_path / str(short))
        shell.good("new", "Checkout is down", "--severity", "2", "--started", "-60m")
        assert main.find_command(argv, Call(shell.env)) is not None
        if not short:
            monkeypatch.setattr(main, "find_command", lambda _argv, _env: None)
        ran = shell(*argv, stdin=b"restarted\n")
        kept = [(line["sort"], line["text"], line["who"]) for line in shell.timeline()]
        results.append((ran.code, _timeless(ran.out), _timeless(ran.err), shell.events(), kept))
    assert results[0] == results[1]


def _timeless(words: str) -> str:
    return re.sub(r"[0-9a-f]{32}|\d{4}-\d\d-\d\dT[\d:]+Z|\d\d:\d\d(?= UTC)|\d+(?=[msh,])", "*", words)


HOT = {"click", "textual", "rich", "pendulum", "sqlite_utils", "pydantic", "markdown_it", "jinja2", "pyperclip"}


@pytest.mark.parametrize(
    ("argv", "forbidden"),
    [
        (["log", "-1m 5xx at 8%"], HOT),
        (["log", "--decision", "--at", "-1m", "roll back", "--json"], HOT),
        (["status"], HOT),
        (["status", "--line"], HOT),
        (["status", "--json"], HOT),
        (["list"], HOT - {"click"}),
        (["show"], HOT - {"click"}),
        (["show", "--json"], HOT - {"click"}),
        (["timeline", "--json"], {"textual", "pydantic", "sqlite_utils"}),
    ],
)
def test_a_command_loads_only_what_it_needs(shell: Shell, argv: list[str], forbidden: set[str]) -> None:
    shell.good("new", "Checkout is down", "--started", "-60m")
    code = (
        "import sys, json\nfrom incident_cockpit.cli.main import main\n"
        f"code = main({argv!r})\n"
        f"print(json.dumps([code, [name for name in {sorted(forbidden)!r} if name in sys.modules]]))"
    )
    env = {**os.environ, "INCIDENT_HOME": str(shell.home)}
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert json.loads(ran.stdout.splitlines()[-1]) == [0, []], ran.stderr


def _process(*argv: str, home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "INCIDENT_HOME": str(home), **settings}
    command = [sys.executable, "-m", "incident_cockpit.cli.main", *argv]
    return subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=patience()
    )


class TestStreams:
    """Standard output can end early, be full or speak ASCII only."""

    @pytest.mark.parametrize("words", ["do --json", "timeline --json", "export 1 -", "--help"])
    def test_a_reader_that_has_enough_is_no_error(self, shell: Shell, words: str) -> None:
        shell.good("new", "Checkout is down")
        shell.good("log", "-", stdin=b"more than a pipe holds\n" * 9_000)
        command = f'"{sys.executable}" -m incident_cockpit.cli.main {words} | head -c 10; exit ${{PIPESTATUS[0]}}'
        env = {**os.environ, "INCIDENT_HOME": str(shell.home)}
        ran = subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (0, "")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
    def test_a_full_disk_is_said(self, shell: Shell) -> None:
        with Path("/dev/full").open("w") as full:
            command = [sys.executable, "-m", "incident_cockpit.cli.main", "do"]
            ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert ran.returncode == ExitCode.REFUSED
        assert "standard output" in ran.stderr
        assert "Traceback" not in ran.stderr

    def test_signs_an_encoding_lacks_are_shown_as_question_marks(self, shell: Shell) -> None:
        shell.good("new", "Zahlung schlägt fehl 漢字", "--severity", "2")
        ran = _process("list", home=shell.home, PYTHONIOENCODING="ascii")
        assert ran.returncode == 0
        assert "Zahlung schl?gt fehl ??" in ran.stdout
        ran = _process("list", "--json", home=shell.home, PYTHONIOENCODING="ascii")
        assert json.loads(ran.stdout)[0]["title"] == "Zahlung schlägt fehl 漢字"

    def test_ctrl_c_ends_it_quietly(self, shell: Shell) -> None:
        # Tests that run in the background of a shell hand on that ctrl+c is ignored, and Python then leaves it so.
        heard = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
        run = f"{heard}; from incident_cockpit.cli.main import main; sys.exit(main(['init']))"
        command = [sys.executable, "-c", run]
        env = {**os.environ, "INCIDENT_HOME": str(shell.home)}
        with subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stderr is not None
            assert process.stderr.read(3) == b"1/6"
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=patience())
        assert process.returncode == ExitCode.INTERRUPTED
        assert b"Traceback" not in said
        assert not (shell.home / "config.toml").exists()


class TestCompletion:
    """The shells' own words for it come from click; ours is what is offered."""

    @pytest.mark.parametrize(("shell_name", "word"), [("bash", "complete"), ("zsh", "compdef"), ("fish", "complete")])
    def test_each_shell_has_a_script(self, shell: Shell, shell_name: str, word: str) -> None:
        script = shell.good("completion", shell_name).out
        assert word in script
        assert "_INCIDENT_COMPLETE" in script

    @pytest.mark.parametrize(
        ("typed", "offered"),
        [("incident st", "status"), ("incident do sev", "severity"), ("incident log --inc", "--incident"),
         ("incident show ", "1"), ("incident plan show ", "default"), ("incident plan keys not", "notices"),
         ("incident message st", "status"), ("incident do severity SE", "SEV1"), ("incident do assign ic An", "Ana"),
         ("incident do adopt-plan four", "four-phase")],
    )  # fmt: skip
    def test_words_are_offered(self, shell: Shell, typed: str, offered: str) -> None:
        shell.good("new", "Checkout is down", "--as", "Ana")
        words = typed.split(" ")
        ran = _process(
            home=shell.home, _INCIDENT_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=str(len(words) - 1)
        )
        assert f"plain,{offered}" in ran.stdout.splitlines()

    def test_completion_offers_unclosed_incidents_first(self, shell: Shell) -> None:
        for title in ("Mail", "Search", "Checkout"):
            shell.good("new", title)
        for number, last in (("3", "close"), ("2", "resolve")):
            shell.good("do", "resolve", "ok", "--incident", number)
            if last == "close":
                shell.good("do", "close", "a drill", "--incident", number)
        ran = _process(home=shell.home, _INCIDENT_COMPLETE="zsh_complete", COMP_WORDS="incident show ", COMP_CWORD="2")
        offered = ran.stdout.splitlines()
        assert offered[1::3] == ["1", "2", "3"]
        assert offered[2::3] == ["Mail", naming("resolved", "Search"), "closed: Checkout"]

    def test_nothing_is_offered_and_nothing_made_without_a_store(self, shell: Shell) -> None:
        ran = _process(home=shell.home, _INCIDENT_COMPLETE="bash_complete", COMP_WORDS="incident show ", COMP_CWORD="2")
        assert (ran.stdout.strip(), ran.stderr) == ("", "")
        assert not shell.home.exists()


def test_the_tree_names_what_exists() -> None:
    assert set(tree._COMMANDS) == set(NAMED)
