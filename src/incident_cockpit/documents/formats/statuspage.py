"""A status page: a status, a name and plain sentences, which some readers get by email."""

from __future__ import annotations

import re

from msgspec.structs import replace

from incident_cockpit.documents.blocks import layout
from incident_cockpit.documents.formats.fitting import shorten_lines, truncate
from incident_cockpit.documents.formats.format import Format, Heading, Rendered
from incident_cockpit.text.blocks import Blocks, plain
from incident_cockpit.text.escape import WORD_JOINER, slack_paste

LONGEST_NAME = 255
# Statuspage documents no limit for the text; other status pages have this one.
LIMIT = 4_096
STATUSES = ("investigating", "identified", "monitoring", "resolved")

# Some status pages interpret HTML and Markdown links, others show them: a word joiner is right for both.
_LIVE = re.compile(r"<(?=[A-Za-z/!])|\](?=\()|&(?=#?\w{1,31};)")


def escape_text(text: str) -> str:
    """Escape user text so that every status page shows it as it is."""
    return _LIVE.sub(rf"\g<0>{WORD_JOINER}", slack_paste(text))


def _render(blocks: Blocks, heading: Heading) -> Rendered:
    status = heading.status.casefold()
    name = truncate(escape_text(" ".join(heading.title.split())), lambda text: len(text) <= LONGEST_NAME)
    fields = (("Status", status if status in STATUSES else STATUSES[0]), ("Name", name))
    body = layout(
        _without_heading(blocks, heading),
        lambda line: escape_text(plain(line)),
        lambda line: f"- {escape_text(plain(line))}",
    )
    if len(body) <= LIMIT:
        return Rendered((body,), fields)
    body, was_cut = shorten_lines(body.split("\n"), LIMIT, len, "\n")
    return Rendered((body,), fields, notes=(f"Truncated to {LIMIT:,} characters",) if was_cut else ())


def _without_heading(blocks: Blocks, heading: Heading) -> Blocks:
    """Return the blocks without a first line that only repeats the page's own fields."""
    if not blocks or blocks[0].is_list:
        return blocks
    rest = plain(blocks[0].lines[0])
    fields = (heading.title, heading.status, heading.severity, heading.id, f"update {heading.number}")
    for field in sorted(fields, key=len, reverse=True):
        rest = rest.replace(field, "", 1) if field else rest
    if any(char.isalnum() for char in rest):
        return blocks
    lines = blocks[0].lines[1:]
    remaining = (replace(blocks[0], lines=lines), *blocks[1:]) if lines else blocks[1:]
    return remaining or blocks


FORMAT = Format("statuspage", "Status page: status, name and plain sentences", LIMIT, len, _render)
