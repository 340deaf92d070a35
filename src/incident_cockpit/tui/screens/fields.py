"""Fields of a form: what each argument of an action takes, its answers with their draft, and the rows offered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo

import msgspec
from rich.cells import cell_len

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.aliases import former_names
from incident_cockpit.actions.arguments.argument import Arg, Choice
from incident_cockpit.actions.arguments.people import PeopleArg
from incident_cockpit.actions.arguments.texts import ObservationArg
from incident_cockpit.journal.drafts import Drafts
from incident_cockpit.times.format import clock
from incident_cockpit.tui.screens.pick import RowsFor, choice_label, matching_choices, no_match, suggestions
from incident_cockpit.tui.widgets.list_view import Cell, ListRow
from incident_cockpit.tui.widgets.rich_text import Page

Values = dict[str, str]
Current = Callable[[str, Mapping[str, str]], str | None]

_ANSWERS_SHOWN = 3
_NAME_WIDTH = 12
# Cells beside the label of an option in its row; a longer label is repeated in full below the rows.
_BADGE_WIDTH = 12
_MARGIN_WIDTH = 8


class FormFields:
    """What the form of an action needs to know about its arguments; a subclass knows the incident.

    `values` are the answers given so far, by argument.
    """

    def choices(self, arg: Arg) -> Sequence[Choice]:
        """Return what the argument can name."""
        raise NotImplementedError

    async def submit(self, values: Values) -> str:
        """Run the action; return why it was refused, or nothing."""
        raise NotImplementedError

    def summary(self, action: Action, values: Mapping[str, str]) -> str:
        """Return what the action will do, for the person who has to confirm it; may raise Refused."""
        labels = [answer_label(arg, values, self.choices(arg)) for arg in action.args if values.get(arg.name)]
        return f"{action.name}: {', '.join(labels)}" if labels else action.title

    def help(self, arg: Arg, key: str, values: Mapping[str, str]) -> Page:  # noqa: ARG002
        """Return the help on an option, such as the criteria of a severity."""
        return Page()

    def likely(self, arg: Arg) -> str | None:  # noqa: ARG002
        """Return the option on which the cursor starts."""
        return None

    def adapted(self, arg: Arg, values: Mapping[str, str]) -> Arg:  # noqa: ARG002
        """Return the argument as it has to be asked for after these answers."""
        return arg

    def problem(self, arg: Arg, value: str) -> str:  # noqa: ARG002
        """Return why the value cannot be read, or nothing."""
        return ""


def answer_label(arg: Arg, values: Mapping[str, str], choices: Sequence[Choice]) -> str:
    """Return an answer as people read it, on one line."""
    value = values.get(arg.name, "")
    free = arg.free and not isinstance(arg, ObservationArg)
    return " ".join((value if free else choice_label(choices, value)).split())


def answer_rows(action: Action, values: Mapping[str, str], current: Arg, fields: FormFields) -> list[ListRow]:
    """Return rows of the latest answers, without the argument that is asked for now."""
    answered = [arg for arg in action.args if values.get(arg.name) and arg is not current]
    return [
        ListRow(
            None,
            (
                Cell(arg.name.replace("_", " ").capitalize(), "faint", _NAME_WIDTH),
                Cell(answer_label(arg, values, fields.choices(arg)), "muted"),
            ),
        )
        for arg in answered[-_ANSWERS_SHOWN:]
    ]


def option_page(choice: Choice | None, help_page: Page, width: int) -> Page:
    """Return the page below the rows about a choice: its words in full where the row cuts them, and its help."""
    page = Page()
    if choice is not None and cell_len(choice.words) > width - (_BADGE_WIDTH if choice.means else _MARGIN_WIDTH):
        page.line(choice.words)
    page.add(help_page)
    return page


def placeholder(arg: Arg, *, has_choices: bool) -> str:
    """Return the placeholder of an empty field."""
    if arg.default:
        return f"default: {arg.default}"
    if not arg.required:
        return "optional"
    if arg.free:
        return arg.placeholder
    return "type to filter" if has_choices else ""


def problem_of(arg: Arg, value: str, typed: str, *, chosen: bool) -> str:
    """Return what is wrong with an answer as far as its kind tells, or nothing."""
    if not value:
        if not arg.required or arg.default:
            return ""
        return no_match(typed) if not arg.free else "Required"
    if not arg.free and not chosen:
        return no_match(typed)
    return ""


# Rows offered for what is typed


def rows_for(arg: Arg, options: Sequence[Choice]) -> RowsFor:
    """Return the rows to offer for what is typed, by the kind of the argument."""
    optional = not arg.required
    if isinstance(arg, ObservationArg):
        return text_or_entries(options)
    if isinstance(arg, PeopleArg):
        return name_list(options, optional=optional)
    if not arg.free:
        return matching_choices(options, optional=optional)
    return suggestions(options, optional=optional) if options else lambda _typed: ()


def name_list(options: Sequence[Choice], *, optional: bool = False) -> RowsFor:
    """Return rows for a field of one name, or several with commas between: suggestions for the last name."""
    single = suggestions(options, optional=optional)

    def matching(typed: str) -> Sequence[ListRow]:
        before, comma, last = typed.rpartition(",")
        if not comma:
            return single(typed)
        taken = {name.strip(" @").casefold() for name in before.split(",")}
        free = [option for option in options if option.id.casefold() not in taken]
        names = before.strip().rstrip(",")
        # After a comma, enter may also mean that the list is complete.
        complete = [] if last.strip() else [_as_typed(names)]
        return [*complete, *(row._replace(key=f"{names}, {row.key}") for row in suggestions(free)(last.strip()))]

    return matching


def text_or_entries(options: Sequence[Choice]) -> RowsFor:
    """Return rows for text or a timeline entry: the text as typed, then the entries that contain its words."""
    searched = {option.id: f"{option.id} {option.words}".casefold() for option in options}
    rows = {option.id: ListRow(option.id, (Cell(option.words),), (Cell(option.id, "faint"),)) for option in options}

    def matching(typed: str) -> Sequence[ListRow]:
        terms = typed.casefold().split()
        matches = [row for key, row in rows.items() if all(term in searched[key] for term in terms)]
        return [_as_typed(typed), *matches] if terms and typed not in rows else matches

    return matching


def _as_typed(text: str) -> ListRow:
    return ListRow(text, (Cell(text), Cell("  use as typed", "faint")))


# FormAnswers and their draft


class _SavedForm(msgspec.Struct, frozen=True):
    known: dict[str, str]
    typed: dict[str, str]


class FormDraft:
    """The draft of one form, for one person, incident, action and subject.

    `known` are the values the form was opened with, such as the ask: an answer to one ask is no draft for another.
    """

    def __init__(self, drafts: Drafts, incident: str, who: str, action: str, known: Mapping[str, str]) -> None:
        """Name the draft; one that was saved under a former name of the action is found again."""
        self._drafts = drafts
        self._incident = incident
        self._known = {name: value for name, value in known.items() if value}
        subject = hashlib.sha256(msgspec.json.encode(sorted(self._known.items()))).hexdigest()[:16]
        about = f"{who} {subject}" if self._known else who
        self._field = f"form {action} {about}"
        for former in former_names(action):
            drafts.rename(incident, f"form {former} {about}", self._field)

    def load(self) -> dict[str, str]:
        """Return the saved answers by argument; empty if there are none or they cannot be read."""
        text = self._drafts.kept(self._incident, self._field)
        try:
            form = msgspec.json.decode(text, type=_SavedForm) if text else None
        except (msgspec.DecodeError, UnicodeError):
            return {}
        return form.typed if form is not None and form.known == self._known else {}

    def saved_at(self) -> datetime | None:
        """Return when the draft was saved, or None if there is none."""
        return self._drafts.saved(self._incident, self._field)

    def save(self, answers: Mapping[str, str]) -> None:
        """Save the answers; no answers delete the draft."""
        typed = {name: value for name, value in answers.items() if value and self._known.get(name) != value}
        text = msgspec.json.encode(_SavedForm(self._known, typed)).decode() if typed else ""
        self._drafts.keep(self._incident, self._field, text)

    def delete(self) -> None:
        """Delete the draft: it was logged, or cleared."""
        self._drafts.drop(self._incident, self._field)


def draft_notice(saved: datetime | None, zone: tzinfo, now: datetime, clears: str = "ctrl+r clear") -> str:
    """Return the notice of a restored draft: the key that clears it, and when it was saved."""
    since = f"from {clock(saved, zone, now)}" if saved is not None else ""
    return " · ".join(part for part in ("Saved draft", clears, since) if part)


class FormAnswers:
    """The answers of an open form: known at opening, given since, from the saved draft, or the current value.

    `current` returns the current value of an argument, or None. `values` holds what is known or was given.
    """

    def __init__(
        self,
        known: Mapping[str, str],
        draft: FormDraft | None = None,
        current: Current = lambda _name, _values: None,
        notice: Callable[[datetime | None], str] = lambda _saved: "",
    ) -> None:
        """Start with the known values and the saved draft; `notice` words its notice from the time it was saved."""
        self._known = {name: value for name, value in known.items() if value}
        self._draft, self._current = draft, current
        self.values = dict(self._known)
        self._restored = draft.load() if draft is not None else {}
        self.notice = notice(draft.saved_at()) if draft is not None and self._restored else ""
        # True while a draft of this form is saved.
        self.drafted = bool(self._restored)

    def initial(self, name: str) -> str:
        """Return the text that the field of an argument opens with."""
        return self.values[name] if name in self.values else self._restored.get(name) or self.current(name) or ""

    def current(self, name: str) -> str | None:
        """Return the current value if the field opens with it, or None if it opens with an answer or a draft."""
        return None if name in self.values or self._restored.get(name) else self._current(name, self.values)

    def save(self, typed: Mapping[str, str]) -> None:
        """Save the answers and the typed text, without those that equal the current value."""
        answers = {**self._restored, **self.values, **typed}
        new = {name: value for name, value in answers.items() if value and value != self._current(name, self.values)}
        self.drafted = any(self._known.get(name) != value for name, value in new.items())
        if self._draft is not None:
            self._draft.save(new)

    def clear(self) -> None:
        """Delete the draft and everything answered since the form was opened."""
        self.values, self._restored, self.notice, self.drafted = dict(self._known), {}, "", False
        if self._draft is not None:
            self._draft.delete()

    @property
    def unchanged(self) -> bool:
        """True if every answer equals the current value: there is nothing to log."""
        current = {name: self._current(name, self.values) for name in self.values if name not in self._known}
        comparable = {name: value for name, value in current.items() if value is not None}
        return bool(comparable) and all(self.values[name] == value for name, value in comparable.items())


# Order of the arguments


class Questions:
    """The arguments a form asks for, in order, and the current one; false if there are none."""

    def __init__(self, action: Action, known: Mapping[str, str]) -> None:
        """Start with the first argument that is not known."""
        self._args = action.args
        self._open = [arg for arg in action.args if arg.name not in known]
        self._index = 0

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self._open)

    @property
    def current(self) -> Arg:
        """The argument that is asked for now."""
        return self._open[self._index]

    @property
    def last(self) -> bool:
        """True on the last argument."""
        return self._index == len(self._open) - 1

    @property
    def can_go_back(self) -> bool:
        """True if there is an earlier argument."""
        return self._index > 0 or bool(self._known_before)

    @property
    def _known_before(self) -> Sequence[Arg]:
        """The arguments before the current one that came with the call: they can be corrected too."""
        before = self._args[: self._args.index(self.current)] if self._open else self._args
        return [arg for arg in before if arg not in self._open]

    def advance(self) -> bool:
        """Go to the next argument; return whether there was one."""
        if self.last:
            return False
        self._index += 1
        return True

    def go_back(self) -> None:
        """Go to the previous argument, also to one that came with the call."""
        before = self._known_before
        if before and (self._index == 0 or before[-1] is self._args[self._args.index(self.current) - 1]):
            self._open.insert(self._index, before[-1])
        elif self._index > 0:
            self._index -= 1
