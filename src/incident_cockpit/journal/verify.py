"""Verification of the store: its file, the chain of hashes, the list, and the rescue copies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from incident_cockpit.errors import Refused
from incident_cockpit.incident import codec
from incident_cockpit.incident.record import Record
from incident_cockpit.journal import append, jsonl, put_back, read, schema
from incident_cockpit.journal.database import Database
from incident_cockpit.journal.journal import Look
from incident_cockpit.journal.rescue_copy import Rescue
from incident_cockpit.journal.salvage import SourceFile, copy_faults, read_file
from incident_cockpit.text.plurals import counted

if TYPE_CHECKING:
    from incident_cockpit.journal.journal import Journal


def complaints(journal: Journal, look: Look = lambda _record: ()) -> list[str]:
    """Return the errors of the store, one sentence each; damage that stops the reading is one of them, never raised.

    `look` yields further errors of an incident whose events are complete.
    """
    errors: list[str] = []
    database, rescue = journal.database, journal.rescue
    for check in (_file, _triggers, _documents, partial(_incidents, look=look)):
        errors.extend(_readable(check(database), str(database.path)))
    if rescue is not None and not errors:
        errors.extend(_readable(_rescue_copies(database, rescue), f"the rescue folder {rescue.folder}"))
        errors.extend(_readable(_lost(journal, rescue), f"the rescue folder {rescue.folder}"))
    return errors


def _readable(errors: Iterator[str], what: str) -> Iterator[str]:
    """Yield the errors of a check; damage that stops it is one more error."""
    try:
        yield from errors
    except Refused as error:
        yield error.why if what in error.why else f"{what}: {error.why}"
    except Exception as error:
        yield f"{what} is damaged ({type(error).__name__}: {error})"


def _file(database: Database) -> Iterator[str]:
    for (answer,) in database.rows("PRAGMA integrity_check"):
        if answer != "ok":
            yield f"{database.path} is damaged: {answer}"


def _triggers(database: Database) -> Iterator[str]:
    there = {name for (name,) in database.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    for name in sorted(set(schema.TRIGGERS) - there):
        yield f"the trigger '{name}' is missing, so events could be altered"


def _documents(database: Database) -> Iterator[str]:
    for (digest,) in database.rows("SELECT sha256 FROM documents"):
        if sha256(read.document(database, digest) or b"").hexdigest() != digest:
            yield f"document {digest[:12]} was altered"


def _incidents(database: Database, look: Look) -> Iterator[str]:
    known = {incident for (incident,) in database.rows("SELECT id FROM incidents")}
    stored = {incident for (incident,) in database.rows("SELECT DISTINCT incident FROM events")}
    for incident in sorted(known - stored, key=str):
        yield f"incident {incident} is listed but has no events"
    for incident in sorted(stored, key=str):
        yield from _readable(_incident(database, incident, look), f"incident {incident}")


def _incident(database: Database, incident: str, look: Look) -> Iterator[str]:
    columns = "seq, id, kind, happened, recorded, who, line, hash, position"
    rows = database.rows(
        f"SELECT {columns} FROM events WHERE incident = ? ORDER BY seq",  # noqa: S608 - constant columns
        (incident,),
    )
    odd = next(
        (seq for seq, *_, line, hashed, _ in rows if not isinstance(line, bytes) or not isinstance(hashed, str)), None
    )
    broken = odd if odd is not None else jsonl.first_break([(row[0], *row[6:]) for row in rows])
    if broken is not None:
        yield f"incident {incident}: event {broken} or an earlier one was altered: the chain of hashes breaks there"
        return
    if rows and rows[-1][0] > len(rows):
        missing = counted(rows[-1][0] - len(rows), "event is", "events are")
        remedy = f"restore them from the rescue copy with: incident put-back {_name(database, incident)}"
        yield f"incident {incident}: {missing} missing, because the store was replaced while it was open: {remedy}"
        return
    record = Record(incident)
    for *columns_stored, line, _, _ in rows:
        event = codec.decode(line)
        if tuple(columns_stored) != (event.seq, *append.columns(event)) or event.seq != record.seq + 1:
            yield f"incident {incident}: event {columns_stored[0]} is not in its place or has other columns"
            return
        record.extend([event])
    if not record.events:
        yield f"incident {incident}: its events are missing"
        return
    if listed(database, record.id) != [append.projected(record.incident, record.events[0])]:
        yield f"incident {record.id}: its row in the list differs from its events"
    for seq, why in look(record):
        yield f"incident {incident} ({record.incident.name}): event {seq}, {why}"


def listed(database: Database, incident: str) -> list[tuple[int | str | None, ...]]:
    """Return the incident's row in the list, in the shape of `projected`."""
    return database.rows(
        "SELECT number, title, severity, phase, live, opened, ended, commander, triage, legal_duties, seq"
        " FROM incidents WHERE id = ?",
        (incident,),
    )


def _rescue_copies(database: Database, rescue: Rescue) -> Iterator[str]:
    known = {rescue.file(incident): incident for incident in read.ids(database)}
    for path, incident in known.items():
        try:
            copy = read_file(path) if path.exists() else SourceFile(str(path))
        except Refused as error:
            yield error.why
            continue
        stored = read.lines_after(database, incident, 0)
        for fault in copy_faults(copy, stored, partial(read.document, database)):
            yield f"the rescue copy {path} {fault}: incident restore rewrites it"


def _lost(journal: Journal, rescue: Rescue) -> Iterator[str]:
    """Yield the incidents with events that only the rescue copies hold."""
    for incident in rescue.incidents():
        lacks = put_back.lacking(journal, incident)
        if lacks:
            yield (
                f"the rescue copies {rescue.folder / incident}.* have {counted(lacks, 'event')} not in the store: "
                f"restore them with: incident put-back {_name(journal.database, incident)}"
            )


def _name(database: Database, incident: str) -> str:
    rows = database.rows("SELECT number FROM incidents WHERE id = ?", (incident,))
    return f"INC-{rows[0][0]}" if rows else incident
