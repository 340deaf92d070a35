"""Removal of incidents: each is first written whole to a file, and logged with the reason."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from incident_cockpit.errors import Refused, StoreError
from incident_cockpit.files import free_path, make_private_folder, sync_folder
from incident_cockpit.journal import append, read, schema
from incident_cockpit.journal.database import Database
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.put_back import whole_lines
from incident_cockpit.journal.read import Listed
from incident_cockpit.journal.transfer import exported

_LOG = "removed.jsonl"


class Removal(Struct, frozen=True):
    """A removed incident: who removed it, when and why, and the file that holds it."""

    incident: str
    number: int
    title: str
    events: int
    who: str
    at: datetime
    reason: str
    file: str

    @property
    def name(self) -> str:
        """Return its short name."""
        return f"INC-{self.number}"


def removals(folder: Path) -> dict[str, Removal]:
    """Return the removals in the log of this folder, by incident; damaged lines are skipped."""
    removed = {}
    try:
        written = (folder / _LOG).read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StoreError(f"{folder / _LOG} cannot be read ({error.strerror})", "make the file readable") from error
    for line in written:
        try:
            removal = msgspec.json.decode(line, type=Removal)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        removed[removal.incident] = removal
    return removed


def remove(journal: Journal, folder: Path, listed: Listed, *, who: str, at: datetime, reason: str) -> Removal:
    """Remove an incident from the store after writing it to a file in this folder; raises StoreError.

    Its rescue copies move to that folder too. Only its lines have to be readable.
    """
    database = journal.database
    with database.immediate():
        stored = _lines(journal, listed.id)
        file = free_path(folder, f"{listed.name}-{listed.id[:8]}", ".jsonl")
        removal = Removal(listed.id, listed.number, listed.title, len(stored), who, at, reason, str(file))
        try:
            make_private_folder(folder)
            _write(file, b"".join(line + b"\n" for line in exported(listed.id, stored, journal.document)), os.O_EXCL)
            _write(folder / _LOG, msgspec.json.encode(removal) + b"\n", os.O_APPEND)
            sync_folder(folder)
            _delete(database, listed)
            if journal.rescue is not None:
                # Left in place, the rescue copies would restore the incident.
                for copy in sorted(journal.rescue.folder.glob(f"{listed.id}.*")):
                    copy.rename(free_path(file.parent, f"{file.stem}-rescue", ".jsonl"))
        except OSError as error:
            raise StoreError(
                f"{listed.name} could not be written to {file} ({error.strerror})", "nothing was removed"
            ) from error
    return removal


def _lines(journal: Journal, incident: str) -> list[bytes]:
    """Return the lines of an export, or the stored lines if the incident cannot be exported."""
    try:
        return whole_lines(journal, incident)
    except Refused:
        return read.lines_after(journal.database, incident, 0)


def _write(path: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | mode, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _delete(database: Database, listed: Listed) -> None:
    guard = "events_are_never_deleted"
    database.rows(f'DROP TRIGGER IF EXISTS "{guard}"')
    database.rows("DELETE FROM events WHERE incident = ?", (listed.id,))
    database.rows(f'CREATE TRIGGER "{guard}" {schema.TRIGGERS[guard]}')
    database.rows("DELETE FROM incidents WHERE id = ?", (listed.id,))
    highest = append.next_number(database) - 1
    database.rows("DELETE FROM settings WHERE value = ? OR key = ?", (listed.id, append.HIGHEST))
    database.rows("INSERT INTO settings (key, value) VALUES (?, ?)", (append.HIGHEST, str(max(highest, listed.number))))
