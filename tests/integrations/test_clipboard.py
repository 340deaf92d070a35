"""Copying with real programs that work, fail, hang and are missing."""

from __future__ import annotations

import base64
import errno
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.clock import SetClock
from incident_cockpit.integrations import clipboard
from incident_cockpit.integrations.clipboard import TERMINAL_LIMIT, Copied, copy, routes
from incident_cockpit.integrations.programs import Ended, find_program, run_limited
from support.naming import naming
from support.patience import patience

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tools tried here are those of Linux desktops")

WORKS = 'cat > "$STORE"; echo noise; echo noise >&2'
FAILS = "cat > /dev/null; echo 'Error: cannot open display' >&2; exit 1"
HANGS = "exec sleep 60"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take its time over a program that works."""
    monkeypatch.setattr(clipboard, "LIMIT_SECONDS", patience())


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Return a maker of environments whose PATH has the named programs with the given scripts, and little else."""

    def make(**tools: str) -> dict[str, str]:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name, script in tools.items():
            program = folder / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
            program.chmod(0o755)
        return {"PATH": str(folder), "STORE": str(tmp_path / "store"), "TERM": "xterm", "HOME": str(tmp_path / "home")}

    return make


class Terminal:
    def __init__(self) -> None:
        self.got: list[str] = []

    def __call__(self, sequence: str) -> None:
        self.got.append(sequence)


def copied(text: str, env: dict[str, str], tmp_path: Path, terminal: Terminal | None = None) -> Copied:
    return copy(text, last_copy=tmp_path / "data" / "last-copy.txt", env=env, write_terminal=terminal)


Desk = Callable[..., dict[str, str]]


def test_a_tool_that_works_is_named_and_has_the_whole_text(desk: Desk, tmp_path: Path) -> None:
    terminal = Terminal()
    text = "Größe 中文\r\n" * 20_000
    made = copied(text, {**desk(xclip=WORKS), "DISPLAY": ":0"}, tmp_path, terminal)
    assert (made.route, made.verified, made.file) == ("xclip", True, tmp_path / "data" / "last-copy.txt")
    assert (tmp_path / "store").read_bytes().decode() == text
    assert terminal.got == []


def test_a_tool_that_fails_is_not_believed(desk: Desk, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    made = copied("SEV1", {**desk(xclip=FAILS, xsel=FAILS), "DISPLAY": ":0"}, tmp_path, terminal)
    assert (made.route, made.verified) == ("terminal", False)
    assert "last-copy.txt" in made.words
    assert terminal.got == ["\x1b]52;c;U0VWMQ==\x07"]
    assert capfd.readouterr() == ("", "")


def test_the_next_tool_is_tried_after_one_that_fails(desk: Desk, tmp_path: Path) -> None:
    env = {**desk(wl_copy=FAILS, xclip=FAILS, xsel=WORKS), "DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}
    assert copied("x", env, tmp_path).route == "xsel"


def test_a_frozen_display_cannot_freeze_us(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "LIMIT_SECONDS", 0.3)
    made = copied("x" * 1_000_000, {**desk(xclip=HANGS), "DISPLAY": ":0"}, tmp_path)
    assert made.route == "file"
    assert "last-copy.txt" in made.words


def test_all_tools_share_one_limit(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock(clipboard.SystemClock().now())
    tried: list[str] = []

    def slow(command: tuple[str, ...], **kept: object) -> Ended:
        tried.append(Path(command[0]).name)
        clock.forward(seconds=clipboard.LIMIT_SECONDS + 1)
        return Ended.TOO_SLOW

    monkeypatch.setattr(clipboard, "run_limited", slow)
    env = {**desk(xclip=HANGS, xsel=HANGS), "DISPLAY": ":0"}
    copy("x", last_copy=tmp_path / "last", env=env, write_terminal=None, clock=clock)
    assert tried == ["xclip"]


def test_a_child_left_behind_does_not_hold_us(desk: Desk, tmp_path: Path) -> None:
    env = {**desk(xclip=WORKS + '; sleep 600 & echo $! > "$STORE.pid"'), "DISPLAY": ":0"}
    made = copied("x", env, tmp_path)
    os.kill(int((tmp_path / "store.pid").read_text()), signal.SIGKILL)
    assert made.verified


def test_without_a_display_no_tool_is_asked(desk: Desk, tmp_path: Path) -> None:
    made = copied("x", desk(xclip=WORKS, wl_copy=WORKS), tmp_path)
    assert made.route == "file"
    assert not (tmp_path / "store").exists()


def test_tmux_gets_the_plain_and_the_wrapped_sequence(desk: Desk, tmp_path: Path) -> None:
    terminal = Terminal()
    copied("x", {**desk(), "TMUX": "/tmp/tmux"}, tmp_path, terminal)
    assert terminal.got == ["\x1b]52;c;eA==\x07\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\"]


def test_tmux_itself_takes_the_text_before_any_sequence_is_tried(desk: Desk, tmp_path: Path) -> None:
    terminal = Terminal()
    env = {**desk(tmux='[ "$*" = "load-buffer -w -" ] && ' + WORKS), "TMUX": "/tmp/tmux"}
    made = copied("Größe", env, tmp_path, terminal)
    assert (made.route, made.verified) == ("tmux", False)
    assert "tmux" in made.words
    assert (tmp_path / "store").read_text() == "Größe"
    assert terminal.got == []


@pytest.mark.parametrize("script", [FAILS, HANGS], ids=["before 3.2", "stopped"])
def test_a_tmux_that_does_not_take_it_is_not_believed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(clipboard, "LIMIT_SECONDS", 0.3 if script == HANGS else patience())
    terminal = Terminal()
    made = copied("x", {**desk(tmux=script), "TMUX": "/tmp/tmux"}, tmp_path, terminal)
    assert made.route == "terminal"
    assert len(terminal.got) == 1


def test_a_terminal_that_was_stopped_cannot_stop_us(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard, "LIMIT_SECONDS", 0.2)
    go_on = threading.Event()
    made = copy("x", last_copy=tmp_path / "last", env=desk(), write_terminal=lambda _: go_on.wait(patience()) and None)
    go_on.set()
    assert made.route == "file"


def test_a_disk_that_does_not_answer_cannot_stop_us(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(clipboard, "_save", lambda *_: go_on.wait(patience()))
    monkeypatch.setattr(clipboard, "LIMIT_SECONDS", 0.2)
    made = copied("x", desk(), tmp_path)
    go_on.set()
    assert made.route == "none"
    assert "last-copy.txt" in made.words


def test_over_ssh_the_terminal_gets_it_as_well(desk: Desk, tmp_path: Path) -> None:
    terminal = Terminal()
    env = {**desk(xclip=WORKS), "DISPLAY": "localhost:10.0", "SSH_CONNECTION": "1"}
    assert copied("x", env, tmp_path, terminal).route == "xclip"
    assert len(terminal.got) == 1


@pytest.mark.parametrize(("size", "sent"), [(TERMINAL_LIMIT - 1, 1), (TERMINAL_LIMIT, 0)])
def test_what_a_terminal_would_drop_is_not_sent(desk: Desk, tmp_path: Path, size: int, sent: int) -> None:
    terminal = Terminal()
    made = copied("x" * size, desk(), tmp_path, terminal)
    assert len(terminal.got) == sent
    assert made.route == ("terminal" if sent else "file")


def test_a_terminal_that_is_gone_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    def gone(sequence: str) -> None:
        raise OSError("gone")

    made = copy("x", last_copy=tmp_path / "last", env=desk(), write_terminal=gone)
    assert made.route == "file"
    assert (tmp_path / "last").read_text() == "x"


def test_the_file_is_the_owners_alone_and_replaced_whole(desk: Desk, tmp_path: Path) -> None:
    first = copied("one, and longer", desk(), tmp_path)
    second = copied("two\r\n", desk(), tmp_path)
    assert first.file == second.file is not None
    assert second.file.read_bytes() == b"two\r\n"
    assert stat.S_IMODE(second.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(second.file.parent.stat().st_mode) == 0o700
    assert [path.name for path in second.file.parent.iterdir()] == ["last-copy.txt"]


def test_a_file_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    terminal = Terminal()
    made = copied("x", desk(), tmp_path, terminal)
    assert (made.route, made.file) == ("terminal", None)
    assert "last-copy.txt" in made.words
    lost = copied("x", desk(), tmp_path)
    assert (lost.route, lost.verified) == ("none", False)
    assert lost.file is None


def test_a_full_disk_is_reported(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: Path, _data: bytes, **_options: bool) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(clipboard, "replace_file", full)
    made = copied("x", {**desk(xclip=WORKS), "DISPLAY": ":0"}, tmp_path)
    assert (made.verified, made.file) == (True, None)
    assert "No space left" in made.words


@given(st.text(st.characters() | st.sampled_from("\ud800\udfff\x1b\x07")))
def test_no_text_can_break_out_of_the_sequence(text: str) -> None:
    terminal = Terminal()
    made = copy(text, last_copy=Path("/dev/null/x"), env={"TMUX": "1", "PATH": ""}, write_terminal=terminal)
    assert made.route == "terminal"
    plain, _, wrapped = terminal.got[0].partition("\x1bPtmux;")
    assert wrapped == plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    body = plain.removeprefix("\x1b]52;c;").removesuffix("\x07")
    assert base64.b64decode(body, validate=True) == text.encode("utf-8", "replace")


def test_routes_say_what_works_here_and_why_not(desk: Desk) -> None:
    env = {**desk(xclip=WORKS), "DISPLAY": ":0"}
    told = {route.name: route for route in routes(env)}
    assert told["xclip"].available
    assert not told["xsel"].available
    assert told["xsel"].why == naming("xsel", "installed")
    assert told["wl-copy"].why == naming("WAYLAND_DISPLAY")
    assert told["terminal"].available
    assert told["file"].available
    assert not {route.name: route for route in routes({**env, "STY": "1"})}["terminal"].available
    tmux = {route.name: route for route in routes({**desk(tmux=WORKS), "TMUX": "1"})}["tmux"]
    assert tmux.available
    assert "set-clipboard" in {route.name: route for route in routes({**env, "TMUX": "1"})}["terminal"].why


def test_wsl_gets_utf_16(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = tmp_path / "version"
    version.write_text("Linux version 5.15.0-microsoft-standard-WSL2")
    monkeypatch.setattr(clipboard, "_WSL_VERSION", version)
    assert copied("é中", desk(**{"clip.exe": WORKS}), tmp_path).route == "clip.exe"
    assert (tmp_path / "store").read_bytes().decode("utf-16-le") == "é中"


def test_a_mac_over_ssh_does_not_copy_to_a_desk_nobody_sits_at(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard.sys, "platform", "darwin")
    env = desk(pbcopy=WORKS)
    assert copied("é", env, tmp_path).route == "pbcopy"
    assert copied("é", {**env, "SSH_TTY": "/dev/pts/1"}, tmp_path, Terminal()).route == "terminal"


def test_programs_end_in_one_of_four_ways(desk: Desk) -> None:
    env = desk(works=WORKS, fails=FAILS, hangs=HANGS, broken="")
    (Path(env["PATH"]) / "broken").write_text("#!/no/such/interpreter\n")
    found = {name: find_program(name, env) or "" for name in ("works", "fails", "hangs", "broken")}
    assert run_limited([found["works"]], env=env, data=b"x", limit=30) is Ended.WORKED
    assert run_limited([found["fails"]], env=env, limit=30) is Ended.FAILED
    assert run_limited([found["hangs"]], env=env, limit=0.1) is Ended.TOO_SLOW
    assert run_limited([found["broken"]], env=env) is Ended.NOT_STARTED
    assert find_program("absent", env) is None
