"""The read-back of a handoff: each point in the incoming commander's words beside the record, then command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from incident_cockpit.errors import Refused
from incident_cockpit.text.layout import ProseLine
from incident_cockpit.tui.app.theme_styles import SIGNS
from incident_cockpit.tui.screens.fields import FormAnswers
from incident_cockpit.tui.screens.modal import MAX_WIDTH, Dialog
from incident_cockpit.tui.screens.reader import ProseView
from incident_cockpit.tui.widgets.rich_text import Page
from incident_cockpit.tui.widgets.text_field import Field

# Results of the screen that lead elsewhere: to the brief, or to keeping command.
BRIEF, KEEP = "brief", "keep"
_REFRESH_SECONDS = 1.0
_RECORD = "on record: "
# The argument of the read-back action that takes the text.
_TEXT = "words"


class Point(NamedTuple):
    """One point: its id, the question about it, the answer so far, and what the record says."""

    id: str
    question: str
    answer: str
    recorded: tuple[str, ...]


class Offer(NamedTuple):
    """The current state of an offer of command."""

    outgoing: str
    incoming: str
    points: tuple[Point, ...]

    @property
    def open(self) -> Point | None:
        """The next point to read back, or None after the last."""
        return next((point for point in self.points if not point.answer), None)


class PointList(ProseView, can_focus=False):
    """The points with the record below each; the field keeps the focus."""

    def lay_out_again(self, width: int) -> int:
        """Lay out the changed lines for this width; return how many there are."""
        self._laid_out_for = -1
        return self.lay_out(width)


class ReadBackScreen(Dialog[str | None]):
    """Asks for each point of an offer and takes command; returns BRIEF or KEEP to leave for those.

    `state` returns the current offer, None once it is over: others may read back at their own terminal. `save` saves a
    point, `take` takes command; both return why it was refused, or nothing. `answers` returns the draft of a point,
    which is saved at every change: closing loses nothing, ctrl+r clears it.
    """

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    ReadBackScreen #will { color: $warn; text-style: bold; margin: 1 1 0 1; }
    ReadBackScreen .question { margin: 1 1 0 1; height: auto; text-wrap: wrap; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+b", "brief", "The brief", show=False, id="read_back.brief"),
        Binding("ctrl+g", "keep", "Keep command", show=False, id="read_back.keep"),
        Binding("ctrl+r", "clear", "Clear", show=False, id="read_back.clear"),
        Binding("y", "take", "Take command", show=False, id="read_back.take"),
    ]

    def __init__(
        self,
        state: Callable[[], Offer | None],
        save: Callable[[str, str], Awaitable[str]],
        take: Callable[[], Awaitable[str]],
        answers: Callable[[str], FormAnswers] = lambda _point: FormAnswers({}),
    ) -> None:
        """Ask for the points of the current offer."""
        super().__init__()
        self._state = state
        self._save_point = save
        self._take = take
        self._answers_about = answers
        self._answers = FormAnswers({})
        self._offer = state() or Offer("", "", ())
        outgoing = f" from {self._offer.outgoing}" if self._offer.outgoing else ""
        self.dialog_title = f"{self._offer.incoming} takes command{outgoing}"
        # The point the field is about: a point read back elsewhere does not move it while text is typed.
        self._point = self._offer.open
        self._over = False

    @property
    def _point_id(self) -> str:
        return self._point.id if self._point else ""

    def body(self) -> Iterable[Widget]:
        """Return the points, the question with its field, and the line that asks for `y`."""
        yield PointList(self._lines)
        yield self.draft_line()
        yield Static(id="question", classes="question")
        field = Field()
        field.handles_key = self._handle_key
        field.saves = self._save
        yield Horizontal(Static("› ", classes="prompt", markup=False), field, classes="line")
        yield Static(id="will", classes="optional")
        yield self.problem_line()

    def on_mount(self) -> None:
        """Ask for the first open point, and follow the offer."""
        self._ask()
        self.set_interval(_REFRESH_SECONDS, self._follow)

    def on_resize(self) -> None:
        """Lay out for the new size."""
        self._fit()

    @property
    def field(self) -> Field:
        """The field for the current point."""
        return self.query_one(Field)

    # What is shown

    def _lines(self, width: int) -> list[ProseLine]:
        page = Page()
        for point in self._offer.points:
            if page:
                page.line("")
            sign = SIGNS["ok"] if point.answer else "▸" if point.id == self._point_id else "☐"
            page.entry(f"{sign} {point.id.capitalize()}:", point.answer or point.question)
            for number, text in enumerate(point.recorded):
                page.quiet(text, indent=2, lead=" " * len(_RECORD) if number else _RECORD)
        return page(width)

    def _ask(self) -> None:
        """Ask for the next point, or for `y` after the last."""
        self._point = point = self._offer.open
        self.set_line("#question", point.question if point else "")
        self.query_one(".line").display = point is not None
        self.set_line("#will", "" if point else "All points read back. Press y to take command.")
        self._answers = self._answers_about(point.id) if point else FormAnswers({})
        self.field.set_text(self._answers.initial(_TEXT))
        self.set_line("#saved", self._answers.notice)
        self.set_focus(self.field if point else None)
        self._fit()

    @property
    def _escape_key(self) -> tuple[str, str]:
        # Not "cancel": the offer stays as it is.
        return self.escape_key(drafted=True) if self._answers.drafted else ("esc", "close")

    def _fit(self) -> None:
        prose, height = self.query_one(PointList), self.app.size.height - bool(self._answers.notice)
        count = prose.lay_out_again(max(8, min(MAX_WIDTH, self.app.size.width) - 7))
        prose.styles.height = max(1, min(count, height - 9))
        if self._over:
            self.show_keys(self._escape_key)
            return
        keys = [("enter", "save")] if self._point else [("y", "take command")]
        scroll = [("↑↓", "scroll")] if count > max(1, height - 9) else []
        withdraw = f"{self._offer.outgoing} keeps command" if self._offer.outgoing else "withdraw offer"
        more = [("ctrl+b", "brief"), ("ctrl+g", withdraw)]
        self.show_keys(*keys, *scroll, *more, self._escape_key)

    def _follow(self) -> None:
        """Show the points read back elsewhere; close when the offer is over.

        While a point is being typed the dialog stays open: the text would be keys of the panes below.
        """
        offer = self._state()
        if self.busy:
            return
        if offer is None and self._point is None:
            self.dismiss(None)
            return
        if (offer is None) is not self._over:
            self._over = offer is None
            self.show_problem("The offer was withdrawn, or command was taken elsewhere" if self._over else "")
            self._fit()
        if offer is None:
            return
        changed, self._offer = offer != self._offer, offer
        next_id = offer.open.id if offer.open else ""
        if next_id != self._point_id and not self.field.value:
            self.show_problem("")
            self._ask()
        elif changed:
            self._fit()

    # Keys

    def _save(self, text: str) -> None:
        drafted = self._answers.drafted
        self._answers.save({_TEXT: text})
        if drafted is not self._answers.drafted:
            self._fit()

    def action_clear(self) -> None:
        """Clear the draft for this point."""
        if not self.busy:
            self._answers.clear()
            self.field.set_text("")
            self.set_line("#saved", "")
            self._fit()

    def _handle_key(self, key: str) -> bool:
        prose = self.query_one(PointList)
        moves = {"up": -1, "down": 1}
        if key == "enter":
            self._enter()
        elif key == "ctrl+r":
            self.action_clear()
        elif key in moves:
            prose.action_by(moves[key])
        elif key in ("pageup", "pagedown"):
            prose.action_pages(1 if key == "pagedown" else -1)
        else:
            return False
        return True

    def _enter(self) -> None:
        text = self.field.text
        if self.busy or self._point is None:
            return
        if not text:
            self.show_problem("Required: read the point back in your own words")
            return
        self._run(self._save_point(self._point.id, text))

    def action_take(self) -> None:
        """Take command after the last point."""
        if self._point is None and not self.busy:
            self._run(self._take())

    def _run(self, work: Awaitable[str]) -> None:
        self.busy = True
        self.run_worker(self._finish(work), group="submit", exclusive=True)

    async def _finish(self, work: Awaitable[str]) -> None:
        try:
            problem = await work
        except Refused as refused:
            problem = str(refused)
        offer = self._state()
        if offer is None and not problem:
            self.dismiss(None)
            return
        self._offer = offer or self._offer
        if not problem:
            self._answers.clear()
            self._ask()
        self.show_problem(problem)
        self._fit()
        self.accept_keys()

    def action_brief(self) -> None:
        """Leave for the handoff brief."""
        if not self.busy:
            self.dismiss(BRIEF)

    def action_keep(self) -> None:
        """Leave to withdraw the offer: the outgoing commander keeps command."""
        if not self.busy:
            self.dismiss(KEEP)

    def action_leave(self) -> None:
        """Close; the points read back and the typed text are kept."""
        if not self.busy:
            self.dismiss(None)
