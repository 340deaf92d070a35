"""Checks the whole store: its file, the chain of hashes, what was derived from the events, and the rescue copies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from hashlib import sha256

from incident_cockpit.errors import Refused
from incident_cockpit.incident import codec
from incident_cockpit.incident.record import Record
from incident_cockpit.journal import append, lines, read, schema
from incident_cockpit.journal.database import Database
from incident_cockpit.journal.journal import Look
from incident_cockpit.journal.rescue import Rescue
from incident_cockpit.journal.salvage import Source, copy_faults, read_file


def complaints(database: Database, rescue: Rescue | None, look: Look = lambda _record: ()) -> list[str]:
    """Return what is wrong, one sentence each; damage that stops the reading is one of them, never raised.

    `look` yields what else is wrong with an incident whose events are all there.
    """
    found: list[str] = []
    for check in (_file, _triggers, _documents, partial(_incidents, look=look)):
        try:
            found.extend(check(database))
        except Refused as error:
            found.append(error.why)
    if rescue is not None and not found:
        found.extend(_rescue_copies(database, rescue))
    return found


def _file(database: Database) -> Iterator[str]:
    for (answer,) in database.rows("PRAGMA integrity_check"):
        if answer != "ok":
            yield f"{database.path} is damaged: {answer}"


def _triggers(database: Database) -> Iterator[str]:
    there = {name for (name,) in database.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    for name in sorted(set(schema.TRIGGERS) - there):
        yield f"the guard '{name}' is missing, so events could be altered"


def _documents(database: Database) -> Iterator[str]:
    for (digest,) in database.rows("SELECT sha256 FROM documents"):
        if sha256(read.document(database, digest) or b"").hexdigest() != digest:
            yield f"document {digest[:12]} was altered"


def _incidents(database: Database, look: Look) -> Iterator[str]:
    known = {incident for (incident,) in database.rows("SELECT id FROM incidents")}
    stored = {incident for (incident,) in database.rows("SELECT DISTINCT incident FROM events")}
    for incident in sorted(known - stored):
        yield f"incident {incident} is listed but has no events"
    for incident in sorted(stored):
        try:
            yield from _incident(database, incident, look)
        except Refused as error:
            yield f"incident {incident}: {error.why}"


def _incident(database: Database, incident: str, look: Look) -> Iterator[str]:
    columns = "seq, id, kind, happened, recorded, who, line, hash"
    record, before = Record(incident), lines.GENESIS
    for *kept, line, stored in database.rows(
        f"SELECT {columns} FROM events WHERE incident = ? ORDER BY seq",  # noqa: S608 - words of ours
        (incident,),
    ):
        before = lines.chained(before, line)
        if before != stored:
            yield f"incident {incident}: event {kept[0]} or one before it was altered: the chain of hashes breaks there"
            return
        event = codec.decode(line)
        times = append.in_column(event.happened), append.in_column(event.recorded)
        if tuple(kept) != (event.seq, event.id, event.fact.kind, *times, event.who) or event.seq != record.seq + 1:
            yield f"incident {incident}: event {kept[0]} is not where or what it says it is"
            return
        record.extend([event])
    yield from _projection(database, record)
    for seq, why in look(record):
        yield f"incident {incident} ({record.incident.name}): event {seq}, {why}"


def _projection(database: Database, record: Record) -> Iterator[str]:
    if listed(database, record.id) != [append.projected(record.incident, record.events[0])]:
        yield f"incident {record.id}: the list does not show what its events say"


def listed(database: Database, incident: str) -> list[tuple[int | str | None, ...]]:
    """Return the incident's row of the list, as `projected` makes it, or nothing."""
    return database.rows(
        "SELECT number, title, severity, phase, live, opened, ended, commander, triage, seq"
        " FROM incidents WHERE id = ?",
        (incident,),
    )


def _rescue_copies(database: Database, rescue: Rescue) -> Iterator[str]:
    known = {rescue.file(incident): incident for incident in read.ids(database)}
    for path, incident in known.items():
        try:
            copy = read_file(path) if path.exists() else Source(str(path))
        except Refused as error:
            yield error.why
            continue
        stored = read.lines_after(database, incident, 0)
        for fault in copy_faults(copy, stored, partial(read.document, database)):
            yield f"the rescue copy {path} {fault}: incident restore makes it anew"
    for path in sorted(set(rescue.folder.glob("*.jsonl")) - set(known)):
        if path.stat().st_size:
            yield f"the store lacks the incident of the rescue copy {path}: incident restore takes it from there"
