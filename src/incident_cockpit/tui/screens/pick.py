"""A choice from a list: a field that filters its rows, the dialog around it, and how options are shown as rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from incident_cockpit.actions.arguments.argument import Choice
from incident_cockpit.tui.screens.modal import Dialog, DialogList
from incident_cockpit.tui.widgets.list_view import Cell, LineList, ListRow
from incident_cockpit.tui.widgets.text_field import Field

RowsFor = Callable[[str], Sequence[ListRow]]

_WORD = re.compile(r"\w+")
# The row among severities for one that is not known yet.
UNKNOWN = "?"


class Picker(Vertical):
    """A field and the rows that match its text; the field keeps the focus, the arrow keys move the cursor."""

    DEFAULT_CSS = """
    Picker { height: auto; }
    Picker > Horizontal { height: 1; margin: 0 1; }
    Picker .prompt { width: 2; color: $accent; background: $surface; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Start without options; `ask` sets them."""
        super().__init__(id=id)
        self.field = Field()
        self.field.handles_key = self._handle_key
        # Called with keys that mean nothing here; returns whether the screen handled the key.
        self.handles_key: Callable[[str], bool] = lambda _key: False
        # Called on enter with the text and the key of the row under the cursor.
        self.submitted: Callable[[str, str | None], None] = lambda _text, _key: None
        self.options = DialogList()
        self._rows_for: RowsFor = lambda _typed: ()
        self._filtered_by = ""
        self._row_count = 0
        self._limit = 8

    def compose(self) -> ComposeResult:
        """Lay the field out above the rows."""
        with Horizontal():
            yield Static("› ", classes="prompt", markup=False)
            yield self.field
        yield self.options

    def ask(
        self, rows_for: RowsFor, *, text: str = "", placeholder: str = "", at: str | None = None, replace: bool = False
    ) -> None:
        """Offer the rows that `rows_for` returns for what is typed; the cursor starts at the row `at`.

        `replace` selects the text, so that typing replaces it and moving the caret edits it.
        """
        self._rows_for = rows_for
        self._row_count = len(rows_for(""))
        self.field.placeholder = placeholder
        self.field.set_text(text)
        if replace:
            self.field.select_all()
        self._filter()
        if at is not None:
            self.options.move_to(at)

    @property
    def row_count(self) -> int:
        """The number of rows before anything is typed."""
        return self._row_count

    def limit(self, lines: int) -> None:
        """Let the rows use at most this many lines."""
        self._limit = max(1, lines)
        self._resize()

    def _resize(self) -> None:
        # As tall as all of them would be, so that the dialog does not jump while a person types.
        self.options.styles.height = min(self._limit, max(self._row_count, len(self.options.rows)))
        self.options.display = bool(self._row_count or self.options.rows)

    def _filter(self) -> None:
        self._filtered_by = self.field.text
        rows = self._rows_for(self._filtered_by)
        self.options.show(rows, min(self._limit, max(self._row_count, len(rows))))
        self._resize()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show only the rows that match."""
        event.stop()
        self._catch_up()

    def _catch_up(self) -> None:
        """Filter by what is typed now: the message about the change may still be on its way."""
        if self.field.text != self._filtered_by:
            self._filter()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Take a double click as enter on that row."""
        event.stop()
        self.submitted(self.field.text, event.key)

    def _handle_key(self, key: str) -> bool:
        """Move among the rows, submit on enter; on the first row, up belongs to the screen."""
        self._catch_up()
        if key == "enter":
            self.submitted(self.field.text, self.options.cursor_key)
            return True
        before = self.options.cursor_key
        match key:
            case "up" | "down":
                self.options.action_step(-1 if key == "up" else 1)
            case "pageup" | "pagedown":
                self.options.action_page(-1 if key == "pageup" else 1)
            case _:
                return self.handles_key(key)
        return self.options.cursor_key != before or self.handles_key(key)


class PickScreen(Dialog[str | None]):
    """Asks to choose an option; returns its id, or None when it was cancelled."""

    def __init__(self, title: str, options: Sequence[Choice], at: str | None = None) -> None:
        """Offer the options under the title, the cursor on the one with the id `at`."""
        super().__init__()
        self.dialog_title = title
        self._options = options
        self._at = at

    def body(self) -> Iterable[Widget]:
        """Return the picker."""
        yield Picker()
        yield self.problem_line()

    def on_mount(self) -> None:
        """Show all options."""
        picker = self.query_one(Picker)
        picker.submitted = self._chosen
        picker.ask(matching_choices(self._options), placeholder="type to filter", at=self._at)
        self._fit()

    def on_resize(self) -> None:
        """Keep the dialog inside the screen."""
        self._fit()

    def _fit(self) -> None:
        self.query_one(Picker).limit(self.app.size.height - 5)
        self.show_keys(("enter", "choose"), ("↑↓", "move"), self.escape_key(drafted=False))

    def _chosen(self, text: str, key: str | None) -> None:
        if key is None:
            self.show_problem(no_match(text))
        else:
            self.dismiss(key)


def no_match(typed: str) -> str:
    """Return why no row can be chosen."""
    return f'No match for "{typed}"' if typed else "Nothing to choose"


# Rows that match what is typed


def matching_choices(choices: Sequence[Choice], *, optional: bool = False) -> RowsFor:
    """Return the rows of the choices by what is typed: every word of it must occur in the id or the text."""
    rows = {row.key or "": row for row in choice_rows(choices)}
    searched = {choice.id: f"{choice.id} {choice.words}".casefold() for choice in choices}

    def matching(typed: str) -> Sequence[ListRow]:
        terms = typed.casefold().split()
        matches = [row for key, row in rows.items() if all(term in searched[key] for term in terms)]
        return [_NONE, *matches] if optional and not terms else matches

    return matching


def suggestions(options: Sequence[Choice], *, optional: bool = False) -> RowsFor:
    """Return rows for a field that takes any text: known values first, then what is typed.

    A known value is suggested if a word of its id starts with what is typed, so that enter never takes another.
    """

    def matching(typed: str) -> Sequence[ListRow]:
        start = typed.casefold().removeprefix("@")
        known = [
            ListRow(
                option.id,
                (Cell(option.id), *((Cell(f"  {option.words}", "muted"),) if option.words != option.id else ())),
            )
            for option in options
            if _starts_with(option, start)
        ]
        if not typed:
            return [_NONE, *known] if optional else known
        if any(option.id.casefold() == start for option in options):
            return known
        return [*known, ListRow(typed, (Cell(typed), Cell("  use as typed", "faint")))]

    return matching


_NONE = ListRow("", (Cell("none", "muted"),))


def _starts_with(option: Choice, start: str) -> bool:
    name = option.id.casefold()
    return name.startswith(start) or any(word.startswith(start) for word in _WORD.findall(name))


# Options as rows


def choice_rows(choices: Sequence[Choice]) -> list[ListRow]:
    """Return a row for each choice: severities have badges, meanings a column of their own."""
    ranked = any(choice.rank for choice in choices)
    explained = ranked or any(choice.means for choice in choices)
    badge_width = max((cell_len(choice.id) for choice in choices), default=0)
    text_width = max((cell_len(choice.text) for choice in choices), default=0) + 2
    rows = []
    for choice in choices:
        badge = (
            Cell(f" {choice.id} ", f"sev{min(4, choice.rank)}" if choice.rank else "chip"),
            Cell(" " * (badge_width - cell_len(choice.id) + 2)),
        )
        text = (Cell(choice.text, "", text_width), Cell(choice.means, "muted")) if explained else (Cell(choice.text),)
        short_id = "" if ranked else choice.short_id
        right = tuple(Cell(remark, "faint") for remark in (short_id, choice.beside) if remark)
        rows.append(ListRow(choice.id, (*badge, *text) if ranked else text, right))
    return rows


def choice_label(choices: Iterable[Choice], value: str) -> str:
    """Return a chosen value as people read it: the choice's text, or what was typed."""
    choice = next((choice for choice in choices if choice.id == value), None)
    if choice is None:
        return value
    return f"{choice.id} {choice.text}" if choice.rank else choice.text
