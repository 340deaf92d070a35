"""Where a status update is written: from the facts, edited by hand, copied and by that sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar

from textual.binding import Binding, BindingType

from incident_cockpit.actions.options import Option
from incident_cockpit.errors import Refused
from incident_cockpit.exports.update import Composed
from incident_cockpit.text.clean import clean
from incident_cockpit.tui.rows import Cell, Row
from incident_cockpit.tui.screens.box import Options
from incident_cockpit.tui.screens.draft import PROBLEM, DraftScreen

__all__ = ["PROBLEM", "ComposerScreen"]


class ComposerScreen(DraftScreen[None]):
    """A draft for one audience at a time.

    `compose` writes the text from the facts, `kept` returns the draft an earlier visit left, `keep` takes every change.
    `warn` says what to think of, and stops nobody. `send` copies and records: it returns how that went, or `!` and why
    not; then the text stays. `promised` reads in a text when the next one comes. `routes` says by which way an
    audience is reached.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "next_audience", "Next audience", show=False, id="composer.audience"),
        Binding("ctrl+r", "afresh", "From the facts", show=False, id="composer.afresh"),
    ]

    title_shown = "Status update"

    def __init__(
        self,
        audiences: Sequence[Option],
        audience: str,
        compose: Callable[[str], Composed],
        send: Callable[[str, str], Awaitable[str]],
        keep: Callable[[str, str], None],
        kept: Callable[[str], str],
        warn: Callable[[str, str], Sequence[str]],
        promised: Callable[[str, str], datetime | None],
        routes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Write to the audience with this id first."""
        super().__init__()
        self._audiences = audiences
        self._audience = audience
        self._write_for = compose
        self._send = send
        self._keep = keep
        self._kept = kept
        self._warn = warn
        self._promised = promised
        self._routes = routes
        self._facts: Composed | None = None

    def on_mount(self) -> None:
        """Show the draft for the first audience."""
        self._turn_to(self._audience)

    def _turn_to(self, audience: str) -> None:
        """Show this audience's draft: what was left of an earlier visit before what the facts say."""
        self._audience = audience
        self._facts = self._composed()
        draft, fresh = self._kept(audience), self._facts.text if self._facts else ""
        older = bool(draft) and draft != fresh
        self.put(draft if older else fresh)
        self.say("#origin", "This is your draft of before; ctrl+r starts again from the facts" if older else "")
        route = self._routes.get(audience, "")
        self.guide([*([f"It goes to {route}"] if route else []), *(self._facts.guide if self._facts else ())])
        self._about()
        self.hints()

    def _composed(self) -> Composed | None:
        try:
            composed = self._write_for(self._audience)
        except Refused as refused:
            self.refuse(str(refused))
            return None
        self.refuse("")
        return composed

    def _about(self) -> None:
        name = next((option.words for option in self._audiences if option.id == self._audience), self._audience)
        number = f"update {self._facts.number}" if self._facts else ""
        left = (Cell(name, "strong"), Cell(f"  {number}", "muted"))
        others = f"{self._place + 1} of {len(self._audiences)}" if len(self._audiences) > 1 else ""
        promised = self._promised(self._audience, self.text)
        then = f"promises the next by {promised:%H:%M} UTC" if promised else "promises no next one"
        self.query_one("#about", Options).show([Row(None, left, (Cell(others, "faint"), Cell(then, "accent")))], 1)

    @property
    def _place(self) -> int:
        ids = [option.id for option in self._audiences]
        return ids.index(self._audience) if self._audience in ids else 0

    def hints(self) -> None:
        """Show the keys that work."""
        keys = [("ctrl+s", "copy and send")]
        keys += [("ctrl+n", "next audience")] if len(self._audiences) > 1 else []
        self.hint(*keys, ("ctrl+r", "from the facts"), ("esc", "keep and leave"))

    def warnings(self, text: str) -> Sequence[str]:
        """Return what to think of before it goes to this audience."""
        return self._warn(self._audience, text)

    def think(self, composed: Composed | None = None) -> None:
        """Say what to think of; the composer's own warnings hold for the text it wrote."""
        super().think(composed or self._facts)

    def edited(self, text: str) -> None:
        """Keep every change."""
        self._keep(self._audience, text)

    def changed(self) -> None:
        """Say what to think of, and what is promised now."""
        super().changed()
        self._about()

    async def deliver(self, text: str) -> str:
        """Copy the text and record that it went out."""
        return await self._send(self._audience, text)

    def action_next_audience(self) -> None:
        """Turn to the next audience; the draft for this one is kept."""
        if self.busy or not self._audiences:
            return
        self._turn_to(self._audiences[(self._place + 1) % len(self._audiences)].id)

    def action_afresh(self) -> None:
        """Throw the draft away and write it from the facts; the text area's own undo brings it back."""
        self._facts = self._composed()
        if self._facts is None or self.busy:
            return
        draft = self.draft
        draft.replace(clean(self._facts.text), draft.document.start, draft.document.end)
        draft.move_cursor((0, 0))
        self.say("#origin", "")
        self._about()
