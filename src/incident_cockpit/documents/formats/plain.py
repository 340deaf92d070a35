"""Plain text, for targets without markup."""

from __future__ import annotations

from incident_cockpit.documents.blocks import layout
from incident_cockpit.documents.formats.format import Format, Rendered
from incident_cockpit.text.blocks import Blocks, plain
from incident_cockpit.text.escape import slack_paste


def write_text(blocks: Blocks) -> str:
    """Return the text without bold, with dashes before items and without active mentions."""
    return slack_paste(layout(blocks, plain, lambda line: f"- {plain(line)}"))


FORMAT = Format("text", "Plain text", 0, len, lambda blocks, _heading: Rendered((write_text(blocks),)))
