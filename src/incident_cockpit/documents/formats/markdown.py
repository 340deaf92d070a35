"""GitHub Markdown, for issues, wikis and most trackers."""

from __future__ import annotations

import re

from incident_cockpit.documents.formats.fitting import render_pages
from incident_cockpit.documents.formats.format import Format
from incident_cockpit.text import escape
from incident_cockpit.text.blocks import Blocks, Line
from incident_cockpit.text.escape import WORD_JOINER

# GitHub's limit for an issue and a comment; more has been seen to pass, this always did.
LIMIT = 65_536

# GitHub looks for these after it has read the Markdown, so only a word joiner helps. A bare commit hash is left alone:
# it links to the commit without notifying anyone, and people copy it.
_REFERENCE = re.compile(r"(?:#|\bGH-)(?=[0-9])", re.IGNORECASE)

# Stand-ins for the stars of a bold run while the line is escaped as a whole: escaping depends on neighbours.
_OPEN, _CLOSE = "\ue000", "\ue001"
_STARS = str.maketrans({_OPEN: "**", _CLOSE: "**"})
_NO_STARS = str.maketrans({_OPEN: "\ufffd", _CLOSE: "\ufffd"})


def escape_text(text: str) -> str:
    """Escape user text for one line: no structure, no link, no mention, no reference to an issue."""
    return escape.markdown(_REFERENCE.sub(rf"\g<0>{WORD_JOINER}", text))


def write_line(runs: Line) -> str:
    """Return one line, with bold runs between stars."""
    parts = (run.text.translate(_NO_STARS) for run in runs)
    signed = (f"{_OPEN}{text}{_CLOSE}" if run.bold else text for run, text in zip(runs, parts, strict=True))
    return escape_text("".join(signed)).translate(_STARS)


def write_text(blocks: Blocks) -> str:
    """Return the blocks as Markdown; each line becomes a paragraph, or lines would run together."""
    parts = [
        "\n".join(f"- {write_line(item)}" for item in block.lines)
        if block.is_list
        else "\n\n".join(map(write_line, block.lines))
        for block in blocks
    ]
    return "\n\n".join(parts)


FORMAT = Format(
    "markdown", "GitHub Markdown", LIMIT, len, lambda blocks, _: render_pages(blocks, write_text, LIMIT, len)
)
