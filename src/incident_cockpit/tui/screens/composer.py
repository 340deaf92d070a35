"""Where a status update is written: from the facts, edited by hand, copied and by that sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static, TextArea

from incident_cockpit.actions.options import Option
from incident_cockpit.errors import Refused
from incident_cockpit.exports.update import Composed
from incident_cockpit.text.clean import clean
from incident_cockpit.tui.field import Draft
from incident_cockpit.tui.paint import SIGNS
from incident_cockpit.tui.rows import Cell, Row
from incident_cockpit.tui.screens.box import BoxScreen, Options

# What is wrong is said by `send` with this sign in front; everything else says how it went.
PROBLEM = "!"
_WARNINGS = 3


class ComposerScreen(BoxScreen[None]):
    """A draft for one audience at a time.

    `compose` writes the text from the facts, `kept` returns the draft an earlier visit left, `keep` takes every change.
    `warn` says what to think of, and stops nobody. `send` copies and records: it returns how that went, or `!` and why
    not; then the text stays.
    """

    DEFAULT_CSS = """
    ComposerScreen > #box { height: 90%; min-height: 10; max-height: 32; }
    ComposerScreen #about { height: 1; }
    ComposerScreen #origin { color: $warn; }
    ComposerScreen Draft, ComposerScreen Draft:focus { margin: 0 0; padding: 0 1; min-height: 2; }
    ComposerScreen #warnings { color: $warn; max-height: 3; }
    ComposerScreen.-short > #box { height: 100%; min-height: 3; }
    ComposerScreen.-short Draft, ComposerScreen.-short Draft:focus { min-height: 1; }
    ComposerScreen.-short #origin { display: none; }
    ComposerScreen.-short #warnings { max-height: 1; }
    ComposerScreen.-tiny #about, ComposerScreen.-tiny #warnings { display: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Copy and send", show=False, id="composer.send"),
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
        self._facts: Composed | None = None

    def inside(self) -> Iterable[Widget]:
        """Return who it is for, the draft, and what to think of."""
        yield Options(id="about")
        yield Static(id="origin", classes="said")
        yield Draft(id="draft")
        yield Static(id="warnings", classes="said")
        yield self.problem_line()

    def on_mount(self) -> None:
        """Show the draft for the first audience."""
        self._turn_to(self._audience)

    def on_resize(self) -> None:
        """Leave the text what room there is."""
        self.set_class(self.app.size.height < 14, "-short")
        self.set_class(self.app.size.height < 8, "-tiny")
        self._hints()

    @property
    def text(self) -> str:
        """Return the draft as it stands, cleaned."""
        return clean(self._draft.text).strip()

    @property
    def _draft(self) -> Draft:
        return self.query_one(Draft)

    def _turn_to(self, audience: str) -> None:
        """Show this audience's draft: what was left of an earlier visit before what the facts say."""
        self._audience = audience
        self._facts = self._composed()
        draft, fresh = self._kept(audience), self._facts.text if self._facts else ""
        older = bool(draft) and draft != fresh
        self._put(draft if older else fresh)
        self.say("#origin", "This is your draft of before; ctrl+r starts again from the facts" if older else "")
        self._about()
        self._hints()

    def _composed(self) -> Composed | None:
        try:
            composed = self._write_for(self._audience)
        except Refused as refused:
            self.refuse(str(refused))
            return None
        self.refuse("")
        return composed

    def _put(self, text: str) -> None:
        with self.prevent(TextArea.Changed):
            self._draft.load_text(clean(text))
        self._draft.move_cursor((0, 0))
        self._draft.focus()
        self._think()

    def _about(self) -> None:
        name = next((option.words for option in self._audiences if option.id == self._audience), self._audience)
        number = f"update {self._facts.number}" if self._facts else ""
        left = (Cell(name, "strong"), Cell(f"  {number}", "muted"))
        others = f"{self._place + 1} of {len(self._audiences)}" if len(self._audiences) > 1 else ""
        promised = self._facts.next_due if self._facts else None
        then = f"promises the next by {promised:%H:%M} UTC" if promised else "promises no next one"
        self.query_one("#about", Options).show([Row(None, left, (Cell(others, "faint"), Cell(then, "accent")))], 1)

    @property
    def _place(self) -> int:
        ids = [option.id for option in self._audiences]
        return ids.index(self._audience) if self._audience in ids else 0

    def _hints(self) -> None:
        keys = [("ctrl+s", "copy and send")]
        keys += [("ctrl+n", "next audience")] if len(self._audiences) > 1 else []
        self.hint(*keys, ("ctrl+r", "from the facts"), ("esc", "keep and leave"))

    def _think(self) -> None:
        """Say what to think of before it goes; the composer's own warnings hold for the text it wrote."""
        said = list(self._warn(self._audience, self.text))
        if self._facts is not None and self.text == clean(self._facts.text).strip():
            said = [*(one for one in self._facts.warnings if one not in said), *said]
        shown = said[:_WARNINGS]
        if len(said) > len(shown):
            shown[-1] += f"  (+{len(said) - len(shown)} more)"
        self.say("#warnings", "\n".join(f"{SIGNS['warn']} {one}" for one in shown))

    @on(TextArea.Changed)
    def _changed(self) -> None:
        # On every change: what is on the screen is on the disk.
        self._keep(self._audience, self.text)
        self._think()

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
        draft = self._draft
        draft.replace(clean(self._facts.text), draft.document.start, draft.document.end)
        draft.move_cursor((0, 0))
        self.say("#origin", "")
        self._about()

    def action_send(self) -> None:
        """Copy the text and record that it went out."""
        if self.busy:
            return
        if not self.text:
            self.refuse("there is nothing to send: write what people need to know")
            return
        self.busy = True
        self.say("#problem", "copying …")
        self.run_worker(self._sent(), group="send", exclusive=True)

    async def _sent(self) -> None:
        try:
            words = await self._send(self._audience, self.text)
        except Refused as refused:
            words = f"{PROBLEM}{refused}"
        if words.startswith(PROBLEM):
            self.refuse(words.removeprefix(PROBLEM))
            self.free()
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Leave; the draft is kept. Not in the moment in which it is being sent."""
        if not self.busy:
            self.dismiss(None)
