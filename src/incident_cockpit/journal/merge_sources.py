"""Merging of the events that several files have of an incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from msgspec import Struct, field

from incident_cockpit.errors import Unreadable
from incident_cockpit.incident import codec
from incident_cockpit.journal import read
from incident_cockpit.journal.removal import Removal
from incident_cockpit.journal.salvage import SalvagedLine, SourceFile
from incident_cockpit.text.plurals import counted


class Rebuilt(Struct):
    """A merged incident; `missing` counts the events that no file has, or that follow a missing one.

    `unsure` means that more may be missing: every file with the incident is damaged, and none records its end.
    """

    id: str
    events: list[SalvagedLine] = field(default_factory=list)
    missing: int = 0
    unsure: bool = False
    added: int = 0
    name: str = ""


def put_together(
    sources: Sequence[SourceFile], removed: Mapping[str, Removal]
) -> tuple[list[Rebuilt], list[str], dict[str, bytes]]:
    """Return the merged incidents of the files, notes for the user, and the documents."""
    hurt = [source for source in sources if source.damaged and not source.spare]
    notes = [f"{source.name} is damaged: {'; '.join(source.damaged)}" for source in hurt]
    incidents = []
    for incident in dict.fromkeys(incident for source in sources for incident in source.events):
        if incident in removed and not any(source.events.get(incident) for source in sources if source.ours):
            gone = removed[incident]
            notes.append(
                f"{gone.name} {gone.title} was removed and is not restored; to restore it: incident import {gone.file}"
            )
        else:
            incidents.append(_joined(incident, sources, notes))
    documents = {digest: blob for source in reversed(sources) for digest, blob in source.documents.items()}
    return incidents, notes, documents


def _joined(incident: str, sources: Sequence[SourceFile], notes: list[str]) -> Rebuilt:
    """Merge an incident event by event: the line that a hash proves, otherwise that of the first file that has it.

    A file that differs from some event on belongs to another branch of the incident; branches are never mixed.
    """
    merged = Rebuilt(incident)
    taking = [source for source in sources if incident in source.events]
    seq = 1
    while choices := _choices(taking, incident, seq):
        line = next(
            (line for _, line in choices if any(source.proves(incident, seq, line.line) for source in taking)), None
        )
        if line is None:
            line = choices[0][1]
            if _is_contradicted(line, incident, seq, choices, sources):
                notes.append(f"event {seq} of incident {incident} may have been altered: no hash confirms it")
        for source, other in choices:
            if other.line != line.line and not _comes_back(source, incident, seq, taking):
                taking = [each for each in taking if each is not source]
                if not source.spare:
                    count = counted(sum(number >= seq for number in source.events[incident]), "event")
                    notes.append(f"{source.name} differs from event {seq} on: {count} of it not used")
        merged.events.append(line)
        seq += 1
    known = [source.expected.get(incident, 0) for source in sources if not source.spare]
    known += [max(source.events[incident], default=0) for source in taking if not source.spare]
    merged.missing = max(0, max(known, default=0) - len(merged.events))
    # Events may be missing at the end where no undamaged file and no count confirms it.
    merged.unsure = not any(
        not source.damaged or 0 < source.expected.get(incident, 0) == len(merged.events)
        for source in taking
        if not source.spare
    )
    return merged


def _is_contradicted(
    line: SalvagedLine,
    incident: str,
    seq: int,
    choices: Sequence[tuple[SourceFile, SalvagedLine]],
    sources: Sequence[SourceFile],
) -> bool:
    """Return whether a hash contradicts the line and no second file has the same line."""
    if sum(other.line == line.line for _, other in choices) > 1:
        return False
    return any(source.has_hash(incident, seq) for source in sources)


def _choices(taking: Sequence[SourceFile], incident: str, seq: int) -> list[tuple[SourceFile, SalvagedLine]]:
    """Return the valid lines that the files have of an event, or a stand-in for one that was never stored."""
    lines = [(source, line) for source in taking if (line := _at(source, incident, seq)) is not None]
    return lines or [(source, line) for source in taking if (line := _stand_in(source, incident, seq)) is not None][:1]


def _stand_in(source: SourceFile, incident: str, seq: int) -> SalvagedLine | None:
    """Return the stand-in for a gap left by an earlier version, which the hash of the next event confirms."""
    rows = source.events[incident]
    later = min((number for number in rows if number > seq), default=None)
    if seq == 1 or later is None or not source.proves(incident, later, rows[later].line):
        return None
    with suppress(Unreadable):
        return SalvagedLine(codec.encode(read.stand_in(codec.decode(rows[later].line), seq)))
    return None


def _at(source: SourceFile, incident: str, seq: int) -> SalvagedLine | None:
    """Return the line of an event if it can be read or its hash confirms it."""
    line = source.events[incident].get(seq)
    if line is None or source.proves(incident, seq, line.line):
        return line
    with suppress(Unreadable, UnicodeDecodeError):
        codec.decode(line.line)
        # A damaged key is skipped by the codec, whatever its bytes are.
        line.line.decode()
        return line
    return None


def _comes_back(source: SourceFile, incident: str, seq: int, sources: Sequence[SourceFile]) -> bool:
    """Return whether only some lines of the file are damaged: a later line equals that of another file."""
    others = [other.events[incident] for other in sources if other is not source]
    return any(
        later > seq and (same := other.get(later)) is not None and same.line == line.line
        for later, line in source.events[incident].items()
        for other in others
    )
