"""Where a status update is written: from the facts, edited by hand, copied and by that sent."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from datetime import datetime
from typing import ClassVar, Protocol, get_args

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.widget import Widget

from incident_cockpit.actions.arguments.argument import Choice
from incident_cockpit.documents.lint.length import measure, target_name
from incident_cockpit.documents.staleness import Age
from incident_cockpit.documents.update import Composed
from incident_cockpit.errors import Refused
from incident_cockpit.plan.schema import PastedInto
from incident_cockpit.text.sanitize import clean
from incident_cockpit.tui.app.theme_styles import SIGNS
from incident_cockpit.tui.screens.draft import PROBLEM, DraftScreen
from incident_cockpit.tui.screens.modal import DialogList
from incident_cockpit.tui.widgets.list_view import Cell, ListRow

__all__ = ["PROBLEM", "ComposerScreen", "UpdateWriter"]

_FORMATS: tuple[str, ...] = get_args(PastedInto)
# The ages are drawn anew this often: whoever is about to send has to see that somebody else just has.
_REDRAWN = 2.0


class UpdateWriter(Protocol):
    """What the composer writes with: the facts, the drafts that were kept, and the way out. An audience is its id."""

    def compose(self, audience: str, target: str) -> Composed:
        """Write the update from the facts for a format; raises Refused."""

    def send(self, audience: str, text: str) -> Awaitable[str]:
        """Copy and record it; return how that went, or `!` and why not."""

    def keep(self, audience: str, text: str, written: datetime | None) -> None:
        """Keep the draft; `written` is when it was made from the facts, None where that is as it was."""

    def kept(self, audience: str) -> tuple[str, datetime | None]:
        """Return the draft that an earlier visit left, and when it was made from the facts, None if not known."""

    def notice(self, audience: str) -> str:
        """Return the notice of a restored draft."""

    def warnings(self, audience: str, target: str, text: str) -> Sequence[str]:
        """Return what to think of before it goes."""

    def promised(self, audience: str, text: str) -> datetime | None:
        """Return when its readers hear more, as the text says or as the plan has it."""

    def ages(self, audience: str, written: datetime | None) -> Sequence[Age]:
        """Return how old what it tells is; `written` is when the text was made from the facts."""

    def now(self) -> datetime:
        """Return the present."""

    def route(self, audience: str) -> str:
        """Return by which way the audience is reached, "" where the plan does not say."""

    def target(self, audience: str) -> str:
        """Return the format that the plan has for the audience."""


class ComposerScreen(DraftScreen[None]):
    """A draft for one audience at a time, in one format."""

    DEFAULT_CSS = """
    ComposerScreen #ages { height: 1; }
    ComposerScreen.-short #ages { display: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "next_audience", "Next audience", show=False, id="composer.audience"),
        Binding("ctrl+t", "next_format", "Next format", show=False, id="composer.format"),
        Binding("ctrl+r", "afresh", "From the facts", show=False, id="composer.afresh"),
    ]

    dialog_title = "Status update"

    def __init__(self, audiences: Sequence[Choice], audience: str, writer: UpdateWriter) -> None:
        """Write to the audience with this id first."""
        super().__init__()
        self._audiences = audiences
        self._audience = audience
        self._writer = writer
        self._chosen: dict[str, str] = {}
        self._facts: Composed | None = None
        # When the text on the screen was made from the facts, as far as that is known.
        self._written: datetime | None = None

    def body(self) -> Iterable[Widget]:
        """Return what every draft has, and under the text how old it is."""
        for widget in super().body():
            if widget.id == "warnings":
                yield DialogList(id="ages")
            yield widget

    def on_mount(self) -> None:
        """Show the draft for the first audience."""
        self._turn_to(self._audience)
        self.set_interval(_REDRAWN, self._show_ages)

    def _turn_to(self, audience: str) -> None:
        """Show this audience's draft: what was left of an earlier visit before what the facts say."""
        self._audience = audience
        self._facts = self._composed()
        (draft, written), fresh = self._writer.kept(audience), self._facts.text if self._facts else ""
        older = bool(draft) and draft != fresh
        self._written = written if older else self._written
        self.put(draft if older else fresh, at_end=older)
        self.set_line("#origin", self._writer.notice(audience) if older else "")
        self._show_guide()
        self._about()
        self.hints()

    def _composed(self) -> Composed | None:
        try:
            composed = self._writer.compose(self._audience, self._target)
        except Refused as refused:
            self.show_problem(str(refused))
            return None
        self.show_problem("")
        self._written = self._writer.now()
        return composed

    @property
    def _target(self) -> str:
        return self._chosen.get(self._audience) or self._writer.target(self._audience)

    @property
    def _place(self) -> int:
        ids = [option.id for option in self._audiences]
        return ids.index(self._audience) if self._audience in ids else 0

    @property
    def _untouched(self) -> bool:
        return self._facts is not None and self.text == clean(self._facts.text).strip()

    # What stands around the text

    def _show_guide(self) -> None:
        route = self._writer.route(self._audience)
        self.guide([*([f"It goes to {route}"] if route else []), *(self._facts.guide if self._facts else ())])

    def _about(self) -> None:
        name = next((option.words for option in self._audiences if option.id == self._audience), self._audience)
        number = f"update {self._facts.number}" if self._facts else ""
        left = (Cell(name, "strong"), Cell(f"  {number}", "muted"))
        others = f"{self._place + 1} of {len(self._audiences)}" if len(self._audiences) > 1 else ""
        promised = self._writer.promised(self._audience, self.text)
        then = f"promises the next by {promised:%H:%M} UTC" if promised else "promises no next one"
        self.query_one("#about", DialogList).show(
            [ListRow(None, left, (Cell(others, "faint"), Cell(then, "accent")))], 1
        )
        self._show_ages()

    def _show_ages(self) -> None:
        """Say how old what the text tells is, as much as there is room for, and where it is meant to go."""
        filled = measure(self.text, self._target).in_words
        where = f"for {target_name(self._target)}" + (f", {filled}" if filled else "")
        left = self.inner_width - 4 - cell_len(where)
        old = aged_cells(self._writer.ages(self._audience, self._written), left)
        self.query_one("#ages", DialogList).show([ListRow(None, old, (Cell(where, "muted"),))], 1)

    def hints(self) -> None:
        """Show the keys that work."""
        keys = [("ctrl+s", "copy and mark as sent")]
        keys += [("ctrl+n", "audience")] if len(self._audiences) > 1 else []
        self.show_keys(*keys, ("ctrl+t", "format"), ("ctrl+r", "regenerate"), self.escape_key(drafted=True))

    def warnings(self, text: str) -> Sequence[str]:
        """Return what to think of before it goes to this audience."""
        return self._writer.warnings(self._audience, self._target, text)

    def think(self, composed: Composed | None = None) -> None:
        """Say what to think of; the composer's own warnings hold for the text it wrote."""
        super().think(composed or self._facts)

    def edited(self, text: str) -> None:
        """Keep every change."""
        self._writer.keep(self._audience, text, self._written)

    def changed(self) -> None:
        """Say what to think of, what is promised now, and how much room is left."""
        super().changed()
        self._about()

    async def deliver(self, text: str) -> str:
        """Copy the text and record that it went out."""
        return await self._writer.send(self._audience, text)

    # Keys

    def action_next_audience(self) -> None:
        """Turn to the next audience; the draft for this one is kept."""
        if self.busy or not self._audiences:
            return
        self._turn_to(self._audiences[(self._place + 1) % len(self._audiences)].id)

    def action_next_format(self) -> None:
        """Write it for another place; words that a person has changed stay as they are."""
        if self.busy:
            return
        untouched = self._untouched
        self._chosen[self._audience] = _FORMATS[(_FORMATS.index(self._target) + 1) % len(_FORMATS)]
        if untouched:
            self._facts = self._composed() or self._facts
            self.put(self._facts.text if self._facts else "")
        else:
            self.set_line("#origin", f"Your text is kept; ctrl+r regenerates it for {target_name(self._target)}")
            self.think()
        self._about()

    def action_afresh(self) -> None:
        """Throw the draft away and write it from the facts; the text area's own undo brings it back."""
        self._facts = self._composed()
        if self._facts is None or self.busy:
            return
        draft = self.draft
        draft.replace(clean(self._facts.text), draft.document.start, draft.document.end)
        draft.move_cursor((0, 0))
        self.set_line("#origin", "")
        self._about()


def aged_cells(ages: Sequence[Age], width: int) -> tuple[Cell, ...]:
    """Return the ages as a line of at most `width`; what is stale has a sign and another colour, and comes first."""
    cells: list[Cell] = []
    used = 0
    for number, age in enumerate(ages):
        more = len(ages) - number - 1
        words = f"{SIGNS['warn']} {age.words}" if age.stale else age.words
        words += " old" if not number and age.words[-1:] in "smhd" else ""
        needed = cell_len(words) + (3 if number else 0)
        if used + needed + (len(f" +{more}") if more else 0) > width:
            # What is stale stands first: where not even that has room, the sign says that there is some.
            many = f"{SIGNS['warn']} {more + 1} ages" if age.stale else f"{more + 1} ages"
            cells.append(Cell(f" +{more + 1}", "faint") if number else Cell(many, "warn" if age.stale else "faint"))
            break
        cells += [*([Cell(" · ", "faint")] if number else []), Cell(words, "warn" if age.stale else "faint")]
        used += needed
    return tuple(cells)
