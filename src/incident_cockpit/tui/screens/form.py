"""What a form says about answers: how they read, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from incident_cockpit.actions.action import Action, Arg, ArgKind
from incident_cockpit.actions.arguments import Option
from incident_cockpit.errors import Refused
from incident_cockpit.times.parse import parse_duration
from incident_cockpit.tui.app.safety import printable
from incident_cockpit.tui.screens.form_drafts import Answers
from incident_cockpit.tui.screens.modal import Dialog, DialogList
from incident_cockpit.tui.screens.pick import Picker, RowsFor, choice_label, matching_choices, no_match, suggestions
from incident_cockpit.tui.widgets.list_view import Cell, LineList, ListRow
from incident_cockpit.tui.widgets.rich_text import Page

Choices = Callable[[Arg], Sequence[Option]]
# What the option with an id means to an argument, once other things have been answered.
Means = Callable[[Arg, str, Mapping[str, str]], Page]

# These take any words; what is known is only offered beside the field.
FREE = (
    ArgKind.TEXT, ArgKind.PERSON, ArgKind.PEOPLE, ArgKind.TAKER, ArgKind.LINE, ArgKind.SYSTEM, ArgKind.THREAD,
    ArgKind.DURATION, ArgKind.CADENCE,
    ArgKind.TIME, ArgKind.FUTURE, ArgKind.DAY, ArgKind.FOLLOW_UP_KIND, ArgKind.RUNBOOK, ArgKind.PLAN, ArgKind.PINNED,
)  # fmt: skip
_LONGEST_KNOWN = 3
# What stands beside an option's words in its row; words for which no room is left are said whole below.
_BESIDE_MEANING = 12
_BESIDE_WORDS = 8
_NAME_WIDTH = 12


@dataclass(frozen=True, slots=True)
class Guidance:
    """What helps to answer: what an option means, a few words beside each by its id, and which is the likely one.

    `fitted` is how an argument is asked for once others have been answered, `unreadable` why a word cannot be meant.
    """

    means: Means = lambda _arg, _key, _values: Page()
    beside: Callable[[Arg], Mapping[str, str]] = lambda _arg: {}
    likely: Callable[[Arg], str | None] = lambda _arg: None
    fitted: Callable[[Arg, Mapping[str, str]], Arg] = lambda arg, _values: arg
    unreadable: Callable[[Arg, str], str] = lambda _arg, _word: ""


UNGUIDED = Guidance()


class FormText:
    """The answers to an action's questions as people read them; `choices` gives what an argument can name."""

    def __init__(self, action: Action, choices: Choices) -> None:
        """Word the answers for this action."""
        self._action = action
        self._choices = choices

    def answer(self, arg: Arg, values: Mapping[str, str]) -> str:
        """Return one answer on one line."""
        value = values.get(arg.name, "")
        free = arg.kind in FREE and arg.kind is not ArgKind.LINE
        shown = value if free else choice_label(arg.kind, self._choices(arg), value)
        return " ".join(shown.split())

    def whole(self, values: Mapping[str, str]) -> str:
        """Return the action with all its answers."""
        said = [self.answer(arg, values) for arg in self._action.args if values.get(arg.name)]
        return f"{self._action.name}: {', '.join(said)}" if said else self._action.about.rstrip(".")

    def known(self, values: Mapping[str, str], asked: Arg) -> list[ListRow]:
        """Return rows of the latest answers but the one that is asked for now."""
        said = [arg for arg in self._action.args if values.get(arg.name) and arg is not asked]
        return [
            ListRow(None, (Cell(_named(arg), "faint", _NAME_WIDTH), Cell(self.answer(arg, values), "muted")))
            for arg in said[-_LONGEST_KNOWN:]
        ]


def page(arg: Arg, words: str, meaning: Page, width: int) -> Page:
    """Return what there is to say of an option: its words where they are cut at this width, and what it means."""
    made = Page()
    taken = _BESIDE_MEANING if arg.kind in (ArgKind.SEVERITY, ArgKind.PHASE) else _BESIDE_WORDS
    if cell_len(words) > width - taken:
        made.line(words)
    made.add(meaning)
    return made


def placeholder(arg: Arg, offered: bool) -> str:
    """Return what an empty field says about what it takes."""
    if arg.default:
        return f"{arg.default} if left empty"
    if not arg.required:
        return "may stay empty"
    if arg.kind in FREE:
        return "a name" if arg.kind in (ArgKind.PERSON, ArgKind.PEOPLE, ArgKind.TAKER) else ""
    return "type to narrow" if offered else ""


def wrong(arg: Arg, value: str, typed: str, *, chosen: bool) -> str:
    """Return what is wrong with an answer as far as it can be told before the action is tried, or nothing."""
    if not value:
        if not arg.required or arg.default:
            return ""
        return no_match(typed) if arg.kind not in FREE else "it cannot stay empty"
    if arg.kind not in FREE and not chosen:
        return no_match(typed)
    if arg.kind is ArgKind.DURATION and parse_duration(value) is None:
        return f"'{value}' is no duration: write it like 10m, 90s or 1h30m"
    return ""


def _named(arg: Arg) -> str:
    return arg.name.replace("_", " ")


# -- announced: What a grave action will do, said before the key that does it.


class Confirmation(Vertical):
    """What is decided, below it what that leads to, and the key; it is there only while it says something."""

    DEFAULT_CSS = """
    Confirmation { height: auto; display: none; }
    Confirmation > Static { height: auto; margin: 0 1; }
    Confirmation > #will, Confirmation > #press { color: $warn; text-style: bold; margin: 1 1 0 1; }
    Confirmation > #press { margin: 1; }
    """

    def compose(self) -> ComposeResult:
        """Lay the lines out, empty."""
        yield from (Static(id=name) for name in ("will", "then", "press"))

    def announce(self, will: str) -> None:
        """Say what will be done, its first line above the others; one is enough."""
        decided, *then = will.splitlines()
        self._put("#will", [decided])
        self._put("#then", then)
        self._put("#press", ["Press y to do it."])
        self.display = True

    def take_back(self) -> None:
        """Say nothing any more."""
        self.display = False

    def _put(self, selector: str, lines: Iterable[str]) -> None:
        line = self.query_one(selector, Static)
        words = "\n".join(map(printable, lines))
        line.update(Content(words))
        line.display = bool(words)


# -- beneath: What stands beneath the rows of a box: what the one under the cursor means, in a place that keeps its
# height.

# More is read in the plan, not while something waits to be chosen.
_MOST = 8


class ChoiceHelp(Static):
    """Some lines about one row; the box does not jump from row to row, and what has no room is cut with …"""

    DEFAULT_CSS = """
    ChoiceHelp { height: auto; margin: 0 1; color: $muted; display: none; }
    """

    def __init__(self) -> None:
        """Begin with nothing to say."""
        super().__init__(id="beneath")
        self._page_of: Callable[[str], Page] = lambda _key: Page()
        self._width = 0
        self._wanted = 0
        self._lines: list[str] = []

    def about(self, page_of: Callable[[str], Page], keys: Iterable[str], width: int) -> None:
        """Be ready to say what `page_of` has of the rows with these keys, at this width."""
        self._page_of, self._width = page_of, width
        pages = (page_of(key) for key in keys)
        self._wanted = min(_MOST, max((len(page(width)) for page in pages if page), default=0))

    def limit(self, lines: int) -> int:
        """Take at most so many lines; return how many it takes."""
        taken = max(0, min(lines, self._wanted))
        self.display = bool(taken)
        self.styles.height = taken
        self._show()
        return taken

    def tell(self, key: str | None) -> None:
        """Say what there is to say of the row with this key."""
        lines = self._page_of(key or "")(self._width)
        self._lines = [" " * line.indent + printable("".join(run.text for run in line.runs)) for line in lines]
        self._show()

    def _show(self) -> None:
        height = int(self.styles.height.value) if self.styles.height is not None else 0
        shown = self._lines[:height]
        if len(self._lines) > height > 0:
            shown[-1] = f"{shown[-1][: self._width - 2]} …"
        self.update(Content("\n".join(shown)))


# -- offers: What is offered beside a field that takes words: names one behind the other, or the lines of the timeline.


def several(options: Sequence[Option], *, optional: bool = False) -> RowsFor:
    """Return rows for a field that takes one name, or several with commas between: what is known for the last one."""
    alone = suggestions(options, optional=optional)

    def fitting(typed: str) -> Sequence[ListRow]:
        before, comma, last = typed.rpartition(",")
        if not comma:
            return alone(typed)
        taken = {name.strip(" @").casefold() for name in before.split(",")}
        left = suggestions([one for one in options if one.id.casefold() not in taken])(last.strip())
        named = before.strip().rstrip(",")
        # Behind a comma nobody else may be meant after all.
        done = [] if last.strip() else [_as_typed(named)]
        return [*done, *(row._replace(key=f"{named}, {row.key}") for row in left)]

    return fitting


def text_or_entries(options: Sequence[Option]) -> RowsFor:
    """Return rows for words, or a line of the timeline: lines that have the words come behind what was typed."""
    found_by = {one.id: f"{one.id} {one.words}".casefold() for one in options}
    rows = {one.id: ListRow(one.id, (Cell(one.words),), (Cell(one.id, "faint"),)) for one in options}

    def fitting(typed: str) -> Sequence[ListRow]:
        words = typed.casefold().split()
        fits = [row for key, row in rows.items() if all(word in found_by[key] for word in words)]
        return [_as_typed(typed), *fits] if words and typed not in rows else fits

    return fitting


def _as_typed(words: str) -> ListRow:
    return ListRow(words, (Cell(words), Cell("  as typed", "faint")))


# -- form: Asks for what an action still needs, one thing after the other, in one box.

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


class FormScreen(Dialog[bool]):
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
        self.dialog_title = action.about.rstrip(".")
        self._action = action
        self._choices = choices
        self._submit = submit
        self._wording = FormText(action, choices)
        self._says = says or self._wording.whole
        self._guidance = guidance
        self._answers = answers or Answers(values)
        self._questions = Questions(action, self._values)
        self._offered: Sequence[Option] = ()
        self._confirming = False

    def inside(self) -> Iterable[Widget]:
        """Return the lines of the box, from what is known to why it was refused."""
        yield self.draft_line()
        yield DialogList(id="known")
        yield Static(id="question", classes="question")
        yield Picker()
        yield ChoiceHelp()
        yield Confirmation()
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
        self.query_one(Confirmation).take_back()
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
    def _beneath(self) -> ChoiceHelp:
        return self.query_one(ChoiceHelp)

    def _page(self, key: str) -> Page:
        words = next((option.words for option in self._offered if option.id == key), "")
        return page(self._arg, words, self._guidance.means(self._arg, key, self._values), self.inner_width)

    def _show_known(self) -> None:
        """List what was said already, above the question."""
        rows = self._wording.known(self._values, self._arg)
        known = self.query_one("#known", DialogList)
        known.show(rows, len(rows))
        known.display = bool(rows)
        self._fit()

    def _fit(self) -> None:
        back = (("shift+tab", "back"),) if self._confirming or self._questions.can_go_back else ()
        leave = (*back, self.leaving(self._answers.drafted))
        if self._confirming or not self._questions or not self.is_mounted:
            self.hint(*((("y", "do it"),) if self._confirming else ()), *leave)
            return
        free = self.app.size.height - 6 - len(self.query_one("#known", DialogList).rows) - bool(self._answers.notice)
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
        self.query_one(Confirmation).announce(will)
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
    if arg.kind is ArgKind.LINE:
        return text_or_entries(offered)
    if arg.kind is ArgKind.PEOPLE:
        return several(offered, optional=optional)
    if arg.kind not in FREE:
        return matching_choices(arg.kind, offered, optional=optional, beside=guidance.beside(arg))
    return suggestions(offered, optional=optional) if offered else lambda _typed: ()
