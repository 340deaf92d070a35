"""The Timeline pane: what happened, in order, drawn line by line however long it grows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import tzinfo
from typing import overload

from incident_cockpit.actions.action import ArgKind, Scope
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.asks import open_needs
from incident_cockpit.incident.facts.notes import DecisionGrounded, EffectSeen, Logged, NoteKind
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
# What a line is marked with on its right, in this order: what is pinned to it, and its times.
_MARKS = ("muted", "faint", "faint")
_WHO_WIDTH = 10
# On the border: a need's own words, and so many systems.
_LONGEST_NEED = 28
_MOST_SYSTEMS = 3


class TimelineRows(Sequence[ListRow]):
    """The lines of a record as rows, each made only when it is drawn."""

    def __init__(self, record: Record, events: Sequence[Event], zone: tzinfo) -> None:
        """Show these events of the record, with clock times in the zone."""
        self._record = record
        self._events = events
        self._size = len(events)
        self._zone = zone
        # Dates stand beside the times only where the incident has more than one.
        days = {event.happened.astimezone(zone).date() for event in (*events[:1], *events[-1:])}
        self._stamp = "%m-%d %H:%M" if len(days) > 1 else "%H:%M"

    def __len__(self) -> int:
        """Return how many lines there are."""
        return self._size

    @overload
    def __getitem__(self, index: int) -> ListRow: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[ListRow]: ...

    def __getitem__(self, index: int | slice) -> ListRow | Sequence[ListRow]:
        """Make the row at an index."""
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self._size))]
        return self._row(timeline_entry(self._record, self._events[index]))

    def index_of(self, key: str) -> int | None:
        """Return where the event with this seq stands, by halving, without making rows."""
        event = self._record.events[int(key) - 1] if key.isdigit() and int(key) <= self._record.seq else None
        if event is None:
            return None
        at = bisect_left(self._events, (event.happened, event.seq), key=lambda one: (one.happened, one.seq))
        return at if at < self._size and self._events[at] is event else None

    def _row(self, said: TimelineEntry) -> ListRow:
        gone = bool(said.undone_by)
        when = f"{said.happened.astimezone(self._zone):{self._stamp}}"
        text = said.text.replace("\n", " ⏎ ")
        if gone:
            text = f"taken back by {said.undone_by}: {text}"
        left = (
            Cell(when, "faint", len(when) + 2),
            Cell(said.sort, "faint" if gone else _STYLES.get(said.sort, "muted"), _SORT_WIDTH),
            Cell(text, "faint" if gone else ""),
        )
        who = Cell(said.who[:_WHO_WIDTH], "muted", _WHO_WIDTH)
        word, late = ("put back", said.put_back) if said.put_back else ("recorded", said.recorded)
        recorded = f"{word} {clock(late, self._zone, said.happened)}" if late else ""
        count = len(said.attachments)
        marks = [f"{count} pinned" if count else "", "before start" if said.early else "", recorded]
        # Where there is little room, that a line is from before the start goes before when it was recorded.
        short = [f"+{count}" if count else "", "before start" if said.early else recorded]
        ways = [(*(Cell(mark, _MARKS[at]) for at, mark in enumerate(way) if mark), who) for way in (marks, short)]
        return ListRow(str(said.seq), left, ways[0], shorter=(ways[1],) if ways[1] != ways[0] else ())


class TimelinePane(Pane):
    """What happened, newest at the end."""

    number = 2
    title = "Timeline"
    scope = Scope.TIMELINE

    def __init__(self) -> None:
        """Start at the end and stay there until somebody scrolls up."""
        super().__init__(id="timeline", follow_end=True, empty="Nothing has happened yet.")
        self._shown: tuple[tuple[str, int, int], str] | None = None
        self._record: Record | None = None

    def show(self, view: View) -> None:
        """Draw the lines; all of them, or those with the words that are looked for."""
        state = (view.record.version, view.filter_text)
        if state != self._shown:
            self._shown, self._record = state, view.record
            self._draw(view)
        self.frame.hint = "esc shows all" if view.filter_text else self._below(standing(view.incident))

    def _draw(self, view: View) -> None:
        events = matching(view.record, view.filter_text)
        self.set_rows(TimelineRows(view.record, events, view.zone))
        self.frame.title_left = (
            f"“{view.filter_text}”  {len(events)} of {len(view.record.read_order)}" if view.filter_text else ""
        )
        self.frame.title_right = zone_label(view.zone, view.now)

    def _below(self, others: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """Return before others how many newer lines stand below: the last in sight is not taken for the newest."""
        count = len(self.rows) - self.scroll_offset.y - self.size.height
        # Whoever follows the end is there in a moment, if not yet: a screen that has just been laid out.
        if self._following or count <= 0:
            return others
        return (Cell(f"{count} newer below", "key"), *((Cell(" · ", "muted"),) if others else ()), *others)

    def cursor(self, kind: ArgKind) -> str | None:
        """Return the line under the cursor, or the action or decision that it is about."""
        key = self.cursor_key
        if key is None or self._record is None or int(key) > self._record.seq:
            return None
        event = self._record.events[int(key) - 1]
        match kind:
            case ArgKind.LINE | ArgKind.ENTRY:
                return f"#{key}"
            case ArgKind.TAKEN:
                return action_of(event) or None
            case ArgKind.DECISION:
                return decision_of(event) or None
        return None

    def badge(self, view: View) -> tuple[Cell, ...]:  # noqa: ARG002
        """Return nothing: on a small screen it stays in sight."""
        return ()


def decision_of(event: Event) -> str:
    """Return the id of the decision that a line is about, or an empty string."""
    match event.fact:
        case Logged(note=note, now=now) if now is not None and now.sort is NoteKind.DECISION:
            return note
        case DecisionGrounded(decision=decision):
            return decision
    return ""


def action_of(event: Event) -> str:
    """Return the id of the action that a line is about, or an empty string."""
    match event.fact:
        case Logged(note=note, now=now) if now is not None and now.sort is NoteKind.ACTION:
            return note
        case EffectSeen(action=action):
            return action
    return ""


def standing(incident: Incident) -> tuple[Cell, ...]:
    """Return what is lacking and which systems are not well, for the border that is always in sight."""
    cells: list[Cell] = []
    needs = list(open_needs(incident).values())
    if needs:
        more = f" +{len(needs) - 1}" if len(needs) > 1 else ""
        cells.append(Cell(f"lacking: {fit(needs[0].text, _LONGEST_NEED)}{more}", "warn"))
    for one in affected_systems(incident)[:_MOST_SYSTEMS]:
        cells.append(Cell(f"{' · ' if cells else ''}{fit(one.name, _LONGEST_NEED)} {one.health.value}", "muted"))
    more_ill = len(affected_systems(incident)) - _MOST_SYSTEMS
    return (*cells, *([Cell(f" +{more_ill}", "muted")] if more_ill > 0 else []))


def matching(record: Record, words: str) -> Sequence[Event]:
    """Return the events whose line has all the words, in reading order; every one without words."""
    wanted = words.casefold().split()
    if not wanted:
        return record.read_order
    found = []
    for event in record.read_order:
        said = timeline_entry(record, event)
        pinned = " ".join(pin.words for pin in said.attachments)
        text = f"{said.sort} {said.text} {said.who} {pinned}".casefold()
        if all(word in text for word in wanted):
            found.append(event)
    return found
