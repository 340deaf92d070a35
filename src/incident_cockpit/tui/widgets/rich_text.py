"""A page to read: blocks that are laid out for whatever width there is."""

from __future__ import annotations

from collections.abc import Iterable

from incident_cockpit.text.blocks import Block, entry, heading, items, paragraph, quiet, quote, strong
from incident_cockpit.text.layout import ProseLine, lay_out


class Page:
    """Blocks as they are, never markup; a call lays them out for a width, as the reader wants it."""

    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        """Begin with these blocks."""
        self.blocks = list(blocks)

    def __bool__(self) -> bool:
        """Return whether the page has anything on it."""
        return bool(self.blocks)

    def heading(self, text: str) -> None:
        """Begin a section."""
        self.blocks.append(heading(text))

    def line(self, text: str, beside: str = "", indent: int = 0) -> None:
        """Add a line, and quietly behind it what belongs to it."""
        self.blocks.append(paragraph((text, quiet(f"  {beside}" if beside else "")), level=indent // 2))

    def entry(self, label: str, text: str = "") -> None:
        """Add something by its name, and behind it what it means."""
        self.blocks.append(entry(label.rstrip(":"), text) if text else paragraph(strong(label)))

    def quiet(self, text: str, indent: int = 0, lead: str = "") -> None:
        """Add a line that only accompanies the one above; all of it hangs behind its `lead`."""
        self.blocks.append(quote(text, lead, level=indent // 2))

    def bullets(self, texts: Iterable[str], indent: int = 0) -> None:
        """Add a list."""
        if lines := list(texts):
            self.blocks.append(items(lines, level=indent // 2))

    def add(self, other: Page) -> None:
        """Add what is on another page."""
        self.blocks += other.blocks

    def __call__(self, width: int) -> list[ProseLine]:
        """Return the lines for this width."""
        return lay_out(self.blocks, width)
