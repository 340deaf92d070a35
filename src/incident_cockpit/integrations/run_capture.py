"""Capture of a command: its output is shown as it comes, saved to a file, and its end returned."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

from msgspec import Struct

from incident_cockpit.errors import Refused

NOT_FOUND, NOT_STARTED = 127, 126
# The length of the returned end, and the limit of the file.
TAIL = 64 * 1024
MOST = 64 * 1024 * 1024
_PIECE = 64 * 1024
_CUT = b"\n[truncated: more than 64 MB]\n"

Sink = Callable[[bytes], None]


class CommandResult(Struct, frozen=True):
    """The result of a command: its exit code as a shell reports it, the end of its output, and the total size.

    `lost` is the reason why the file is incomplete, or an empty string; reaching our own limit does not count.
    """

    code: int
    tail: bytes
    size: int
    lost: str = ""


def run(command: Sequence[str], env: Mapping[str, str], path: Path, out: Sink, err: Sink) -> CommandResult:
    """Run a command in this terminal, and save both its streams in order to `path`.

    `out` and `err` get its bytes as they come. A command that cannot be started ends with 127 or 126, as in a shell.
    Ctrl+C reaches only the command: its output until then is saved. Raises Refused if the file cannot be created; a
    disk that fills up later does not stop the command.
    """
    with _new_file(path) as file:
        keeper = _Keeper(file)
        try:
            program = subprocess.Popen(list(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(env))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            message = f"{command[0]}: {why}\n".encode(errors="replace")
            keeper.take(message)
            err(message)
            code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_STARTED
            return CommandResult(code, keeper.tail, keeper.size, keeper.lost)
        # Leaving the block closes both pipes and waits.
        with _deaf(), program:
            _hand_on(program, keeper, out, err)
        code = program.returncode
        keeper.done()
        return CommandResult(code if code >= 0 else 128 - code, keeper.tail, keeper.size, keeper.lost)


class _Keeper:
    """Writer of the output: to the file up to a limit, with the end in memory."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._cut = False
        self.tail = b""
        self.size = 0
        self.lost = ""

    def take(self, data: bytes) -> None:
        self.tail = (self.tail + data)[-TAIL:]
        free = MOST - self.size
        self.size += len(data)
        if free > 0:
            self._write(data[:free])
        if len(data) > free and not self._cut:
            self._cut = True
            self._write(_CUT)

    def done(self) -> None:
        with self._losing():
            os.fsync(self._file.fileno())

    def _write(self, data: bytes) -> None:
        # Unbuffered, so that the shown output is in the file even after a crash.
        with self._losing():
            while data and not self.lost:
                data = data[self._file.write(data) :]

    @contextmanager
    def _losing(self) -> Iterator[None]:
        """Remember why the file is incomplete, and let the command continue."""
        try:
            yield
        except OSError as error:
            self.lost = self.lost or error.strerror or str(error)


def _hand_on(program: subprocess.Popen[bytes], keeper: _Keeper, out: Sink, err: Sink) -> None:
    """Pass both streams on until both are closed; if our reader is gone, close the command's pipe too."""
    with selectors.DefaultSelector() as waiting:
        for stream, sink in ((program.stdout, out), (program.stderr, err)):
            if stream is not None:
                waiting.register(stream, selectors.EVENT_READ, (stream, sink))
        while waiting.get_map():
            for key, _ in waiting.select():
                data = os.read(key.fd, _PIECE)
                if not data:
                    waiting.unregister(key.fileobj)
                    continue
                keeper.take(data)
                stream, sink = key.data
                try:
                    sink(data)
                except BrokenPipeError:
                    waiting.unregister(stream)
                    stream.close()
                except OSError:
                    # The command continues on a full disk: its output is still shown.
                    waiting.modify(stream, selectors.EVENT_READ, (stream, lambda _data: None))


@contextmanager
def _new_file(path: Path) -> Iterator[FileIO]:
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refused(
            f"the output cannot be saved to {path} ({error.strerror})", "free some space, or set INCIDENT_HOME"
        ) from error
    with os.fdopen(opened, "wb", buffering=0) as file:
        yield file


@contextmanager
def _deaf() -> Iterator[None]:
    """Ignore Ctrl+C here: the command gets it from the same terminal."""
    before: Any = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
