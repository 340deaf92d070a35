"""Copies of files as evidence: whole, private, durable, and named by their content."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.files import sync_folder
from incident_cockpit.text.plurals import sized
from incident_cockpit.text.sanitize import clean_line

# The same limit as for command output: enough for a picture or a thread dump, and no slip fills the disk.
MOST = 64 * 1024 * 1024
LONGEST_NAME = 255
_LONGEST_SHOWN = 120
_PIECE = 1024 * 1024
_DIGITS = 16
# Only the suffix of the file name is kept, by which programs recognise the type.
_ENDING = re.compile(r"(?:\.tar)?\.[A-Za-z0-9]{1,10}\Z")
_SORTS = (
    (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)  # fmt: skip


class StoredFile(Struct, frozen=True):
    """A stored file: its original name, size, SHA-256, and the name of its copy."""

    name: str
    size: int
    sha256: str
    copy: str


def meant(word: str) -> Path:
    """Return the path for a typed word: `~` is expanded, a path dropped on a terminal is unquoted."""
    path = Path(os.path.expanduser(word))  # noqa: PTH111 - an unknown ~name is a name like any other
    if not _there(path) and any(sign in word for sign in "\\'\""):
        import shlex

        with suppress(ValueError):
            parts = shlex.split(word)
            if len(parts) == 1 and _there(Path(parts[0])):
                return Path(parts[0])
    return path


def look(path: Path) -> None:
    """Check that a file can be stored; raises Refused."""
    with _in_words(path):
        _check(path, path.stat())


def keep(path: Path, folder: Path, stem: str) -> StoredFile:
    """Copy a file into the folder durably and return its description; raises Refused.

    The copy is named `stem` and the start of its hash, so that a file is stored once and nothing is overwritten.
    """
    with _opened(path) as source:
        part = folder / f".{stem}-{os.getpid()}.part"
        try:
            size, digest = _copy(source, part, path)
            return StoredFile(
                clean_line(path.name, limit=LONGEST_NAME), size, digest, _settle(part, folder, stem, digest, path)
            )
        except OSError as error:
            raise Refused(
                f"{shown(path)} cannot be stored in {folder} ({error.strerror})",
                "free some space, or set INCIDENT_HOME",
            ) from error
        finally:
            with suppress(OSError):
                part.unlink()


def found(folder: Path, copy: str) -> Path | None:
    """Return the path of a copy, or None if it does not exist or its name leads out of the folder."""
    if not copy or copy.startswith(".") or copy != Path(copy).name or "\0" in copy:
        return None
    path = folder / copy
    try:
        return path if stat.S_ISREG(path.lstat().st_mode) else None
    except (OSError, ValueError):
        return None


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's content; raises OSError."""
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def shown(path: Path) -> str:
    """Return a file name that is safe in a message."""
    return clean_line(str(path), limit=_LONGEST_SHOWN)


def _there(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:
        return False


def _check(path: Path, status: os.stat_result) -> None:
    mode = status.st_mode
    if stat.S_ISDIR(mode):
        raise Refused(f"{shown(path)} is a folder", "name a file in it, or an archive of it")
    if not stat.S_ISREG(mode):
        sort = next((sort_name for is_one, sort_name in _SORTS if is_one(mode)), "something else")
        raise Refused(f"{shown(path)} is not a file but {sort}", "save its content to a file, and name that")
    if status.st_size > MOST:
        raise _too_large(path, status.st_size)


def _too_large(path: Path, size: int) -> Refused:
    return Refused(
        f"{shown(path)} has {sized(size)}, the limit is {sized(MOST)}",
        "attach the relevant part, or a link to the file",
    )


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Turn errors while reading a file into refusals."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"File not found: {shown(path)}", "check its path; a link begins with https://") from error
    except OSError as error:
        raise Refused(
            f"{shown(path)} cannot be read ({error.strerror})", "check its permissions, or copy it"
        ) from error
    except ValueError as error:
        # A NUL, or a lone surrogate.
        raise NotFound(f"File not found: {shown(path)}", "the name is not valid") from error


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    with _in_words(path):
        _check(path, path.stat())
        # It may have become a pipe meanwhile, which must not block.
        source = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        with _in_words(path):
            _check(path, os.fstat(source))
        yield source
    finally:
        os.close(source)


def _copy(source: int, part: Path, path: Path) -> tuple[int, str]:
    """Copy a file durably to a new one, and return its size and hash."""
    digest, size = sha256(), 0
    with suppress(FileNotFoundError):
        # Left by a killed process with the same id.
        part.unlink()
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := _read(source, path):
            size += len(piece)
            if size > MOST:
                raise _too_large(path, size)
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _read(source: int, path: Path) -> bytes:
    with _in_words(path):
        return os.read(source, _PIECE)


def _settle(part: Path, folder: Path, stem: str, digest: str, path: Path) -> str:
    """Rename the copy, or find an equal one, and return its name once the folder is durable."""
    ending = (match := _ENDING.search(path.name)) and match.group().lower()
    base = f"{stem}-{digest[:_DIGITS]}"
    for number in range(1, 1000):
        target = folder / f"{base}{'' if number == 1 else f'-{number}'}{ending or ''}"
        if not os.path.lexists(target):
            part.rename(target)
        elif found(folder, target.name) is None or digest_of(target) != digest:
            continue
        sync_folder(folder)
        return target.name
    raise Refused(f"{folder} has a thousand files called {base}", "move old ones elsewhere")
