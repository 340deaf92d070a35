"""Import of a copied chat thread: entries with author and time, and the rows that are part of none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.importers.chat_rows import ChatRow, RowKind, Trust, is_handle, is_label, is_person, read_rows
from incident_cockpit.importers.chat_times import Day, Stamp, follow_up_time
from incident_cockpit.incident.event import CLOCK_TOLERANCE
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.sanitize import clean

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from incident_cockpit.incident.state import Incident


LONGEST_THREAD = 2_000
_SHOWN = 80


class ThreadEntry(Struct, frozen=True):
    """A message of a thread: author, time in aware UTC, and text."""

    who: str
    at: datetime
    text: str


class Thread(Struct, frozen=True):
    """The entries of a thread in their order, and the rows of the copied text that are part of none.

    `before` are the rows above the first entry; `unsaid` rows below it with a time but no name, and heads without
    text; `noise` counts rows that no person wrote, such as reactions and joins; `cut` the rows above the limit.
    """

    lines: tuple[ThreadEntry, ...]
    before: str
    unsaid: tuple[str, ...] = ()
    noise: int = 0
    cut: int = 0

    @property
    def left_out(self) -> tuple[str, ...]:
        """Return the rows without name, time or text, in their order."""
        return (*(row.strip() for row in self.before.split("\n") if row.strip()), *self.unsaid)


def read_thread(text: str, now: datetime, zone: ZoneInfo) -> Thread:
    """Read a thread copied at `now`, with clock times in `zone`; a text without names and times has no entries."""
    from incident_cockpit.importers.chat_times import resolve_times

    rows = clean(text).split("\n")
    reading = ThreadReader(rows[:LONGEST_THREAD])
    entries, unsaid = [], reading.unsaid
    for message, at in zip(reading.messages, resolve_times(reading.stamps, now, CLOCK_TOLERANCE, zone), strict=True):
        if body := message.text:
            entries.append(ThreadEntry(message.who, at, body))
        else:
            unsaid.append(message.head)
    before = "\n".join(reading.before).strip()
    cut = sum(bool(row.strip()) for row in rows[LONGEST_THREAD:])
    return Thread(tuple(entries), before, tuple(unsaid), reading.noise, cut)


def warn_of_left_out(_incident: Incident, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a warning for each kind of row that is not imported."""
    thread: Thread = values["thread"]
    left_out, warnings = thread.left_out, []
    if left_out:
        rows = counted(len(left_out), "row")
        warnings.append(f"Not imported: {rows} without name, time or text, first: {left_out[0][:_SHOWN]}")
    if thread.cut:
        rows = counted(thread.cut, "row")
        warnings.append(f"Not imported: {rows} above the limit of {LONGEST_THREAD:,}; import them separately")
    return tuple(warnings)


# -- form of a thread: rows that begin a message are recognised by the form of the others

HEADS = frozenset((RowKind.WHOLE, RowKind.HEAD, RowKind.STACK))


class RowContext(Struct, frozen=True):
    """Context of a row: first message, speaker has text, blank line before, body below."""

    first: bool
    spoken: bool
    apart: bool
    body: bool


class ThreadForm:
    """The form of a thread, learnt from all of its rows.

    A program copies in one form: names and times in rows of their own, or everything in one row. Rows in the other form
    are quotations. A log has times in its rows as well, but few of them have a possible name.
    """

    def __init__(self, rows: Sequence[ChatRow]) -> None:
        """Learn the form from the rows."""
        heads = [row for row in rows if row.kind in HEADS]
        self._names = Counter((row.kind is RowKind.WHOLE, row.name.casefold()) for row in heads)
        self._sure = any(row.trust is Trust.SURE for row in heads if row.kind is not RowKind.WHOLE)
        self._set_in = any(row.trust is Trust.SURE for row in heads if row.kind is RowKind.STACK)
        self._halves = any(row.when.half for row in rows if row.when is not None)
        self._nicks = any(row.trust is Trust.SURE for row in heads if row.kind is RowKind.WHOLE)
        machine = [row for row in rows if row.when is not None and row.when.by_machine]
        named = [row.name for row in machine if row.kind is RowKind.WHOLE]
        others = sum(row.kind is RowKind.NOBODY for row in machine)
        self._mostly_named = len(named) > others
        self._all_named = not others and (len(named) < 3 or len(set(named)) > 1)
        whole = [row for row in heads if row.kind is RowKind.WHOLE and self._is_message(row)]
        alone = [
            row
            for row in heads
            if row.kind is not RowKind.WHOLE
            and (row.trust is not Trust.MAYBE or self._is_repeated(row) or is_person(row.name))
        ]
        self.in_rows = len(whole) > len(alone) or (len(whole) == len(alone) and bool(whole) and heads[0] in whole)
        self._shapes = {row.when.shape for row in whole if row.when is not None}

    def begins_message(self, row: ChatRow, around: RowContext) -> bool:
        """Return whether a message begins with this row."""
        match row.kind:
            case RowKind.WHOLE:
                return self.in_rows and self._is_message(row)
            case RowKind.HEAD:
                return not self.in_rows and (row.trust is Trust.SURE or self._is_head(row, around))
            case RowKind.STACK:
                return not self.in_rows and (row.trust is Trust.SURE or self._is_stack(row, around))
        return False

    def is_unattributed(self, row: ChatRow) -> bool:
        """Return whether a row has a time like the rows with names, but no name."""
        return (
            self.in_rows and row.when is not None and row.kind is not RowKind.NOISE and row.when.shape in self._shapes
        )

    def _is_repeated(self, row: ChatRow) -> bool:
        return self._names[row.kind is RowKind.WHOLE, row.name.casefold()] > 1

    def _is_message(self, row: ChatRow) -> bool:
        machine = row.when is not None and row.when.by_machine
        match row.trust:
            case Trust.SURE:
                return True
            case Trust.LIKELY:
                return self._mostly_named or not machine
            case Trust.MAYBE if row.deed:
                return self._nicks or self._is_repeated(row)
            case Trust.MAYBE:
                return self._all_named if machine else self._is_repeated(row)
        return False

    def _is_head(self, row: ChatRow, around: RowContext) -> bool:
        """Return whether a name and a time that may be text of a message are a head."""
        if row.when is not None and row.when.open == "[" and not is_person(row.name):
            return self._is_repeated(row) or around.first
        if not (around.spoken and around.body):
            return False
        return not self._sure or around.first or self._is_repeated(row)

    def _is_stack(self, row: ChatRow, around: RowContext) -> bool:
        """Return whether a row above a time is a name, if nothing distinguishes the time from one in the text."""
        when = row.when
        if self._set_in or when is None or (self._halves and not (when.half or when.day)):
            return False
        if row.trust is Trust.LIKELY or is_label(row.name):
            return row.trust is Trust.LIKELY
        if self._is_repeated(row):
            return True
        return not self._sure and around.spoken and (is_person(row.name) or (around.apart and is_handle(row.name)))


# -- reading a thread row by row

# The number of rows below a row in which its body may begin.
_FAR = 20
# The longest heading of a thread.
_SHORT = 120
_EDITED = re.compile(r"\s?(?:\(edited\)|<This message was edited>)\s*$")
# "All times in UTC", "Timeline (UTC)": stated once, above all entries.
_IN_UTC = re.compile(r"\b(?:times?|timeline|timestamps?|clock)\b.{0,40}\b(?:UTC|GMT)\b(?! or\b)", re.I)


class _Message(Struct):
    """A message while it is being read: its written time, its head, and whether it has text yet."""

    who: str
    stamp: Stamp
    head: str
    parts: list[str]
    spoken: bool = False

    def add(self, row: str) -> None:
        """Add a row of its text."""
        self.parts.append(row)
        self.spoken = self.spoken or bool(row.strip())

    @property
    def text(self) -> str:
        """Return the text of the message."""
        return _flowing(self.parts)


def _flowing(parts: Sequence[str]) -> str:
    """Join the rows of a message; Slack copies a mention inside a sentence as a row of its own."""
    rows: list[str] = []
    mention = False
    for part in parts:
        row = _EDITED.sub("", part) if part.endswith((")", ">", ") ")) else part
        begins = row.startswith("@") and " " not in row.strip()
        if rows and ((begins and rows[-1].endswith(" ")) or (mention and row[:1] in " ,.;:?!)" and row)):
            rows[-1] += row
        else:
            rows.append(row)
        mention = begins
    return "\n".join(rows).strip()


class ThreadReader:
    """Reader of a thread: the form of all rows decides which of them begin a message."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Read the rows."""
        self.before: list[str] = []
        self.unsaid: list[str] = []
        self.noise = 0
        self._lines = lines
        self._rows = read_rows(lines)
        self._form = ThreadForm(self._rows)
        self._current: _Message | None = None
        self._begun = False
        self._day: Day | None = None
        self._mark = 0
        self.messages = self._read()

    @property
    def stamps(self) -> list[Stamp]:
        """Return the times of the messages, in UTC if a row above them says so."""
        stamps = [message.stamp for message in self.messages]
        in_utc = any(len(row) <= _SHORT and _IN_UTC.search(row) for row in self.before)
        if not in_utc:
            return stamps
        return [
            stamp if stamp.when.zone is not None else replace(stamp, when=replace(stamp.when, zone=timedelta(0)))
            for stamp in stamps
        ]

    def _read(self) -> list[_Message]:
        messages: list[_Message] = []
        place = 0
        while place < len(self._rows):
            row = self._rows[place]
            message = self._head(place, row) or self._next_by_same_author(place, row)
            if message is not None:
                messages.append(message)
                self._current, self._begun = message, True
                place += row.takes
            else:
                place += self._other_row(place, row)
        return messages

    def _head(self, place: int, row: ChatRow) -> _Message | None:
        """Return the message that begins with this row, None if none does."""
        around = RowContext(
            first=self._current is None,
            spoken=self._current is None or self._current.spoken,
            apart=place == 0 or self._rows[place - 1].kind in (RowKind.BLANK, RowKind.NOISE, RowKind.DAY),
            body=self._has_text(place + row.takes),
        )
        if row.when is None or not self._form.begins_message(row, around):
            return None
        return self._message(row.name, Stamp(row.when, self._day, self._mark), place, row)

    def _next_by_same_author(self, place: int, row: ChatRow) -> _Message | None:
        """Return the next message of the last author, if the row is its time with text behind it or below."""
        if self._current is None or row.when is None or self._form.in_rows:
            return None
        bracket = row.when.open == "["
        if not (row.kind is RowKind.TIME or (row.kind is RowKind.HEAD and bracket)):
            return None
        apart = place + 1 < len(self._rows) and self._rows[place + 1].kind is RowKind.BLANK
        if not row.text and (apart or not self._has_text(place + 1)):
            return None
        when = follow_up_time(self._current.stamp.when, row.when)
        if when is None:
            return None
        return self._message(self._current.who, Stamp(when, self._current.stamp.day, self._mark), place, row)

    def _message(self, who: str, stamp: Stamp, place: int, row: ChatRow) -> _Message:
        head = " ".join(line.strip() for line in self._lines[place : place + row.takes])
        message = _Message(who, stamp, head, [])
        if row.kind is not RowKind.STACK and row.text and not (row.kind is RowKind.HEAD and who == row.name):
            message.add(row.text)
        return message

    def _below(self, place: int) -> ChatRow:
        """Return the next row that is not blank or noise."""
        near = self._rows[place : place + _FAR]
        return next((row for row in near if row.kind not in (RowKind.BLANK, RowKind.NOISE)), ChatRow(RowKind.BLANK))

    def _has_text(self, place: int) -> bool:
        below = self._below(place)
        return below.kind not in (*HEADS, RowKind.BLANK, RowKind.DAY) or below.trust is Trust.MAYBE

    def _other_row(self, place: int, row: ChatRow) -> int:
        """Add a row that begins no message to what it belongs to; return the number of rows used."""
        between = self._current is None or self._current.spoken
        # The frame of a quoted table is part of the quotation.
        frame = row.trust is Trust.LIKELY and (self._form.in_rows or self._current is None)
        if row.kind is RowKind.NOISE and (row.trust is Trust.SURE or frame or (row.trust is Trust.MAYBE and between)):
            self.noise += row.takes
            return row.takes
        if row.kind is RowKind.DAY and (row.trust is Trust.SURE or (between and self._below(place + 1).kind in HEADS)):
            self._day, self._mark = Day(row.text), self._mark + 1
            self.noise += 1
            return 1
        line = self._lines[place]
        if self._form.is_unattributed(row):
            # A row like the others but without a name has no author, not even the last one.
            self._current = None
        if self._current is not None:
            self._current.add(line)
        elif not self._begun:
            self.before.append(line)
        elif line.strip():
            self.unsaid.append(line.strip())
        return 1
