"""The pieces Markdown documents are made of: people's words go in escaped and redacted, so no structure is theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from incident_cockpit.text.escape import fence, markdown
from incident_cockpit.text.redact import redact


def say(text: str) -> str:
    """Return people's words for one place of a document, on one line."""
    return markdown(redact(text)[0])


def lines_in(text: str) -> list[str]:
    """Return the lines of a text, the empty ones at its end left out."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip().split("\n")


def cell(text: str) -> str:
    """Return people's words for a table cell; their lines stay lines."""
    return "<br>".join(say(line) for line in lines_in(redact(text)[0]) if line.strip())


def item(before: str, text: str, after: str = "") -> str:
    """Return a list item whose words are people's: one line as it is, several as a block under the item."""
    lines = lines_in(text)
    if len(lines) == 1:
        return f"- {before}{say(text)}{after}"
    block = fence("\n".join(lines_in(redact(text)[0])))
    indented = "\n".join(f"  {line}" if line else "" for line in block.split("\n"))
    return f"- {before.rstrip()}{after}\n\n{indented}\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; headings and cells are Markdown already."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def to_be_written(what: str) -> str:
    """Return a placeholder that nobody takes for a fact."""
    return f"_To be written: {what}_"
