"""A status page: a status word, a name and plain sentences, because everybody reads it and some get it by mail."""

from __future__ import annotations

import re

from msgspec.structs import replace

from incident_cockpit.documents.blocks import layout
from incident_cockpit.documents.formats.fitting import shorten_lines, truncate
from incident_cockpit.documents.formats.format import Format, Heading, Rendered
from incident_cockpit.text.blocks import Blocks, Line, plain
from incident_cockpit.text.escape import WORD_JOINER, slack_paste

LONGEST_NAME = 255
# Statuspage names no limit for the words themselves; other status pages stop at this many, so it is right for all.
LIMIT = 4_096
STATUSES = ("investigating", "identified", "monitoring", "resolved")

# Some of these pages read HTML and Markdown's links, others show them: a sign between is right for both.
_LIVE = re.compile(r"<(?=[A-Za-z/!])|\](?=\()|&(?=#?\w{1,31};)")


def escape_text(text: str) -> str:
    """Return people's words so that they are shown as they are, whatever the page reads."""
    return _LIVE.sub(rf"\g<0>{WORD_JOINER}", slack_paste(text))


def _render(blocks: Blocks, heading: Heading) -> Rendered:
    status = heading.status.casefold()
    name = truncate(escape_text(" ".join(heading.title.split())), lambda text: len(text) <= LONGEST_NAME)
    fields = (("Status", status if status in STATUSES else STATUSES[0]), ("Name", name))
    written = layout(_without_heading(blocks, heading), _sentence, lambda line: f"- {_sentence(line)}")
    body, short = (written, False) if len(written) <= LIMIT else shorten_lines(written.split("\n"), LIMIT, len, "\n")
    notes = (f"Cut: a status page takes {LIMIT:,} characters",) if short else ()
    return Rendered((body,), fields, notes=notes)


def _sentence(line: Line) -> str:
    return escape_text(plain(line))


def _without_heading(blocks: Blocks, heading: Heading) -> Blocks:
    """Return the blocks without a first line that says only what the page's own boxes say already."""
    if not blocks or blocks[0].is_list:
        return blocks
    said = plain(blocks[0].lines[0])
    known = (heading.title, heading.status, heading.severity, heading.id, f"update {heading.number}")
    for word in sorted(known, key=len, reverse=True):
        said = said.replace(word, "", 1) if word else said
    if any(sign.isalnum() for sign in said):
        return blocks
    rest = blocks[0].lines[1:]
    left = (replace(blocks[0], lines=rest), *blocks[1:]) if rest else blocks[1:]
    return left or blocks


FORMAT = Format("statuspage", "a status page: status, name and plain sentences", LIMIT, len, _render)
