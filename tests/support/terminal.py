"""Runs a program in a pseudo-terminal as a person would have it: keys in, screen out, and never a sleep.

    with Terminal([sys.executable, "-m", "incident_cockpit.cli.main", "demo"], size=(120, 40)) as term:
        term.expect(r"Runbook")
        term.key("n").type("rolled back").key("enter")
        term.expect(r"rolled back")
        term.kill()
        assert term.wait_exit() == -signal.SIGKILL

Every wait is for a condition and has a limit; when it runs out, the failure shows the screen.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from support.emulator import Emulator, encode
from support.patience import SECONDS, Deadline, patience

# What a program needs of the environment around the tests; everything else would make runs differ.
_INHERITED = (
    "PATH", "HOME", "TMPDIR", "TZ", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "INCIDENT_HOME",
)  # fmt: skip
_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


class _Wanted:
    """What is waited for, and what met it."""

    def __init__(self, test: Callable[[], object]) -> None:
        self.test = test
        self.found: object = None


class Terminal:
    """A program in a terminal of its own; `size` is columns and rows, `env` is laid over a small clean environment."""

    def __init__(
        self,
        argv: Sequence[str | Path],
        size: tuple[int, int] = (120, 40),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Start the program."""
        self.argv = [str(part) for part in argv]
        self._master, slave = pty.openpty()
        self._set_size(*size)
        self._emulator = Emulator(*size, self.send)
        self._changed = threading.Condition()
        self._wanted = _Wanted(lambda: None)
        self._ended = False
        self._wrote = 0.0
        self.stamp = 0.0
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        self.started = time.perf_counter()
        try:
            self._process = subprocess.Popen(
                self.argv,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env={**inherited, **_TERMINAL, **(env or {})},
                cwd=cwd,
                start_new_session=True,
                preexec_fn=_take_terminal,  # noqa: PLW1509  (one ioctl, and nothing in the standard library does it)
            )
        except BaseException:
            os.close(self._master)
            raise
        finally:
            os.close(slave)
        # Two threads, so that drawing a frame never delays the clock's stamp on the next chunk.
        self._chunks: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._draw)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        """Use it for a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the program, if it still runs, and all it started."""
        self.close()

    def close(self) -> None:
        """Kill what still runs in this terminal and give the terminal back."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for thread in self._threads:
            thread.join(patience())
        with suppress(OSError):
            os.close(self._master)

    # -- the program's side ----------------------------------------------------------------

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:
                # On Linux this is how the end is told: the last holder of the other side is gone.
                data = b""
            self._chunks.put((time.perf_counter(), data))
            if not data:
                return

    def _draw(self) -> None:
        while True:
            stamp, data = self._chunks.get()
            with self._changed:
                self._emulator.feed(data)
                self._wrote = stamp
                self._check(stamp)
                self._ended = not data
                self._changed.notify_all()
                if self._ended:
                    return

    def _check(self, stamp: float) -> None:
        if not self._wanted.found and not self._emulator.syncing and (found := self._wanted.test()):
            self._wanted.found, self.stamp = found, stamp

    # -- the person's side -----------------------------------------------------------------

    def send(self, data: bytes) -> Self:
        """Send bytes as they are; a program that is gone takes nothing."""
        with suppress(OSError):
            while data:
                data = data[os.write(self._master, data) :]
        return self

    def key(self, *names: str) -> Self:
        """Press keys by their Textual names."""
        for name in names:
            self.send(encode(name, self._emulator.kitty))
        return self

    def type(self, text: str) -> Self:
        """Type text, one key after the other."""
        return self.send(text.encode())

    def paste(self, text: str) -> Self:
        """Paste text: in brackets if the program asked for them, with line ends as terminals send them."""
        data = text.replace("\r\n", "\r").replace("\n", "\r").encode()
        return self.send(b"\x1b[200~" + data + b"\x1b[201~" if 2004 in self._emulator.modes else data)

    def resize(self, columns: int, rows: int) -> Self:
        """Change the terminal's size; the program is told by SIGWINCH."""
        with self._changed:
            self._emulator.screen.resize(rows, columns)
        self._set_size(columns, rows)
        return self

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def kill(self, signum: int = signal.SIGKILL) -> Self:
        """Send the program a signal; SIGKILL unless another is named."""
        self._process.send_signal(signum)
        return self

    def hang_up(self) -> Self:
        """Close the terminal as a window is closed; the program finds it gone."""
        os.close(self._master)
        return self

    # -- what is to be seen ----------------------------------------------------------------

    def screen(self) -> list[str]:
        """Return the lines on the screen, without spaces at their ends."""
        with self._changed:
            return self._lines()

    def _lines(self) -> list[str]:
        return [line.rstrip() for line in self._emulator.screen.display]

    @property
    def text(self) -> str:
        """Return the screen as one text."""
        return "\n".join(self.screen())

    @property
    def clipboard(self) -> list[str]:
        """Return what the program asked the terminal to put on the clipboard (OSC 52), oldest first."""
        with self._changed:
            return list(self._emulator.clipboard)

    @property
    def bells(self) -> int:
        """Return how often the bell rang."""
        return self._emulator.bells

    @property
    def running(self) -> bool:
        """Say whether the program still runs."""
        return self._process.poll() is None

    def left_on(self) -> list[str]:
        """Return what the program left switched on: "alternate screen", "mouse", "no cursor" ..."""
        with self._changed:
            return self._emulator.left_on()

    def expect(self, pattern: str, timeout: float = SECONDS) -> re.Match[str]:
        """Wait until the screen shows what the regular expression describes; `stamp` is then when it was written."""
        wanted = re.compile(pattern, re.MULTILINE)
        found = self._wait(lambda: wanted.search("\n".join(self._lines())), timeout, f"{pattern!r} to be shown")
        assert isinstance(found, re.Match)
        return found

    def expect_gone(self, pattern: str, timeout: float = SECONDS) -> None:
        """Wait until the screen no longer shows it."""
        wanted = re.compile(pattern, re.MULTILINE)
        self._wait(lambda: not wanted.search("\n".join(self._lines())), timeout, f"{pattern!r} to be gone")

    def expect_copied(self, pattern: str, timeout: float = SECONDS) -> str:
        """Wait until the terminal's clipboard holds such text and return it."""
        found = self._wait(
            lambda: next((text for text in self._emulator.clipboard if re.search(pattern, text)), None),
            timeout,
            f"{pattern!r} to be copied",
        )
        return str(found)

    def _wait(self, test: Callable[[], object], timeout: float, what: str) -> object:
        with self._changed:
            wanted = self._wanted = _Wanted(test)
            self._check(time.perf_counter())
            deadline = Deadline(timeout)
            while not (wanted.found or self._ended or deadline.passed):
                self._changed.wait(deadline.left)
            if wanted.found:
                return wanted.found
            state = f"the program ended ({self._process.poll()})" if self._ended else f"{deadline.waited:.1f} s went by"
            raise AssertionError(f"waited for {what}, but {state}. The screen:\n" + "\n".join(self._lines()))

    def wait_quiet(self, silence: float = 0.1, timeout: float = SECONDS) -> Self:
        """Wait until the program has written nothing for so many seconds: what it had to draw is drawn."""
        deadline = Deadline(timeout)
        with self._changed:
            while (left := self._wrote + silence - time.perf_counter()) > 0:
                assert not deadline.passed, f"still writing after {deadline.waited:.1f} s"
                self._changed.wait(left)
        return self

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._process.pid

    def wait_exit(self, timeout: float = SECONDS) -> int:
        """Wait until the program ends and all it wrote is drawn; returns its exit code, -n after signal n."""
        deadline = Deadline(timeout)
        while self._process.poll() is None:
            assert not deadline.passed, f"still running after {deadline.waited:.1f} s. The screen:\n{self.text}"
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(deadline.left)
        with self._changed:
            self._changed.wait_for(lambda: self._ended, patience(timeout))
        return self._process.returncode


def _take_terminal() -> None:
    """Make standard input the terminal that resizing and ctrl+c of this session go through.

    A job in the background of a shell ignores ctrl+c, and programs would inherit that from the tests.
    """
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGHUP):
        signal.signal(sign, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
