"""Actions and their outcomes."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.snapshot import Snapshot, newest
from incident_cockpit.incident.facts.notes import Note
from incident_cockpit.incident.state import Incident
from incident_cockpit.text.blocks import Block, heading, items, quiet


def actions(view: Snapshot) -> Iterator[Block]:
    """Write the newest actions, each with its outcome, and how many came before them."""
    taken = list(view.incident.notes.actions.items())
    if not taken:
        return
    shown = newest(taken, view.fit.actions)
    earlier = len(taken) - len(shown)
    beside = f" ({earlier} earlier in the timeline)" if earlier else ""
    yield heading(("Actions" if view.fit.actions is None else "Recent actions", quiet(beside)), 2)
    yield items(_line(key, note, view) for key, note in shown)


def _line(key: str, note: Note, view: Snapshot) -> str:
    author = f" ({note.by})" if view.fit.authors else ""
    return f"{view.clock(note.happened)} {note.text}{author} → {outcome(view.incident, key) or 'outcome unknown'}"


def outcome(incident: Incident, action: str) -> str:
    """Return the outcome of an action, such as "helped: 8% to 1%", "" while it is unknown."""
    effect = incident.effects.get(action)
    if effect is None:
        return ""
    return effect.verdict.value + (f": {effect.found}" if effect.found else "")
