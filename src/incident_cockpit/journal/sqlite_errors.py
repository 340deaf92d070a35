"""Errors of SQLite as store errors that name the file and the remedy."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from incident_cockpit.errors import StoreError, Unreadable
from incident_cockpit.files import is_there

# Result codes of SQLite, without the upper bits of extended codes.
_PERM, _BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 3, 5, 6, 8, 10, 11, 13, 14, 26
_KEPT = "nothing saved is lost, and your text is still here"


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn every error of SQLite inside the block into a StoreError about the file at `path`.

    Misuse of the library (a closed connection, a second thread) is a bug of this program and passes unchanged.
    """
    try:
        yield
    except _errors("Error") as error:
        if getattr(error, "sqlite_errorcode", None) is None and isinstance(error, _errors("ProgrammingError")):
            raise
        raise complaint(path, error) from error


def _errors(name: str) -> tuple[type[Exception], ...]:
    # If pysqlite3 is installed, sqlite-utils uses it instead of the standard module, with its own error classes.
    utils = sys.modules.get("sqlite_utils.utils")
    modules = (sqlite3,) if utils is None else (sqlite3, utils.sqlite3)
    return tuple(getattr(module, name) for module in modules)


def complaint(path: Path, error: Exception) -> StoreError:
    """Return the store error for an error of SQLite about the file at `path`."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == _CORRUPT:
        return damaged(path)
    # SQLite refuses to write to a deleted file.
    if code in (_PERM, _READONLY) and not is_there(path):
        return moved(path)
    why, remedy = _MESSAGES.get(code, (f"{{path}} could not be used ({error})", "run: incident doctor"))
    return StoreError(why.replace("{path}", str(path)), remedy.replace("{folder}", str(path.parent)))


def moved(path: Path) -> StoreError:
    """Return the error for a file that was moved or deleted while open."""
    return StoreError(
        f"{path} was moved or deleted while it was open",
        f"move it back, or rebuild it with: incident restore; then retry; {_KEPT}",
    )


def damaged(path: Path, what: str = "") -> StoreError:
    """Return the error for a damaged store; `what` names the damaged part, if known."""
    return Unreadable(
        f"{path} is damaged{f': {what}' if what else ''}",
        "rebuild it from its rescue copies: incident restore; details: incident doctor",
    )


_LOCK_TIMEOUT = (
    "another program has locked {path} for more than 5 seconds",
    f"resume or end any suspended cockpit or script (Ctrl-Z), then retry; {_KEPT}",
)
_NOT_WRITABLE = ("{path} is not writable", f"make it and its folder {{folder}} writable, then retry; {_KEPT}")
# The reason and the remedy for each result code.
_MESSAGES = {
    _PERM: _NOT_WRITABLE,
    _BUSY: _LOCK_TIMEOUT,
    _LOCKED: _LOCK_TIMEOUT,
    _READONLY: _NOT_WRITABLE,
    _IOERR: ("writing {path} failed", f"check the disk, its free space and file size limits, then retry; {_KEPT}"),
    _FULL: ("the disk is full: {path} could not be written", f"free some space, then retry; {_KEPT}"),
    _CANTOPEN: (
        "{path} cannot be opened",
        "check that it is a file, and that it and its folder {folder} are readable and writable",
    ),
    _NOTADB: (
        "{path} is not an incident store",
        "if it was one, rebuild it from its rescue copies: incident restore; otherwise move it or set "
        "INCIDENT_HOME to another folder; it was not changed",
    ),
}
