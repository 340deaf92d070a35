"""Plain text, for everything that knows no signs at all."""

from __future__ import annotations

from incident_cockpit.documents.blocks import layout
from incident_cockpit.documents.formats.format import Format, Heading, Rendered
from incident_cockpit.text.blocks import Blocks, plain
from incident_cockpit.text.escape import slack_paste


def write_text(blocks: Blocks) -> str:
    """Return the words without any bold, items with a dash, and no name in them that calls anybody."""
    return slack_paste(layout(blocks, plain, lambda line: f"- {plain(line)}"))


def _render(blocks: Blocks, heading: Heading) -> Rendered:  # noqa: ARG001 - every format is called in one way
    return Rendered((write_text(blocks),))


FORMAT = Format("text", "plain text, for anything", 0, len, _render)
