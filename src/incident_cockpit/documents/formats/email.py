"""An e-mail: a subject on one line, and a body that is readable in every program that shows mail."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from incident_cockpit.documents.blocks import layout
from incident_cockpit.documents.formats.fitting import truncate
from incident_cockpit.documents.formats.format import Format, Heading, Rendered
from incident_cockpit.text.blocks import Blocks, Line, plain
from incident_cockpit.text.escape import slack_paste

COLUMNS = 72
# RFC 5322, section 2.1.1: a line should have at most 78 characters and must not have more than 998.
LONGEST_SUBJECT = 78 - len("Subject: ")
_ENDS = ("Cc", "Cs", "Zl", "Zp")
_LONGEST_WORD = 240  # of four bytes each, they stay below the 998


def write_subject(heading: Heading) -> str:
    """Return the subject: no line end and no other control sign in it, cut in the title so that the status is seen."""
    before = " ".join(part for part in (f"[{heading.severity}]" if heading.severity else "", heading.id) if part)
    number = f" (update {heading.number})" if heading.number else ""
    after = (f": {heading.status}" if heading.status else "") + number
    title = truncate(heading.title, lambda text: len(_header(f"{before} {text}{after}")) <= LONGEST_SUBJECT)
    return _header(f"{before} {title}{after}")[:LONGEST_SUBJECT].rstrip()


def _header(text: str) -> str:
    """Return what can stand in a header: a line end in it would begin a header of its own."""
    return " ".join("".join(" " if unicodedata.category(sign) in _ENDS else sign for sign in text).split())


def _render(blocks: Blocks, heading: Heading) -> Rendered:
    body = layout(blocks, lambda line: _wrapped(line, "", ""), lambda line: _wrapped(line, "- ", "  "))
    return Rendered((body,), (("Subject", write_subject(heading)),))


def _wrapped(line: Line, first: str, later: str) -> str:
    lines, current = [], first
    for word in _words(slack_paste(plain(line))):
        begun = current not in (first, later)
        if begun and _columns(current) + 1 + _columns(word) > COLUMNS:
            lines.append(current)
            current, begun = later, False
        current += (" " if begun else "") + word
    return "\n".join([*lines, current])


def _words(text: str) -> Iterator[str]:
    """Yield the words; an address stays whole, however long, and only what no mail can carry is parted."""
    for word in text.split():
        yield from (word[at : at + _LONGEST_WORD] for at in range(0, len(word), _LONGEST_WORD))


def _columns(text: str) -> int:
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


FORMAT = Format("email", "an e-mail: subject and body", 0, len, _render)
