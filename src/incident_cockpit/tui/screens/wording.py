"""What a form says about answers: how they read, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from incident_cockpit.actions.action import Action, Arg, Kind
from incident_cockpit.actions.options import Option
from incident_cockpit.timewords import parse_duration
from incident_cockpit.tui.rows import Cell, Row
from incident_cockpit.tui.screens.pick import nothing_fits, said_in_words

Choices = Callable[[Arg], Sequence[Option]]

# These take any words; what is known is only offered beside the field.
FREE = (
    Kind.TEXT, Kind.PERSON, Kind.TAKER, Kind.DURATION, Kind.CADENCE, Kind.TIME, Kind.FUTURE, Kind.DAY,
    Kind.FOLLOW_UP_KIND, Kind.RUNBOOK, Kind.PLAN,
)  # fmt: skip
_LONGEST_KNOWN = 3
_NAME_WIDTH = 12


class Wording:
    """The answers to an action's questions as people read them; `choices` gives what an argument can name."""

    def __init__(self, action: Action, choices: Choices) -> None:
        """Word the answers for this action."""
        self._action = action
        self._choices = choices

    def answer(self, arg: Arg, values: Mapping[str, str]) -> str:
        """Return one answer on one line."""
        value = values.get(arg.name, "")
        shown = said_in_words(arg.kind, self._choices(arg), value) if arg.kind not in FREE else value
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


def placeholder(arg: Arg, offered: bool) -> str:
    """Return what an empty field says about what it takes."""
    if arg.default:
        return f"{arg.default} if left empty"
    if not arg.required:
        return "may stay empty"
    if arg.kind in FREE:
        return "a name" if arg.kind in (Kind.PERSON, Kind.TAKER) else ""
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
