"""Decisions with their rationale, and when they are reviewed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from incident_cockpit.documents.changes_since import decision_text
from incident_cockpit.documents.snapshot import Snapshot, newest
from incident_cockpit.incident.event import Fact
from incident_cockpit.incident.facts.notes import Logged, Note, Rationale
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.timeline import BEFORE_START, author, is_early
from incident_cockpit.text.blocks import Block, Run, Text, heading, items, paragraph, strong
from incident_cockpit.times.format import countdown, stamp


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


def decisions_logged(view: Snapshot) -> Iterator[Block]:
    """Write every decision with its rationale, and which were reversed: for a postmortem."""
    lines = list(logged_lines(view, decision_text))
    yield items(lines) if lines else paragraph("No decision was logged.")


def logged_lines(view: Snapshot, text_of: Callable[[Fact], str]) -> Iterator[Text]:
    """Yield the entries that `text_of` has a text for, with time, author, and outcome or rationale."""
    incident = view.incident
    for event in view.record.effective():
        if text := text_of(event.fact):
            early = f", {BEFORE_START}" if is_early(incident, event) else ""
            yield (f"{stamp(event.happened)}: ", text, f" ({author(event)}{early})", *_details(incident, event.fact))


def _details(incident: Incident, fact: Fact) -> Iterator[str | Run]:
    if not isinstance(fact, Logged) or fact.now is None:
        return
    ground, effect = incident.decisions.get(fact.note), incident.effects.get(fact.note)
    if ground is not None:
        if reasons := "; ".join(rationale(ground, fact.now.by)):
            yield f": {reasons}"
        if ground.reversed:
            yield "; " if reasons else ": "
            yield strong("reversed")
            yield f": {ground.reversed}"
    elif effect is not None:
        yield " → "
        yield strong(effect.verdict.value)
        yield f": {effect.found}" if effect.found else ""
