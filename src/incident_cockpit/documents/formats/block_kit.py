"""Slack's Block Kit as rich text: user text is data in it, so none of its characters act as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.json import encode

from incident_cockpit.documents.formats.fitting import paginate, utf16_length
from incident_cockpit.documents.formats.format import Format, Heading, Payload, Rendered, split_notes
from incident_cockpit.documents.formats.slack import LIMIT as LONGEST_TEXT
from incident_cockpit.documents.formats.slack import payload, write_mrkdwn
from incident_cockpit.text.blocks import Block, Blocks, Line

# Slack documents no limit for rich text; a section has this one, and a message fails at about 13,000 in all.
LONGEST_BLOCK = 3_000
BLOCKS_IN_A_MESSAGE = 4

Json = dict[str, object]

# A URL links to itself; punctuation that ends a sentence behind it is no part of it.
_ADDRESS = re.compile(r"(?<![\w/])https?://[^\s<>\"'`|{}\\^\[\]()]{1,2000}(?<![.,:;!?*_~])")


def rich_text(blocks: Blocks) -> Json:
    """Return one rich text block with all of the blocks."""
    return {"type": "rich_text", "elements": list(_elements(blocks))}


def _elements(blocks: Blocks) -> Iterator[Json]:
    section: list[Json] = []
    for number, block in enumerate(blocks):
        gap = "\n" if block.apart and number else ""
        if block.is_list:
            if section:
                yield _section([*section, *_texts(gap)])
                section = []
            items = [_section(list(_line(line))) for line in block.lines]
            yield {"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": items}
            continue
        section += _texts(("\n" if section else "") + gap)
        for place, line in enumerate(block.lines):
            section += [*_texts("\n" if place else ""), *_line(line)]
    if section:
        yield _section(section)


def _section(elements: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": elements}


def _line(line: Line) -> Iterator[Json]:
    for run in line:
        at = 0
        for address in _ADDRESS.finditer(run.text):
            yield from _texts(run.text[at : address.start()], bold=run.bold)
            yield {"type": "link", "url": address.group()} | _style(run.bold)
            at = address.end()
        yield from _texts(run.text[at:], bold=run.bold)


def _texts(text: str, *, bold: bool = False) -> Iterator[Json]:
    # Slack refuses an element without text.
    if text:
        yield {"type": "text", "text": text} | _style(bold)


def _style(bold: bool) -> Json:
    return {"style": {"bold": True}} if bold else {}


def _render(blocks: Blocks, _: Heading) -> Rendered:
    parts = paginate(blocks, LONGEST_BLOCK, lambda page: utf16_length(encode(rich_text(page)).decode()))
    groups = [parts[at : at + BLOCKS_IN_A_MESSAGE] for at in range(0, len(parts), BLOCKS_IN_A_MESSAGE)]
    payloads = tuple(map(_message, groups))
    return Rendered(
        tuple(str(message["text"]) for message in payloads), payloads=payloads, notes=split_notes(len(payloads))
    )


def _message(pages: tuple[Blocks, ...]) -> Payload:
    """Return the pages as one message, with the text that notifications show and screen readers read."""
    blocks: tuple[Block, ...] = tuple(block for page in pages for block in page)
    first = paginate(blocks, LONGEST_TEXT - 2, lambda page: utf16_length(write_mrkdwn(page)))
    return payload(write_mrkdwn(first[0]) + ("\n…" if len(first) > 1 else ""), [rich_text(page) for page in pages])


LIMIT = LONGEST_BLOCK * BLOCKS_IN_A_MESSAGE
FORMAT = Format("blocks", "Slack Block Kit, as JSON", LIMIT, utf16_length, _render)
