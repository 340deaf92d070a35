"""Reading of damaged stores: event lines and documents from databases and JSON Lines."""

from __future__ import annotations

import sqlite3
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from incident_cockpit.errors import NotFound, Refused, StoreError, Unreadable
from incident_cockpit.incident import codec
from incident_cockpit.journal import append, jsonl, schema

SQLITE = b"SQLite format 3\x00"
# At most this many damaged lines are named.
_NAMED = 5
_EVENTS = "SELECT incident, seq, id, kind, happened, recorded, who, line, hash, position FROM events"


class SalvagedLine(Struct, frozen=True):
    """A line of an event with its database columns from id to who, its hash and its place.

    `place` counts the events of the store in the order of writing.
    """

    line: bytes
    columns: tuple[Any, ...] | None = None
    hash: str = ""
    place: int = 0


class SourceFile(Struct):
    """A file that was read: its lines by incident and seq, and how many events each incident should have.

    `damaged` lists what could not be read. `ours` marks the database or a rescue copy, which define what belongs to the
    store. `spare` marks an older copy, whose damage is not reported.
    """

    name: str
    ours: bool = False
    spare: bool = False
    events: dict[str, dict[int, SalvagedLine]] = field(default_factory=dict)
    expected: dict[str, int] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)

    def say_damaged(self, why: str) -> None:
        """Record damage, once."""
        if why not in self.damaged:
            self.damaged.append(why)

    def has_hash(self, incident: str, seq: int) -> bool:
        """Return whether this file has the hashes of an event and of the one that it is chained to."""
        rows = self.events.get(incident, {})
        return bool(seq in rows and rows[seq].hash and (seq == 1 or seq - 1 in rows))

    def proves(self, incident: str, seq: int, line: bytes) -> bool:
        """Return whether the hashes of this database confirm the line.

        An event is chained to the one before it; one that filled a gap, to the one written before it.
        """
        rows = self.events.get(incident, {})
        here = rows.get(seq)
        if here is None or not here.hash:
            return False
        before = rows.get(seq - 1)
        if seq == 1 or before is not None:
            head = before.hash if before is not None else jsonl.GENESIS
            if jsonl.chained(head, line) == here.hash:
                return True
        last = max((row for row in rows.values() if row.place < here.place), key=lambda row: row.place, default=None)
        return jsonl.chained(last.hash if last is not None else jsonl.GENESIS, line) == here.hash


def read_file(path: Path, *, ours: bool = False, spare: bool = False) -> SourceFile:
    """Read an export, a rescue copy or a database; raises NotFound, and Refused for one of a newer version."""
    try:
        with path.open("rb") as file:
            start = file.read(len(SQLITE))
        if start == SQLITE:
            # As an immutable URI, because the folder of a backup may be read-only; a question mark in it is quoted.
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                return read_database(connection, path, ours=ours)
        return read_lines(path.read_bytes(), SourceFile(str(path), ours, spare))
    except FileNotFoundError as error:
        raise NotFound(
            f"File not found: {path}", "name an export, a rescue copy or a backup of the database"
        ) from error
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror})", "nothing was changed") from error
    except sqlite3.Error as error:
        return SourceFile(str(path), ours, spare, damaged=[str(error)])


def read_database(connection: sqlite3.Connection, path: Path, *, ours: bool = True) -> SourceFile:
    """Read the rest of a database; raises Refused for one of another program or of a newer version."""
    source = SourceFile(str(path), ours)
    tables = [name for (name,) in _rows(connection, "SELECT name FROM sqlite_schema", source)]
    [version, application] = [
        next((value for (value,) in _rows(connection, f"PRAGMA {name}", source)), 0)
        for name in ("user_version", "application_id")
    ]
    if application == schema.APPLICATION_ID and version > schema.VERSION:
        raise StoreError(
            f"{path} was created by a newer version (schema {version}, this one knows {schema.VERSION})",
            "update incident-cockpit and retry; nothing was changed",
        )
    if tables and "events" not in tables and application != schema.APPLICATION_ID:
        raise StoreError(f"{path} is the database of another program", "it was not changed")
    # From both ends, because a damaged page hides only its own rows.
    for order in ("position", "position DESC"):
        for row in _rows(connection, f"{_EVENTS} ORDER BY {order}", source):
            _take_row(source, row)
    for digest, blob in _rows(connection, "SELECT sha256, blob FROM documents", source):
        if isinstance(blob, bytes) and sha256(blob).hexdigest() == digest:
            source.documents[digest] = blob
    source.settings = dict(_rows(connection, "SELECT key, value FROM settings", source))
    source.expected = dict(_rows(connection, "SELECT id, seq FROM incidents", source))
    return source


def _rows(connection: sqlite3.Connection, statement: str, source: SourceFile) -> Iterator[tuple[Any, ...]]:
    """Yield rows up to the damage."""
    try:
        yield from connection.execute(statement)
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise
        source.say_damaged(str(error))


def _take_row(source: SourceFile, row: tuple[Any, ...]) -> None:
    incident, seq, *columns, line, stored, place = row
    if not (isinstance(line, bytes) and isinstance(incident, str) and isinstance(seq, int)):
        source.say_damaged("an incomplete event")
        return
    with suppress(Unreadable):
        # The line itself has its incident and seq; damaged columns must not override them.
        event = codec.decode(line)
        incident, seq = event.incident, event.seq
    lines_of = source.events.setdefault(incident, {})
    salvaged = SalvagedLine(line, tuple(columns), stored, place)
    if seq not in lines_of or not source.proves(incident, seq, lines_of[seq].line):
        lines_of[seq] = salvaged


def read_lines(data: bytes, source: SourceFile) -> SourceFile:
    """Read the lines of an export or a rescue copy into the source, skipping damaged ones."""
    damaged = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            if line.strip():
                _take_line(source, line.rstrip(b"\r"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OverflowError, Unreadable):
            damaged.append(str(number))
    if damaged:
        more = f" and {len(damaged) - _NAMED} more" if len(damaged) > _NAMED else ""
        source.say_damaged(f"line {', '.join(damaged[:_NAMED])}{more}")
    return source


def _take_line(source: SourceFile, line: bytes) -> None:
    """Read one line of any kind; raises the error of its reader if it is damaged."""
    keys = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    if "document" in keys:
        document = msgspec.json.decode(line, type=jsonl.EmbeddedDocument)
        blob = b64decode(document.base64, validate=True)
        if sha256(blob).hexdigest() != document.document:
            raise ValueError(document.document)
        source.documents[document.document] = blob
    elif "format" in keys:
        header = msgspec.json.decode(line, type=jsonl.Header)
        if header.version > jsonl.VERSION:
            raise Refused(
                f"{source.name} was created by a newer version (version {header.version}, known: {jsonl.VERSION})",
                "update incident-cockpit and retry; nothing was changed",
            )
        source.expected[header.incident] = header.events or 0
    else:
        event = codec.decode(line)
        # The codec skips a damaged key, so the bytes are checked here.
        line.decode()
        # Raises OverflowError for a time out of range.
        append.in_column(event.happened), append.in_column(event.recorded)
        source.events.setdefault(event.incident, {}).setdefault(event.seq, SalvagedLine(line))


def copy_faults(copy: SourceFile, stored: Sequence[bytes], document: Callable[[str], bytes | None]) -> Iterator[str]:
    """Yield the faults of a rescue copy; events that only it has are for put-back."""
    yield from (f"is damaged ({why})" for why in copy.damaged)
    if copy.events and not copy.expected:
        yield "lacks its first line"
    copied = {line.line for rows in copy.events.values() for line in rows.values()}
    if missing := sum(line not in copied for line in stored):
        yield f"lacks {missing} events"
    needed = {digest.decode() for line in stored for digest in jsonl.DIGEST.findall(line)}
    if any(digest not in copy.documents and document(digest) is not None for digest in needed):
        yield "lacks a document"
