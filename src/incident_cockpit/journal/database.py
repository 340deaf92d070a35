"""Opens the one SQLite file, safely and privately, and lets nothing be written outside a transaction of ours."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from incident_cockpit.errors import StoreError
from incident_cockpit.journal import schema
from incident_cockpit.journal.complaints import in_words
from incident_cockpit.text.count import counted

if TYPE_CHECKING:
    import sqlite_utils

BUSY_SECONDS = 5

# A rollback journal and not WAL: one file that can be copied whole and read in a read-only place (DESIGN section 6).
_PRAGMAS = (
    "journal_mode=TRUNCATE",
    "synchronous=FULL",
    "fullfsync=1",
    "foreign_keys=ON",
)


class Database:
    """The open store; belongs to the thread that opened it.

    `newer` is the schema version of a store that a newer program made: such a store is read and never written.
    """

    def __init__(self, path: Path, rescue: Path | None = None) -> None:
        """Open the file, make it where there is none, and bring an older one up to date; raises StoreError."""
        self.path = path
        self.newer: int | None = None
        with in_words(path):
            _prepare(path, rescue)
            # Connected to by its own name and not as a URI, because a path may hold a question mark.
            self.connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                self._make_ready()
            except BaseException:
                self.connection.close()
                raise

    def _make_ready(self) -> None:
        version = self._recognise()
        for pragma in _PRAGMAS:
            self.rows(f"PRAGMA {pragma}")
        if version > schema.VERSION:
            self.newer = version
            self.rows("PRAGMA query_only=ON")
        elif version < schema.VERSION:
            with self.immediate():
                # Another process may have done it while this one waited for the lock.
                if self._recognise() < schema.VERSION:
                    schema.migrate(self.tables())

    def _recognise(self) -> int:
        """Return the schema version, 0 for an empty store; raises StoreError for another program's database."""
        # In one statement: between two of them another process may make the store, and it would look like a stranger's.
        [(version, application, tables)] = self.rows(
            "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema)"
            " FROM pragma_user_version, pragma_application_id"
        )
        if application != schema.APPLICATION_ID and (tables or version or application):
            raise StoreError(
                f"{self.path} is the database of another program",
                "put it elsewhere or set INCIDENT_HOME to another folder; it was not touched",
            )
        return int(version)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement and return all its rows as tuples; an open cursor would keep others from writing."""
        with in_words(self.path):
            return self.connection.execute(sql, values).fetchall()

    @contextmanager
    def immediate(self) -> Iterator[None]:
        """Hold the write lock for the block and make what it wrote durable at its end, or nothing when it raises."""
        if self.newer is not None:
            raise StoreError(
                f"{self.path} was made by a newer version (schema {self.newer}, this one knows {schema.VERSION})",
                "update incident-cockpit to write to it; it can still be read and exported here",
            )
        with in_words(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                # A full disk has rolled back already, and a failing rollback must not hide why it was needed.
                with suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
                raise

    def tables(self) -> sqlite_utils.Database:
        """Return the same connection as sqlite-utils sees it, for the schema and for reading that is not in a hurry.

        It is imported here because it costs 86 ms, twice as long as a whole `incident log`: appending and following
        use the standard module alone. Write through it inside `immediate()` only, or each call commits by itself.
        """
        import sqlite_utils

        return sqlite_utils.Database(self.connection)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def _prepare(path: Path, rescue: Path | None) -> None:
    """Make the folder and an empty private file where there is none, and refuse what can only be a mistake."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder where the store should be", "move it away, or set INCIDENT_HOME")
    if path.is_symlink() and not path.exists():
        raise StoreError(f"{path} is a link that leads nowhere", "bring back what it led to, or remove the link")
    try:
        # SQLite takes a file that was cut to 0 bytes for a new one: no empty store is begun beside rescue copies.
        lost = loss(path, rescue)
        if lost is not None:
            raise lost
        make_private_folder(path.parent)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be made or opened ({error.strerror})",
            f"make the folder {path.parent} one you may write to, or set INCIDENT_HOME to another",
        ) from error
    # A copy that was put back is often readable by all; its journal would get the same mode. A read-only place stays.
    with suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            path.chmod(mode & 0o700)


def loss(path: Path, rescue: Path | None) -> StoreError | None:
    """Return what is wrong where the store is gone or empty beside rescue copies; raises OSError."""
    if rescue is None or _holds_something(path):
        return None
    copies = [copy for copy in rescue.glob("*.jsonl") if _holds_something(copy)]
    # Asked again, because another process may have made the store and its first copies since.
    if not copies or _holds_something(path):
        return None
    state = "is empty" if path.exists() else "is gone"
    return StoreError(
        f"{path} {state}, but {rescue} has the events of {counted(len(copies), 'incident')}",
        "rebuild it with: incident restore; a backup and exports can be given as files: incident restore FILE ...",
    )


def _holds_something(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def make_private_folder(folder: Path) -> None:
    """Make the folder and those above it that are missing, for the owner alone; raises OSError."""
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
