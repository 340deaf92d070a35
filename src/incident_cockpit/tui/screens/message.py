"""A message of the plan before it leaves: as the facts make it, edited if need be, and copied."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from incident_cockpit.documents.update import Composed
from incident_cockpit.text.sanitize import clean
from incident_cockpit.tui.screens.draft import DraftScreen
from incident_cockpit.tui.screens.modal import DialogList
from incident_cockpit.tui.widgets.list_view import Cell, ListRow


class MessageScreen(DraftScreen[None]):
    """One message; `send` copies it and says how that went, or `!` and why not.

    `settles` names what is marked as done with it, `warn` says what to think of an edited text. `kept` is the draft of
    an earlier visit and what is said of it; `keep` takes the text at every change, nothing where it is as written.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "afresh", "From the facts", show=False, id="message.afresh"),
    ]

    def __init__(
        self,
        name: str,
        composed: Composed,
        send: Callable[[str], Awaitable[str]],
        warn: Callable[[str], Sequence[str]],
        settles: Sequence[str] = (),
        *,
        kept: tuple[str, str] = ("", ""),
        keep: Callable[[str], object] = lambda _text: None,
    ) -> None:
        """Show what the facts make of it."""
        super().__init__()
        self.dialog_title = name
        self._composed = composed
        self._send = send
        self._warn = warn
        self._settles = settles
        self._kept, self._keep = kept, keep

    def on_mount(self) -> None:
        """Show the text, and what copying it means."""
        marks = f"copying it marks as done: {'; '.join(self._settles)}" if self._settles else "copying it marks nothing"
        self.query_one("#about", DialogList).show(
            [ListRow(None, (Cell(marks, "accent" if self._settles else "faint"),))], 1
        )
        self.guide(self._composed.guide)
        draft, notice = self._kept
        self.put(draft or self._composed.text, at_end=bool(draft))
        self.set_line("#origin", notice if draft else "")
        self.hints()

    def hints(self) -> None:
        """Show the keys that work."""
        edited = not self._as_written
        afresh = (("ctrl+r", "from the facts"),) if edited else ()
        self.show_keys(("ctrl+s", "copy"), *afresh, self.escape_key(drafted=edited))

    @property
    def _as_written(self) -> bool:
        return self.text == clean(self._composed.text).strip()

    def edited(self, text: str) -> None:
        """Keep every change."""
        self._keep("" if self._as_written else text)
        self.hints()

    def action_afresh(self) -> None:
        """Throw the draft away and write it from the facts; the text area's own undo brings it back."""
        if self.busy:
            return
        draft = self.draft
        draft.replace(clean(self._composed.text), draft.document.start, draft.document.end)
        draft.move_cursor((0, 0))
        self.set_line("#origin", "")

    def warnings(self, text: str) -> Sequence[str]:
        """Return what to think of before it goes."""
        return self._warn(text)

    def think(self, composed: Composed | None = None) -> None:
        """Say what to think of; the writer's own warnings hold for the text it wrote."""
        super().think(composed or self._composed)

    async def deliver(self, text: str) -> str:
        """Copy the text."""
        return await self._send(text)
