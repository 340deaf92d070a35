"""The checklists of a plan as runbooks in Markdown: one for its phases, one for each sort of incident."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from incident_cockpit.plan.schema import IncidentType, Plan
from incident_cockpit.text.escape import WORD_JOINER
from incident_cockpit.text.escape import markdown as markdown_of


def phase_runbook(plan: Plan) -> str | None:
    """Return the checklists of all phases as one runbook, a section for each; None where no phase has one."""
    sections = [(phase.name, phase.checklist) for phase in plan.phases if phase.checklist]
    return _runbook(plan.name, sections) if sections else None


def type_runbook(kind: IncidentType) -> str | None:
    """Return what is done first in this sort of incident as a runbook; None where the plan names nothing."""
    # Its runbook is often called like the type itself.
    return _runbook(f"{kind.name}: first steps", [("First steps", kind.steps)]) if kind.steps else None


def _runbook(title: str, sections: Iterable[tuple[str, Iterable[str]]]) -> str:
    return "\n".join(_lines(title, sections)) + "\n"


def _lines(title: str, sections: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
    yield f"# {_escaped(title)}"
    for heading, items in sections:
        yield ""
        yield f"## {_escaped(heading)}"
        yield ""
        yield from (f"- [ ] {_escaped(item)}" for item in items)


def _escaped(text: str) -> str:
    """Return text that reads as it stands, also in a diff: `@ic` names a role and calls nobody."""
    return markdown_of(text).replace(f"&#64;{WORD_JOINER}", "@").replace("&#64;", "@").replace("&amp; ", "& ")
