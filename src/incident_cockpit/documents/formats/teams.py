"""Adaptive cards for Microsoft Teams, whose text shows bold and lists of Markdown."""

from __future__ import annotations

import re

from msgspec.json import encode

from incident_cockpit.documents.formats.fitting import paginate, utf8_length
from incident_cockpit.documents.formats.format import Format, Heading, Payload, Rendered, split_notes
from incident_cockpit.text.blocks import Blocks, Line
from incident_cockpit.text.escape import WORD_JOINER, slack_paste

# A webhook takes 28 KB, including the JSON around the text.
LIMIT = 27_000

# Desktop and mobile parse Markdown differently, and both take a backslash before these. Inside a word an underscore
# is inactive in both, and names of services stay readable.
_SIGNS = re.compile(r"[\\`*\[\]~]|(?<![^\W_])_|_(?![^\W_])")
_OPENS = re.compile(r"#{1,6}(?: |$)|>|[-+](?: |$)|-{3}|[0-9]{1,9}[.)](?: |$)")
# Tags such as <at>, and what a card expands: dates and template variables.
_EXPANDED = re.compile(r"<(?=[A-Za-z/!])|\{(?=\{)|\$(?=\{)|&(?=#?\w{1,31};)")


def escape_text(text: str) -> str:
    """Escape user text: no markup, nothing expanded."""
    return _EXPANDED.sub(rf"\g<0>{WORD_JOINER}", _SIGNS.sub(r"\\\g<0>", text))


def write_text(blocks: Blocks) -> str:
    """Return the text of a card: blank lines between lines, single line ends inside a list."""
    parts = [
        "\n".join(f"- {_line(item)}" for item in block.lines) if block.is_list else "\n\n".join(map(_line, block.lines))
        for block in blocks
    ]
    return "\n\n".join(parts)


def write_card(text: str) -> Payload:
    """Return the message with one card for a Workflows webhook."""
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": text, "wrap": True}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    return {"type": "message", "attachments": [attachment]}


def _line(line: Line) -> str:
    text = slack_paste("".join(f"**{escape_text(run.text)}**" if run.bold else escape_text(run.text) for run in line))
    return WORD_JOINER + text if _OPENS.match(text) else text


def _render(blocks: Blocks, _: Heading) -> Rendered:
    pages = paginate(blocks, LIMIT, lambda page: len(encode(write_card(write_text(page)))))
    messages = tuple(map(write_text, pages))
    return Rendered(messages, payloads=tuple(map(write_card, messages)), notes=split_notes(len(messages)))


FORMAT = Format("teams", "Microsoft Teams, as a card", LIMIT, utf8_length, _render, "bytes")
