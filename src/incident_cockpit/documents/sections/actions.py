"""Actions and their outcomes."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.changes_since import decision_text
from incident_cockpit.documents.markdown import to_be_written
from incident_cockpit.documents.sections.decisions import logged_lines
from incident_cockpit.documents.snapshot import Snapshot, newest
from incident_cockpit.documents.variables import verified
from incident_cockpit.incident.event import Fact
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.history import phases
from incident_cockpit.text.blocks import Block, heading, items, paragraph, quiet, table
from incident_cockpit.times.format import stamp


def actions(view: Snapshot) -> Iterator[Block]:
    """Write the newest actions, each with its outcome, and how many came before them."""
    taken = list(view.incident.notes.actions.items())
    if not taken:
        return
    shown = newest(taken, view.fit.actions)
    earlier = len(taken) - len(shown)
    beside = f" ({earlier} earlier in the timeline)" if earlier else ""
    yield heading(("Actions" if view.fit.actions is None else "Recent actions", quiet(beside)), 2)
    yield items(
        f"{view.clock(note.happened)} {note.text}{f' ({note.by})' if view.fit.authors else ''}"
        f" → {outcome(view.incident, key) or 'outcome unknown'}"
        for key, note in shown
    )


def outcome(incident: Incident, action: str) -> str:
    """Return the outcome of an action, such as "helped: 8% to 1%", "" while it is unknown."""
    effect = incident.effects.get(action)
    if effect is None:
        return ""
    return effect.verdict.value + (f": {effect.found}" if effect.found else "")


def resolution(view: Snapshot) -> Iterator[Block]:
    """Write the phases of the incident and the actions taken: for a postmortem."""
    plan = view.incident.plan
    rows = [(stamp(phase.since), plan.phase_name(phase.value), phase.reason) for phase in phases(view.record)]
    if rows:
        yield table(("From", "Phase", "Reason"), rows)
    taken = list(logged_lines(view, action_text))
    yield items(taken) if taken else to_be_written("what mitigated the impact")


def response(view: Snapshot) -> Iterator[Block]:
    """Write decisions and actions in their order, and how recovery was verified: for a postmortem."""
    taken = list(
        logged_lines(
            view, lambda fact: f"Decided: {decision}" if (decision := decision_text(fact)) else action_text(fact)
        )
    )
    yield items(taken) if taken else paragraph("No decision or action was logged.")
    if verified_by := verified(view.record):
        yield paragraph(f"Recovery verified by: {verified_by}")


def action_text(fact: Fact) -> str:
    """Return the text of an action, "" for any other fact."""
    return fact.now.text if isinstance(fact, Logged) and fact.now and fact.now.sort is NoteKind.ACTION else ""
