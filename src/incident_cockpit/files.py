"""Files of the user: read with a reason where they cannot be, written whole, private and on request durable."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from incident_cockpit.errors import Refused

# TOML guarantees 64-bit integers; Python refuses to print numbers of thousands of digits.
_LARGEST_NUMBER = 2**63
_DEEPEST = 32


class UnreadableFileError(Exception):
    """The reason why a file cannot be read, as a predicate to follow its name: "is not text in UTF-8"."""


def is_there(path: Path) -> bool:
    """Return whether the file or folder exists; False also where that cannot be checked."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read_file(path: Path, limit: int) -> bytes:
    """Return the bytes of a file of at most `limit` bytes; raises FileNotFoundError, UnreadableFileError."""
    try:
        # Opened without blocking: a pipe without a writer must not hang the program.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISCHR(mode)):
                raise UnreadableFileError("is not a regular file")
            data = file.read(limit + 1) or b""
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"cannot be read ({getattr(error, 'strerror', None) or error})") from error
    if len(data) > limit:
        raise UnreadableFileError(f"is too large, at most {limit} bytes")
    return data


def read_text(path: Path, limit: int) -> str:
    """Return the text of a file; raises FileNotFoundError, UnreadableFileError."""
    try:
        return read_file(path, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError("is not text in UTF-8") from error


def toml_tables(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text; raises UnreadableFileError, also for numbers and nesting beyond any use."""
    # Late: most commands run without any such file.
    import tomllib

    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFileError(f"is not TOML: {error}") from error
    except RecursionError as error:
        raise UnreadableFileError("is not TOML: it is nested too deeply") from error
    except ValueError as error:
        raise UnreadableFileError("is not TOML: a number in it has too many digits") from error
    _check_sizes(tables)
    return tables


def _check_sizes(tables: dict[str, Any]) -> None:
    level: list[object] = [tables]
    for _ in range(_DEEPEST):
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
            elif isinstance(value, int) and not -_LARGEST_NUMBER <= value < _LARGEST_NUMBER:
                raise UnreadableFileError("is not TOML: a number in it is too large")
        level = inner
    if level:
        raise UnreadableFileError(f"is not TOML: it is nested more than {_DEEPEST} levels deep")


def write_file(path: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Write a file that only its owner can read; raises Refused where it exists already or cannot be written whole."""
    try:
        if overwrite and path.exists():
            # A pipe or a device stays what it is.
            replace_file(path, data) if path.is_file() else _write(path, data, os.O_WRONLY)
        else:
            _write(path, data, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    except FileExistsError as error:
        raise Refused(f"{path} already exists", "choose another name, or overwrite it with --force") from error
    except OSError as error:
        raise Refused(f"{path} cannot be written ({error.strerror})", "choose another folder or name") from error


def write_new(folder: Path, stem: str, suffix: str, data: bytes) -> Path:
    """Write a new file, `stem-2` and so on where the name is taken, and return its path; raises Refused."""
    path = free_path(folder, stem, suffix)
    while True:
        try:
            _write(path, data, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            path = free_path(folder, stem, suffix)
        except OSError as error:
            raise Refused(
                f"{path} cannot be written ({error.strerror})", "change to a folder you can write to"
            ) from error
        else:
            return path


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """Return the first of `stem.suffix`, `stem-2.suffix` and so on that does not exist."""
    number, path = 1, folder / f"{stem}{suffix}"
    while os.path.lexists(path):
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path


def replace_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Put a whole private file in place at once, so that no reader and no crash ever meets half of it; raises OSError.

    A link stays a link. Without `durable`, for what is written at every key, a power cut may bring the old file back.
    """
    path = Path(os.path.realpath(path))
    # Named after this process, so that two programs never write to one part.
    part = path.with_name(f"{path.name}@{os.getpid()}")
    try:
        _write(part, data, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, durable=durable)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _write(path: Path, data: bytes, flags: int, *, durable: bool = True) -> None:
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        try:
            file.write(data)
            file.flush()
            # A pipe or a device has no disk to reach.
            if durable and path.is_file():
                os.fsync(file.fileno())
        except OSError:
            if flags & os.O_EXCL:
                with suppress(OSError):
                    path.unlink()
            raise


def make_private_folder(folder: Path) -> None:
    """Make the folder and its missing parents, durable and for the owner alone; raises OSError.

    A folder that exists keeps its permissions: they are its owner's to decide.
    """
    if folder.is_dir():
        return
    for missing in reversed([folder, *folder.parents]):
        if not missing.is_dir():
            with suppress(FileExistsError):
                missing.mkdir(mode=0o700)
                sync_folder(missing.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in the folder durable, because a file that was synced can still lose its name; raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
