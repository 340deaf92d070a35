"""Taking command: each point is said back in own words beside what the record says, then one key takes it."""

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
from incident_cockpit.tui.screens.fields import Answers
from incident_cockpit.tui.screens.modal import Dialog
from incident_cockpit.tui.screens.reader import ProseView
from incident_cockpit.tui.widgets.rich_text import Page
from incident_cockpit.tui.widgets.text_field import Field

# What the screen returns when something else is wanted.
BRIEF, KEEP = "brief", "keep"
_REFRESH_SECONDS = 1.0
_RECORD = "on record: "
# The argument of the action that says a point.
_WORDS = "words"


class Point(NamedTuple):
    """One point: its id, the question that makes somebody say it, what was said, what the record says."""

    id: str
    question: str
    said: str
    recorded: tuple[str, ...]


class Offer(NamedTuple):
    """An offer of command as it stands now."""

    outgoing: str
    incoming: str
    points: tuple[Point, ...]

    @property
    def open(self) -> Point | None:
        """Return the point that is said back next, or None when all of them were."""
        return next((point for point in self.points if not point.said), None)


class Beside(ProseView, can_focus=False):
    """The points with the record beside them; the keys stay in the field."""

    def lay_out_again(self, width: int) -> int:
        """Make the lines anew for this width: what they say has changed; return how many there are."""
        self._made_for = -1
        return self.lay_out(width)


class ReadBackScreen(Dialog[str | None]):
    """Leads through the points of an offer and takes command; returns BRIEF or KEEP when that is wanted instead.

    `state` is the offer as it stands, None once it is over: others may say a point at their own terminal. `say` keeps
    a point, `take` takes command; both return why not, or nothing. `answers` returns what keeps the words about a point
    at every change, until they are said: leaving loses none, ctrl+r clears them.
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
        say: Callable[[str, str], Awaitable[str]],
        take: Callable[[], Awaitable[str]],
        answers: Callable[[str], Answers] = lambda _point: Answers({}),
    ) -> None:
        """Lead through the offer that stands."""
        super().__init__()
        self._state = state
        self._say_point = say
        self._take = take
        self._answers_about = answers
        self._answers = Answers({})
        self._offer = state() or Offer("", "", ())
        giver = f"over from {self._offer.outgoing}" if self._offer.outgoing else "command"
        self.dialog_title = f"{self._offer.incoming} takes {giver}"
        # The point the field is about: somebody else's words do not move it away under what is typed.
        self._asked = self._offer.open
        self._over = False

    @property
    def _asked_id(self) -> str:
        return self._asked.id if self._asked else ""

    def body(self) -> Iterable[Widget]:
        """Return the points, the question and its field, and what the second key will do."""
        yield Beside(self._lines)
        yield self.draft_line()
        yield Static(id="question", classes="question")
        field = Field()
        field.handles_key = self._handle_key
        field.saves = self._save
        yield Horizontal(Static("› ", classes="prompt", markup=False), field, classes="line")
        yield Static(id="will", classes="optional")
        yield self.problem_line()

    def on_mount(self) -> None:
        """Ask for the first point that is open, and follow what others say."""
        self._ask()
        self.set_interval(_REFRESH_SECONDS, self._follow)

    def on_resize(self) -> None:
        """Lay out for another size."""
        self._fit()

    @property
    def field(self) -> Field:
        """The field in which a point is said."""
        return self.query_one(Field)

    # What is shown

    def _lines(self, width: int) -> list[ProseLine]:
        return self._page()(width)

    def _page(self) -> Page:
        made = Page()
        for point in self._offer.points:
            if made:
                made.line("")
            sign = SIGNS["ok"] if point.said else "▸" if point.id == self._asked_id else "☐"
            made.entry(f"{sign} {point.id.capitalize()}:", point.said or point.question)
            for place, words in enumerate(point.recorded):
                made.quiet(words, indent=2, lead=" " * len(_RECORD) if place else _RECORD)
        return made

    def _ask(self) -> None:
        """Ask for the next point, or for the key that takes command when there is none."""
        self._asked = self._offer.open
        asked = self._asked
        self.set_line("#question", asked.question if asked else "")
        self.query_one(".line").display = asked is not None
        self.set_line("#will", "" if asked else "All points read back. Press y to take command.")
        self._answers = self._answers_about(asked.id) if asked else Answers({})
        self.field.set_text(self._answers.initial(_WORDS))
        self.set_line("#saved", self._answers.notice)
        self.set_focus(self.field if asked else None)
        self._fit()

    @property
    def _escape_key(self) -> tuple[str, str]:
        # Not "cancel": the offer stays as it is.
        return self.escape_key(drafted=True) if self._answers.drafted else ("esc", "close")

    def _fit(self) -> None:
        prose, height = self.query_one(Beside), self.app.size.height - bool(self._answers.notice)
        count = prose.lay_out_again(max(8, min(92, self.app.size.width) - 7))
        prose.styles.height = max(1, min(count, height - 9))
        if self._over:
            self.show_keys(self._escape_key)
            return
        keys = [("enter", "save")] if self._asked else [("y", "take command")]
        scrolls = [("↑↓", "scroll")] if count > max(1, height - 9) else []
        withdraws = f"{self._offer.outgoing} keeps command" if self._offer.outgoing else "withdraw offer"
        more = [("ctrl+b", "brief"), ("ctrl+g", withdraws)]
        self.show_keys(*keys, *scrolls, *more, self._escape_key)

    def _follow(self) -> None:
        """Show what others said; leave when the offer is over.

        While a point is being said the box stays until it is left: the words would be keys of the panes below.
        """
        offer = self._state()
        if self.busy:
            return
        if offer is None and self._asked is None:
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
        if next_id != self._asked_id and not self.field.value:
            self.show_problem("")
            self._ask()
        elif changed:
            self._fit()

    # Keys

    def _save(self, words: str) -> None:
        drafted = self._answers.drafted
        self._answers.save({_WORDS: words})
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
        prose = self.query_one(Beside)
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
        words = self.field.text
        if self.busy or self._asked is None:
            return
        if not words:
            self.show_problem("Required: read the point back in your own words")
            return
        self._work(self._say_point(self._asked.id, words))

    def action_take(self) -> None:
        """Take command, once everything was read back."""
        if self._asked is None and not self.busy:
            self._work(self._take())

    def _work(self, work: Awaitable[str]) -> None:
        self.busy = True
        self.run_worker(self._worked(work), group="submit", exclusive=True)

    async def _worked(self, work: Awaitable[str]) -> None:
        try:
            why = await work
        except Refused as refused:
            why = str(refused)
        offer = self._state()
        if offer is None and not why:
            self.dismiss(None)
            return
        self._offer = offer or self._offer
        if not why:
            self._answers.clear()
            self._ask()
        self.show_problem(why)
        self._fit()
        self.accept_keys()

    def action_brief(self) -> None:
        """Read the brief, and come back."""
        if not self.busy:
            self.dismiss(BRIEF)

    def action_keep(self) -> None:
        """Withdraw the offer: whoever has command keeps it."""
        if not self.busy:
            self.dismiss(KEEP)

    def action_leave(self) -> None:
        """Leave; what was said back stays said, and what is typed is kept."""
        if not self.busy:
            self.dismiss(None)
