"""The timeline as a document."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.document import MARKDOWN, Document
from incident_cockpit.documents.sections.timeline import entry_blocks
from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.text.blocks import Block, heading, paragraph
from incident_cockpit.times.format import zone_label


def _head(view: Snapshot) -> Iterator[Block]:
    yield heading(f"{view.incident.name} {view.incident.title}: timeline")
    yield paragraph(f"Times in {zone_label(view.zone, view.incident.started)}.")


TIMELINE = Document("timeline", "Timeline", (_head, lambda view: entry_blocks(view.record, view.zone)), target=MARKDOWN)
