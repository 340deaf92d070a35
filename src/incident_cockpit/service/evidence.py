"""Attached files: copies in the evidence folder, checked against their hashes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from incident_cockpit.config.paths import Paths, make_private
from incident_cockpit.errors import Refused
from incident_cockpit.incident.facts.attachments import AttachedFile, Attachment
from incident_cockpit.incident.record import Record
from incident_cockpit.integrations import evidence_store
from incident_cockpit.journal.journal import Journal

# Stands in for a file while a rule is tried, so that nothing is copied for an entry that is refused.
NOT_COPIED = AttachedFile("", 0, "", "")


class CheckedFiles(Struct):
    """Attached files of the store: how many are unchanged, and a sentence for each that is altered or missing."""

    whole: int = 0
    missing: list[str] = []
    altered: list[str] = []


def check_source(path: str) -> None:
    """Raise Refused unless the file can be copied."""
    evidence_store.look(evidence_store.meant(path))


def copy_file(path: str, places: Paths, stem: str) -> AttachedFile:
    """Copy a file to the evidence of an incident; raises Refused, and nothing is copied then."""
    copied = evidence_store.keep(evidence_store.meant(path), make_private(places.evidence), stem)
    return AttachedFile(copied.name, copied.size, copied.sha256, copied.copy)


def copy_path(file: AttachedFile, places: Paths) -> Path | None:
    """Return the path of the copy of a file, None where it is not on this machine."""
    return evidence_store.found(places.evidence, file.copy)


def attached_files(record: Record) -> Iterator[tuple[Attachment, AttachedFile]]:
    """Yield the files that are attached to entries of an incident."""
    for pins in record.incident.attachments.values():
        yield from ((pin, pin.file) for pin in pins.values() if pin.file is not None)


def missing_files(record: Record, places: Paths) -> list[AttachedFile]:
    """Return the attached files whose copies are not on this machine."""
    return [file for _, file in attached_files(record) if copy_path(file, places) is None]


def check_files(journal: Journal, places: Paths) -> CheckedFiles:
    """Check whether every attached file of the store exists and has its hash."""
    checked = CheckedFiles()
    for row in journal.incidents():
        try:
            record = journal.load(row.id)
        except Refused:
            # Damaged events are reported by the check of the events.
            continue
        for pin, file in attached_files(record):
            _check_file(f"{row.name}: {file.name}, attached to entry #{pin.line},", file, places, checked)
    return checked


def _check_file(name: str, file: AttachedFile, places: Paths, checked: CheckedFiles) -> None:
    path = copy_path(file, places)
    if path is None:
        checked.missing.append(f"{name} is not on this machine: {places.evidence / Path(file.copy).name} not found")
        return
    try:
        unchanged = evidence_store.digest_of(path) == file.sha256
    except OSError as error:
        checked.altered.append(f"{name} cannot be read: {path} ({error.strerror})")
        return
    if unchanged:
        checked.whole += 1
    else:
        checked.altered.append(f"{name} was altered: {path} has other bytes than when it was attached")
