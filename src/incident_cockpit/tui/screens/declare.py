"""The dialog to declare an incident, or to report one for triage: a title and a severity are enough."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from incident_cockpit.actions.arguments.argument import Choice
from incident_cockpit.errors import Refused
from incident_cockpit.tui.screens.fields import FormAnswers
from incident_cockpit.tui.screens.form import ChoiceHelp
from incident_cockpit.tui.screens.modal import Dialog
from incident_cockpit.tui.screens.pick import UNKNOWN, Picker, matching_choices, no_match
from incident_cockpit.tui.widgets.list_view import LineList
from incident_cockpit.tui.widgets.rich_text import Page
from incident_cockpit.tui.widgets.text_field import Field

Declare = Callable[[dict[str, str]], Awaitable[tuple[str, str]]]

_FIELDS = (
    ("title", "Title (what fails, for whom)", ""),
    ("runbook", "Runbook", "file or name; default: from the plan"),
    ("started", "Started", "-20m or 14:05; default: now"),
    ("why", "Evidence", "reason for the severity; for a report, what was observed"),
    ("by", "Reporter", "default: you"),
    ("via", "Channel", "default: from the plan"),
)
# Optional fields that only a report has.
_REPORT = ("by", "via")
# Severities that stay visible however long their help is.
_MIN_ROWS = 5
# Lines of the title, the labels and the borders.
_FIXED_LINES = 7
_UNSURE = Choice(UNKNOWN, "Unsure", "Report for triage")


class DeclareScreen(Dialog[str | None]):
    """Asks for title and severity, on request for more; returns the id of the new incident.

    `declare` takes the values by field, and returns the id and "", or "" and why it was refused; then the text stays.
    Without a severity it is a report for triage, which `triage_first` offers before the severities. `help_page` returns
    the criteria of a severity. `answers` saves everything at every change: closing or a crash loses nothing, ctrl+r
    clears it.
    """

    DEFAULT_CSS = """
    DeclareScreen .field { height: auto; }
    DeclareScreen .field Horizontal { height: 1; margin: 0 1; }
    DeclareScreen .more { display: none; }
    DeclareScreen.-more .more { display: block; }
    DeclareScreen .report, DeclareScreen.-more .report { display: none; }
    DeclareScreen.-more.-report .report { display: block; }
    DeclareScreen Picker { margin-bottom: 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "more", "More", show=False, id="declare.more"),
        Binding("ctrl+r", "clear", "Clear", show=False, id="declare.clear"),
    ]

    dialog_title = "New incident"

    def __init__(
        self,
        severities: Sequence[Choice],
        declare: Declare,
        *,
        title: str = "",
        triage_first: bool = False,
        help_page: Callable[[str], Page] = lambda _severity: Page(),
        answers: FormAnswers | None = None,
    ) -> None:
        """Offer the plan's severities, worst first; `title` is used unless a draft has one."""
        super().__init__()
        self._severities = (_UNSURE, *severities) if triage_first else (*severities, _UNSURE)
        self._help_page = help_page
        self._declare = declare
        self._default_title = title
        self._answers = answers or FormAnswers({})

    def body(self) -> Iterable[Widget]:
        """Return the fields, the severities and the problem line."""
        yield self.draft_line()
        for name, label, placeholder in _FIELDS:
            more = "" if name == "title" else " more report" if name in _REPORT else " more"
            yield Static(label, classes=f"question{more}", markup=False)
            text = self._answers.initial(name) or (self._default_title if name == "title" else "")
            yield Horizontal(
                Static("› ", classes="prompt", markup=False),
                Field(text, placeholder=placeholder, id=name),
                classes=f"line{more}",
            )
        yield Static("Severity", classes="question", markup=False)
        yield Picker(id="severity")
        yield ChoiceHelp()
        yield self.problem_line()

    def on_mount(self) -> None:
        """Focus the title."""
        for name, _, _ in _FIELDS:
            self._field(name).handles_key = self._handle_key
            self._field(name).saves = lambda _text: self._save()
        self.set_line("#saved", self._answers.notice)
        # Optional fields are shown if one of them is filled.
        self.set_class(any(self._answers.initial(name) for name, _, _ in _FIELDS if name != "title"), "-more")
        self._severity.handles_key = self._handle_key
        self._severity.submitted = self._declared
        self._offer_severities(self._answers.initial("severity"))
        self._help.prepare(self._help_page, (severity.id for severity in self._severities), self.inner_width)
        self._help.show(self._severity.options.cursor_key)
        self._field("title").focus()
        self._fit()

    def _offer_severities(self, at: str) -> None:
        self._severity.ask(matching_choices(self._severities), placeholder="type to filter", at=at or None)

    def on_resize(self) -> None:
        """Keep the dialog inside the screen."""
        self._fit()

    def on_descendant_focus(self) -> None:
        """Show what enter does in this field."""
        if self.is_mounted:
            self._show_keys()

    @property
    def _severity(self) -> Picker:
        return self.query_one("#severity", Picker)

    @property
    def _help(self) -> ChoiceHelp:
        return self.query_one(ChoiceHelp)

    def _field(self, name: str) -> Field:
        return self.query_one(f"#{name}", Field)

    @property
    def _shown(self) -> list[Field]:
        """The visible fields, in the order in which enter goes through them."""
        more, report = self.has_class("-more"), self.has_class("-report")
        names = [name for name, _, _ in _FIELDS if name == "title" or (more and (report or name not in _REPORT))]
        return [*(self._field(name) for name in names), self._severity.field]

    def _fit(self) -> None:
        self.set_class(self._severity.options.cursor_key == UNKNOWN, "-report")
        # Each field besides the title and the severities takes two lines.
        free = self.app.size.height - _FIXED_LINES - 2 * (len(self._shown) - 2) - bool(self._answers.notice)
        help_lines = self._help.limit(free - max(_MIN_ROWS, len(self._severities)))
        self._severity.limit(min(8, free - help_lines))
        self._show_keys()

    def _show_keys(self) -> None:
        verb = "next"
        if self.focused is self._severity.field:
            verb = "report" if self._severity.options.cursor_key == UNKNOWN else "declare"
        more = "fewer fields" if self.has_class("-more") else "more fields"
        escape = self.escape_key(drafted=self._answers.drafted)
        self.show_keys(("enter", verb), ("↑↓", "move"), ("ctrl+o", more), escape)

    # Keys and messages

    @on(LineList.Highlighted)
    def _severity_highlighted(self, event: LineList.Highlighted) -> None:
        self._help.show(event.key)
        if event.key != (self._answers.initial("severity") or self._severities[0].id):
            self._save()
        self._fit()

    def _save(self) -> None:
        """Save all fields before they are drawn; not while the incident is being declared."""
        if self.busy:
            return
        drafted, chosen = self._answers.drafted, self._severity.options.cursor_key or ""
        fields = {name: self._field(name).text for name, _, _ in _FIELDS}
        # The first row counts as chosen only once something is typed.
        started = any(fields.values()) or chosen != self._severities[0].id
        self._answers.save({**fields, "severity": chosen if started else ""})
        if drafted is not self._answers.drafted:
            self._show_keys()

    def action_clear(self) -> None:
        """Clear the draft and all fields."""
        if self.busy:
            return
        self._answers.clear()
        for name, _, _ in _FIELDS:
            self._field(name).set_text("")
        self._offer_severities(self._severities[0].id)
        self.set_line("#saved", "")
        self.show_problem("")
        self.remove_class("-more")
        self.set_focus(self._field("title"))
        self._fit()

    def action_more(self) -> None:
        """Show the optional fields, or hide them; their text is still used."""
        self.toggle_class("-more")
        target = self._field("runbook") if self.has_class("-more") else self._field("title")
        self._fit()
        self.call_after_refresh(target.focus)

    def _handle_key(self, key: str) -> bool:
        """Go to the next or previous field, or clear all fields."""
        if key == "ctrl+r":
            self.action_clear()
        elif key in ("enter", "down", "tab"):
            self._go(1)
        elif key in ("up", "shift+tab"):
            self._go(-1)
        else:
            return False
        return True

    def _go(self, by: int) -> None:
        shown = self._shown
        index = next((index for index, field in enumerate(shown) if field is self.focused), 0)
        # Not `focus()`, which is delayed: a key typed ahead must go to the next field.
        self.set_focus(shown[max(0, min(len(shown) - 1, index + by))])

    def _declared(self, text: str, key: str | None) -> None:
        if self.busy:
            return
        if key is None:
            self.show_problem(no_match(text))
            return
        values = {name: self._field(name).text for name, _, _ in _FIELDS}
        values["severity"] = "" if key == UNKNOWN else key
        self.busy = True
        self.run_worker(self._try(values), group="declare", exclusive=True)

    async def _try(self, values: dict[str, str]) -> None:
        try:
            incident_id, problem = await self._declare(
                {name: value for name, value in values.items() if value or name == "title"}
            )
        except Refused as refused:
            incident_id, problem = "", str(refused)
        if not problem:
            self.dismiss(incident_id)
            return
        self.show_problem(problem)
        filled = [name for name, _, _ in _FIELDS if name != "title" and values[name]]
        if not values["title"]:
            self._field("title").focus()
        elif filled:
            # An optional field is wrong more often than a title that is there.
            self.add_class("-more")
            self._fit()
            self.call_after_refresh(self._field(filled[0]).focus)
        else:
            self._field("title").focus()
        self.accept_keys()

    def action_leave(self) -> None:
        """Close without declaring; the text is kept as a draft. Not while the incident is being written."""
        if not self.busy:
            self.dismiss(None)
