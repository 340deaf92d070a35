"""The composer of status updates: generated from the incident, edited, copied and marked as sent."""

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
_LABEL = "Last changed: "
# How often the ages are redrawn: another responder may just have sent an update.
_REDRAW_SECONDS = 2.0


class UpdateWriter(Protocol):
    """The composer's access to the incident, the drafts and the clipboard; an audience is given by its id."""

    def compose(self, audience: str, target: str) -> Composed:
        """Generate the update from the incident for a format; raises Refused."""

    def send(self, audience: str, text: str) -> Awaitable[str]:
        """Copy and record the update; return a message, or PROBLEM and the reason."""

    def keep(self, audience: str, text: str, written: datetime | None) -> None:
        """Save the draft; `written` is when it was generated, None if that has not changed."""

    def kept(self, audience: str) -> tuple[str, datetime | None]:
        """Return the saved draft, and when it was generated, None if unknown."""

    def notice(self, audience: str) -> str:
        """Return the notice of a restored draft."""

    def warnings(self, audience: str, target: str, text: str) -> Sequence[str]:
        """Return the warnings about the text."""

    def promised(self, audience: str, text: str) -> datetime | None:
        """Return when the next update is promised, by the text or by the plan."""

    def ages(self, audience: str, written: datetime | None) -> Sequence[Age]:
        """Return the ages of the facts in it; `written` is when the text was generated."""

    def now(self) -> datetime:
        """Return the present."""

    def route(self, audience: str) -> str:
        """Return the channel of the audience, "" if the plan has none."""

    def target(self, audience: str) -> str:
        """Return the plan's format for the audience."""


class ComposerScreen(DraftScreen[None]):
    """The draft of an update, for one audience at a time, in one format."""

    DEFAULT_CSS = """
    ComposerScreen #ages { height: 1; }
    ComposerScreen.-short #ages { display: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "next_audience", "Next audience", show=False, id="composer.audience"),
        Binding("ctrl+t", "next_format", "Next format", show=False, id="composer.format"),
        Binding("ctrl+r", "regenerate", "Regenerate", show=False, id="composer.regenerate"),
    ]

    dialog_title = "Status update"

    def __init__(self, audiences: Sequence[Choice], audience: str, writer: UpdateWriter) -> None:
        """Start with the audience with this id."""
        super().__init__()
        self._audiences = audiences
        self._audience = audience
        self._writer = writer
        self._chosen: dict[str, str] = {}
        self._generated: Composed | None = None
        # When the text on screen was generated, as far as that is known.
        self._written: datetime | None = None

    def body(self) -> Iterable[Widget]:
        """Return the widgets of a draft, and the ages below the text."""
        for widget in super().body():
            if widget.id == "warnings":
                yield DialogList(id="ages")
            yield widget

    def on_mount(self) -> None:
        """Show the draft for the first audience."""
        self._turn_to(self._audience)
        self.set_interval(_REDRAW_SECONDS, self._show_ages)

    def _turn_to(self, audience: str) -> None:
        """Show the audience's saved draft, or a generated one."""
        self._audience = audience
        self._generated = self._generate()
        (draft, written), generated = self._writer.kept(audience), self._generated.text if self._generated else ""
        restored = bool(draft) and draft != generated
        self._written = written if restored else self._written
        self.put(draft if restored else generated, at_end=restored)
        self.set_line("#origin", self._writer.notice(audience) if restored else "")
        channel = self._writer.route(audience)
        guide = self._generated.guide if self._generated else ()
        self.show_guide([*([f"Posted in {channel}"] if channel else []), *guide])
        self._show_subject()
        self.show_draft_keys()

    def _generate(self) -> Composed | None:
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
    def _index(self) -> int:
        ids = [option.id for option in self._audiences]
        return ids.index(self._audience) if self._audience in ids else 0

    # Around the text

    def _show_subject(self) -> None:
        name = next((option.words for option in self._audiences if option.id == self._audience), self._audience)
        number = f"update {self._generated.number}" if self._generated else ""
        left = (Cell(name, "strong"), Cell(f"  {number}", "muted"))
        others = f"{self._index + 1} of {len(self._audiences)}" if len(self._audiences) > 1 else ""
        promised = self._writer.promised(self._audience, self.text)
        next_due = f"next update due {promised:%H:%M} UTC" if promised else "no next update"
        row = ListRow(None, left, (Cell(others, "faint"), Cell(next_due, "accent")))
        self.query_one("#about", DialogList).show([row], 1)
        self._show_ages()

    def _show_ages(self) -> None:
        """Show the ages of the facts in the text, as many as fit, and the format with its length."""
        length = measure(self.text, self._target).in_words
        target = f"for {target_name(self._target)}" + (f", {length}" if length else "")
        width = self.inner_width - 4 - cell_len(target)
        ages = age_cells(self._writer.ages(self._audience, self._written), width)
        self.query_one("#ages", DialogList).show([ListRow(None, ages, (Cell(target, "muted"),))], 1)

    def show_draft_keys(self) -> None:
        """Show the keys for this draft."""
        keys = [("ctrl+s", "copy and mark as sent")]
        keys += [("ctrl+n", "audience")] if len(self._audiences) > 1 else []
        self.show_keys(*keys, ("ctrl+t", "format"), ("ctrl+r", "regenerate"), ("esc", "close"))

    def warnings(self, text: str) -> Sequence[str]:
        """Return the warnings about this text for this audience."""
        return self._writer.warnings(self._audience, self._target, text)

    def show_warnings(self, composed: Composed | None = None) -> None:
        """Show the warnings, also those of the generated text."""
        super().show_warnings(composed or self._generated)

    def edited(self, text: str) -> None:
        """Save every change."""
        self._writer.keep(self._audience, text, self._written)

    def changed(self) -> None:
        """Update the warnings, the next update and the length."""
        super().changed()
        self._show_subject()

    async def deliver(self, text: str) -> str:
        """Copy the text and record that it was sent."""
        return await self._writer.send(self._audience, text)

    # Keys

    def action_next_audience(self) -> None:
        """Go to the next audience; the draft for this one is kept."""
        if self.busy or not self._audiences:
            return
        self._turn_to(self._audiences[(self._index + 1) % len(self._audiences)].id)

    def action_next_format(self) -> None:
        """Go to the next format; an edited text stays as it is."""
        if self.busy:
            return
        unedited = self._generated is not None and self.text == clean(self._generated.text).strip()
        self._chosen[self._audience] = _FORMATS[(_FORMATS.index(self._target) + 1) % len(_FORMATS)]
        if unedited:
            self._generated = self._generate() or self._generated
            self.put(self._generated.text if self._generated else "")
        else:
            self.set_line("#origin", f"Your text is kept; ctrl+r regenerates it for {target_name(self._target)}")
            self.show_warnings()
        self._show_subject()

    def action_regenerate(self) -> None:
        """Replace the draft by a generated text; undo in the text area restores it."""
        self._generated = self._generate()
        if self._generated is None or self.busy:
            return
        draft = self.draft
        draft.replace(clean(self._generated.text), draft.document.start, draft.document.end)
        draft.move_cursor((0, 0))
        self.set_line("#origin", "")
        self._show_subject()


def age_cells(ages: Sequence[Age], width: int) -> tuple[Cell, ...]:
    """Return the ages as a line of at most `width`; stale ones come first, with a sign and another colour."""
    cells: list[Cell] = []
    used = 0
    for number, age in enumerate(ages):
        more = len(ages) - number - 1
        text = f"{SIGNS['warn']} {age.words}" if age.stale else age.words
        needed = cell_len(text) + (2 if number else 0)
        if used + needed + (len(f" +{more}") if more else 0) > width:
            # If not even the first fits, the sign still tells whether one is stale.
            count = f"{SIGNS['warn']} {more + 1} ages" if age.stale else f"{more + 1} ages"
            cells.append(Cell(f" +{more + 1}", "faint") if number else Cell(count, "warn" if age.stale else "faint"))
            break
        cells += [*([Cell(", ", "faint")] if number else []), Cell(text, "warn" if age.stale else "faint")]
        used += needed
    else:
        # The label is shown if all of them fit beside it.
        if cells and used + cell_len(_LABEL) <= width:
            cells.insert(0, Cell(_LABEL, "faint"))
    return tuple(cells)
