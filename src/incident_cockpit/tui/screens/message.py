"""The dialog of a message defined by the plan: generated from the incident, edited, and copied."""

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
    """One message; `send` copies it and returns a message, or PROBLEM and the reason.

    `settles` names the due items completed by it, `warn` returns the warnings about an edited text. `saved` is the
    saved draft with its notice; `save` takes the text at every change, "" if it equals the generated text.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "regenerate", "Regenerate", show=False, id="message.regenerate"),
    ]

    def __init__(
        self,
        name: str,
        composed: Composed,
        send: Callable[[str], Awaitable[str]],
        warn: Callable[[str], Sequence[str]],
        settles: Sequence[str] = (),
        *,
        saved: tuple[str, str] = ("", ""),
        save: Callable[[str], object] = lambda _text: None,
    ) -> None:
        """Show the generated text, or the draft."""
        super().__init__()
        self.dialog_title = name
        self._composed = composed
        self._send = send
        self._warn = warn
        self._settles = settles
        self._saved, self._save = saved, save

    def on_mount(self) -> None:
        """Show the text, and which items copying it completes."""
        items = f"Copying completes: {'; '.join(self._settles)}" if self._settles else "Copying completes no due item"
        row = ListRow(None, (Cell(items, "accent" if self._settles else "faint"),))
        self.query_one("#about", DialogList).show([row], 1)
        self.show_guide(self._composed.guide)
        draft, notice = self._saved
        self.put(draft or self._composed.text, at_end=bool(draft))
        self.set_line("#origin", notice if draft else "")
        self.show_draft_keys()

    def show_draft_keys(self) -> None:
        """Show the keys for this draft."""
        edited = not self._as_written
        regenerate = (("ctrl+r", "regenerate"),) if edited else ()
        self.show_keys(("ctrl+s", "copy"), *regenerate, self.escape_key(drafted=edited))

    @property
    def _as_written(self) -> bool:
        return self.text == clean(self._composed.text).strip()

    def edited(self, text: str) -> None:
        """Save every change."""
        self._save("" if self._as_written else text)
        self.show_draft_keys()

    def action_regenerate(self) -> None:
        """Replace the draft by the generated text; undo in the text area restores it."""
        if self.busy:
            return
        draft = self.draft
        draft.replace(clean(self._composed.text), draft.document.start, draft.document.end)
        draft.move_cursor((0, 0))
        self.set_line("#origin", "")

    def warnings(self, text: str) -> Sequence[str]:
        """Return the warnings about this text."""
        return self._warn(text)

    def show_warnings(self, composed: Composed | None = None) -> None:
        """Show the warnings, also those of the generated text."""
        super().show_warnings(composed or self._composed)

    async def deliver(self, text: str) -> str:
        """Copy the text."""
        return await self._send(text)
