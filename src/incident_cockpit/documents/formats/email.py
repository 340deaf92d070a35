"""Email: a subject on one line and a body in plain text, wrapped for every mail client."""

from __future__ import annotations

import unicodedata

from incident_cockpit.documents.blocks import layout
from incident_cockpit.documents.formats.fitting import truncate
from incident_cockpit.documents.formats.format import Format, Heading, Rendered
from incident_cockpit.text.blocks import Blocks, Line, plain
from incident_cockpit.text.escape import slack_paste

COLUMNS = 72
# RFC 5322, section 2.1.1: a line should have at most 78 characters and must not have more than 998.
LONGEST_SUBJECT = 78 - len("Subject: ")
_ENDS = ("Cc", "Cs", "Zl", "Zp")
_LONGEST_WORD = 240  # at four bytes a character below the 998


def write_subject(heading: Heading) -> str:
    """Return the subject on one line, without control characters; the title is cut so that the status is visible."""
    before = " ".join(part for part in (f"[{heading.severity}]" if heading.severity else "", heading.id) if part)
    number = f" (update {heading.number})" if heading.number else ""
    after = (f": {heading.status}" if heading.status else "") + number
    title = truncate(heading.title, lambda text: len(_header(f"{before} {text}{after}")) <= LONGEST_SUBJECT)
    return _header(f"{before} {title}{after}")[:LONGEST_SUBJECT].rstrip()


def _header(text: str) -> str:
    """Return the text for a header: a line end in it would begin another header."""
    return " ".join("".join(" " if unicodedata.category(char) in _ENDS else char for char in text).split())


def _wrapped(line: Line, first: str, later: str) -> str:
    """Return the line wrapped at COLUMNS, with an indent for the first row and one for later rows."""
    rows, row = [], first
    # A URL stays whole, however long; only a word that no mail can carry is split.
    text = slack_paste(plain(line))
    parts = (word[at : at + _LONGEST_WORD] for word in text.split() for at in range(0, len(word), _LONGEST_WORD))
    for part in parts:
        started = row not in (first, later)
        if started and _columns(row) + 1 + _columns(part) > COLUMNS:
            rows.append(row)
            row, started = later, False
        row += (" " if started else "") + part
    return "\n".join([*rows, row])


def _columns(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _render(blocks: Blocks, heading: Heading) -> Rendered:
    body = layout(blocks, lambda line: _wrapped(line, "", ""), lambda line: _wrapped(line, "- ", "  "))
    return Rendered((body,), (("Subject", write_subject(heading)),))


FORMAT = Format("email", "Email: subject and body", 0, len, _render)
