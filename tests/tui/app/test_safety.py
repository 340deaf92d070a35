"""Terminal safety, with hostile text, a real pseudo-terminal and real signals."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import select
import signal
import stat
import subprocess
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.content import Content
from textual.widgets import Static

from incident_cockpit.tui.app import safety
from incident_cockpit.tui.app.safety import Guard, ignore_impossible_sizes, printable, short_crash
from incident_cockpit.tui.app.terminal_input import TerminalInput
from support.patience import Deadline

BLACK = Color(0, 0, 0)
SIGNS = "\x1b\x9b\x9d\x07\x00\x7f\u202e\u2066\u200f\ud800\udfff\ufeff[]52;c"
HOSTILE = st.text(st.characters() | st.sampled_from(SIGNS))
TURNING = {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI"}


@given(HOSTILE)
def test_printable_removes_unprintable_text(text: str) -> None:
    segments = Guard().apply([Segment(text, Style(link="https://evil.example")), Segment(text)], BLACK)
    for drawn, style, _ in segments:
        assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in drawn)
        assert not any(unicodedata.bidirectional(char) in TURNING for char in drawn)
        assert style is None or not style.link
        drawn.encode("utf-8")


@given(HOSTILE)
def test_guard_keeps_line_width(text: str) -> None:
    assert cell_len(printable(text)) == cell_len(text)
    assert printable(printable(text)) == printable(text)


@pytest.mark.parametrize("text", ["plain", "naïve café", "中文 ✓ → ☐", "👩\u200d💻 ❤\ufe0f", "a\u0301"])
def test_plain_text_passes_unchanged(text: str) -> None:
    segment = Segment(text, Style(bold=True))
    assert Guard().apply([segment], BLACK) == [segment]


def test_guard_drops_control_segments() -> None:
    assert Guard().apply([Segment("\x1b[2J", None, [(ControlType.CLEAR,)]), Segment("a")], BLACK) == [Segment("a")]


async def test_hostile_widget_draws_printable_text() -> None:
    class Guarded(App[None]):
        def get_line_filters(self) -> list[object]:  # type: ignore[override]
            return [*super().get_line_filters(), Guard()]

        def compose(self) -> ComposeResult:
            yield Static(Content("a\x1b]52;c;UFdORUQ=\x07b\u202ec\x9b2J"))

    app = Guarded()
    async with app.run_test(size=(40, 3)):
        drawn = "".join(segment.text for line in app.screen._compositor.render_strips() for segment in line)
    assert "ab" not in drawn  # the escape's printable rest stays visible
    assert "]52;c;UFdORUQ=bc" in drawn
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", drawn)


def test_invalid_byte_is_not_fatal() -> None:
    decoder = safety._lenient("utf-8")()
    assert decoder.decode(b"caf\xe9 ") + decoder.decode(b"\xc3") + decoder.decode(b"\xa9") == "caf� é"


def test_install_guards_patches_driver() -> None:
    pytest.importorskip("termios")
    from textual.drivers import linux_driver

    safety.install_guards()
    safety.install_guards()
    assert linux_driver.XTermParser is TerminalInput
    assert linux_driver.getincrementaldecoder is safety._lenient  # type: ignore[attr-defined]
    names = linux_driver.LinuxDriver.run_input_thread.__code__.co_names
    assert {"XTermParser", "getincrementaldecoder"} <= set(names)


APP = """
import sys
from pathlib import Path
from textual.app import App
from incident_cockpit.tui.app import safety as guard

class Tried(App):
    BINDINGS = [("d", "said('d')", "d"), ("m", "said('m')", "m"), ("q", "quit", "q")]
    def on_mount(self):
        guard.handle_signals(self)
        self.title = "up"
    def on_ready(self):
        note("ready")
    def on_paste(self, event):
        note("paste " + ascii(event.text))
    def on_key(self, event):
        note("key " + ascii(event.character))
    def action_said(self, what):
        note("binding " + what)

def note(words):
    with open(sys.argv[1], "a") as log:
        log.write(words + chr(10))

guard.install_guards()
app = Tried()
app.run()
sys.exit(app.return_code or 0)
"""


class Terminal:
    """An app on a real pseudo-terminal; what it notes and what it draws can be waited for."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.log.touch()
        self.master, slave = pty.openpty()
        self.drawn = b""
        env = {**os.environ, "TERM": "xterm-256color", "TEXTUAL_DISABLE_KITTY_KEY": "1"}
        env.pop("NO_COLOR", None)
        self.app = subprocess.Popen(
            [sys.executable, "-c", APP, str(self.log)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            start_new_session=True,
        )
        os.close(slave)

    def send(self, data: bytes) -> None:
        os.write(self.master, data)

    def read(self) -> None:
        if select.select([self.master], [], [], 0.05)[0]:
            try:
                self.drawn += os.read(self.master, 65536)
            except OSError:
                with suppress(subprocess.TimeoutExpired):  # the other side is closed: only its end is left to wait for
                    self.app.wait(0.05)

    def wait_for(self, words: str) -> str:
        deadline = Deadline()
        while words not in self.log.read_text():
            assert not deadline.passed, f"{words!r} never came: {self.log.read_text()!r} {self.drawn[-2000:]!r}"
            self.read()
        return self.log.read_text()

    def end(self) -> int:
        deadline = Deadline()
        while self.app.poll() is None:
            assert not deadline.passed, "the app never ended"
            self.read()
        while select.select([self.master], [], [], 0.0)[0]:
            try:
                part = os.read(self.master, 65536)
            except OSError:
                break
            if not part:
                break
            self.drawn += part
        return self.app.returncode

    def close(self) -> None:
        if self.app.poll() is None:
            self.app.kill()
            self.app.wait()
        os.close(self.master)


@pytest.fixture
def terminal(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Terminal(tmp_path)
    yield made
    made.close()


def test_pasted_log_presses_no_key_in_real_terminal(terminal: Terminal) -> None:
    terminal.wait_for("ready")
    terminal.send(b"\x1b[200~\x1b[31md\x1b[0m m caf\xe9\x1b[201~")
    log = terminal.wait_for("paste")
    assert "paste '\\u241b[31md\\u241b[0m m caf\\ufffd'" in log
    terminal.send(b"d")
    assert terminal.wait_for("binding d").count("binding") == 1
    terminal.send(b"\xe9q")
    assert terminal.end() == 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_signal_restores_the_terminal(terminal: Terminal, name: str) -> None:
    terminal.wait_for("ready")
    number = getattr(signal, name)
    terminal.app.send_signal(number)
    assert terminal.end() == 128 + number
    for mode in (b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?2004l", b"\x1b[?25h"):
        assert mode in terminal.drawn


def test_crash_prints_one_line_and_logs_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "logs" / "crash.log"

    class Falls(App[None]):
        def on_mount(self) -> None:
            token = "xoxb-" + "1" * 9
            self.call_later(self.fall, token)

        def fall(self, secret: str) -> None:
            raise KeyError("gone")

        def _handle_exception(self, error: Exception) -> None:
            short_crash(self, error, log)

    app = Falls()
    asyncio.run(app.run_async(headless=True))
    told = capsys.readouterr().err
    assert app.return_code == 1
    assert "KeyError" in told
    assert "".join(str(log).split()) in "".join(told.split()), "however long the path is, and where its line breaks"
    kept = log.read_text()
    assert "Traceback" in kept
    assert "in fall" in kept
    assert "111111111" not in told + kept
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_crash_without_log_still_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")

    class Falls(App[None]):
        def on_mount(self) -> None:
            raise ValueError("x")

        def _handle_exception(self, error: Exception) -> None:
            short_crash(self, error, tmp_path / "file" / "crash.log")

    asyncio.run(Falls().run_async(headless=True))
    assert "could not be saved" in capsys.readouterr().err.replace("\n", " ")


@pytest.mark.parametrize("size", ["9" * 5_000, "99999", "-5", "²", "1e3", ""])
def test_impossible_terminal_size_is_ignored(monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    monkeypatch.setenv("COLUMNS", size)
    monkeypatch.setenv("LINES", "40")
    ignore_impossible_sizes()
    assert "COLUMNS" not in os.environ
    assert os.environ["LINES"] == "40"
