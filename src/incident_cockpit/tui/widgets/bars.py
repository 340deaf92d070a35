"""One-line bars: header, NEXT, messages and footer of the cockpit; impact, updates and commander of the wall."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.cells import cell_len
from textual.strip import Strip
from textual.widget import Widget

from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.facts.severity import severity_rank
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
# Below this width the local time is left out.
_WIDE = 100
# Below this one the clock is left out if items are late elsewhere.
_MEDIUM = 80
# Blank cells at both sides of a bar, and between its items; the least width of a text that is cut.
_MARGIN = 2
_GAP = 2
_MIN_TEXT = 8
_CHIP = " NEXT "
# The keys at the end of a footer that are always shown, and the blank cells after a label.
_LAST_KEYS = 2
_KEY_GAP = 3
# Styles of messages that must be read to the end; a logged entry can be read in the timeline.
_PROBLEM_STYLES = ("late", "warn")


class Bar(Widget):
    """One line of cells at the left and at the right."""

    DEFAULT_CSS = """
    Bar { height: 1; background: $background; }
    """

    def __init__(self, *, raised: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Start blank; `raised` draws it on the surface colour."""
        super().__init__(id=id)
        self._row = ListRow(None)
        self._look = Look(raised=raised)

    def set_row(self, row: ListRow) -> None:
        """Show this row, repainting only if it differs."""
        if row != self._row:
            self._row = row
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        """Draw the line."""
        return draw(self._row, self.size.width, paint_of(self.app), self._look)


class HeaderBar(Bar):
    """Severity, id, title, phase, elapsed time, UTC and local time."""

    def show(self, view: View) -> None:
        """Show the incident as of now; a long title is cut before anything else."""
        incident, wide = view.incident, self.size.width >= _WIDE
        right = [Cell(standing(incident), "key"), Cell(run_time(incident.started, incident.ended, view.now), "muted")]
        if self.size.width >= _MEDIUM or not view.elsewhere:
            right.append(Cell(f"{clock_seconds(view.now, _UTC)} UTC", ""))
        if wide and zone_label(view.zone, view.now) != "UTC":
            right.append(Cell(f"{clock(view.now, view.zone)} {zone_label(view.zone, view.now)}", "faint"))
        left = [severity_badge(incident), Cell(f"  {incident.name}  ", "muted")]
        # Others may look on: a restricted incident is shown by its codename.
        left += [Cell(f" {incident.codename} ", "chip-warn"), Cell("  ")] if incident.codename else []
        left += _late_elsewhere(view)
        # A row keeps its right side whole only if the left leaves room: so a long title is cut here.
        fixed = sum(cell_len(cell.text) for cell in left) + sum(cell_len(cell.text) + 2 for cell in right) + 2
        title = Cell(incident.title, "strong", max(8, self.size.width - fixed))
        self.set_row(ListRow(None, (*left, title), tuple(right)))


def severity_badge(incident: Incident) -> Cell:
    """Return the severity as a badge in the colour of its rank."""
    if incident.severity is None:
        return Cell(" ? ", "chip")
    return Cell(f" {incident.severity.value} ", f"sev{min(4, severity_rank(incident))}")


def standing(incident: Incident) -> str:
    """Return the status in capitals: the phase, or the triage outcome of a report without one."""
    if incident.phase is not None and not incident.dismissed:
        return incident.plan.phase_name(incident.phase.value).upper()
    if incident.report is None:
        return ""
    return "TRIAGE" if incident.report.outcome is TriageOutcome.OPEN else incident.report.outcome.value.upper()


def _late_elsewhere(view: View) -> tuple[Cell, ...]:
    """Return the mark of other open incidents with late items, by name only: others may look on."""
    if not view.elsewhere:
        return ()
    late = sum(len(times) for _, times in view.elsewhere)
    where = view.elsewhere[0][0].name if len(view.elsewhere) == 1 else f"{len(view.elsewhere)} others"
    return (Cell(f" {where}: {late} late ", "chip-late"), Cell("  "))


class NextBar(Bar):
    """The next action, its key, and the number of other prompts."""

    def __init__(self) -> None:
        """Use the surface colour, so that it is found at a glance."""
        super().__init__(raised=True, id="next")

    def show(self, prompts: tuple[Prompt, ...], key: str) -> None:
        """Show the most urgent prompt; `key` is the key that goes there."""
        if not prompts:
            self.set_row(ListRow(None, (Cell(_CHIP, "chip"), Cell("  Nothing due", "muted"))))
            return
        first = prompts[0]
        chip = {Urgency.LATE: "chip-late", Urgency.NEAR: "chip-warn", Urgency.AHEAD: "chip"}[first.urgency]
        right = [Cell(f"{key} {first.verb}", "key")]
        waiting = sum(1 for prompt in prompts[1:] if prompt.urgency is not Urgency.AHEAD)
        if waiting:
            right.append(Cell(f"+{waiting}", "muted"))
        fixed = sum(cell_len(cell.text) + _GAP for cell in right) + cell_len(_CHIP) + 2 * _GAP
        width = self.size.width - _MARGIN - fixed - cell_len(first.tail)
        shown = f"{fit(first.text.removesuffix(first.tail), max(_MIN_TEXT, width))}{first.tail}"
        text = Cell(f"  {shown}  ", "strong" if first.urgency is not Urgency.AHEAD else "")
        self.set_row(ListRow(None, (Cell(_CHIP, chip), text), tuple(right)))


class MessageBar(Bar):
    """The latest message, and an offer of a key that follows it; a long message is cut, the offer is not.

    A problem longer than the line gets a second line, which replaces the footer.
    """

    def __init__(self) -> None:
        """Start without a message."""
        super().__init__(id="message")
        self._text, self._style, self._read, self._offer = "", "", True, ""
        self._second = ListRow(None)

    def say(self, text: str, style: str, offer: str = "") -> None:
        """Show this message until the next one; `offer` names keys that may follow it."""
        self._text, self._style, self._read, self._offer = text, style, False, offer
        self._lay_out()

    @property
    def text(self) -> str:
        """The current message with its offer."""
        return f"{self._text}  {self._offer}".rstrip()

    def fold(self) -> None:
        """Show the footer again: a key was pressed, so the problem has been read."""
        if not self._read:
            self._read = True
            self._lay_out()

    def on_resize(self) -> None:
        """Wrap the message for the new width."""
        self._lay_out()

    def _lay_out(self) -> None:
        first, rest = self._text, ""
        if not self._read and self._style in _PROBLEM_STYLES and self.size.width > _MARGIN:
            lines = Wrapper(self.size.width - _MARGIN).wrap([Run(printable(self._text), Style.PLAIN)])
            first, *more = ["".join(run.text for run in line) for line in lines]
            rest = " ".join(more)
        self._second = ListRow(None, (Cell(rest, self._style),))
        whole = cell_len(printable(self.text)) <= self.size.width - _MARGIN
        beside = (Cell(self._offer, self._style),) if self._offer and not whole else ()
        self.set_row(ListRow(None, (Cell(first if beside or rest else self.text, self._style),), beside))
        self.screen.set_class(bool(rest), "-two-lines")
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the first or the second line."""
        return draw(self._second if y else self._row, self.size.width, paint_of(self.app), self._look)


class FooterBar(Bar):
    """The keys of the pane or list in use, from the registry."""

    def show(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Show as many keys with their labels as fit, the last two always: help, and back or quit."""
        *first, help_key, leave_key = keys if len(keys) > _LAST_KEYS else (*keys, ("", ""), ("", ""))
        last = [each for each in (help_key, leave_key) if each[0]]
        width = self.size.width - _MARGIN - sum(_key_width(key, label) for key, label in last)
        shown = []
        for key, label in first:
            width -= _key_width(key, label)
            # The last label needs no gap after it.
            if width < -_KEY_GAP:
                break
            shown.append((key, label))
        cells = [
            cell
            for key, label in (*shown, *last)
            for cell in (Cell(key, "key"), Cell(f" {label}{' ' * _KEY_GAP}", "muted"))
        ]
        self.set_row(ListRow(None, tuple(cells)))


def _key_width(key: str, label: str) -> int:
    return cell_len(key) + 1 + cell_len(label) + _KEY_GAP


# Bars of the wall view

_STYLE = {Urgency.LATE: "late", Urgency.NEAR: "warn", Urgency.AHEAD: "muted"}


class ImpactBar(Bar):
    """The impact, and when it was last described."""

    def show(self, view: View) -> None:
        """Show the current impact."""
        impact = view.incident.impact
        text = Cell(f"  {' '.join(impact.value.split())}") if impact else Cell("  not set", "muted")
        age = (Cell(ago(impact.since, view.now), "faint"),) if impact else ()
        self.set_row(ListRow(None, (Cell(" IMPACT ", "chip"), text), age))


class CommanderBar(Bar):
    """The commander, and how long they have had command; for screens too narrow for the People pane."""

    def show(self, view: View) -> None:
        """Show the holder of the command role."""
        plan = view.incident.plan
        role = next((role.name for role in plan.roles if role.id == plan.command_role), "")
        holders = view.incident.roles.get(plan.command_role, ())
        who = Cell(f"  {holders[0].who}") if holders else Cell("  unassigned", "warn")
        since = (Cell(age(holders[0].since, view.now), "faint"),) if holders else ()
        self.set_row(ListRow(None, (Cell("   IC   ", "chip"), who, Cell(f", {role}" if role else "", "muted")), since))


class LastUpdateBar(Bar):
    """The last update that was sent, and the next one due."""

    def show(self, view: View) -> None:
        """Show both."""
        names = {row.audience: row.name for row in view.incident.plan.cadences}
        last = max(view.incident.updates.sent.values(), key=lambda update: update.sent, default=None)
        latest = Cell("  no update sent", "warn" if view.incident.live else "muted")
        if last is not None:
            sent = f"{ago(last.sent, view.now)}, at {clock(last.sent, view.zone, view.now)}"
            latest = Cell(f"  {names.get(last.audience, last.audience)} {last.number}: {sent}")
        items = [item for item in due_items(view.incident) if item.kind is DueKind.UPDATE]
        next_due = tuple(
            Cell(f"{item.text} {countdown(item.at, view.now)}", _STYLE[urgency(item, view.now)]) for item in items[:1]
        )
        self.set_row(ListRow(None, (Cell(" UPDATE ", "chip"), latest), next_due))
