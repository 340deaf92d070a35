"""Asks for what an action still needs, one thing after the other, in one box."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from incident_cockpit.actions.action import Action, Arg, Kind
from incident_cockpit.actions.options import Option
from incident_cockpit.errors import Refused
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


class FormScreen(BoxScreen[bool]):
    """A form for one action: returns True once it was done, None when it was left.

    `choices` gives what an argument can name. `submit` does the action and returns "" or why it was refused; then the
    text stays. A grave action is worded by `says` and waits for `y`, a key that no slip of the hand or paste presses.
    `guidance` helps to choose. `begun` are answers that a crash cut short: they stand in their fields again; `keep` is
    told the answers at every change.
    """

    # The form says itself where the keys go: while it waits for `y`, nowhere.
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    FormScreen #known { margin: 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+tab,up", "back", "Back", show=False, id="form.back"),
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
        begun: Mapping[str, str] = MappingProxyType({}),
        keep: Callable[[Values], None] = lambda _values: None,
    ) -> None:
        """Ask for every argument that `values` does not have."""
        super().__init__()
        self.title_shown = action.about.rstrip(".")
        self._action = action
        self._choices = choices
        self._submit = submit
        self._wording = Wording(action, choices)
        self._says = says or self._wording.whole
        self._guidance = guidance
        self._values: Values = {name: value for name, value in values.items() if value}
        self._begun, self._keep = begun, keep
        self._open = [arg for arg in action.args if arg.name not in self._values]
        self._at = 0
        self._offered: Sequence[Option] = ()
        self._confirming = False

    def inside(self) -> Iterable[Widget]:
        """Return the lines of the box, from what is known to why it was refused."""
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
        if self._open:
            self._ask()
        else:
            self._finish()

    def on_resize(self) -> None:
        """Keep the box inside the screen."""
        self._fit()

    @property
    def _arg(self) -> Arg:
        return self._open[self._at]

    @property
    def _picker(self) -> Picker:
        return self.query_one(Picker)

    # Asking

    def _ask(self) -> None:
        """Put the question; what was said to it before stands there again."""
        self._asked = arg = self._guidance.fitted(self._arg, self._values)
        self._confirming = False
        self._offered = tuple(self._choices(arg))
        value = self._values.get(arg.name, "") or self._begun.get(arg.name, "")
        self.say("#question", arg.ask)
        self.query_one(Announced).take_back()
        self._picker.display = True
        free = arg.kind in FREE
        self._picker.ask(
            _rows_for(arg, self._offered, self._guidance),
            text=value if free else "",
            placeholder=placeholder(arg, bool(self._offered)),
            at=value or self._guidance.likely(arg),
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
        leave = (*((("shift+tab", "back"),) if self._can_go_back else ()), ("esc", "leave"))
        if self._confirming or not self._open or not self.is_mounted:
            self.hint(*((("y", "do it"),) if self._confirming else ()), *leave)
            return
        free = self.app.size.height - 6 - len(self.query_one("#known", Options).rows)
        beneath = free - min(_LEAST_ROWS, self._picker.wanted) if self.app.size.height >= _LEAST_HEIGHT else 0
        self._picker.limit(min(14, free - self._beneath.limit(beneath)))
        last = self._at == len(self._open) - 1
        keys = [("enter", "keep" if last and not self._action.grave else "next")]
        keys += [("↑↓", "choose")] if self._offered else []
        self.hint(*keys, *leave)

    @on(LineList.Highlighted)
    def _say_whole(self, event: LineList.Highlighted) -> None:
        """Say what the option under the cursor means."""
        if self._open and not self._confirming:
            self._beneath.tell(event.key)

    # Answering

    def _answered(self, text: str, key: str | None) -> None:
        if self.busy or self._confirming or not self._open:
            return
        arg = self._asked
        value = text if key is None else key
        why = wrong(arg, value, text, chosen=key is not None) or self._guidance.unreadable(arg, value)
        if why:
            self.refuse(why)
            return
        self.refuse("")
        self._values[arg.name] = value or arg.default
        self._keep({**self._begun, **self._values})
        if self._at < len(self._open) - 1:
            self._at += 1
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
            if self._open:
                self._ask()
            self.refuse(str(refused))
            return
        self._confirming = True
        self.say("#question", "")
        self._beneath.display = False
        self._picker.display = False
        self.set_focus(None)
        self.query_one(Announced).announce(will)
        self.query_one("#known").display = False
        self.refuse("")
        self._fit()

    def _try(self) -> None:
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
        if self._confirming and self._open:
            self._ask()
        self.refuse(why)
        self.free()

    # Keys

    @property
    def _can_go_back(self) -> bool:
        return self._confirming or self._at > 0 or bool(self._given_before)

    @property
    def _given_before(self) -> list[Arg]:
        """What came with the call and stands before the question: it can be put right as well."""
        if not self._open:
            return list(self._action.args)
        return [arg for arg in self._action.args[: self._action.args.index(self._arg)] if arg not in self._open]

    def action_back(self) -> None:
        """Go back to the question before, with what was said to it."""
        if self.busy or not self._can_go_back:
            return
        if not self._confirming or not self._open:
            self._keep_typed()
            before = self._given_before
            if before and (self._at == 0 or before[-1] is _before(self._action, self._arg)):
                self._open.insert(self._at, before[-1])
            elif self._at > 0:
                self._at -= 1
        self.refuse("")
        self._ask()

    def _takes(self, key: str) -> bool:
        """Go back by keys that mean nothing in the field: up only where there are no rows it could mean."""
        if key == "shift+tab" or (key == "up" and not self._offered):
            self.action_back()
        return key in ("shift+tab", "tab", "up", "down")

    def _keep_typed(self) -> None:
        if self._open and self._arg.kind in FREE and self._picker.field.text:
            self._values[self._arg.name] = self._picker.field.text

    def _kept(self) -> None:
        """Have the answers kept with what is typed now, before it can be seen."""
        typed = {self._arg.name: self._picker.field.text} if self._arg.kind in FREE else {}
        self._keep({**self._begun, **self._values, **typed})

    def action_do_it(self) -> None:
        """Do what was announced."""
        if self._confirming and not self.busy:
            self._try()

    def action_leave(self) -> None:
        """Leave without doing anything; not in the moment in which it is being written."""
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


def _before(action: Action, arg: Arg) -> Arg | None:
    """Return what stands before an argument, None for the first."""
    at = action.args.index(arg)
    return action.args[at - 1] if at else None
