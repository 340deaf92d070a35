"""Checks the whole store: its file, the chain of hashes, what was derived from the events, and the rescue copies."""

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
from incident_cockpit.journal.salvage import Source, copy_faults, read_file
from incident_cockpit.text.plurals import counted

if TYPE_CHECKING:
    from incident_cockpit.journal.journal import Journal


def complaints(journal: Journal, look: Look = lambda _record: ()) -> list[str]:
    """Return what is wrong, one sentence each; damage that stops the reading is one of them, never raised.

    `look` yields what else is wrong with an incident whose events are all there.
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
    """Yield what a check finds; damage that stops it is one more finding, in whatever way it shows."""
    try:
        yield from errors
    except Refused as error:
        yield error.why if what in error.why else f"{what}: {error.why}"
    except Exception as error:
        yield f"{what} is damaged: a part of it makes no sense ({type(error).__name__}: {error})"


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
    for incident in sorted(known - stored, key=str):
        yield f"incident {incident} is listed but has no events"
    for incident in sorted(stored, key=str):
        yield from _readable(_incident(database, incident, look), f"incident {incident}")


def _incident(database: Database, incident: str, look: Look) -> Iterator[str]:
    columns = "seq, id, kind, happened, recorded, who, line, hash, position"
    rows = database.rows(
        f"SELECT {columns} FROM events WHERE incident = ? ORDER BY seq",  # noqa: S608 - words of ours
        (incident,),
    )
    odd = next(
        (seq for seq, *_, line, hashed, _ in rows if not isinstance(line, bytes) or not isinstance(hashed, str)), None
    )
    broken = odd if odd is not None else jsonl.first_break([(row[0], *row[6:]) for row in rows])
    if broken is not None:
        yield f"incident {incident}: event {broken} or one before it was altered: the chain of hashes breaks there"
        return
    if rows and rows[-1][0] > len(rows):
        missing = counted(rows[-1][0] - len(rows), "event is", "events are")
        remedy = f"put back what the rescue copy holds of them with: incident put-back {_name(database, incident)}"
        yield f"incident {incident}: {missing} missing, because the store was replaced while it was open: {remedy}"
        return
    record = Record(incident)
    for *columns_stored, line, _, _ in rows:
        event = codec.decode(line)
        if tuple(columns_stored) != (event.seq, *append.columns(event)) or event.seq != record.seq + 1:
            yield f"incident {incident}: event {columns_stored[0]} is not where or what it says it is"
            return
        record.extend([event])
    if not record.events:
        yield f"incident {incident}: its events cannot be found"
        return
    yield from _projection(database, record)
    for seq, why in look(record):
        yield f"incident {incident} ({record.incident.name}): event {seq}, {why}"


def _projection(database: Database, record: Record) -> Iterator[str]:
    if listed(database, record.id) != [append.projected(record.incident, record.events[0])]:
        yield f"incident {record.id}: the list does not show what its events say"


def listed(database: Database, incident: str) -> list[tuple[int | str | None, ...]]:
    """Return the incident's row of the list, as `projected` makes it, or nothing."""
    return database.rows(
        "SELECT number, title, severity, phase, live, opened, ended, commander, triage, legal_duties, seq"
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


def _lost(journal: Journal, rescue: Rescue) -> Iterator[str]:
    """Yield what rescue copies hold and the store lacks, because it was replaced by an older one."""
    for incident in rescue.incidents():
        lacks = put_back.lacking(journal, incident)
        if lacks:
            yield (
                f"the rescue copies {rescue.folder / incident}.* hold {counted(lacks, 'event')} that the store lacks: "
                f"to put back: incident put-back {_name(journal.database, incident)}"
            )


def _name(database: Database, incident: str) -> str:
    rows = database.rows("SELECT number FROM incidents WHERE id = ?", (incident,))
    return f"INC-{rows[0][0]}" if rows else incident
