"""A page to read, put together line by line: headings, lines and bullets, broken for whatever width there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from incident_cockpit.runbook.prose import ProseLine
from incident_cockpit.text.blocks import Run, Style
from incident_cockpit.text.width import Wrapper, cells

_BULLET = Run("• ", Style.BULLET)
_NOTHING = Run("", Style.PLAIN)
_LEAST = 16


class _Part(NamedTuple):
    runs: tuple[Run, ...]
    indent: int = 0
    # What stands in front of the first line alone; the others hang below what follows it.
    lead: Run = _NOTHING


class Page:
    """Words as they are, never markup; a call lays them out for a width, as the reader wants it."""

    def __init__(self) -> None:
        """Begin empty."""
        self._parts: list[_Part] = []

    def __bool__(self) -> bool:
        """Return whether anything stands on it."""
        return bool(self._parts)

    def heading(self, words: str) -> None:
        """Begin a section, apart from what stands above."""
        if self._parts:
            self._parts.append(_Part(()))
        self._parts.append(_Part((Run(words, Style.HEADING),)))

    def line(self, words: str, beside: str = "", indent: int = 0) -> None:
        """Put a line, and quietly behind it what belongs to it."""
        self._parts.append(_Part((Run(words, Style.PLAIN), Run(f"  {beside}" if beside else "", Style.QUIET)), indent))

    def entry(self, name: str, words: str = "") -> None:
        """Put something by its name, and behind it what it means."""
        self._parts.append(_Part((Run(name, Style.STRONG), Run(f"  {words}" if words else "", Style.PLAIN))))

    def quiet(self, words: str, indent: int = 0, lead: str = "") -> None:
        """Put a line that only accompanies the one above; all of it hangs behind its `lead`."""
        self._parts.append(_Part((Run(words, Style.QUIET),), indent, Run(lead, Style.QUIET)))

    def bullets(self, items: Iterable[str], indent: int = 0) -> None:
        """Put a list."""
        self._parts += [_Part((Run(item, Style.PLAIN),), indent, _BULLET) for item in items]

    def add(self, other: Page) -> None:
        """Put what stands on another page behind it."""
        self._parts += other._parts

    def __call__(self, width: int) -> list[ProseLine]:
        """Return the lines for this width."""
        return [line for part in self._parts for line in _laid(part, width)]


def _laid(part: _Part, width: int) -> Iterator[ProseLine]:
    # Where little room is left to read in, the words need it more than their place.
    lead = cells(part.lead.text)
    indent = part.indent if width - part.indent - lead >= _LEAST else 0
    hung = indent + lead
    for number, runs in enumerate(Wrapper(width - hung).wrap(part.runs)):
        yield ProseLine(hung, runs) if number or not lead else ProseLine(indent, (part.lead, *runs))
