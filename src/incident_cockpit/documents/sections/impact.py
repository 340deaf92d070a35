"""Impact, its peak, and the affected_systems systems."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.markdown import to_be_written
from incident_cockpit.documents.snapshot import Snapshot, newest
from incident_cockpit.documents.variables import named_systems
from incident_cockpit.incident.facts.severity import Health, SystemChanged, affected_systems, peak_figures
from incident_cockpit.incident.views.history import impacts
from incident_cockpit.text.blocks import Block, entry, heading, items, paragraph, quiet, table
from incident_cockpit.times.format import ago, stamp


def impact(view: Snapshot) -> Iterator[Block]:
    """Write the impact with its age, its peak once that is past, and what it was before."""
    current = view.incident.impact
    if current is None:
        if not view.incident.dismissed:
            yield entry("Impact", "unknown")
        return
    changes = impacts(view.record)
    yield entry("Impact", (current.value, quiet(f" ({ago(current.since, view.now)})")))
    lines = [f"peak: {peak.figure.said} at {view.clock(peak.since)}" for peak in peak_figures(changes) if peak.past]
    lines += [
        f"{view.clock(change.since)} {change.value}" for change in reversed(newest(changes[:-1], view.fit.impacts))
    ]
    if lines:
        yield items(lines)


def systems(view: Snapshot) -> Iterator[Block]:
    """Write the status of each affected system, those that are restored last."""
    restored = [system for system in view.incident.systems.values() if system.health is Health.RESTORED]
    if lines := (*affected_systems(view.incident), *restored):
        yield heading("Systems", 2)
        yield items(
            (
                f"{system.name}: {system.health.value}" + (f" ({system.note})" if system.note else ""),
                quiet(f", since {view.clock(system.since)}"),
            )
            for system in lines
        )


def impact_history(view: Snapshot) -> Iterator[Block]:
    """Write every impact with its time, the peak, and the systems: for a postmortem."""
    changes = impacts(view.record)
    if not changes:
        yield to_be_written("who was affected, how, and how many")
        return
    yield items(f"{stamp(change.since)}: {change.value}" for change in changes)
    if sentence := peak_sentence(view):
        yield paragraph(sentence)
    rows = [
        (stamp(event.happened), event.fact.now.name, event.fact.now.health.value, event.fact.now.note)
        for event in view.record.effective()
        if isinstance(event.fact, SystemChanged) and event.fact.now is not None
    ]
    if rows:
        yield table(("From", "System", "Status", "Note"), rows)
    systems_of_plan = [
        (system.name, system.owner or "not set", "\n".join(f"{page.name}: {page.url}" for page in system.resources))
        for system in named_systems(view.record)
    ]
    if systems_of_plan:
        yield table(("System", "Owner", "Pages"), systems_of_plan)
    yield to_be_written("customers, requests, money and data, in numbers")


def peak_sentence(view: Snapshot, *, past: bool = False) -> str:
    """Return the peak of the impact in numbers, "" without any; with `past` only what the last impact does not say."""
    peaks = [peak for peak in peak_figures(impacts(view.record)) if peak.past or not past]
    return f"Peak: {', '.join(f'{peak.figure.said} from {stamp(peak.since)}' for peak in peaks)}." if peaks else ""
