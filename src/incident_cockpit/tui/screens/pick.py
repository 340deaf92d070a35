"""Choosing one of several by typing part of its words, and the rows such things are shown as."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from incident_cockpit.actions.action import ArgKind
from incident_cockpit.actions.arguments import Option
from incident_cockpit.tui.screens.modal import Dialog, DialogList
from incident_cockpit.tui.widgets.list_view import Cell, LineList, ListRow
from incident_cockpit.tui.widgets.text_field import Field

RowsFor = Callable[[str], Sequence[ListRow]]

_NAMED_APART = (ArgKind.SEVERITY, ArgKind.PHASE)
# What is counted as it comes has an id that says nothing.
_COUNTED = (
    ArgKind.ASK,
    ArgKind.TIMER,
    ArgKind.HYPOTHESIS,
    ArgKind.DECISION,
    ArgKind.TAKEN,
    ArgKind.NEED,
    ArgKind.FOLLOW_UP,
    ArgKind.EVIDENCE,
)
_WITHOUT_ID = (*_NAMED_APART, *_COUNTED, ArgKind.DUE)
_WORD = re.compile(r"\w+")
# Stands among severities for "nobody knows yet".
UNKNOWN = "?"


class Picker(Vertical):
    """A field and the rows that fit what is typed in it; the keys stay in the field, the arrows move the cursor."""

    DEFAULT_CSS = """
    Picker { height: auto; }
    Picker > Horizontal { height: 1; margin: 0 1; }
    Picker .prompt { width: 2; color: $accent; background: $surface; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Begin with nothing to choose from; `ask` says what there is."""
        super().__init__(id=id)
        self.field = Field()
        self.field.takes = self._takes
        # What the screen does with keys that mean nothing here, and with enter: what was typed, and the row's key.
        self.takes: Callable[[str], bool] = lambda _key: False
        self.entered: Callable[[str, str | None], None] = lambda _text, _key: None
        self.options = DialogList()
        self._rows_for: RowsFor = lambda _typed: ()
        self._narrowed_for = ""
        self._wanted = 0
        self._limit = 8

    def compose(self) -> ComposeResult:
        """Put the field over the rows."""
        with Horizontal():
            yield Static("› ", classes="prompt", markup=False)
            yield self.field
        yield self.options

    def ask(
        self, rows_for: RowsFor, *, text: str = "", placeholder: str = "", at: str | None = None, replace: bool = False
    ) -> None:
        """Offer the rows that `rows_for` returns for what is typed; `at` is where the cursor begins.

        `replace` selects the text, so that typing replaces it and moving the caret edits it.
        """
        self._rows_for = rows_for
        self._wanted = len(rows_for(""))
        self.field.placeholder = placeholder
        self.field.put(text)
        if replace:
            self.field.select_all()
        self._narrow()
        if at is not None:
            self.options.move_to(at)

    @property
    def wanted(self) -> int:
        """How many rows there are before anything is typed."""
        return self._wanted

    def limit(self, lines: int) -> None:
        """Let the rows take at most so many lines."""
        self._limit = max(1, lines)
        self._resize()

    def _resize(self) -> None:
        # As tall as all of them would be, so that the box does not jump while a person types.
        self.options.styles.height = min(self._limit, max(self._wanted, len(self.options.rows)))
        self.options.display = bool(self._wanted or self.options.rows)

    def _narrow(self) -> None:
        self._narrowed_for = self.field.text
        rows = self._rows_for(self._narrowed_for)
        self.options.show(rows, min(self._limit, max(self._wanted, len(rows))))
        self._resize()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show only what fits."""
        event.stop()
        self._catch_up()

    def _catch_up(self) -> None:
        """Narrow for what is typed by now: the message that says so may still be on its way."""
        if self.field.text != self._narrowed_for:
            self._narrow()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Take a double click as enter on that row."""
        event.stop()
        self.entered(self.field.text, event.key)

    def _takes(self, key: str) -> bool:
        """Move among the rows, enter what is meant; from the first row, up belongs to the screen."""
        self._catch_up()
        if key == "enter":
            self.entered(self.field.text, self.options.cursor_key)
            return True
        before = self.options.cursor_key
        match key:
            case "up" | "down":
                self.options.action_step(-1 if key == "up" else 1)
            case "pageup" | "pagedown":
                self.options.action_page(-1 if key == "pageup" else 1)
            case _:
                return self.takes(key)
        return self.options.cursor_key != before or self.takes(key)


class PickScreen(Dialog[str | None]):
    """Asks for one of several things and returns its id, or None."""

    def __init__(
        self, title: str, options: Sequence[Option], kind: ArgKind = ArgKind.TEXT, at: str | None = None
    ) -> None:
        """Offer the options under the title, the cursor on the one with the id `at`."""
        super().__init__()
        self.dialog_title = title
        self._options = options
        self._kind = kind
        self._at = at

    def inside(self) -> Iterable[Widget]:
        """Return the picker."""
        yield Picker()
        yield self.problem_line()

    def on_mount(self) -> None:
        """Show all of them."""
        picker = self.query_one(Picker)
        picker.entered = self._chosen
        picker.ask(matching_choices(self._kind, self._options), placeholder="type to narrow", at=self._at)
        self._fit()

    def on_resize(self) -> None:
        """Keep the box inside the screen."""
        self._fit()

    def _fit(self) -> None:
        self.query_one(Picker).limit(self.app.size.height - 5)
        self.hint(("enter", "choose"), ("↑↓", "move"), ("esc", "leave"))

    def _chosen(self, text: str, key: str | None) -> None:
        if key is None:
            self.refuse(no_match(text))
        else:
            self.dismiss(key)


def no_match(typed: str) -> str:
    """Say that no row is left to choose."""
    return f"nothing here has the words '{typed}': type fewer of them" if typed else "there is none to choose now"


def matching_choices(
    kind: ArgKind,
    options: Sequence[Option],
    *,
    optional: bool = False,
    beside: Mapping[str, str] = MappingProxyType({}),
) -> RowsFor:
    """Return the rows of the options by what is typed: every word of it must occur in the id or the words.

    `beside` are a few words at the end of an option's row, by its id.
    """
    rows = {row.key or "": _with(row, beside.get(row.key or "", "")) for row in rows_of(kind, options)}
    found_by = {option.id: f"{option.id} {option.words}".casefold() for option in options}

    def fitting(typed: str) -> Sequence[ListRow]:
        words = typed.casefold().split()
        fits = [row for key, row in rows.items() if all(word in found_by[key] for word in words)]
        return [_LEFT_EMPTY, *fits] if optional and not words else fits

    return fitting


def suggestions(options: Sequence[Option], *, optional: bool = False) -> RowsFor:
    """Return rows for a field that takes any words: what is known first, then what is typed, as it stands.

    Known is what has a word that begins as what is typed, so that enter never takes something unlike it.
    """

    def fitting(typed: str) -> Sequence[ListRow]:
        said = typed.casefold().removeprefix("@")
        known = [ListRow(one.id, _known(one)) for one in options if _begins(one, said)]
        if not typed:
            return [_LEFT_EMPTY, *known] if optional else known
        if any(one.id.casefold() == said for one in options):
            return known
        return [*known, ListRow(typed, (Cell(typed), Cell("  as typed", "faint")))]

    return fitting


def _with(row: ListRow, words: str) -> ListRow:
    return row._replace(right=(*row.right, Cell(words, "faint"))) if words else row


_LEFT_EMPTY = ListRow("", (Cell("leave it empty", "muted"),))


def _known(option: Option) -> tuple[Cell, ...]:
    return (Cell(option.id), *((Cell(f"  {option.words}", "muted"),) if option.words != option.id else ()))


def _begins(option: Option, said: str) -> bool:
    name = option.id.casefold()
    return name.startswith(said) or any(word.startswith(said) for word in _WORD.findall(name))


def rows_of(kind: ArgKind, options: Sequence[Option]) -> list[ListRow]:
    """Return a row for each option; severities, which come worst first, as badges with what they mean."""
    if kind is ArgKind.SEVERITY:
        return _severities(options)
    if kind is ArgKind.PHASE:
        wide = max((cell_len(named(option)[0]) for option in options), default=0) + 2
        return [ListRow(one.id, (Cell(named(one)[0], "", wide), Cell(named(one)[1], "muted"))) for one in options]
    return [ListRow(one.id, (Cell(one.words),), _short_id(kind, one)) for one in options]


def _severities(options: Sequence[Option]) -> list[ListRow]:
    badge = max((cell_len(option.id) for option in options), default=0)
    wide = max((cell_len(named(option)[0]) for option in options), default=0) + 2
    ranks = [option.id for option in options if option.id != UNKNOWN]
    styles = {known: f"sev{min(4, rank)}" for rank, known in enumerate(ranks, 1)}
    return [
        ListRow(
            one.id,
            (
                Cell(f" {one.id} ", styles.get(one.id, "chip")),
                Cell(" " * (badge - cell_len(one.id) + 2)),
                Cell(named(one)[0], "", wide),
                Cell(named(one)[1], "muted"),
            ),
        )
        for one in options
    ]


def named(option: Option) -> tuple[str, str]:
    """Return the name and the meaning of a severity or a phase."""
    name, colon, means = option.words.partition(": ")
    return (name, means) if colon else (option.words, "")


def _short_id(kind: ArgKind, option: Option) -> tuple[Cell, ...]:
    """Return the id a person could type, where it says more than the words do."""
    short = option.id.rpartition(".")[2]
    return () if kind in _WITHOUT_ID or short.casefold() == option.words.casefold() else (Cell(short, "faint"),)


def choice_label(kind: ArgKind, options: Iterable[Option], value: str) -> str:
    """Return a chosen value as people read it: the option's words, or what was typed."""
    words: Mapping[str, Option] = {option.id: option for option in options}
    found = words.get(value)
    if found is None:
        return value
    if kind is ArgKind.SEVERITY:
        return f"{found.id} {named(found)[0]}"
    return named(found)[0] if kind in _NAMED_APART else found.words
