"""What stands beneath the rows of a box: what the one under the cursor means, in a place that keeps its height."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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
        self._page_of: Callable[[str], Page] = lambda _key: Page()
        self._width = 0
        self._wanted = 0
        self._lines: list[str] = []

    def about(self, page_of: Callable[[str], Page], keys: Iterable[str], width: int) -> None:
        """Be ready to say what `page_of` has of the rows with these keys, at this width."""
        self._page_of, self._width = page_of, width
        pages = (page_of(key) for key in keys)
        self._wanted = min(_MOST, max((len(page(width)) for page in pages if page), default=0))

    def limit(self, lines: int) -> int:
        """Take at most so many lines; return how many it takes."""
        taken = max(0, min(lines, self._wanted))
        self.display = bool(taken)
        self.styles.height = taken
        self._show()
        return taken

    def tell(self, key: str | None) -> None:
        """Say what there is to say of the row with this key."""
        lines = self._page_of(key or "")(self._width)
        self._lines = [" " * line.indent + printable("".join(run.text for run in line.runs)) for line in lines]
        self._show()

    def _show(self) -> None:
        height = int(self.styles.height.value) if self.styles.height is not None else 0
        shown = self._lines[:height]
        if len(self._lines) > height > 0:
            shown[-1] = f"{shown[-1][: self._width - 2]} …"
        self.update(Content("\n".join(shown)))
