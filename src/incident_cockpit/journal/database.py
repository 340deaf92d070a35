"""The connection to the SQLite file: private, checked on opening, and written only inside `immediate()`."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from incident_cockpit.errors import StoreError
from incident_cockpit.files import make_private_folder
from incident_cockpit.journal import schema
from incident_cockpit.journal.sqlite_errors import damaged, in_words, moved
from incident_cockpit.text.plurals import counted

if TYPE_CHECKING:
    import sqlite_utils

BUSY_SECONDS = 5

# A rollback journal and not WAL: one file that can be copied whole and read in a read-only place.
_PRAGMAS = (
    "journal_mode=TRUNCATE",
    "synchronous=FULL",
    "fullfsync=1",
    "foreign_keys=ON",
)


class Database:
    """An open store, used only from the thread that opened it.

    `newer` is the schema version of a store that a newer program created: it is read and never written.
    """

    def __init__(self, path: Path, rescue: Path | None = None) -> None:
        """Open the file, create it if it does not exist, and migrate an older one; raises StoreError."""
        self.path = path
        self.newer: int | None = None
        # The file that is open, and its schema version once the connection is ready.
        self._file: tuple[int, int] | None = None
        self._version: int | None = None
        with in_words(path):
            _prepare(path, rescue)
            self.connection = self._connect()
            try:
                self._make_ready()
            except BaseException:
                self.connection.close()
                raise

    def _connect(self) -> sqlite3.Connection:
        # As a path and not as a URI, because a path may contain a question mark.
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            self._file = _identity(self.path)
        except OSError as error:
            connection.close()
            raise moved(self.path) from error
        return connection

    def _make_ready(self) -> None:
        self.newer = self._version = None
        version = self._recognise()
        for pragma in _PRAGMAS:
            self.rows(f"PRAGMA {pragma}")
        if version > schema.VERSION:
            self.newer = version
            self.rows("PRAGMA query_only=ON")
        elif version < schema.VERSION:
            with self.immediate():
                # Another process may have migrated it while this one waited for the lock.
                if self._recognise() < schema.VERSION:
                    schema.migrate(self.tables())
        self._version = max(version, schema.VERSION)

    def _settle(self) -> None:
        """Reconnect if the path now names another file, or the file has another schema."""
        if self._version is None or self.connection.in_transaction or self._is_current():
            return
        before, file, version = self.connection, self._file, self._version
        _make_private(self.path)
        try:
            self.connection, self._version = self._connect(), None
            # A copy that is being written starts empty: creating tables in it would destroy it.
            if self._recognise() == 0:
                raise StoreError(
                    f"{self.path} is empty", "put a backup in its place, or rebuild it with: incident restore"
                )
            self._make_ready()
        except BaseException:
            if self.connection is not before:
                self.connection.close()
            # The identity stays as it was, so that the next statement tries again.
            self.connection, self._file, self._version = before, file, version
            raise
        before.close()

    def _is_current(self) -> bool:
        """Return whether the connection still reads the file at the path, with the schema that it was opened with.

        SQLite's cached pages are dropped: a file that was overwritten in place may have the same change counter as the
        one before, and SQLite would continue with its pages.
        """
        try:
            file = _identity(self.path)
        except OSError as error:
            raise moved(self.path) from error
        if file != self._file:
            return False
        self.connection.execute("PRAGMA shrink_memory").fetchall()
        [(version,)] = self.connection.execute("PRAGMA user_version").fetchall()
        return bool(version == self._version)

    def _recognise(self) -> int:
        """Return the schema version, 0 for an empty store; raises StoreError for another program's database."""
        # In one statement: between two, another process may create the store, which would look like a foreign one.
        [(version, application, tables)] = self.rows(
            "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema)"
            " FROM pragma_user_version, pragma_application_id"
        )
        if application != schema.APPLICATION_ID and (tables or version or application):
            raise StoreError(
                f"{self.path} is the database of another program",
                "move it, or set INCIDENT_HOME to another folder; it was not changed",
            )
        return int(version)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement and return all its rows as tuples; an open cursor would block other writers.

        Outside a transaction it reads the file now at the path: a store may be replaced while it is open.
        """
        with in_words(self.path):
            self._settle()
            try:
                return self.connection.execute(sql, values).fetchall()
            except OverflowError as error:
                raise damaged(self.path, "a number in it is too large") from error
            except UnicodeDecodeError as error:
                # SQLite's message quotes the names of damaged tables.
                raise damaged(self.path) from error
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", None) is not None:
                    raise
            # A damaged text is not valid UTF-8: replace only the damaged bytes.
            self.connection.text_factory = partial(str, encoding="utf-8", errors="replace")
            try:
                return self.connection.execute(sql, values).fetchall()
            finally:
                self.connection.text_factory = str

    @contextmanager
    def immediate(self) -> Iterator[None]:
        """Hold the write lock for the block; commit durably at its end, or roll back if it raises."""
        with in_words(self.path):
            try:
                self._begin()
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                # After a full disk SQLite has rolled back already; a failing rollback must not hide the reason.
                with suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
                raise

    def _begin(self) -> None:
        """Take the write lock of the file now at the path."""
        for last in (False, False, True):
            self._settle()
            if self.newer is not None:
                raise StoreError(
                    f"{self.path} was created by a newer version (schema {self.newer}, known: {schema.VERSION})",
                    "read-only here: update incident-cockpit to write to it, or export from it",
                )
            self.connection.execute("BEGIN IMMEDIATE")
            # Replaced or migrated while this process waited for the lock; some file systems renumber a file each time.
            if self._version is None or self._is_current() or last:
                return
            self.connection.execute("ROLLBACK")

    def tables(self) -> sqlite_utils.Database:
        """Return the connection wrapped by sqlite-utils, for the schema and for reads that may take longer.

        It is imported late because it costs 86 ms, twice as long as a whole `incident log`: appending and following
        use only the standard module. Write through it inside `immediate()` only, or each call commits by itself.
        """
        import sqlite_utils

        return sqlite_utils.Database(self.connection)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def _prepare(path: Path, rescue: Path | None) -> None:
    """Create the folder and an empty private file if they do not exist, and refuse obvious mistakes."""
    try:
        if path.is_dir():
            raise StoreError(f"{path} is a folder, not a file", "move it away, or set INCIDENT_HOME")
        if path.is_symlink() and not path.exists():
            raise StoreError(f"{path} is a broken link", "restore its target, or remove the link")
        if path.exists() and not path.is_file():
            # A pipe or a device: SQLite would block on it or read it without end.
            raise StoreError(f"{path} is not a regular file", "move it away, or set INCIDENT_HOME")
        # SQLite takes a file truncated to 0 bytes for a new one: no empty store is created beside rescue copies.
        lost = loss(path, rescue)
        if lost is not None:
            raise lost
        make_private_folder(path.parent)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be created or opened ({error.strerror})",
            f"make {path.parent} writable, or set INCIDENT_HOME to another folder",
        ) from error
    _make_private(path)


def _make_private(path: Path) -> None:
    """Remove the access of other users: a restored backup is often readable by all, and so is its journal then."""
    # A read-only folder stays as it is.
    with suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            path.chmod(mode & 0o700)


def loss(path: Path, rescue: Path | None) -> StoreError | None:
    """Return the error if the store is missing or empty but rescue copies exist, or None; raises OSError."""
    if rescue is None or _holds_something(path):
        return None
    copies = [copy for copy in rescue.glob("*.jsonl") if _holds_something(copy)]
    # Checked again, because another process may have created the store and its first copies since.
    if not copies or _holds_something(path):
        return None
    state = "is empty" if path.exists() else "is missing"
    return StoreError(
        f"{path} {state}, but {rescue} has the events of {counted(len(copies), 'incident')}",
        "rebuild it with: incident restore; add backups and exports as files: incident restore FILE ...",
    )


def _identity(path: Path) -> tuple[int, int]:
    """Return device and inode of the file at the path; raises OSError."""
    status = path.stat()
    return status.st_dev, status.st_ino


def _holds_something(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False
