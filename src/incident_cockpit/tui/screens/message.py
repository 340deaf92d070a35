"""A message of the plan before it leaves: as the facts make it, edited if need be, and copied."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from incident_cockpit.exports.update import Composed
from incident_cockpit.tui.rows import Cell, Row
from incident_cockpit.tui.screens.box import Options
from incident_cockpit.tui.screens.draft import DraftScreen


class MessageScreen(DraftScreen[None]):
    """One message; `send` copies it and says how that went, or `!` and why not.

    `settles` names what is marked as done with it, `warn` says what to think of an edited text.
    """

    def __init__(
        self,
        name: str,
        composed: Composed,
        send: Callable[[str], Awaitable[str]],
        warn: Callable[[str], Sequence[str]],
        settles: Sequence[str] = (),
    ) -> None:
        """Show what the facts make of it."""
        super().__init__()
        self.title_shown = name
        self._composed = composed
        self._send = send
        self._warn = warn
        self._settles = settles

    def on_mount(self) -> None:
        """Show the text, and what copying it means."""
        marks = f"copying it marks as done: {'; '.join(self._settles)}" if self._settles else "copying it marks nothing"
        self.query_one("#about", Options).show([Row(None, (Cell(marks, "accent" if self._settles else "faint"),))], 1)
        self.guide(self._composed.guide)
        self.put(self._composed.text)
        self.hints()

    def hints(self) -> None:
        """Show the keys that work."""
        self.hint(("ctrl+s", "copy"), ("esc", "leave"))

    def warnings(self, text: str) -> Sequence[str]:
        """Return what to think of before it goes."""
        return self._warn(text)

    def think(self, composed: Composed | None = None) -> None:
        """Say what to think of; the writer's own warnings hold for the text it wrote."""
        super().think(composed or self._composed)

    async def deliver(self, text: str) -> str:
        """Copy the text."""
        return await self._send(text)
