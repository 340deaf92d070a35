"""Needs: what the response asked for and lacked, such as people, access or a vendor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.facts.asks import Need, open_needs
from incident_cockpit.text.blocks import Block, Text, heading, items, quiet, strong, table
from incident_cockpit.times.format import age, duration, stamp


def needs(view: Snapshot) -> Iterator[Block]:
    """Write each open need with its age, and with `fit.ended` those that were met."""
    shown = view.incident.needs if view.fit.ended else open_needs(view.incident)
    if shown:
        yield heading("Needs", 2)
        yield items((need.text, quiet(f" ({_status(need, view)})")) for need in shown.values())


def _status(need: Need, view: Snapshot) -> str:
    if need.met is not None:
        return f"met by {need.met_by} after {duration(need.met - need.raised)}"
    return f"open for {age(need.raised, view.now)}" + (f", raised by {need.by}" if view.fit.authors else "")


def needs_table(view: Snapshot) -> Iterator[Block]:
    """Write every need, when it was met and how long that took, if there was any: for a postmortem."""
    incident = view.incident
    end = incident.ended or view.now
    rows: list[tuple[Text, ...]] = []
    for need in incident.needs.values():
        open_for = duration(max((need.met or end) - need.raised, timedelta(0)))
        unmet: Text = strong("never") if incident.ended else "not yet"
        met: Text = f"{stamp(need.met)}, by {need.met_by}" if need.met else unmet
        rows.append((need.text, stamp(need.raised), met, open_for))
    if rows:
        yield table(("Need", "Since", "Met", "Open for"), rows)
