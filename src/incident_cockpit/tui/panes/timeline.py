"""The Timeline pane: the entries in order, each row made only when it is drawn."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import tzinfo
from typing import overload

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.arguments.argument import Arg
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.asks import open_needs
from incident_cockpit.incident.facts.severity import affected_systems
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.timeline import TimelineEntry, timeline_entry
from incident_cockpit.times.format import clock, zone_label
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.widgets.list_view import Cell, ListRow, fit

_STYLES = {
    "action": "ok", "decision": "accent", "ask": "warn", "answer": "ok", "severity": "late", "phase": "accent",
    "update": "accent", "hypothesis": "warn", "finding": "muted", "opened": "strong", "effect": "ok", "need": "warn",
    "hand-over": "accent", "system": "late",
}  # fmt: skip
_SORT_WIDTH = 12
# Styles of the marks on the right: attachments, before the start, when it was recorded.
_MARKS = ("muted", "faint", "faint")
_WHO_WIDTH = 10
# On the border: the first need, cut to this length, and so many systems.
_LONGEST_NEED = 28
_MOST_SYSTEMS = 3


class TimelineRows(Sequence[ListRow]):
    """The entries of a record as rows, each made only when it is drawn."""

    def __init__(self, record: Record, events: Sequence[Event], zone: tzinfo) -> None:
        """Show these events of the record, with times in the zone."""
        self._record = record
        self._events = events
        self._size = len(events)
        self._zone = zone
        # Dates are shown only if the incident has more than one.
        days = {event.happened.astimezone(zone).date() for event in (*events[:1], *events[-1:])}
        self._stamp = "%m-%d %H:%M" if len(days) > 1 else "%H:%M"

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._size

    @overload
    def __getitem__(self, index: int) -> ListRow: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[ListRow]: ...

    def __getitem__(self, index: int | slice) -> ListRow | Sequence[ListRow]:
        """Make the row at an index."""
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(self._size))]
        return self._row(timeline_entry(self._record, self._events[index]))

    def index_of(self, key: str) -> int | None:
        """Return the index of the event with this number by bisection, without making rows."""
        event = self._record.events[int(key) - 1] if key.isdigit() and int(key) <= self._record.seq else None
        if event is None:
            return None
        at = bisect_left(self._events, (event.happened, event.seq), key=lambda event: (event.happened, event.seq))
        return at if at < self._size and self._events[at] is event else None

    def _row(self, entry: TimelineEntry) -> ListRow:
        undone = bool(entry.undone_by)
        when = f"{entry.happened.astimezone(self._zone):{self._stamp}}"
        text = entry.text.replace("\n", " ⏎ ")
        if undone:
            text = f"Undone by {entry.undone_by}: {text}"
        left = (
            Cell(when, "faint", len(when) + 2),
            Cell(entry.label, "faint" if undone else _STYLES.get(entry.sort, "muted"), _SORT_WIDTH),
            Cell(text, "faint" if undone else ""),
        )
        who = Cell(entry.who[:_WHO_WIDTH], "muted", _WHO_WIDTH)
        word, late = ("restored", entry.put_back) if entry.put_back else ("recorded", entry.recorded)
        recorded = f"{word} {clock(late, self._zone, entry.happened)}" if late else ""
        count = len(entry.attachments)
        marks = [f"{count} attached" if count else "", "before start" if entry.early else "", recorded]
        # If there is little room, "before start" is shown in place of when it was recorded.
        short = [f"+{count}" if count else "", "before start" if entry.early else recorded]
        rights = [
            (*(Cell(mark, style) for mark, style in zip(row, _MARKS, strict=False) if mark), who)
            for row in (marks, short)
        ]
        return ListRow(str(entry.seq), left, rights[0], shorter=(rights[1],) if rights[1] != rights[0] else ())


class TimelinePane(Pane):
    """The entries, newest at the end."""

    title = "Timeline"
    scope = Scope.TIMELINE

    def __init__(self) -> None:
        """Start at the end and follow it until the user scrolls up."""
        super().__init__(id="timeline", follow_end=True, empty="No entries.")
        self._shown: tuple[tuple[str, int, int], str] | None = None
        self._record: Record | None = None

    def show(self, view: View) -> None:
        """Draw all entries, or those that match the filter."""
        state = (view.record.version, view.filter_text)
        if state != self._shown:
            self._shown, self._record = state, view.record
            self._draw(view)
        self.frame.hint = "esc clears the filter" if view.filter_text else self._below(border_text(view.incident))

    def _draw(self, view: View) -> None:
        events = matching(view.record, view.filter_text)
        self.set_rows(TimelineRows(view.record, events, view.zone))
        self.frame.title_left = (
            f"“{view.filter_text}”  {len(events)} of {len(view.record.read_order)}" if view.filter_text else ""
        )
        self.frame.title_right = zone_label(view.zone, view.now)

    def _below(self, others: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """Return the number of newer entries below, then the others: the last row in view may not be the newest."""
        count = len(self.rows) - self.scroll_offset.y - self.size.height
        # A pane that follows the end is there in a moment, even if it has just been laid out.
        if self._following or count <= 0:
            return others
        return (Cell(f"{count} newer below", "key"), *((Cell(" · ", "muted"),) if others else ()), *others)

    def cursor(self, kind: type[Arg]) -> str | None:
        """Return the entry under the cursor, or its action or decision."""
        key = self.cursor_key
        if key is None or self._record is None or int(key) > self._record.seq:
            return None
        event = self._record.events[int(key) - 1]
        return kind.in_event(event)

    def badge(self, view: View) -> tuple[Cell, ...]:  # noqa: ARG002
        """Return nothing: a small screen always shows the pane."""
        return ()


def border_text(incident: Incident) -> tuple[Cell, ...]:
    """Return the open needs and the affected_systems systems, for the border that is always in view."""
    cells: list[Cell] = []
    needs = list(open_needs(incident).values())
    if needs:
        more = f" +{len(needs) - 1}" if len(needs) > 1 else ""
        cells.append(Cell(f"need: {fit(needs[0].text, _LONGEST_NEED)}{more}", "warn"))
    systems = affected_systems(incident)
    for system in systems[:_MOST_SYSTEMS]:
        cells.append(Cell(f"{' · ' if cells else ''}{fit(system.name, _LONGEST_NEED)} {system.health.value}", "muted"))
    others = len(systems) - _MOST_SYSTEMS
    return (*cells, *([Cell(f" +{others}", "muted")] if others > 0 else []))


def matching(record: Record, words: str) -> Sequence[Event]:
    """Return the events whose entry has all the words, in reading order; every event without words."""
    filters = words.casefold().split()
    if not filters:
        return record.read_order
    events = []
    for event in record.read_order:
        entry = timeline_entry(record, event)
        attachments = " ".join(pin.words for pin in entry.attachments)
        text = f"{entry.label} {entry.text} {entry.who} {attachments}".casefold()
        if all(word in text for word in filters):
            events.append(event)
    return events
