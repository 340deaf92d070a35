"""Rebuilding of the store from the database, rescue copies, exports and backups."""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import NotFound, StoreError, Unreadable
from incident_cockpit.files import make_private_folder, sync_folder
from incident_cockpit.incident import codec
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.opening import IncidentOpened
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import EMPTY
from incident_cockpit.journal import append, jsonl, read, schema, verify
from incident_cockpit.journal.database import BUSY_SECONDS, Database
from incident_cockpit.journal.merge_sources import Rebuilt, put_together
from incident_cockpit.journal.put_back import fill_gaps
from incident_cockpit.journal.removal import Removal
from incident_cockpit.journal.rescue_copy import Copies, Rescue
from incident_cockpit.journal.salvage import SalvagedLine, SourceFile, read_database, read_file
from incident_cockpit.journal.sqlite_errors import in_words

_NEW = ".restoring"
_ID = re.compile("[0-9a-f]{32}")
# SQLite's files beside a database; they would damage another one.
_BESIDE = ("-journal", "-wal", "-shm")


class RestoreResult(Struct):
    """The result of a restore: merged incidents, the name of the damaged file, and notes for the user."""

    incidents: list[Rebuilt] = field(default_factory=list)
    set_aside: Path | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Return whether anything was written to the store."""
        return self.set_aside is not None or any(incident.added for incident in self.incidents)

    @property
    def whole(self) -> bool:
        """Return whether nothing is missing, as far as the files say."""
        return not any(incident.missing or incident.unsure for incident in self.incidents)


def restore(path: Path, rescue: Rescue, removed: Mapping[str, Removal], files: Iterable[Path]) -> RestoreResult:
    """Merge the database, the rescue copies and these files into the store.

    A sound database is only extended, in place. A damaged one is kept under another name. Incidents that were `removed`
    stay removed. Raises Refused if there is nothing to restore from, StoreError if the store is in use, belongs to
    another program, has a newer version or cannot be written; nothing is changed then.
    """
    sources = [read_file(file) for each in files for file in _expanded(each)]
    _check_place(path)
    path = path.resolve()

    def others() -> list[SourceFile]:
        copies = [_copy(file) for file in sorted(rescue.folder.glob("*.jsonl"))]
        return [*copies, *sources, *(read_file(file, spare=True) for file in sorted(rescue.folder.glob("*.old*")))]

    try:
        with in_words(path), _alone(path):
            if not path.exists() or not path.stat().st_size:
                report = _rebuild(path, None, others(), removed)
            else:
                report = _over(path, others, removed)
            _write_copies(path, rescue, report)
    except OSError as error:
        raise StoreError(
            f"{path} could not be restored: {error.filename or path.parent}: {error.strerror}",
            "free some space or make it writable, then retry; nothing is lost",
        ) from error
    return report


def _copy(file: Path) -> SourceFile:
    """Read a rescue copy; the name of an empty one still shows that there was an incident."""
    source = read_file(file, ours=True)
    if _ID.fullmatch(file.stem) and not source.events.setdefault(file.stem, {}):
        source.say_damaged("it contains no event; delete it if no backup has its incident")
    return source


def _expanded(path: Path) -> list[Path]:
    """Return the file, or the files in a folder of rescue copies or backups."""
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.is_file() and file.suffix in (".jsonl", ".db"))
    if not files:
        raise NotFound(f"{path} has no .jsonl or .db file", "name the files")
    return files


def _check_place(path: Path) -> None:
    if path.is_dir() or (path.is_symlink() and not path.exists()):
        raise StoreError(f"{path} is not a file", "move it, then retry")
    folder = path.parent
    try:
        make_private_folder(folder)
    except OSError as error:
        raise StoreError(f"{folder} cannot be created ({error.strerror})", "choose a writable folder") from error
    for place in (folder, *([path] if path.exists() else [])):
        if not os.access(place, os.W_OK):
            raise StoreError(f"{place} can be read but not written", f"make it writable: chmod u+w {place}")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Exclude a second restore during the block."""
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError("another restore is running", "wait until it has finished") from error
        yield
    finally:
        os.close(handle)


def _over(path: Path, others: Callable[[], Sequence[SourceFile]], removed: Mapping[str, Removal]) -> RestoreResult:
    """Restore an existing database: only additions if it is sound."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        # No process may write to a database that is about to be replaced; one too damaged to lock cannot be
        # written anyway.
        locked = _lock(connection)
        own, copies = read_database(connection, path), others()
        try:
            if not locked or not _is_whole(connection, own):
                return _rebuild(path, own, copies, removed)
        finally:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
    return _grow(path, own, copies, removed)


def _lock(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return False
    return True


def _is_whole(connection: sqlite3.Connection, own: SourceFile) -> bool:
    try:
        return not own.damaged and not list(_faults(connection, own))
    except sqlite3.DatabaseError:
        return False


def _faults(connection: sqlite3.Connection, own: SourceFile) -> Iterator[str]:
    """Yield the errors of a database whose rows can all be read."""
    [(version, application)] = connection.execute(
        "SELECT user_version, application_id FROM pragma_user_version, pragma_application_id"
    )
    if application != schema.APPLICATION_ID or version < 1:
        yield "header"
    yield from (answer for (answer,) in connection.execute("PRAGMA integrity_check") if answer != "ok")
    guards = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    yield from set(schema.TRIGGERS) - guards
    [(documents,)] = connection.execute("SELECT count(*) FROM documents")
    if documents > len(own.documents):
        yield "documents"
    for incident, rows in own.events.items():
        for seq, line in sorted(rows.items()):
            # The hashes also reveal gaps left by an earlier version and missing events.
            if not own.proves(incident, seq, line.line) or not _as_its_columns(line):
                yield incident


def _as_its_columns(line: SalvagedLine) -> bool:
    try:
        return append.columns(codec.decode(line.line)) == line.columns
    except Unreadable:
        return True


def _grow(path: Path, own: SourceFile, others: Sequence[SourceFile], removed: Mapping[str, Removal]) -> RestoreResult:
    """Extend a sound database with what only the other files have."""
    incidents, notes, documents = put_together([own, *others], removed)
    report = RestoreResult(incidents, notes=notes)
    with closing(Database(path)) as database, database.immediate():
        for rebuilt in report.incidents:
            known = max(own.events.get(rebuilt.id, ()), default=0)
            if (read.head(database, rebuilt.id) or (0, ""))[0] == known:
                if len(rebuilt.events) >= known:
                    rebuilt.added = fill_gaps(
                        database, rebuilt.id, Copies([[line.line for line in rebuilt.events]], {})
                    )
                _write(database, rebuilt, known)
            elif len(rebuilt.events) > known:
                report.notes.append(f"incident {rebuilt.id} changed during the restore: run incident restore again")
        _write_documents(database, {name: blob for name, blob in documents.items() if name not in own.documents})
    return report


def _rebuild(
    path: Path, own: SourceFile | None, others: Sequence[SourceFile], removed: Mapping[str, Removal]
) -> RestoreResult:
    """Create a new database from all sources and put it in place."""
    incidents, notes, documents = put_together([own, *others] if own is not None else others, removed)
    report = RestoreResult(incidents, notes=notes)
    if not any(incident.events for incident in incidents):
        raise NotFound(
            f"Nothing to restore {path} from",
            "name a backup or exports: incident restore FILE ...",
        )
    new = path.with_name(path.name + _NEW)
    for suffix in ("", *_BESIDE):
        new.with_name(new.name + suffix).unlink(missing_ok=True)
    with closing(Database(new)) as database, database.immediate():
        _write_documents(database, documents)
        for rebuilt in report.incidents:
            _write(database, rebuilt, 0)
        numbers = [str(gone.number) for gone in removed.values()]
        settings = {append.HIGHEST: max(numbers, key=int, default="0"), **(own.settings if own is not None else {})}
        for key, value in settings.items():
            database.rows("INSERT INTO settings (key, value) VALUES (?, ?)", (key, value))
    new.with_name(f"{new.name}-journal").unlink(missing_ok=True)
    report.set_aside = _put_in_place(path, new)
    return report


def _put_in_place(path: Path, new: Path) -> Path | None:
    """Rename the new database to the store; return the new name of the old one, if it is kept."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for suffix in _BESIDE:
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            # Programs that have the database open keep an empty one open.
            beside.rename(aside.with_name(aside.name + suffix)) if beside.stat().st_size else beside.unlink()
    there = path.exists()
    if there and path.stat().st_size:
        try:
            # The store exists at every moment: otherwise another process would create an empty one.
            os.link(path, aside)
        except OSError:
            path.rename(aside)
    elif not there:
        aside = path
    if there:
        new.replace(path)
    else:
        _name_new(new, path)
    sync_folder(path.parent)
    return aside if aside != path and aside.exists() else None


def _name_new(new: Path, path: Path) -> None:
    """Rename the new database, but never over a store that another process has just created."""
    try:
        os.link(new, path)
    except FileExistsError as error:
        raise StoreError(f"another program has just created {path}", "run incident restore again") from error
    except OSError:
        new.rename(path)
    else:
        new.unlink()


def _write(database: Database, rebuilt: Rebuilt, known: int) -> None:
    """Write the events after the first `known`, and the row of the list."""
    if not rebuilt.events:
        return
    if not known:
        rebuilt.events[0] = _with_free_number(database, rebuilt.id, rebuilt.events[0])
    before = (read.head(database, rebuilt.id) or (0, jsonl.GENESIS))[1]
    record, first = Record(rebuilt.id), None
    for seq, line in enumerate(rebuilt.events, start=1):
        event = None
        with suppress(Unreadable):
            event = codec.decode(line.line)
            first = first or event
            record.extend([event])
        if seq > known:
            columns = append.columns(event) if event is not None else line.columns
            before = jsonl.chained(before, line.line)
            database.rows(append.INSERT, (rebuilt.id, seq, *(columns or ()), line.line, before))
            rebuilt.added += 1
    rebuilt.name = f"INC-{record.incident.opening.number} {record.incident.title}"
    if first is not None:
        _list(database, record, first, len(rebuilt.events))


def _list(database: Database, record: Record, first: Event, count: int) -> None:
    """Write the row of the list if it is missing or differs from the events."""
    shown, updated = record.incident, (record.events or [first])[-1].recorded
    try:
        row = append.projected(shown, first)
    except Exception:
        # Even an incident with contradictory values is listed, so that it can be removed.
        shown = replace(EMPTY, opening=shown.opening, seq=shown.seq)
        row = append.projected(shown, first)
    listed = verify.listed(database, record.id)
    # If the events cannot be read to their end, the existing row is as good or better.
    if not listed or (record.seq == count and listed != [row]):
        append.project(database, record.id, shown, first, updated)


def _with_free_number(database: Database, incident: str, line: SalvagedLine) -> SalvagedLine:
    """Return the opening event with a free number: an incident of another store may have the same number."""
    with suppress(Unreadable):
        event = codec.decode(line.line)
        opened = event.fact
        if isinstance(opened, IncidentOpened) and database.rows(
            "SELECT 1 FROM incidents WHERE number = ? AND id <> ?", (opened.number, incident)
        ):
            number = append.next_number(database)
            return SalvagedLine(codec.encode(replace(event, fact=replace(opened, number=number))))
    return line


def _write_documents(database: Database, documents: Mapping[str, bytes]) -> None:
    for digest, blob in documents.items():
        database.rows(
            "INSERT INTO documents (sha256, blob) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING", (digest, blob)
        )


def _write_copies(path: Path, rescue: Rescue, report: RestoreResult) -> None:
    """Rewrite the rescue copies from the store; a differing copy is kept under another name."""
    with closing(Database(path)) as database:
        known = {incident: partial(read.lines_after, database, incident) for incident in read.ids(database)}
        for incident in {*known, *(rebuilt.id for rebuilt in report.incidents if rescue.file(rebuilt.id).exists())}:
            after = known.get(incident, lambda _seq: ())
            aside = rescue.renew(incident, after, partial(read.document, database))
            if aside is not None:
                report.notes.append(f"the rescue copy of {incident} was rewritten; the old one is kept as {aside}")
