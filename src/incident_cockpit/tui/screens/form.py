"""The form of an action: asks for each missing argument in one dialog, and confirms what cannot easily be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments.argument import Arg, Choice
from incident_cockpit.errors import Refused
from incident_cockpit.tui.app.safety import printable
from incident_cockpit.tui.screens.fields import (
    FormAnswers,
    FormFields,
    Questions,
    Values,
    answer_rows,
    option_page,
    placeholder,
    problem_of,
    rows_for,
)
from incident_cockpit.tui.screens.modal import Dialog, DialogList
from incident_cockpit.tui.screens.pick import Picker
from incident_cockpit.tui.widgets.list_view import LineList
from incident_cockpit.tui.widgets.rich_text import Page

# Rows of options that stay visible however long their help is, and the least height of a screen with help.
_MIN_ROWS = 4
_MIN_HEIGHT_FOR_HELP = 16
_MAX_ROWS = 14
_MAX_HELP_LINES = 8


class Confirmation(Vertical):
    """What an action will do, what follows from it, and the key that confirms it."""

    DEFAULT_CSS = """
    Confirmation { height: auto; display: none; }
    Confirmation > Static { height: auto; margin: 0 1; }
    Confirmation > #will, Confirmation > #press { color: $warn; text-style: bold; margin: 1 1 0 1; }
    Confirmation > #press { margin: 1; }
    """

    def compose(self) -> ComposeResult:
        """Lay out the lines, empty."""
        yield from (Static(id=name) for name in ("will", "then", "press"))

    def show(self, summary: str) -> None:
        """Show what will be done, its first line above the others."""
        first, *rest = summary.splitlines()
        self._set_line("#will", [first])
        self._set_line("#then", rest)
        self._set_line("#press", ["Press y to confirm."])
        self.display = True

    def _set_line(self, selector: str, lines: Iterable[str]) -> None:
        line = self.query_one(selector, Static)
        text = "\n".join(map(printable, lines))
        line.update(Content(text))
        line.display = bool(text)


class ChoiceHelp(Static):
    """Help on the option under the cursor, in a place of constant height; what does not fit is cut with …"""

    DEFAULT_CSS = """
    ChoiceHelp { height: auto; margin: 0 1; color: $muted; display: none; }
    """

    def __init__(self) -> None:
        """Start empty."""
        super().__init__(id="choice-help")
        self._page_of: Callable[[str], Page] = lambda _key: Page()
        self._width = 0
        self._longest = 0
        self._lines: list[str] = []

    def prepare(self, page_of: Callable[[str], Page], keys: Iterable[str], width: int) -> None:
        """Take the pages of the options with these keys; the longest of them decides the height."""
        self._page_of, self._width = page_of, width
        pages = (page_of(key) for key in keys)
        self._longest = min(_MAX_HELP_LINES, max((len(page(width)) for page in pages if page), default=0))

    def limit(self, lines: int) -> int:
        """Use at most this many lines; return how many are used."""
        used = max(0, min(lines, self._longest))
        self.display = bool(used)
        self.styles.height = used
        self._draw()
        return used

    def show(self, key: str | None) -> None:
        """Show the help on the option with this key."""
        lines = self._page_of(key or "")(self._width)
        self._lines = [" " * line.indent + printable("".join(run.text for run in line.runs)) for line in lines]
        self._draw()

    def _draw(self) -> None:
        height = int(self.styles.height.value) if self.styles.height is not None else 0
        shown = self._lines[:height]
        if len(self._lines) > height > 0:
            shown[-1] = f"{shown[-1][: self._width - 2]} …"
        self.update(Content("\n".join(shown)))


class FormScreen(Dialog[bool]):
    """A form for one action; returns True when it was done, False if nothing changed, None if it was cancelled.

    `fields` knows what each argument takes and runs the action; if that is refused, the answers stay. A grave action
    is summarised and waits for `y`, which a paste cannot press. `answers` saves the answers at every change: cancelling
    loses none, ctrl+r clears them.
    """

    # The form sets the focus itself: nowhere while it waits for `y`.
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    FormScreen #known { margin: 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+tab,up", "back", "Back", show=False, id="form.back"),
        Binding("ctrl+r", "clear", "Clear", show=False, id="form.clear"),
        Binding("y", "confirm", "Confirm", show=False, id="form.do_it"),
    ]

    def __init__(
        self, action: Action, values: Mapping[str, str], fields: FormFields, answers: FormAnswers | None = None
    ) -> None:
        """Ask for every argument that `values` does not have; `answers` starts with the same values."""
        super().__init__()
        self.dialog_title = action.title
        self._action = action
        self._fields = fields
        self._answers = answers or FormAnswers(values)
        self._questions = Questions(action, self._values)
        self._options: Sequence[Choice] = ()
        self._confirming = False

    def body(self) -> Iterable[Widget]:
        """Return the lines of the dialog, from earlier answers to why it was refused."""
        yield self.draft_line()
        yield DialogList(id="known")
        yield Static(id="question", classes="question")
        yield Picker()
        yield ChoiceHelp()
        yield Confirmation()
        yield self.problem_line()

    def on_mount(self) -> None:
        """Ask for the first argument, or finish at once if there is none."""
        self._picker.submitted = self._answered
        self._picker.handles_key = self._handle_key
        self._picker.field.saves = lambda _text: self._save()
        if self._questions:
            self._ask()
        else:
            self._finish()

    def on_resize(self) -> None:
        """Keep the dialog inside the screen."""
        self._fit()

    @property
    def _values(self) -> Values:
        return self._answers.values

    @property
    def _arg(self) -> Arg:
        return self._questions.current

    @property
    def _picker(self) -> Picker:
        return self.query_one(Picker)

    @property
    def _help(self) -> ChoiceHelp:
        return self.query_one(ChoiceHelp)

    # Asking

    def _ask(self) -> None:
        """Ask for the current argument; its field opens with an earlier answer or the current value."""
        self._adapted = arg = self._fields.adapted(self._arg, self._values)
        self._confirming = False
        self._options = tuple(self._fields.choices(arg))
        value = self._answers.initial(arg.name)
        self.set_line("#question", arg.prompt)
        self.set_line("#saved", self._answers.notice)
        self.query_one(Confirmation).display = False
        self._picker.display = True
        self._picker.ask(
            rows_for(arg, self._options),
            text=value if arg.free else "",
            placeholder=placeholder(arg, has_choices=bool(self._options)),
            at=value or self._fields.likely(arg),
            replace=self._answers.current(arg.name) is not None,
        )
        self._help.prepare(self._help_page, [option.id for option in self._options] or [""], self.inner_width)
        self._help.show(self._picker.options.cursor_key)
        self.set_focus(self._picker.field)
        self.show_problem(arg.note)
        self._show_known()

    def _help_page(self, key: str) -> Page:
        choice = next((choice for choice in self._options if choice.id == key), None)
        return option_page(choice, self._fields.help(self._arg, key, self._values), self.inner_width)

    def _show_known(self) -> None:
        """List the earlier answers above the question."""
        rows = answer_rows(self._action, self._values, self._arg, self._fields)
        known = self.query_one("#known", DialogList)
        known.show(rows, len(rows))
        known.display = bool(rows)
        self._fit()

    def _fit(self) -> None:
        back = (("shift+tab", "back"),) if self._confirming or self._questions.can_go_back else ()
        leave = (*back, self.escape_key(drafted=self._answers.drafted))
        if self._confirming or not self._questions or not self.is_mounted:
            self.show_keys(*((("y", "confirm"),) if self._confirming else ()), *leave)
            return
        height = self.app.size.height
        free = height - 6 - len(self.query_one("#known", DialogList).rows) - bool(self._answers.notice)
        for_help = free - min(_MIN_ROWS, self._picker.row_count) if height >= _MIN_HEIGHT_FOR_HELP else 0
        self._picker.limit(min(_MAX_ROWS, free - self._help.limit(for_help)))
        keys = [("enter", "save" if self._questions.last and not self._action.grave else "next")]
        keys += [("↑↓", "choose")] if self._options else []
        self.show_keys(*keys, *leave)

    @on(LineList.Highlighted)
    def _show_help(self, event: LineList.Highlighted) -> None:
        if self._questions and not self._confirming:
            self._help.show(event.key)

    # Answering

    def _answered(self, text: str, key: str | None) -> None:
        if self.busy or self._confirming or not self._questions:
            return
        arg = self._adapted
        value = text if key is None else key
        problem = problem_of(arg, value, text, chosen=key is not None) or self._fields.problem(arg, value)
        self.show_problem(problem)
        if problem:
            return
        self._values[arg.name] = value or arg.default
        self._answers.save({})
        if self._questions.advance():
            self._ask()
        else:
            self._finish()

    def _finish(self) -> None:
        if not self._action.grave:
            self._submit()
            return
        try:
            summary = self._fields.summary(self._action, dict(self._values))
        except Refused as refused:
            # Before `y` has to be pressed for it.
            if self._questions:
                self._ask()
            self.show_problem(str(refused))
            return
        self._confirming = True
        self.set_line("#question", "")
        self._help.display = False
        self._picker.display = False
        self.set_focus(None)
        self.query_one(Confirmation).show(summary)
        self.query_one("#known").display = self.query_one("#saved").display = False
        self.show_problem("")
        self._fit()

    def _submit(self) -> None:
        if self._answers.unchanged and not self._action.grave:
            self.dismiss(False)
            return
        self.busy = True
        self.run_worker(self._run_action(), group="submit", exclusive=True)

    async def _run_action(self) -> None:
        try:
            problem = await self._fields.submit({name: value for name, value in self._values.items() if value})
        except Refused as refused:
            problem = str(refused)
        if not problem:
            self.dismiss(True)
            return
        if self._confirming and self._questions:
            self._ask()
        self.show_problem(problem)
        self.accept_keys()

    # Keys

    def action_back(self) -> None:
        """Go back to the previous argument, with its answer."""
        if self.busy or not (self._confirming or self._questions.can_go_back):
            return
        if not self._confirming or not self._questions:
            if self._questions and self._arg.free and self._picker.field.text:
                self._values[self._arg.name] = self._picker.field.text
            self._questions.go_back()
        self.show_problem("")
        self._ask()

    def _handle_key(self, key: str) -> bool:
        """Go back or clear by keys that mean nothing in the field: up only if there are no rows to move in."""
        if key == "ctrl+r":
            self.action_clear()
        if key == "shift+tab" or (key == "up" and not self._options):
            self.action_back()
        return key in ("shift+tab", "tab", "up", "down", "ctrl+r")

    def _save(self) -> None:
        """Save the answers with what is typed now, before it can be seen."""
        drafted = self._answers.drafted
        self._answers.save({self._arg.name: self._picker.field.text} if self._arg.free else {})
        if drafted is not self._answers.drafted:
            self._fit()

    def action_clear(self) -> None:
        """Clear the draft and all answers, and ask for the first argument."""
        if self.busy:
            return
        self._answers.clear()
        self._questions = Questions(self._action, self._values)
        self.show_problem("")
        if self._questions:
            self._ask()

    def action_confirm(self) -> None:
        """Run the action that was summarised."""
        if self._confirming and not self.busy:
            self._submit()

    def action_leave(self) -> None:
        """Cancel; the answers are kept as a draft. Not while the action is being written."""
        if not self.busy:
            self.dismiss(None)
