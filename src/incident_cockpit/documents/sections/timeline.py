"""Entries of the timeline."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.text.blocks import Block, heading, items


def last_entries(view: Snapshot) -> Iterator[Block]:
    """Write the newest entries of the timeline."""
    if entries := deque(timeline_entries(view.record), view.fit.entries):
        yield heading("Last entries", 2)
        yield items(f"{view.clock(entry.happened)} {entry.sort}: {entry.text} ({entry.who})" for entry in entries)
