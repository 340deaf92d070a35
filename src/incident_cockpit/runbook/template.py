"""A checklist that stands in code to be copied elsewhere, unfolded so that it reads like any other."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from incident_cockpit.runbook.source import Source

if TYPE_CHECKING:
    from markdown_it.token import Token

_BOXED = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX~✓✔✗✘-]?\](?=\s)|[☐☑☒])", re.MULTILINE)


def boxes_in(token: Token) -> int:
    """Return how many boxes a block of code has."""
    return sum(1 for _ in _BOXED.finditer(token.content)) if "[" in token.content or "☐" in token.content else 0


def unfolded(source: Source, tokens: list[Token]) -> tuple[Source, list[tuple[int, int]]] | None:
    """Return the source with its checklists taken out of their fences, and the lines they stand on, or None.

    Every line keeps its number and knows at which byte it begins.
    """
    lines, starts = list(source.lines), list(source.starts)
    found: list[tuple[int, int]] = []
    for token in tokens:
        if token.type not in ("fence", "code_block") or not token.map or not boxes_in(token):
            continue
        first, end = token.map
        begin = first + (token.type == "fence")
        content = token.content.split("\n")[:-1]
        found.append((first, end))
        for number, text in enumerate(content, begin):
            cut = len(lines[number]) - len(text)
            # A mended line knows its bytes from its own beginning only.
            if cut > 0 and lines[number].endswith(text) and number not in source.mends:
                starts[number] = source.offset(number, cut)
                lines[number] = text
        if begin > first:
            lines[first] = ""
            for number in range(begin + len(content), end):
                lines[number] = ""
    if not found:
        return None
    return replace(source, lines=lines, starts=starts), found
