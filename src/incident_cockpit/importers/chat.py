"""A chat thread that was copied, as timed and authored lines; what belongs to nobody is kept apart and never lost."""

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
    """Somebody said something at a time, aware UTC."""

    who: str
    at: datetime
    text: str


class Thread(Struct, frozen=True):
    """The lines of a thread in its order, and what of the copied text is none of them.

    `before` stood above the first; `unsaid` are rows below it with a time and no name, and heads with nothing said;
    `noise` counts the rows that no person writes, as reactions and joins; `cut` those that were too many to read.
    """

    lines: tuple[ThreadEntry, ...]
    before: str
    unsaid: tuple[str, ...] = ()
    noise: int = 0
    cut: int = 0

    @property
    def left_out(self) -> tuple[str, ...]:
        """Return the rows that have no name and time, or no words, in their order."""
        return (*(row.strip() for row in self.before.split("\n") if row.strip()), *self.unsaid)


def read_thread(text: str, now: datetime, zone: ZoneInfo) -> Thread:
    """Read a thread copied at `now`, with clock times in `zone`; where no names and times are, there are no lines."""
    from incident_cockpit.importers.chat_times import resolve_times

    rows = clean(text).split("\n")
    reading = ThreadReader(rows[:LONGEST_THREAD])
    lines, unsaid = [], reading.unsaid
    for one, at in zip(reading.said, resolve_times(reading.stamps, now, CLOCK_TOLERANCE, zone), strict=True):
        if words := one.words:
            lines.append(ThreadEntry(one.who, at, words))
        else:
            unsaid.append(one.head)
    before = "\n".join(reading.before).strip()
    cut = sum(bool(row.strip()) for row in rows[LONGEST_THREAD:])
    return Thread(tuple(lines), before, tuple(unsaid), reading.noise, cut)


def warn_of_left_out(_incident: Incident, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what of a thread is not brought in."""
    found: Thread = values["thread"]
    left, told = found.left_out, []
    if left:
        told.append(f"left out {counted(len(left), 'row')} without name, time or words: {left[0][:_SHOWN]}")
    if found.cut:
        told.append(f"left out {counted(found.cut, 'row')} beyond {LONGEST_THREAD:,}: bring them in apart")
    return tuple(told)


# -- forms: Which rows of a text begin a message: that depends on the form which the others have.

HEADS = frozenset((RowKind.WHOLE, RowKind.HEAD, RowKind.STACK))


class RowContext(Struct, frozen=True):
    """What stands around a row: if nobody speaks yet, if who speaks has said something, if it stands apart, and has a
    body below it.
    """

    first: bool
    spoken: bool
    apart: bool
    body: bool


class ThreadForm:
    """The form of a text, learnt from all of its rows.

    One program copies in one form: names and times in rows of their own, or all in one row. What is written in the
    other form was quoted by somebody. A log has a time in each row as well, but few of them have what can be a name.
    """

    def __init__(self, rows: Sequence[ChatRow]) -> None:
        """Learn it."""
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
        whole = [row for row in heads if row.kind is RowKind.WHOLE and self._is_said(row)]
        alone = [row for row in heads if row.kind is not RowKind.WHOLE and self._counts(row)]
        self.in_rows = len(whole) > len(alone) or (len(whole) == len(alone) and bool(whole) and heads[0] in whole)
        self._shapes = {row.when.shape for row in whole if row.when is not None}

    def begins(self, row: ChatRow, around: RowContext) -> bool:
        """Return whether a message begins with this row."""
        match row.kind:
            case RowKind.WHOLE:
                return self.in_rows and self._is_said(row)
            case RowKind.HEAD:
                return not self.in_rows and (row.trust is Trust.SURE or self._is_head(row, around))
            case RowKind.STACK:
                return not self.in_rows and (row.trust is Trust.SURE or self._is_stack(row, around))
        return False

    def of_nobody(self, row: ChatRow) -> bool:
        """Return whether a row has a time as those with names have it, but is none of them."""
        return (
            self.in_rows and row.when is not None and row.kind is not RowKind.NOISE and row.when.shape in self._shapes
        )

    def _again(self, row: ChatRow) -> bool:
        return self._names[row.kind is RowKind.WHOLE, row.name.casefold()] > 1

    def _counts(self, row: ChatRow) -> bool:
        return row.trust is not Trust.MAYBE or self._again(row) or is_person(row.name)

    def _is_said(self, row: ChatRow) -> bool:
        machine = row.when is not None and row.when.by_machine
        match row.trust:
            case Trust.SURE:
                return True
            case Trust.LIKELY:
                return self._mostly_named or not machine
            case Trust.MAYBE if row.deed:
                return self._nicks or self._again(row)
            case Trust.MAYBE:
                return self._all_named if machine else self._again(row)
        return False

    def _is_head(self, row: ChatRow, around: RowContext) -> bool:
        """Return whether a name and a time that could be words of a message are a head all the same."""
        if row.when is not None and row.when.open == "[" and not is_person(row.name):
            return self._again(row) or around.first
        if not (around.spoken and around.body):
            return False
        return not self._sure or around.first or self._again(row)

    def _is_stack(self, row: ChatRow, around: RowContext) -> bool:
        """Return whether a row above a time is a name, where nothing sets the time apart from one in the text."""
        when = row.when
        if self._set_in or when is None or (self._halves and not (when.half or when.day)):
            return False
        if row.trust is Trust.LIKELY or is_label(row.name):
            return row.trust is Trust.LIKELY
        if self._again(row):
            return True
        return not self._sure and around.spoken and (is_person(row.name) or (around.apart and is_handle(row.name)))


# -- reading: Reading a text as a thread, row by row: who speaks, since when on which day, and what is said by nobody.

# So far below a row what follows it is looked for.
_FAR = 20
# A heading is no longer.
_SHORT = 120
_EDITED = re.compile(r"\s?(?:\(edited\)|<This message was edited>)\s*$")
# "All times in UTC", "Timeline (UTC)": said once, above them all.
_IN_UTC = re.compile(r"\b(?:times?|timeline|timestamps?|clock)\b.{0,40}\b(?:UTC|GMT)\b(?! or\b)", re.I)


class _Message(Struct):
    """One message while it is being read: its time as it stands there, its head, and whether it has words yet."""

    who: str
    stamp: Stamp
    head: str
    parts: list[str]
    spoken: bool = False

    def add(self, row: str) -> None:
        """Take a row of its words."""
        self.parts.append(row)
        self.spoken = self.spoken or bool(row.strip())

    @property
    def words(self) -> str:
        """Return what was said."""
        return _flowing(self.parts)


def _utc(stamp: Stamp) -> Stamp:
    return stamp if stamp.when.zone is not None else replace(stamp, when=replace(stamp.when, zone=timedelta(0)))


def _flowing(parts: Sequence[str]) -> str:
    """Put the rows of a message together; Slack copies a mention in the middle of a sentence as a row of its own."""
    told: list[str] = []
    mention = False
    for part in parts:
        row = _EDITED.sub("", part) if part.endswith((")", ">", ") ")) else part
        begins = row.startswith("@") and " " not in row.strip()
        if told and ((begins and told[-1].endswith(" ")) or (mention and row[:1] in " ,.;:?!)" and row)):
            told[-1] += row
        else:
            told.append(row)
        mention = begins
    return "\n".join(told).strip()


class ThreadReader:
    """The rows of a text seen together: which of them begin a message depends on what the others look like."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Take the rows, and learn which form the thread has."""
        self.before: list[str] = []
        self.unsaid: list[str] = []
        self.noise = 0
        self._lines = lines
        self._rows = read_rows(lines)
        self._forms = ThreadForm(self._rows)
        self._current: _Message | None = None
        self._begun = False
        self._day: Day | None = None
        self._mark = 0
        self.said = self._read()

    @property
    def stamps(self) -> list[Stamp]:
        """Return the times of the messages; where it says above them that these are those of UTC, they are."""
        stamps = [one.stamp for one in self.said]
        in_utc = any(len(row) <= _SHORT and _IN_UTC.search(row) for row in self.before)
        return [_utc(one) for one in stamps] if in_utc else stamps

    def _read(self) -> list[_Message]:
        said: list[_Message] = []
        place = 0
        while place < len(self._rows):
            row = self._rows[place]
            one = self._head(place, row) or self._next_of_the_same(place, row)
            if one is not None:
                said.append(one)
                self._current, self._begun = one, True
                place += row.takes
            else:
                place += self._aside(place, row)
        return said

    def _head(self, place: int, row: ChatRow) -> _Message | None:
        """Return the message whose head this row is."""
        around = RowContext(
            first=self._current is None,
            spoken=self._current is None or self._current.spoken,
            apart=place == 0 or self._rows[place - 1].kind in (RowKind.BLANK, RowKind.NOISE, RowKind.DAY),
            body=self._has_words(place + row.takes),
        )
        if row.when is None or not self._forms.begins(row, around):
            return None
        return self._said(row.name, Stamp(row.when, self._day, self._mark), place, row)

    def _next_of_the_same(self, place: int, row: ChatRow) -> _Message | None:
        """Return the next message of who spoke last, where a row is its time, with words behind it or below."""
        if self._current is None or row.when is None or self._forms.in_rows:
            return None
        bracket = row.when.open == "["
        if not (row.kind is RowKind.TIME or (row.kind is RowKind.HEAD and bracket)):
            return None
        apart = place + 1 < len(self._rows) and self._rows[place + 1].kind is RowKind.BLANK
        if not row.text and (apart or not self._has_words(place + 1)):
            return None
        when = follow_up_time(self._current.stamp.when, row.when)
        if when is None:
            return None
        return self._said(self._current.who, Stamp(when, self._current.stamp.day, self._mark), place, row)

    def _said(self, who: str, stamp: Stamp, place: int, row: ChatRow) -> _Message:
        head = " ".join(line.strip() for line in self._lines[place : place + row.takes])
        one = _Message(who, stamp, head, [])
        if row.kind is not RowKind.STACK and row.text and not (row.kind is RowKind.HEAD and who == row.name):
            one.add(row.text)
        return one

    def _below(self, place: int) -> ChatRow:
        """Return the next row that says anything."""
        near = self._rows[place : place + _FAR]
        return next((row for row in near if row.kind not in (RowKind.BLANK, RowKind.NOISE)), ChatRow(RowKind.BLANK))

    def _has_words(self, place: int) -> bool:
        below = self._below(place)
        return below.kind not in (*HEADS, RowKind.BLANK, RowKind.DAY) or below.trust is Trust.MAYBE

    def _aside(self, place: int, row: ChatRow) -> int:
        """Put a row where it belongs that begins no message; return how many rows that were."""
        between = self._current is None or self._current.spoken
        # What frames a table that was quoted by somebody is a part of it.
        frame = row.trust is Trust.LIKELY and (self._forms.in_rows or self._current is None)
        if row.kind is RowKind.NOISE and (row.trust is Trust.SURE or frame or (row.trust is Trust.MAYBE and between)):
            self.noise += row.takes
            return row.takes
        if row.kind is RowKind.DAY and (row.trust is Trust.SURE or (between and self._below(place + 1).kind in HEADS)):
            self._day, self._mark = Day(row.text), self._mark + 1
            self.noise += 1
            return 1
        line = self._lines[place]
        if self._forms.of_nobody(row):
            # A row like the others but without a name: nobody said it, also not who spoke last.
            self._current = None
        if self._current is not None:
            self._current.add(line)
        elif not self._begun:
            self.before.append(line)
        elif line.strip():
            self.unsaid.append(line.strip())
        return 1
