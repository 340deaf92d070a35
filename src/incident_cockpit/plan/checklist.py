"""The checklists of a plan as runbooks in Markdown: one for its phases, one for each sort of incident."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from incident_cockpit.plan.model import Plan
from incident_cockpit.plan.reference import IncidentType
from incident_cockpit.text.escape import markdown as escaped


def markdown(plan: Plan) -> str | None:
    """Return the checklists of all phases as one runbook, a section for each; None where no phase has one."""
    sections = [(phase.name, phase.checklist) for phase in plan.phases if phase.checklist]
    return _runbook(plan.name, sections) if sections else None


def type_markdown(kind: IncidentType) -> str | None:
    """Return what is done first in this sort of incident as a runbook; None where the plan names nothing."""
    # Its runbook is often called like the type itself.
    return _runbook(f"{kind.name}: first steps", [("First steps", kind.steps)]) if kind.steps else None


def _runbook(title: str, sections: Iterable[tuple[str, Iterable[str]]]) -> str:
    return "\n".join(_lines(title, sections)) + "\n"


def _lines(title: str, sections: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
    yield f"# {escaped(title)}"
    for heading, items in sections:
        yield ""
        yield f"## {escaped(heading)}"
        yield ""
        yield from (f"- [ ] {escaped(item)}" for item in items)
