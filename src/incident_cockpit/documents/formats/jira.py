"""Jira wiki markup: braces open macros, brackets links, and dashes strike text through."""

from __future__ import annotations

import re

from incident_cockpit.documents.formats.fitting import render_pages
from incident_cockpit.documents.formats.format import Format
from incident_cockpit.text.blocks import Blocks, Line
from incident_cockpit.text.escape import WORD_JOINER, slack_paste

# Jira's default limit for a description or a comment.
LIMIT = 32_767

# Jira takes a backslash before these; inside a word, dashes and underscores mean nothing, and names stay readable.
_SIGNS = re.compile(r"[*+^~|{}\[\]]|(?<![^\W_])[_-]|[_-](?![^\W_])|!(?=\S)|\?(?=\?)|(?<=\?)\?")
# Two backslashes are a line end and one escapes what follows, so a backslash is written as an entity, as is an
# ampersand that may begin one: browsers read many entities without the semicolon.
_ENTITIES = re.compile(r"\\|&(?=[#\w])")
# Smileys and icons; all others begin with a character that is escaped above.
_ICON = re.compile(r"(?<=\()(?=(?:[xyni/]|on|off|flag|flagoff|\*[rgby]?)\))|(?<=[:;])(?=[-()DP])", re.IGNORECASE)
_OPENS = re.compile(r"(?:h[1-6]|bq)\.|#")
# A URL where Jira looks for one: it reads the URL before any other markup, so nothing in it is escaped. Text that
# follows without a blank is separated, because Jira would read stars and brackets as part of the URL.
_ADDRESS = re.compile(r"(?<![^\s(<])https?://[A-Za-z0-9/:.?#&=%+$,;~_-]{1,2000}")
# Any other URL: Jira would read the backslashes behind it as part of it, so it must not look like a URL.
_PROTOCOL = re.compile(r"(?<=[A-Za-z0-9]):(?=//)|(?<=\bmailto):|(?<=\bfile):", re.IGNORECASE)


def escape_text(text: str, *, ends: bool = True) -> str:
    """Escape user text: no macro, no mention, no link but a bare URL to itself.

    `ends` is true if nothing else follows on the line.
    """
    text = slack_paste(text)
    parts: list[str] = []
    at = 0
    for address in _ADDRESS.finditer(text):
        follows = text[address.end() : address.end() + 1]
        apart = "" if follows.isspace() or (ends and not follows) else WORD_JOINER
        parts += _escaped(text[at : address.start()]), address.group() + apart
        at = address.end()
    return "".join([*parts, _escaped(text[at:])])


def write_line(runs: Line) -> str:
    """Return one line of a paragraph, an item or a cell, with bold runs between stars."""
    last = len(runs) - 1
    text = slack_paste(
        "".join(
            f"*{escape_text(run.text, ends=False)}*" if run.bold else escape_text(run.text, ends=number == last)
            for number, run in enumerate(runs)
        )
    )
    return WORD_JOINER + text if _OPENS.match(text) else text


def write_text(blocks: Blocks) -> str:
    """Return the blocks as wiki markup; a blank line ends a list, or the next line would belong to its last item."""
    parts = ["\n".join(("* " if block.is_list else "") + write_line(row) for row in block.lines) for block in blocks]
    return "\n\n".join(parts)


def _escaped(text: str) -> str:
    text = _ENTITIES.sub(lambda match: "&#92;" if match.group() == "\\" else "&amp;", text)
    text = _PROTOCOL.sub(f"{WORD_JOINER}:", _ICON.sub(WORD_JOINER, text))
    return _SIGNS.sub(r"\\\g<0>", text)


FORMAT = Format(
    "jira", "Jira comment, in wiki markup", LIMIT, len, lambda blocks, _: render_pages(blocks, write_text, LIMIT, len)
)
