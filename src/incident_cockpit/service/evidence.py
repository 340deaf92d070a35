"""The files that are pinned to lines: kept in the folder of evidence, found there, and checked against their hash."""

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

# Stands for a file while a rule is asked whether it would take one: nothing is copied for a line that is not there.
UNKEPT = AttachedFile("", 0, "", "")


class Checked(Struct):
    """What became of pinned files: how many are as they were, and a sentence for each that is not, or not here."""

    whole: int = 0
    missing: list[str] = []
    altered: list[str] = []


def look(word: str) -> None:
    """See whether the file that a word means can be kept; raises Refused."""
    evidence_store.look(evidence_store.meant(word))


def keep(word: str, places: Paths, stem: str) -> AttachedFile:
    """Copy the file that a word means to the evidence of an incident; raises Refused, and nothing is kept then."""
    kept = evidence_store.keep(evidence_store.meant(word), make_private(places.evidence), stem)
    return AttachedFile(kept.name, kept.size, kept.sha256, kept.copy)


def place(file: AttachedFile, places: Paths) -> Path | None:
    """Return where the copy of a file lies, None where it is not on this machine."""
    return evidence_store.found(places.evidence, file.copy)


def files(record: Record) -> Iterator[tuple[Attachment, AttachedFile]]:
    """Yield the files that are pinned in an incident."""
    for pins in record.incident.attachments.values():
        yield from ((pin, pin.file) for pin in pins.values() if pin.file is not None)


def elsewhere(record: Record, places: Paths) -> list[AttachedFile]:
    """Return the pinned files whose copies are not on this machine."""
    return [file for _, file in files(record) if place(file, places) is None]


def check(journal: Journal, places: Paths) -> Checked:
    """Look at every pinned file of the store, whether it is there and still has its hash."""
    checked = Checked()
    for listed in journal.incidents():
        try:
            record = journal.load(listed.id)
        except Refused:
            # What is wrong with its events is said by whoever looks at those.
            continue
        for pin, file in files(record):
            _look_at(f"{listed.name}: {file.name}, pinned to line #{pin.line},", file, places, checked)
    return checked


def _look_at(words: str, file: AttachedFile, places: Paths, checked: Checked) -> None:
    path = place(file, places)
    if path is None:
        checked.missing.append(f"{words} is not on this machine: {places.evidence / Path(file.copy).name} is not there")
        return
    try:
        whole = evidence_store.digest_of(path) == file.sha256
    except OSError as error:
        checked.altered.append(f"{words} cannot be read: {path} ({error.strerror})")
        return
    if whole:
        checked.whole += 1
    else:
        checked.altered.append(f"{words} is not as it was: {path} has other bytes than when it was pinned")
