"""What SQLite says when it fails, as a sentence that names the file and the way on."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from incident_cockpit.errors import StoreError, Unreadable
from incident_cockpit.files import is_there

# Result codes of SQLite; the upper bits of an extended code say more than a person needs.
_PERM, _BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 3, 5, 6, 8, 10, 11, 13, 14, 26
_KEPT = "nothing that was saved is lost and what you typed is still here"


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn every error of SQLite inside the block into a StoreError about the file at `path`.

    A misuse of the library (a closed connection, a second thread) is a fault of this program and passes as it is.
    """
    try:
        yield
    except _errors("Error") as error:
        if getattr(error, "sqlite_errorcode", None) is None and isinstance(error, _errors("ProgrammingError")):
            raise
        raise complaint(path, error) from error


def _errors(name: str) -> tuple[type[Exception], ...]:
    # Where pysqlite3 is installed sqlite-utils takes it instead of the standard module, with errors of its own.
    utils = sys.modules.get("sqlite_utils.utils")
    modules = (sqlite3,) if utils is None else (sqlite3, utils.sqlite3)
    return tuple(getattr(module, name) for module in modules)


def complaint(path: Path, error: Exception) -> StoreError:
    """Return what the error of SQLite means for the file at `path`."""
    wording = _WORDS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return wording(path) if wording else StoreError(f"{path} could not be used ({error})", "run: incident doctor")


def _busy(path: Path) -> StoreError:
    return StoreError(
        f"another program has kept {path} locked for more than 5 seconds",
        f"look for a cockpit or script that is stopped (Ctrl-Z), let it go on or end it, then do it again; {_KEPT}",
    )


def _readonly(path: Path) -> StoreError:
    if not is_there(path):
        # SQLite writes no more to a file that has lost its name: nobody would find it again.
        return moved(path)
    return StoreError(
        f"{path} can be read but not written",
        f"give yourself the right to write to it and to its folder {path.parent}, then do it again; {_KEPT}",
    )


def moved(path: Path) -> StoreError:
    """Return the error for a file that has lost its name while it was open."""
    return StoreError(
        f"{path} was moved or deleted while it was open",
        f"put it back, or rebuild it with: incident restore; then do it again; {_KEPT}",
    )


def _full(path: Path) -> StoreError:
    return StoreError(f"the disk is full, {path} could not grow", f"free some space and do it again; {_KEPT}")


def _ioerr(path: Path) -> StoreError:
    return StoreError(
        f"the disk did not take what was to be written to {path}",
        f"check the disk, its space and any limit on file size, then do it again; {_KEPT}",
    )


def damaged(path: Path, what: str = "") -> StoreError:
    """Return the complaint about a store of which a part makes no sense, `what` it is and why, where that is known."""
    return Unreadable(
        f"{path} is damaged{f': {what}' if what else ''}",
        "rebuild it from its rescue copies: incident restore; what is wrong: incident doctor",
    )


def _notadb(path: Path) -> StoreError:
    return StoreError(
        f"{path} is not an incident store",
        "if it was one, rebuild it from its rescue copies: incident restore; if it is a file of yours, move it or set "
        "INCIDENT_HOME to another folder; it was not touched",
    )


def _cantopen(path: Path) -> StoreError:
    return StoreError(
        f"{path} cannot be opened",
        f"check that it is a file and that you may read and write it and its folder {path.parent}",
    )


_WORDS: dict[int, Callable[[Path], StoreError]] = {
    _PERM: _readonly,
    _BUSY: _busy,
    _LOCKED: _busy,
    _READONLY: _readonly,
    _IOERR: _ioerr,
    _CORRUPT: damaged,
    _FULL: _full,
    _CANTOPEN: _cantopen,
    _NOTADB: _notadb,
}
