"""Keeps a copy of somebody's file as evidence: whole, private, on the disk, called by what is in it."""

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

# As much as the output of a command: enough for a picture or a dump of threads, and no disk is filled by a slip.
MOST = 64 * 1024 * 1024
LONGEST_NAME = 255
_LONGEST_SHOWN = 120
_PIECE = 1024 * 1024
_DIGITS = 16
# Of a file's own name nothing goes on but its ending, by which programs know what it is.
_ENDING = re.compile(r"(?:\.tar)?\.[A-Za-z0-9]{1,10}\Z")
_SORTS = (
    (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)  # fmt: skip


class StoredFile(Struct, frozen=True):
    """A file as it was kept: its own name, its size, the SHA-256 of what is in it, and the name of its copy."""

    name: str
    size: int
    sha256: str
    copy: str


def meant(word: str) -> Path:
    """Return the file that a typed word means: `~` is somebody's home, a path dropped on a terminal is unquoted."""
    path = Path(os.path.expanduser(word))  # noqa: PTH111 - an unknown ~name is a name like any other
    if not _there(path) and any(sign in word for sign in "\\'\""):
        import shlex

        with suppress(ValueError):
            parts = shlex.split(word)
            if len(parts) == 1 and _there(Path(parts[0])):
                return Path(parts[0])
    return path


def look(path: Path) -> None:
    """See whether a file can be kept, before anything is done; raises Refused with what is in the way."""
    with _in_words(path):
        _check(path, path.stat())


def keep(path: Path, folder: Path, stem: str) -> StoredFile:
    """Copy a file into the folder and return it as it was; raises Refused.

    When this returns, the copy is on the disk. It is called `stem` and the beginning of its hash, so the same file is
    there once, and nothing that lies there is ever written over.
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
                f"{shown(path)} cannot be kept in {folder} ({error.strerror})", "free some space, or set INCIDENT_HOME"
            ) from error
        finally:
            with suppress(OSError):
                part.unlink()


def found(folder: Path, copy: str) -> Path | None:
    """Return where a copy lies, None where it is not there; a name that leads out of the folder leads nowhere."""
    if not copy or copy.startswith(".") or copy != Path(copy).name or "\0" in copy:
        return None
    path = folder / copy
    try:
        return path if stat.S_ISREG(path.lstat().st_mode) else None
    except (OSError, ValueError):
        return None


def digest_of(path: Path) -> str:
    """Return the SHA-256 of what is in a file; raises OSError."""
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def shown(path: Path) -> str:
    """Return a file's name as it may stand in a sentence, whatever signs it is made of."""
    return clean_line(str(path), limit=_LONGEST_SHOWN)


def _there(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:
        return False


def _check(path: Path, status: os.stat_result) -> None:
    mode = status.st_mode
    if stat.S_ISDIR(mode):
        raise Refused(f"{shown(path)} is a folder", "name a file in it, or pack it into one")
    if not stat.S_ISREG(mode):
        sort = next((sort_name for is_one, sort_name in _SORTS if is_one(mode)), "something else")
        raise Refused(f"{shown(path)} is no file but {sort}", "write what it says into a file, and name that")
    if status.st_size > MOST:
        raise _too_large(path, status.st_size)


def _too_large(path: Path, size: int) -> Refused:
    return Refused(
        f"{shown(path)} has {sized(size)}, at most {sized(MOST)} are kept",
        "name the part of it that matters, or a link to where it lies",
    )


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Turn what keeps a file from being read into a sentence."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"there is no file {shown(path)}", "check its path; a link begins with https://") from error
    except OSError as error:
        raise Refused(f"{shown(path)} cannot be read ({error.strerror})", "see who may read it, or copy it") from error
    except ValueError as error:
        # A NUL, or half a character.
        raise NotFound(f"there is no file {shown(path)}", "no file can be called that") from error


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    with _in_words(path):
        _check(path, path.stat())
        # It may have become a pipe meanwhile: that must not wait for whoever writes to it.
        source = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        with _in_words(path):
            _check(path, os.fstat(source))
        yield source
    finally:
        os.close(source)


def _copy(source: int, part: Path, path: Path) -> tuple[int, str]:
    """Copy what can be read to a new file, and return how much it was and its hash once all of it is on the disk."""
    digest, size = sha256(), 0
    with suppress(FileNotFoundError):
        # Of a process that had the same number and was killed.
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
    """Give the copy its name, or find the one that is there already, and return it once the folder is on the disk."""
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
    raise Refused(f"{folder} has a thousand files called {base}", "move the old ones away")
