"""What comes to a decision from outside of its incident: runbooks that the plan brings, and names others have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import PurePath

from msgspec import Struct

from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.model import Plan
from incident_cockpit.plan.reference import IncidentType
from incident_cockpit.runbook.model import Runbook


class Wanted(Struct, frozen=True):
    """A runbook that is to come along: a file by its name, or, with a `text`, one that is made of the plan itself.

    `chosen` says that a person named it: then it has to be there. What only the plan names holds nothing up.
    """

    name: str
    text: str = ""
    chosen: bool = False


class Brought(Struct, frozen=True):
    """The runbooks that came along, to be attached in this order, and the names of channels that others have."""

    runbooks: tuple[Runbook, ...] = ()
    channels: frozenset[str] = frozenset()


NOTHING = Brought()


def with_report(plan: Plan, runbook: str | None, types: Sequence[IncidentType] = ()) -> tuple[Wanted, ...]:
    """Return what a report brings: where triage comes first, the plan's runbook is worked from the first minute on.

    A `runbook` that was chosen goes before it; an empty one means none. Types bring theirs.
    """
    usual = plan.runbook if plan.triage.first else None
    named = _file(usual) if runbook is None else _file(runbook, chosen=True)
    return (*named, *with_types(types))


def with_declaration(
    plan: Plan, runbook: str | None, types: Sequence[IncidentType], known: Collection[str] = ()
) -> tuple[Wanted, ...]:
    """Return what a declaration brings: the runbook that was chosen, else the plan's, its checklists, and the types'.

    An empty `runbook` means that no file is wanted; of the others, those that are `known` stay as they are.
    """
    named = _new(_file(plan.runbook), known) if runbook is None else _file(runbook, chosen=True)
    return (*named, *_new(_checklists(plan), known), *with_types(types, known))


def with_types(types: Sequence[IncidentType], known: Collection[str] = ()) -> tuple[Wanted, ...]:
    """Return what types of incident bring: what is done first, and their runbooks, each once (seed 003, section 11)."""
    wanted = (one for each in types for one in (*_first_steps(each), *_file(each.runbook)))
    return _new(tuple(dict.fromkeys(wanted)), known)


def on_declaring(incident: Incident, runbook: str | None, types: Sequence[IncidentType]) -> tuple[Wanted, ...]:
    """Return what declaring a report brings besides what came with the report; nothing where it was declared before."""
    if incident.declared:
        return ()
    known = there(incident)
    came = incident.plan.triage.first and bool(known)
    return with_declaration(incident.plan, "" if came and runbook is None else runbook, types, known)


def there(incident: Incident) -> frozenset[str]:
    """Return the names of the runbooks that are attached, as a plan names them."""
    return frozenset(PurePath(book.name).stem for book in incident.steps.runbooks.values())


def _new(wanted: Sequence[Wanted], known: Collection[str]) -> tuple[Wanted, ...]:
    return tuple(one for one in wanted if PurePath(one.name).stem not in known)


def _file(name: str | None, chosen: bool = False) -> tuple[Wanted, ...]:
    return (Wanted(name, chosen=chosen),) if name else ()


def _checklists(plan: Plan) -> tuple[Wanted, ...]:
    if not any(phase.checklist for phase in plan.phases):
        return ()
    # Late: only a declaration needs it.
    from incident_cockpit.plan.checklist import markdown

    return (Wanted(f"{plan.id}-phases.md", markdown(plan) or ""),)


def _first_steps(sort: IncidentType) -> tuple[Wanted, ...]:
    if not sort.steps:
        return ()
    from incident_cockpit.plan.checklist import type_markdown

    return (Wanted(f"{sort.id}-first-steps.md", type_markdown(sort) or ""),)
