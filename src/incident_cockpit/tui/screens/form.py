"""Asks for what an action still needs, one thing after the other, in one box."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from incident_cockpit.actions.action import Action, Arg, Kind
from incident_cockpit.actions.options import Option
from incident_cockpit.errors import Refused
from incident_cockpit.tui.begun import Answers
from incident_cockpit.tui.lines import LineList
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.screens.announced import Announced
from incident_cockpit.tui.screens.beneath import Beneath
from incident_cockpit.tui.screens.box import BoxScreen, Options
from incident_cockpit.tui.screens.offers import several, words_or_lines
from incident_cockpit.tui.screens.pick import (
    Picker,
    RowsFor,
    narrowing,
    suggesting,
)
from incident_cockpit.tui.screens.wording import FREE, UNGUIDED, Choices, Guidance, Wording, page, placeholder, wrong

Values = dict[str, str]

# Rows that stay in sight whatever there is to say about them, and the height from which anything is said.
_LEAST_ROWS = 4
_LEAST_HEIGHT = 16


class Questions:
    """The questions of a form in order, and the current one; false if there are none."""

    def __init__(self, action: Action, known: Mapping[str, str]) -> None:
        """Begin with the first argument that is not known."""
        self._args = action.args
        self._open = [arg for arg in action.args if arg.name not in known]
        self._at = 0

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self._open)

    @property
    def asked(self) -> Arg:
        """The current question."""
        return self._open[self._at]

    @property
    def last(self) -> bool:
        """True on the last question."""
        return self._at == len(self._open) - 1

    @property
    def can_go_back(self) -> bool:
        """True if there is an earlier question."""
        return self._at > 0 or bool(self._given_before)

    @property
    def _given_before(self) -> Sequence[Arg]:
        """The arguments before the current question that came with the call: they can be corrected too."""
        before = self._args[: self._args.index(self.asked)] if self._open else self._args
        return [arg for arg in before if arg not in self._open]

    def go_on(self) -> bool:
        """Go to the next question; return whether there was one."""
        if self.last:
            return False
        self._at += 1
        return True

    def go_back(self) -> None:
        """Go to the previous question, also to one that was answered by the call."""
        before = self._given_before
        if before and (self._at == 0 or before[-1] is self._args[self._args.index(self.asked) - 1]):
            self._open.insert(self._at, before[-1])
        elif self._at > 0:
            self._at -= 1


class FormScreen(BoxScreen[bool]):
    """A form for one action: returns True once it was done, False where nothing was changed, None when it was left.

    `choices` gives what an argument can name. `submit` does the action and returns "" or why it was refused; then the
    text stays. A grave action is worded by `says` and waits for `y`, a key that no slip of the hand or paste presses.
    `guidance` helps to choose. `answers` keeps the answers at every change: leaving loses none, ctrl+r clears them.
    """

    # The form says itself where the keys go: while it waits for `y`, nowhere.
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    FormScreen #known { margin: 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+tab,up", "back", "Back", show=False, id="form.back"),
        Binding("ctrl+r", "clear", "Clear", show=False, id="form.clear"),
        Binding("y", "do_it", "Do it", show=False, id="form.do_it"),
    ]

    def __init__(
        self,
        action: Action,
        values: Mapping[str, str],
        choices: Choices,
        submit: Callable[[Values], Awaitable[str]],
        *,
        says: Callable[[Values], str] | None = None,
        guidance: Guidance = UNGUIDED,
        answers: Answers | None = None,
    ) -> None:
        """Ask for every argument that `values` does not have; `answers` begins with the same."""
        super().__init__()
        self.title_shown = action.about.rstrip(".")
        self._action = action
        self._choices = choices
        self._submit = submit
        self._wording = Wording(action, choices)
        self._says = says or self._wording.whole
        self._guidance = guidance
        self._answers = answers or Answers(values)
        self._questions = Questions(action, self._values)
        self._offered: Sequence[Option] = ()
        self._confirming = False

    def inside(self) -> Iterable[Widget]:
        """Return the lines of the box, from what is known to why it was refused."""
        yield self.draft_line()
        yield Options(id="known")
        yield Static(id="question", classes="question")
        yield Picker()
        yield Beneath()
        yield Announced()
        yield self.problem_line()

    def on_mount(self) -> None:
        """Ask the first question, or go on at once where there is none."""
        self._picker.entered = self._answered
        self._picker.takes = self._takes
        self._picker.field.keeps = lambda _text: self._kept()
        if self._questions:
            self._ask()
        else:
            self._finish()

    def on_resize(self) -> None:
        """Keep the box inside the screen."""
        self._fit()

    @property
    def _values(self) -> Values:
        return self._answers.given

    @property
    def _arg(self) -> Arg:
        return self._questions.asked

    @property
    def _picker(self) -> Picker:
        return self.query_one(Picker)

    # Asking

    def _ask(self) -> None:
        """Put the question; what was said to it before stands there again."""
        self._asked = arg = self._guidance.fitted(self._arg, self._values)
        self._confirming = False
        self._offered = tuple(self._choices(arg))
        value = self._answers.shown(arg.name)
        self.say("#question", arg.ask)
        self.say("#saved", self._answers.notice)
        self.query_one(Announced).take_back()
        self._picker.display = True
        free = arg.kind in FREE
        self._picker.ask(
            _rows_for(arg, self._offered, self._guidance),
            text=value if free else "",
            placeholder=placeholder(arg, bool(self._offered)),
            at=value or self._guidance.likely(arg),
            replace=self._answers.present(arg.name) is not None,
        )
        self._beneath.about(self._page, [option.id for option in self._offered] or [""], self.inner_width)
        self._beneath.tell(self._picker.options.cursor_key)
        self.set_focus(self._picker.field)
        self.refuse(arg.note)
        self._show_known()

    @property
    def _beneath(self) -> Beneath:
        return self.query_one(Beneath)

    def _page(self, key: str) -> Page:
        words = next((option.words for option in self._offered if option.id == key), "")
        return page(self._arg, words, self._guidance.means(self._arg, key, self._values), self.inner_width)

    def _show_known(self) -> None:
        """List what was said already, above the question."""
        rows = self._wording.known(self._values, self._arg)
        known = self.query_one("#known", Options)
        known.show(rows, len(rows))
        known.display = bool(rows)
        self._fit()

    def _fit(self) -> None:
        back = (("shift+tab", "back"),) if self._confirming or self._questions.can_go_back else ()
        leave = (*back, self.leaving(self._answers.drafted))
        if self._confirming or not self._questions or not self.is_mounted:
            self.hint(*((("y", "do it"),) if self._confirming else ()), *leave)
            return
        free = self.app.size.height - 6 - len(self.query_one("#known", Options).rows) - bool(self._answers.notice)
        beneath = free - min(_LEAST_ROWS, self._picker.wanted) if self.app.size.height >= _LEAST_HEIGHT else 0
        self._picker.limit(min(14, free - self._beneath.limit(beneath)))
        keys = [("enter", "keep" if self._questions.last and not self._action.grave else "next")]
        keys += [("↑↓", "choose")] if self._offered else []
        self.hint(*keys, *leave)

    @on(LineList.Highlighted)
    def _say_whole(self, event: LineList.Highlighted) -> None:
        """Say what the option under the cursor means."""
        if self._questions and not self._confirming:
            self._beneath.tell(event.key)

    # Answering

    def _answered(self, text: str, key: str | None) -> None:
        if self.busy or self._confirming or not self._questions:
            return
        arg = self._asked
        value = text if key is None else key
        why = wrong(arg, value, text, chosen=key is not None) or self._guidance.unreadable(arg, value)
        if why:
            self.refuse(why)
            return
        self.refuse("")
        self._values[arg.name] = value or arg.default
        self._answers.keep({})
        if self._questions.go_on():
            self._ask()
        else:
            self._finish()

    def _finish(self) -> None:
        if not self._action.grave:
            self._try()
            return
        try:
            will = self._says(dict(self._values))
        except Refused as refused:
            # Before anybody has to press y for it.
            if self._questions:
                self._ask()
            self.refuse(str(refused))
            return
        self._confirming = True
        self.say("#question", "")
        self._beneath.display = False
        self._picker.display = False
        self.set_focus(None)
        self.query_one(Announced).announce(will)
        self.query_one("#known").display = self.query_one("#saved").display = False
        self.refuse("")
        self._fit()

    def _try(self) -> None:
        if self._answers.unchanged and not self._action.grave:
            self.dismiss(False)
            return
        self.busy = True
        self.run_worker(self._submitted(), group="submit", exclusive=True)

    async def _submitted(self) -> None:
        try:
            why = await self._submit({name: value for name, value in self._values.items() if value})
        except Refused as refused:
            why = str(refused)
        if not why:
            self.dismiss(True)
            return
        if self._confirming and self._questions:
            self._ask()
        self.refuse(why)
        self.free()

    # Keys

    def action_back(self) -> None:
        """Go back to the question before, with what was said to it."""
        if self.busy or not (self._confirming or self._questions.can_go_back):
            return
        if not self._confirming or not self._questions:
            if self._questions and self._arg.kind in FREE and self._picker.field.text:
                self._values[self._arg.name] = self._picker.field.text
            self._questions.go_back()
        self.refuse("")
        self._ask()

    def _takes(self, key: str) -> bool:
        """Go back or clear by keys that mean nothing in the field: up only where there are no rows it could mean."""
        if key == "ctrl+r":
            self.action_clear()
        if key == "shift+tab" or (key == "up" and not self._offered):
            self.action_back()
        return key in ("shift+tab", "tab", "up", "down", "ctrl+r")

    def _kept(self) -> None:
        """Have the answers kept with what is typed now, before it can be seen."""
        drafted = self._answers.drafted
        self._answers.keep({self._arg.name: self._picker.field.text} if self._arg.kind in FREE else {})
        if drafted is not self._answers.drafted:
            self._fit()

    def action_clear(self) -> None:
        """Clear the draft and all answers, and ask the first question."""
        if self.busy:
            return
        self._answers.clear()
        self._questions = Questions(self._action, self._values)
        self.refuse("")
        if self._questions:
            self._ask()

    def action_do_it(self) -> None:
        """Do what was announced."""
        if self._confirming and not self.busy:
            self._try()

    def action_leave(self) -> None:
        """Leave without doing anything; the answers are kept. Not in the moment in which it is being written."""
        if not self.busy:
            self.dismiss(None)


def _rows_for(arg: Arg, offered: Sequence[Option], guidance: Guidance) -> RowsFor:
    """Return the rows that are offered for what is typed, each kind in its own way."""
    optional = not arg.required
    if arg.kind is Kind.LINE:
        return words_or_lines(offered)
    if arg.kind is Kind.PEOPLE:
        return several(offered, optional=optional)
    if arg.kind not in FREE:
        return narrowing(arg.kind, offered, optional=optional, beside=guidance.beside(arg))
    return suggesting(offered, optional=optional) if offered else lambda _typed: ()
