"""The checklists of a plan as runbooks in Markdown: one for its phases, one for each incident type."""

from __future__ import annotations

from collections.abc import Iterable

from incident_cockpit.plan.schema import IncidentType, Plan
from incident_cockpit.text.escape import WORD_JOINER
from incident_cockpit.text.escape import markdown as markdown_of


def phase_runbook(plan: Plan) -> str | None:
    """Return the checklists of all phases as one runbook, with a section each; None if no phase has one."""
    sections = [(phase.name, phase.checklist) for phase in plan.phases if phase.checklist]
    return _runbook(plan.name, sections) if sections else None


def type_runbook(kind: IncidentType) -> str | None:
    """Return the first steps of an incident type as a runbook; None if the plan has none."""
    # The type's own runbook often has the name of the type.
    return _runbook(f"{kind.name}: first steps", [("First steps", kind.steps)]) if kind.steps else None


def _runbook(title: str, sections: Iterable[tuple[str, Iterable[str]]]) -> str:
    lines = [f"# {_escaped(title)}"]
    for heading, steps in sections:
        lines += ["", f"## {_escaped(heading)}", "", *(f"- [ ] {_escaped(step)}" for step in steps)]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Return text that also reads well in a diff: `@ic` names a role and notifies no one."""
    return markdown_of(text).replace(f"&#64;{WORD_JOINER}", "@").replace("&#64;", "@").replace("&amp; ", "& ")
