"""What stands beneath the rows of a box: what the one under the cursor means, in a place that keeps its height."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static

from incident_cockpit.tui.guard import printable
from incident_cockpit.tui.pages import Page

# More is read in the plan, not while something waits to be chosen.
_MOST = 8


class Beneath(Static):
    """Some lines about one row; the box does not jump from row to row, and what has no room is cut with …"""

    DEFAULT_CSS = """
    Beneath { height: auto; margin: 0 1; color: $muted; display: none; }
    """

    def __init__(self) -> None:
        """Begin with nothing to say."""
        super().__init__(id="beneath")
        self._width = 0
        self._wanted = 0
        self._lines: list[str] = []

    def expect(self, pages: Iterable[Page], width: int) -> None:
        """Know how much there may be to say, at this width."""
        self._width = width
        self._wanted = min(_MOST, max((len(page(width)) for page in pages if page), default=0))

    @property
    def wanted(self) -> int:
        """How many lines it would like."""
        return self._wanted

    def limit(self, lines: int) -> int:
        """Take at most so many lines; return how many it takes."""
        taken = max(0, min(lines, self._wanted))
        self.display = bool(taken)
        self.styles.height = taken
        self._show()
        return taken

    def tell(self, page: Page) -> None:
        """Say this."""
        self._lines = [
            " " * line.indent + printable("".join(run.text for run in line.runs)) for line in page(self._width)
        ]
        self._show()

    def _show(self) -> None:
        height = int(self.styles.height.value) if self.styles.height is not None else 0
        shown = self._lines[:height]
        if len(self._lines) > height > 0:
            shown[-1] = f"{shown[-1][: self._width - 2]} …"
        self.update(Content("\n".join(shown)))
