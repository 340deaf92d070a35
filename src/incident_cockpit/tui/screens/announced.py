"""What a grave action will do, said before the key that does it."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from incident_cockpit.tui.guard import printable


class Announced(Vertical):
    """What is decided, below it what that leads to, and the key; it is there only while it says something."""

    DEFAULT_CSS = """
    Announced { height: auto; display: none; }
    Announced > Static { height: auto; margin: 0 1; }
    Announced > #will, Announced > #press { color: $warn; text-style: bold; margin: 1 1 0 1; }
    Announced > #press { margin: 1; }
    """

    def compose(self) -> ComposeResult:
        """Lay the lines out, empty."""
        yield from (Static(id=name) for name in ("will", "then", "press"))

    def announce(self, will: str) -> None:
        """Say what will be done, its first line above the others; one is enough."""
        decided, *then = will.splitlines()
        self._put("#will", [decided])
        self._put("#then", then)
        self._put("#press", ["Press y to do it."])
        self.display = True

    def take_back(self) -> None:
        """Say nothing any more."""
        self.display = False

    def _put(self, selector: str, lines: Iterable[str]) -> None:
        line = self.query_one(selector, Static)
        words = "\n".join(map(printable, lines))
        line.update(Content(words))
        line.display = bool(words)
