"""A second copy of every event in plain files, one an incident, for the day the store itself cannot be read."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from incident_cockpit.journal import lines
from incident_cockpit.journal.database import make_private_folder, sync_folder

After = Callable[[int], Sequence[bytes]]
Document = Callable[[str], bytes | None]

_TAIL = 64 * 1024
# The lock is held for one write; a holder that was stopped in between must not stop the incident.
_TRIES, _PAUSE = 50, 0.01
# macOS has no fdatasync.
_to_disk: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)


class _Place(msgspec.Struct):
    """What is looked at in an event line."""

    seq: int


class Rescue:
    """The folder of rescue copies."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is made with the first copy."""
        self.folder = folder
        # How long each file was after our last write and up to which seq, so that an append reads nothing back.
        self._known: dict[str, tuple[int, int]] = {}

    def file(self, incident: str) -> Path:
        """Return the file of this incident."""
        return self.folder / f"{incident}.jsonl"

    def keep(self, incident: str, after: After, document: Document) -> None:
        """Write what the file lacks, durably; `after(seq)` gives the stored lines behind that seq; raises OSError.

        What an earlier crash or a full disk left out is made up for. A file that is not a copy of this store (an older
        store was put back) keeps its content under another name, and a new one is begun.
        """
        make_private_folder(self.folder)
        path = self.file(incident)
        with _locked(path) as handle:
            seq = self._end(handle, incident, after)
            if seq is not None:
                self._write(handle, incident, seq, after(seq), document)
                return
            _set_aside(path)
        with _locked(path) as handle:
            self._write(handle, incident, 0, after(0), document)

    def renew(self, incident: str, after: After, document: Document) -> Path | None:
        """Make the copy that of the stored lines; return where one with other content is kept; raises OSError."""
        from incident_cockpit.journal.salvage import Source, copy_faults, read_lines

        make_private_folder(self.folder)
        path, aside = self.file(incident), None
        with _locked(path) as handle:
            size = os.fstat(handle).st_size
            # Read while the copy is locked: what was stored since is not in it yet.
            content, stored = os.pread(handle, size, 0), after(0)
            copy = read_lines(content, Source(str(path)))
            faults = list(copy_faults(copy, stored, document))
            copied = [line.line for _, line in sorted(copy.events.get(incident, {}).items())]
            if content.endswith(b"\n") and copied == stored[: len(copied)] and len(faults) <= (copied != stored):
                # It is whole, or lacks its end alone.
                self._write(handle, incident, len(copied), stored[len(copied) :], document)
                return None
            if size:
                aside = _set_aside(path)
        if stored:
            with _locked(path) as handle:
                self._write(handle, incident, 0, after(0), document)
        return aside

    def _end(self, handle: int, incident: str, after: After) -> int | None:
        """Return the seq of the last line, 0 in an empty file, None when that line is not what the store holds."""
        size = os.fstat(handle).st_size
        known_size, known_seq = self._known.get(incident, (-1, 0))
        if size == known_size:
            return known_seq
        last = _last_event(handle, size)
        if last is None:
            os.ftruncate(handle, 0)
            return 0
        seq, line = last
        stored = after(seq - 1)
        return seq if stored and stored[0] == line else None

    def _write(self, handle: int, incident: str, seq: int, events: Sequence[bytes], document: Document) -> None:
        if events:
            start = os.fstat(handle).st_size
            parts = [] if start else [lines.header(incident)]
            parts.extend(lines.with_documents(events, document))
            _write_all(handle, b"".join(part + b"\n" for part in parts))
            _to_disk(handle)
            if not start:
                sync_folder(self.folder)
        self._known[incident] = (os.fstat(handle).st_size, seq + len(events))


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Open the file for appending, alone; raises OSError when another process does not let go of it."""
    for _ in range(_TRIES):
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_PAUSE)
                continue
            # It may have been set aside between opening and locking.
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                yield handle
                return
        finally:
            os.close(handle)
    raise OSError(errno.EWOULDBLOCK, "another process holds it", str(path))


def _last_event(handle: int, size: int) -> tuple[int, bytes] | None:
    """Return the last whole event line with its seq, and cut off the half line that a crash may have left behind."""
    for start in (max(0, size - _TAIL), 0):
        tail = os.pread(handle, size - start, start)
        whole = tail.rfind(b"\n") + 1
        for line in reversed(tail[:whole].split(b"\n")[1 if start else 0 :]):
            if (seq := _seq(line)) is not None:
                if whole < len(tail):
                    os.ftruncate(handle, start + whole)
                return seq, line
    return None


def _seq(line: bytes) -> int | None:
    try:
        return msgspec.json.decode(line, type=_Place).seq
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _write_all(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_suffix(f".old{number}")).exists():
        number += 1
    path.rename(aside)
    return aside
