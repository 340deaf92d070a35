"""The single lines above the panes: what the incident is, and what comes next."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.cells import cell_len
from textual.strip import Strip
from textual.widget import Widget

from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueKind, Urgency, due_items, urgency
from incident_cockpit.incident.views.next_action import Prompt
from incident_cockpit.text.blocks import Run, Style
from incident_cockpit.text.width import Wrapper
from incident_cockpit.times.format import age, ago, clock, clock_seconds, countdown, run_time, zone_label
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.app.safety import printable
from incident_cockpit.tui.app.theme_styles import paint_of
from incident_cockpit.tui.widgets.list_view import Cell, ListRow, Look, draw, fit

_UTC = ZoneInfo("UTC")
# Below this width the local time and the words beside keys go, the title is cut.
_WIDE = 100
# Below this one the clock gives way to what is late elsewhere.
_ROOMY = 80
# What stands free at the sides of a bar, together; between two things on it; and the least that is shown of words.
_MARGIN = 2
_BETWEEN = 2
_LEAST = 8
_CHIP = " NEXT "
# The styles of what has to be read to its end, because it says the way on; what was kept is on the timeline whole.
_COMPLAINTS = ("late", "warn")


class Bar(Widget):
    """One line of cells, some at the left, some at the right; repaints alone."""

    DEFAULT_CSS = """
    Bar { height: 1; background: $background; }
    """

    def __init__(self, *, raised: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Begin blank; `raised` puts it on the surface colour."""
        super().__init__(id=id)
        self._row = ListRow(None)
        self._look = Look(raised=raised)

    def set_row(self, row: ListRow) -> None:
        """Show this row, repainting only when it differs."""
        if row != self._row:
            self._row = row
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        """Draw the line."""
        return draw(self._row, self.size.width, paint_of(self.app), self._look)


class HeaderBar(Bar):
    """Severity, id, title, phase, elapsed time, UTC and local time."""

    def show(self, view: View) -> None:
        """Draw the incident as it stands now; the title gives way before anything else does."""
        incident, wide = view.incident, self.size.width >= _WIDE
        right = [Cell(standing(incident), "key"), Cell(run_time(incident.started, incident.ended, view.now), "muted")]
        if self.size.width >= _ROOMY or not view.elsewhere:
            right.append(Cell(f"{clock_seconds(view.now, _UTC)} UTC", ""))
        if wide and zone_label(view.zone, view.now) != "UTC":
            right.append(Cell(f"{clock(view.now, view.zone)} {zone_label(view.zone, view.now)}", "faint"))
        left = [severity_badge(incident), Cell(f"  {incident.name}  ", "muted"), *_restricted(incident)]
        left += _late_elsewhere(view)
        # The row keeps its right side whole only if the left leaves room: a long title is cut here, not there.
        fixed = sum(cell_len(cell.text) for cell in left) + sum(cell_len(cell.text) + 2 for cell in right) + 2
        title = Cell(incident.title, "strong", max(8, self.size.width - fixed))
        self.set_row(ListRow(None, (*left, title), tuple(right)))


def severity_badge(incident: Incident) -> Cell:
    """Return the severity as a badge in the colour of its rank."""
    if incident.severity is None:
        return Cell(" ? ", "chip")
    known = (one.rank for one in incident.plan.severities if one.id == incident.severity.value)
    # One that the plan does not have is taken as the worst.
    return Cell(f" {incident.severity.value} ", f"sev{min(4, max(1, next(known, 1)))}")


def standing(incident: Incident) -> str:
    """Return where it stands, in capitals: its phase, or what became of the report where it has none or is over."""
    if incident.phase is not None and not incident.dismissed:
        return incident.plan.phase_name(incident.phase.value).upper()
    if incident.report is None:
        return ""
    return "TRIAGE" if incident.report.outcome is TriageOutcome.OPEN else incident.report.outcome.value.upper()


def _restricted(incident: Incident) -> tuple[Cell, ...]:
    """Return the mark of an incident that only some may know of: its codename, which is what others may hear."""
    return (Cell(f" {incident.codename} ", "chip-warn"), Cell("  ")) if incident.codename else ()


def _late_elsewhere(view: View) -> tuple[Cell, ...]:
    """Return the mark of other open incidents that have late items; by their names alone, because others look on."""
    if not view.elsewhere:
        return ()
    late = sum(len(times) for _, times in view.elsewhere)
    where = view.elsewhere[0][0].name if len(view.elsewhere) == 1 else f"{len(view.elsewhere)} others"
    return (Cell(f" {where}: {late} late ", "chip-late"), Cell("  "))


class NextBar(Bar):
    """The one thing to think of next, the key that does it, and how much else there is."""

    def __init__(self) -> None:
        """Stand on the surface colour, so that it is found at a glance."""
        super().__init__(raised=True, id="next")

    def show(self, prompts: tuple[Prompt, ...], key: str) -> None:
        """Draw the most pressing prompt; `key` is what does it."""
        if not prompts:
            self.set_row(ListRow(None, (Cell(_CHIP, "chip"), Cell("  Nothing is waiting", "muted"))))
            return
        first = prompts[0]
        chip = {Urgency.LATE: "chip-late", Urgency.NEAR: "chip-warn", Urgency.AHEAD: "chip"}[first.urgency]
        right = [Cell(f"{key} {first.verb}", "key")]
        waiting = sum(1 for prompt in prompts[1:] if prompt.urgency is not Urgency.AHEAD)
        if waiting:
            right.append(Cell(f"+{waiting}", "muted"))
        beside = sum(cell_len(cell.text) + _BETWEEN for cell in right) + cell_len(_CHIP) + 2 * _BETWEEN
        room = self.size.width - _MARGIN - beside - cell_len(first.tail)
        words = f"{fit(first.text.removesuffix(first.tail), max(_LEAST, room))}{first.tail}"
        text = Cell(f"  {words}  ", "strong" if first.urgency is not Urgency.AHEAD else "")
        self.set_row(ListRow(None, (Cell(_CHIP, chip), text), tuple(right)))


class MessageBar(Bar):
    """How something went, and what can be done with it, which stays whole where the words are cut.

    A complaint that is longer than the line gets a second one, which the footer gives up.
    """

    def __init__(self) -> None:
        """Begin with nothing said."""
        super().__init__(id="message")
        self._words, self._style, self._read, self._offer = "", "", True, ""
        self._second = ListRow(None)

    def say(self, words: str, style: str, offer: str = "") -> None:
        """Say it until something else is said; `offer` is what can be done with it."""
        self._words, self._style, self._read, self._offer = words, style, False, offer
        self._lay()

    @property
    def words(self) -> str:
        """What is said now."""
        return f"{self._words}  {self._offer}".rstrip()

    def fold(self) -> None:
        """Give the footer its line back: whoever goes on has read the complaint."""
        if not self._read:
            self._read = True
            self._lay()

    def on_resize(self) -> None:
        """Break the words anew."""
        self._lay()

    def _lay(self) -> None:
        first, rest = self._words, ""
        if not self._read and self._style in _COMPLAINTS and self.size.width > _MARGIN:
            lines = Wrapper(self.size.width - _MARGIN).wrap([Run(printable(self._words), Style.PLAIN)])
            first, *more = ["".join(run.text for run in line) for line in lines]
            rest = " ".join(more)
        self._second = ListRow(None, (Cell(rest, self._style),))
        whole = cell_len(printable(self.words)) <= self.size.width - _MARGIN
        beside = (Cell(self._offer, self._style),) if self._offer and not whole else ()
        self.set_row(ListRow(None, (Cell(first if beside or rest else self.words, self._style),), beside))
        self.screen.set_class(bool(rest), "-complains")
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line, or the second one."""
        return draw(self._second if y else self._row, self.size.width, paint_of(self.app), self._look)


class FooterBar(Bar):
    """The keys that matter where the cursor is, from the registry."""

    def show(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Draw as many keys with their words as fit."""
        cells: list[Cell] = []
        room = self.size.width - 2
        for key, label in keys:
            needed = cell_len(key) + cell_len(label) + 4
            if needed > room + 3:
                break
            room -= needed
            cells += [Cell(key, "key"), Cell(f" {label}   ", "muted")]
        self.set_row(ListRow(None, tuple(cells)))


# -- wall_bars: What a wall says in a line each, because everybody asks: who is hurt, who was told when, who has
# command.

_STYLE = {Urgency.LATE: "late", Urgency.NEAR: "warn", Urgency.AHEAD: "muted"}


class ImpactBar(Bar):
    """The impact in its words, and how old they are."""

    def show(self, view: View) -> None:
        """Draw it as it was described last."""
        said = view.incident.impact
        words = Cell(f"  {' '.join(said.value.split())}") if said else Cell("  not described yet", "muted")
        age = (Cell(ago(said.since, view.now), "faint"),) if said else ()
        self.set_row(ListRow(None, (Cell(" IMPACT ", "chip"), words), age))


class CommanderBar(Bar):
    """Who has command and for how long: where there is no room for everybody, that one is named."""

    def show(self, view: View) -> None:
        """Draw whoever has it."""
        plan = view.incident.plan
        role = next((one.name for one in plan.roles if one.id == plan.command_role), "")
        held = view.incident.roles.get(plan.command_role, ())
        who = Cell(f"  {held[0].who}") if held else Cell("  nobody", "warn")
        since = (Cell(age(held[0].since, view.now), "faint"),) if held else ()
        self.set_row(ListRow(None, (Cell("  LEAD  ", "chip"), who, Cell(f", {role}" if role else "", "muted")), since))


class LastUpdateBar(Bar):
    """The last update that went out, and the next one that is promised."""

    def show(self, view: View) -> None:
        """Draw both."""
        names = {one.audience: one.name for one in view.incident.plan.cadences}
        last = max(view.incident.updates.sent.values(), key=lambda one: one.sent, default=None)
        told = Cell("  nobody was told yet", "warn" if view.incident.live else "muted")
        if last is not None:
            at = f"{ago(last.sent, view.now)}, at {clock(last.sent, view.zone, view.now)}"
            told = Cell(f"  {names.get(last.audience, last.audience)} {last.number}: {at}")
        items = [item for item in due_items(view.incident) if item.kind is DueKind.UPDATE]
        coming = tuple(
            Cell(f"{item.text} {countdown(item.at, view.now)}", _STYLE[urgency(item, view.now)]) for item in items[:1]
        )
        self.set_row(ListRow(None, (Cell("  TOLD  ", "chip"), told), coming))
