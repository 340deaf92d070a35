"""Stores with incidents to damage, rebuild and compare: gaps, changed letters, rescue copies."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

from incident_cockpit.incident import codec
from incident_cockpit.incident.event import PendingFact
from incident_cockpit.incident.record import Record
from incident_cockpit.journal import append, jsonl, read
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.read import lines_after
from incident_cockpit.journal.rescue_copy import Rescue
from incident_cockpit.journal.restore import RestoreResult, restore
from support.builders import RUNBOOK, Story
from support.journal import NOW, created, journal_in, note, noting


def incident_with_gap(journal: Journal, *, forget: bool = False) -> Record:
    """Store an event where an earlier version did: three behind the last one."""
    record = created(journal)
    older = journal.database.path.read_bytes()
    note(journal, record, "one", "two")
    note(journal, record, "three")
    journal.database.path.write_bytes(older)
    _, before = read.head(journal.database, record.id) or (0, "")
    [event] = append.stamp(record, noting("after")(record), append.Circumstances("Ana", NOW, NOW), journal.ids)
    line = codec.encode(event)
    with journal.database.immediate():
        append.insert(journal.database, event, line, jsonl.chained(before, line))
        append.project(journal.database, record.id, record.incident, record.events[0], NOW)
    assert journal.rescue is not None
    copy = journal.rescue.file(record.id)
    copy.write_bytes(copy.read_bytes() + line + b"\n")
    if forget:
        shutil.rmtree(journal.rescue.folder)
    return Record(record.id)


def stored_incident(journal: Journal) -> Record:
    """Store an incident with a plan, a runbook and its source, and some work."""
    story = Story()
    story.declare("Checkout fails", "SEV2", runbook=RUNBOOK, number=1)
    story.do("note", text="5xx at 8%")
    source = RUNBOOK.read_bytes()
    drafts = [PendingFact(event.fact) for event in story.record.events]
    return journal.create(lambda _: drafts, who="Ana", now=story.now, documents={sha256(source).hexdigest(): source})


def restore_in(folder: Path, *files: Path) -> RestoreResult:
    return restore(folder / "incidents.db", Rescue(folder / "rescue"), {}, files)


def filled_store(folder: Path, notes: int = 60) -> dict[str, list[bytes]]:
    """Store two incidents with documents and notes, and return their lines."""
    with journal_in(folder) as journal:
        first, second = stored_incident(journal), created(journal, "Login is slow")
        for number in range(notes):
            note(journal, first if number % 2 else second, f"note {number} {'.' * 300}")
        return all_lines(journal)


def all_lines(journal: Journal) -> dict[str, list[bytes]]:
    return {incident.id: lines_after(journal.database, incident.id, 0) for incident in journal.incidents()}


def verified_lines(folder: Path) -> dict[str, list[bytes]]:
    with journal_in(folder) as journal:
        assert journal.verify() == []
        assert journal.document(sha256(RUNBOOK.read_bytes()).hexdigest()) is not None
        return all_lines(journal)


def change_a_letter(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"text":"note 7 ', b'"text":"note 8 '))


def rescue_files(folder: Path) -> list[Path]:
    return sorted((folder / "rescue").glob("*.jsonl"))
