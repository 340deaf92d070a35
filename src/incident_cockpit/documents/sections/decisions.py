"""Decisions with their rationale, and when they are reviewed."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.snapshot import Snapshot, newest
from incident_cockpit.incident.facts.notes import Note, Rationale
from incident_cockpit.text.blocks import Block, heading, items
from incident_cockpit.times.format import countdown


def decisions(view: Snapshot) -> Iterator[Block]:
    """Write the newest decisions that are still valid; with `fit.reversed` those that were reversed, too."""
    grounds = view.incident.decisions
    taken = [(note, grounds.get(key)) for key, note in view.incident.notes.decisions.items()]
    valid = [(note, ground) for note, ground in taken if view.fit.reversed or ground is None or not ground.reversed]
    if valid:
        yield heading("Decisions", 2)
        yield items(_line(note, ground, view) for note, ground in newest(valid, view.fit.decisions))


def _line(note: Note, ground: Rationale | None, view: Snapshot) -> str:
    text = f"{view.clock(note.happened)} {note.text}"
    if ground is not None and ground.reversed:
        return f"{text}; REVERSED: {ground.reversed}"
    parts = [text, *rationale(ground, note.by)]
    if ground is None or not ground.who:
        parts += [f"decided by {note.by}"] if view.fit.authors else []
    if ground is not None and ground.revisit:
        parts.append(f"review {countdown(ground.revisit, view.now)}")
    return "; ".join(parts)


def rationale(ground: Rationale | None, author: str) -> Iterator[str]:
    """Yield why it was decided, the risk, the decider if that is not the author, and objections."""
    if ground is None:
        return
    if ground.why:
        yield f"because {ground.why}"
    if ground.risk:
        yield f"risk: {ground.risk}"
    if ground.who and ground.who != author:
        yield f"decided by {ground.who}"
    if ground.objections:
        yield f"objections: {ground.objections}"
