"""A shell in the same terminal: found, told apart from a broken one, and the terminal is ours again afterwards."""

from __future__ import annotations

import os
import shlex
import sys
import sysconfig
from pathlib import Path

import pytest

from incident_cockpit.errors import Refused
from incident_cockpit.integrations import terminal
from incident_cockpit.integrations.programs import finding_ourselves
from support.terminal import Terminal

# Reads a line, runs the shell, then reads a line again: what a screen does that steps aside.
_PROGRAM = """
import os, sys
from incident_cockpit.integrations.terminal import run_shell
print("code", run_shell(dict(os.environ), "step aside"), flush=True)
print("back:", input(), flush=True)
"""


def _program(shell_path: str, **env: str) -> Terminal:
    return Terminal([sys.executable, "-c", _PROGRAM], (80, 24), {"SHELL": shell_path, **env})


def test_the_shell_runs_until_it_is_left_and_the_terminal_comes_back() -> None:
    with _program("/bin/sh", PS1="> ") as term:
        term.expect(r"step aside\s+^>")
        term.type("echo it is $((6 * 7))").key("enter").expect("it is 42")
        term.type("exit 3").key("enter").expect("code 3")
        term.type("here").key("enter").expect("back: here")
        assert term.wait_exit() == 0


def test_ctrl_c_is_for_what_runs_in_the_shell() -> None:
    with _program("/bin/sh", PS1="> ") as term:
        term.expect(r"step aside\s+^>")
        term.type("cat").key("enter")
        # The first is what the terminal echoes, the second what cat, which by then has the terminal, answers.
        term.type("one").key("enter").expect(r"^one\n^one$")
        term.key("ctrl+c").expect(r"\^C\s+>")
        term.type("echo still $((1 + 1))").key("enter").expect("still 2")
        term.type("exit").key("enter").expect("code 130|code 0")
        term.type("here").key("enter").expect("back: here")
        assert term.wait_exit() == 0


def test_a_shell_that_is_killed_leaves_the_terminal_usable(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    # It takes the terminal as interactive shells do, and dies without giving it back. Started by sh, because the path
    # of Python may have blanks, which no first line of a script can hold.
    code = (
        "import os, signal\nos.setpgid(0, 0)\nsignal.signal(signal.SIGTTOU, signal.SIG_IGN)\n"
        "os.tcsetpgrp(0, os.getpgrp())\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    broken.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -c {shlex.quote(code)}\n")
    broken.chmod(0o755)
    with _program(str(broken)) as term:
        term.expect("code -9")
        term.type("here").key("enter").expect("back: here")
        assert term.wait_exit() == 0


def test_a_shell_that_is_not_there_gives_way_to_sh() -> None:
    with _program("/no/such/shell") as term:
        term.expect("step aside")
        term.type("echo plain $((2 + 2))").key("enter").expect("plain 4")
        term.type("exit").key("enter").expect("code 0")


def test_no_shell_at_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_PLAIN", "/no/such/sh")
    with pytest.raises(Refused, match="SHELL"):
        terminal.run_shell({**os.environ, "SHELL": "/nor/this"}, "")


def test_our_own_command_is_found_in_the_shell_however_the_cockpit_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "venv").mkdir()
    ours = tmp_path / "venv" / "incident"
    ours.write_text("#!/bin/sh\necho this is ours\n", encoding="ascii")
    ours.chmod(0o755)
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path / "venv"))
    assert finding_ourselves({"PATH": "/bin"})["PATH"] == os.pathsep.join(("/bin", str(tmp_path / "venv")))
    (tmp_path / "bin").mkdir()
    theirs = tmp_path / "bin" / "incident"
    theirs.write_text("#!/bin/sh\n", encoding="ascii")
    theirs.chmod(0o755)
    on_path = {"PATH": str(tmp_path / "bin")}
    assert finding_ourselves(on_path) == on_path, "what is found already stays the one that is found"
    theirs.unlink()
    ours.unlink()
    assert finding_ourselves(on_path) == on_path, "a checkout that was never installed has none"
