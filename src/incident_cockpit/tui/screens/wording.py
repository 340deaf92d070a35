"""What a form says about answers: how they read, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from incident_cockpit.actions.action import Action, Arg, Kind
from incident_cockpit.actions.options import Option
from incident_cockpit.timewords import parse_duration
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.rows import Cell, Row
from incident_cockpit.tui.screens.pick import nothing_fits, said_in_words

Choices = Callable[[Arg], Sequence[Option]]
# What the option with an id means to an argument, once other things have been answered.
Means = Callable[[Arg, str, Mapping[str, str]], Page]

# These take any words; what is known is only offered beside the field.
FREE = (
    Kind.TEXT, Kind.PERSON, Kind.PEOPLE, Kind.TAKER, Kind.LINE, Kind.SYSTEM, Kind.THREAD, Kind.DURATION, Kind.CADENCE,
    Kind.TIME, Kind.FUTURE, Kind.DAY, Kind.FOLLOW_UP_KIND, Kind.RUNBOOK, Kind.PLAN, Kind.PINNED,
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


class Wording:
    """The answers to an action's questions as people read them; `choices` gives what an argument can name."""

    def __init__(self, action: Action, choices: Choices) -> None:
        """Word the answers for this action."""
        self._action = action
        self._choices = choices

    def answer(self, arg: Arg, values: Mapping[str, str]) -> str:
        """Return one answer on one line."""
        value = values.get(arg.name, "")
        free = arg.kind in FREE and arg.kind is not Kind.LINE
        shown = value if free else said_in_words(arg.kind, self._choices(arg), value)
        return " ".join(shown.split())

    def whole(self, values: Mapping[str, str]) -> str:
        """Return the action with all its answers."""
        said = [self.answer(arg, values) for arg in self._action.args if values.get(arg.name)]
        return f"{self._action.name}: {', '.join(said)}" if said else self._action.about.rstrip(".")

    def known(self, values: Mapping[str, str], asked: Arg) -> list[Row]:
        """Return rows of the latest answers but the one that is asked for now."""
        said = [arg for arg in self._action.args if values.get(arg.name) and arg is not asked]
        return [
            Row(None, (Cell(_named(arg), "faint", _NAME_WIDTH), Cell(self.answer(arg, values), "muted")))
            for arg in said[-_LONGEST_KNOWN:]
        ]


def page(arg: Arg, words: str, meaning: Page, width: int) -> Page:
    """Return what there is to say of an option: its words where they are cut at this width, and what it means."""
    made = Page()
    taken = _BESIDE_MEANING if arg.kind in (Kind.SEVERITY, Kind.PHASE) else _BESIDE_WORDS
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
        return "a name" if arg.kind in (Kind.PERSON, Kind.PEOPLE, Kind.TAKER) else ""
    return "type to narrow" if offered else ""


def wrong(arg: Arg, value: str, typed: str, *, chosen: bool) -> str:
    """Return what is wrong with an answer as far as it can be told before the action is tried, or nothing."""
    if not value:
        if not arg.required or arg.default:
            return ""
        return nothing_fits(typed) if arg.kind not in FREE else "it cannot stay empty"
    if arg.kind not in FREE and not chosen:
        return nothing_fits(typed)
    if arg.kind is Kind.DURATION and parse_duration(value) is None:
        return f"'{value}' is no duration: write it like 10m, 90s or 1h30m"
    return ""


def _named(arg: Arg) -> str:
    return arg.name.replace("_", " ")
