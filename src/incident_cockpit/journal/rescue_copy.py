"""Rescue copies: every event a second time in plain files, one for each incident, in case the store cannot be read."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from incident_cockpit.errors import NotFound
from incident_cockpit.files import make_private_folder, sync_folder
from incident_cockpit.journal import jsonl

After = Callable[[int], Sequence[bytes]]
Document = Callable[[str], bytes | None]

_TAIL = 64 * 1024
# The lock is held for one write; a suspended holder must not block the incident.
_TRIES, _PAUSE = 50, 0.01
# macOS has no fdatasync.
_to_disk: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)


class AddedLines(msgspec.Struct, frozen=True):
    """The stored lines of one write: the seq of the first, the hash that they follow, and the hash of the last."""

    lines: Sequence[bytes]
    seq: int
    before: str
    head: str


class Copies(msgspec.Struct, frozen=True):
    """All copies of an incident: the event lines of each, oldest copy first, and the documents by SHA-256."""

    lines: Sequence[Sequence[bytes]]
    documents: Mapping[str, bytes]


class _Place(msgspec.Struct):
    """The parts of an event line that copying needs."""

    seq: int
    id: str = ""


class _CopyState(NamedTuple):
    """The state of a copy after our last write: file, length, and hash of the last event."""

    inode: int
    size: int
    head: str


class Rescue:
    """The folder of rescue copies."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is created with the first copy."""
        self.folder = folder
        # Known states, so that an append reads nothing back.
        self._known: dict[str, _CopyState] = {}

    def file(self, incident: str) -> Path:
        """Return the file of this incident."""
        return self.folder / f"{incident}.jsonl"

    def keep(self, incident: str, added: AddedLines, after: After, document: Document) -> bool:
        """Append durably what the copy lacks; `after(seq)` returns the stored lines after that seq; raises OSError.

        Lines that an earlier crash or full disk omitted are added too. A copy of another store (an older one was
        restored) is renamed and a new one is started; return whether that happened.
        """
        make_private_folder(self.folder)
        path = self.file(incident)
        with _locked(path) as handle:
            if self._known.get(incident) == self._left(handle, added.before):
                self._write(handle, incident, added.lines, document, added)
                return False
            seq = self._end(handle, added, after)
            if seq is not None:
                self._write(handle, incident, _lacking(added, seq, after(seq)), document, added)
                return False
            _set_aside(path)
        with _locked(path) as handle:
            self._write(handle, incident, _lacking(added, 0, after(0)), document, added)
        return True

    def secure(self, incident: str, events: Sequence[bytes], lost: Iterable[str]) -> None:
        """Write event lines to a separate copy if no copy has one of the ids `lost`; raises OSError."""
        known = {place.id for copied in self.copies(incident).lines for place in map(_place, copied) if place}
        if not known.issuperset(lost):
            make_private_folder(self.folder)
            handle = os.open(_aside(self.file(incident)), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            try:
                _write_all(handle, b"".join(line + b"\n" for line in (jsonl.header(incident), *events)))
                _to_disk(handle)
            finally:
                os.close(handle)
            sync_folder(self.folder)

    def renew(self, incident: str, after: After, document: Document) -> Path | None:
        """Rewrite the copy from the stored lines; return where a differing one is kept; raises OSError."""
        from incident_cockpit.journal.salvage import SourceFile, copy_faults, read_lines

        make_private_folder(self.folder)
        path, aside = self.file(incident), None
        with _locked(path) as handle:
            size = os.fstat(handle).st_size
            # Read while the copy is locked: newer events are not in it yet.
            content, stored = os.pread(handle, size, 0), after(0)
            copy = read_lines(content, SourceFile(str(path)))
            faults = list(copy_faults(copy, stored, document))
            copied = [line.line for _, line in sorted(copy.events.get(incident, {}).items())]
            if content.endswith(b"\n") and copied == stored[: len(copied)] and len(faults) <= (copied != stored):
                # It is complete, or lacks only its end.
                self._write(handle, incident, stored[len(copied) :], document)
                return None
            if size:
                aside = _set_aside(path)
        if stored:
            with _locked(path) as handle:
                self._write(handle, incident, after(0), document)
        return aside

    def incidents(self) -> list[str]:
        """Return the ids of the incidents with copies."""
        return sorted({path.name.split(".")[0] for path in self.folder.glob("*.jsonl")})

    def strays(self, incident: str, after: After) -> bool:
        """Return whether a copy may hold events that the store lacks, judged by its end; raises OSError."""
        files = self._files(incident)
        if files != [self.file(incident)]:
            return bool(files)
        handle = os.open(files[0], os.O_RDONLY | os.O_NOFOLLOW)
        try:
            last = _last_event(handle, os.fstat(handle).st_size, mend=False)
        finally:
            os.close(handle)
        return last is not None and after(last[0] - 1)[:1] != [last[1]]

    def newest(self, incident: str) -> list[bytes]:
        """Return the lines of the newest copy of an incident; raises OSError, NotFound."""
        files = self._files(incident)
        if not files:
            raise NotFound(f"there is no rescue copy of incident {incident}", f"the copies are in {self.folder}")
        return files[-1].read_bytes().split(b"\n")

    def copies(self, incident: str) -> Copies:
        """Return the copies of an incident, renamed ones included; damaged lines are skipped."""
        lines, documents = [], {}
        for path in self._files(incident):
            content = path.read_bytes().split(b"\n")
            lines.append([line for line in content if _place(line) is not None])
            documents.update(dict(filter(None, map(_document, content))))
        return Copies(lines, documents)

    def _files(self, incident: str) -> list[Path]:
        aside = sorted(self.folder.glob(f"{incident}.old*"), key=lambda path: (len(path.name), path.name))
        return [path for path in (*aside, self.file(incident)) if path.is_file()]

    def _left(self, handle: int, head: str) -> _CopyState:
        status = os.fstat(handle)
        return _CopyState(status.st_ino, status.st_size, head)

    def _end(self, handle: int, added: AddedLines, after: After) -> int | None:
        """Return the seq of the last line, 0 for an empty file, None if the store does not have that line."""
        size = os.fstat(handle).st_size
        if added.seq == 1 and size and not set(added.lines) <= set(os.pread(handle, size, 0).split(b"\n")):
            # The incident was imported again with another number.
            return None
        last = _last_event(handle, size)
        if last is None:
            return None if size else 0
        seq, line = last
        stored = after(seq - 1)
        return seq if stored and stored[0] == line else None

    def _write(
        self, handle: int, incident: str, events: Sequence[bytes], document: Document, added: AddedLines | None = None
    ) -> None:
        if events:
            start = os.fstat(handle).st_size
            parts = [] if start else [jsonl.header(incident)]
            parts.extend(jsonl.with_documents(events, document))
            _write_all(handle, b"".join(part + b"\n" for part in parts))
            _to_disk(handle)
            if not start:
                sync_folder(self.folder)
        self._known.pop(incident, None)
        # Not if another process wrote a later event.
        if added is not None and events[-1:] == added.lines[-1:]:
            self._known[incident] = self._left(handle, added.head)


def _lacking(added: AddedLines, seq: int, stored: Sequence[bytes]) -> Sequence[bytes]:
    """Return the lines after that seq; the added ones are among them even if the store was replaced since."""
    if seq >= added.seq or added.lines[-1] in stored:
        return stored
    return [*stored[: added.seq - 1 - seq], *added.lines]


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Open the file for appending under a lock; raises OSError if another process keeps the lock."""
    for _ in range(_TRIES):
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_PAUSE)
                continue
            # It may have been renamed between opening and locking.
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                yield handle
                return
        finally:
            os.close(handle)
    raise OSError(errno.EWOULDBLOCK, "locked by another process", str(path))


def _last_event(handle: int, size: int, *, mend: bool = True) -> tuple[int, bytes] | None:
    """Return the last complete event line with its seq; `mend` cuts off a partial line left by a crash."""
    for start in (max(0, size - _TAIL), 0):
        tail = os.pread(handle, size - start, start)
        whole = tail.rfind(b"\n") + 1
        for line in reversed(tail[:whole].split(b"\n")[1 if start else 0 :]):
            if (place := _place(line)) is not None:
                if mend and whole < len(tail):
                    os.ftruncate(handle, start + whole)
                return place.seq, line
    return None


def _place(line: bytes) -> _Place | None:
    try:
        # Skipped lines are not decoded.
        return msgspec.json.decode(line.decode(), type=_Place)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _document(line: bytes) -> tuple[str, bytes] | None:
    try:
        document = msgspec.json.decode(line, type=jsonl.EmbeddedDocument)
        blob = b64decode(document.base64, validate=True)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        return None
    return (document.document, blob) if sha256(blob).hexdigest() == document.document else None


def _write_all(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def _set_aside(path: Path) -> Path:
    aside = _aside(path)
    path.rename(aside)
    return aside


def _aside(path: Path) -> Path:
    """Return the first free name for a renamed copy."""
    number = 1
    while (aside := path.with_suffix(f".old{number}")).exists():
        number += 1
    return aside
