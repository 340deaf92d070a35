"""Files of the user's, read with a sentence for whatever cannot be read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

# What TOML promises to keep: anything larger cannot be meant, and Python refuses to print it.
_LARGEST_NUMBER = 2**63
_DEEPEST = 32


class UnreadableFileError(Exception):
    """What is wrong with a file, to be put behind its name: "is not text in UTF-8"."""


def is_there(path: Path) -> bool:
    """Return whether there is such a file or folder; False as well where that cannot be seen."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read_file(path: Path, limit: int) -> bytes:
    """Return what a file holds; raises FileNotFoundError, and UnreadableFileError for all else and above the limit."""
    try:
        # A pipe that nobody writes to is not waited for.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISCHR(mode)):
                raise UnreadableFileError("cannot be read (it is not an ordinary file)")
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
    """Return the tables of a TOML text; raises UnreadableFileError, also for what no program can show."""
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
