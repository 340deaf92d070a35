"""Impact, its peak, and the affected_systems systems."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.snapshot import Snapshot, newest
from incident_cockpit.incident.facts.severity import Health, affected_systems, peak_figures
from incident_cockpit.incident.views.history import impacts
from incident_cockpit.text.blocks import Block, entry, heading, items, quiet
from incident_cockpit.times.format import ago


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
