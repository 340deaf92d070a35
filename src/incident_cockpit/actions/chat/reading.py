"""Reading a text as a thread, row by row: who speaks, since when on which day, and what is said by nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.actions.chat.forms import HEADS, Around, Forms
from incident_cockpit.actions.chat.rows import Kind, Row, Trust, read_rows
from incident_cockpit.actions.chat.times import Day, Stamp, continued

# So far below a row what follows it is looked for.
_FAR = 20
# A heading is no longer.
_SHORT = 120
_EDITED = re.compile(r"\s?(?:\(edited\)|<This message was edited>)\s*$")
# "All times in UTC", "Timeline (UTC)": said once, above them all.
_IN_UTC = re.compile(r"\b(?:times?|timeline|timestamps?|clock)\b.{0,40}\b(?:UTC|GMT)\b(?! or\b)", re.I)


class _Said(Struct):
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


class Reading:
    """The rows of a text seen together: which of them begin a message depends on what the others look like."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Take the rows, and learn which form the thread has."""
        self.before: list[str] = []
        self.unsaid: list[str] = []
        self.noise = 0
        self._lines = lines
        self._rows = read_rows(lines)
        self._forms = Forms(self._rows)
        self._current: _Said | None = None
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

    def _read(self) -> list[_Said]:
        said: list[_Said] = []
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

    def _head(self, place: int, row: Row) -> _Said | None:
        """Return the message whose head this row is."""
        around = Around(
            first=self._current is None,
            spoken=self._current is None or self._current.spoken,
            apart=place == 0 or self._rows[place - 1].kind in (Kind.BLANK, Kind.NOISE, Kind.DAY),
            body=self._has_words(place + row.takes),
        )
        if row.when is None or not self._forms.begins(row, around):
            return None
        return self._said(row.name, Stamp(row.when, self._day, self._mark), place, row)

    def _next_of_the_same(self, place: int, row: Row) -> _Said | None:
        """Return the next message of who spoke last, where a row is its time, with words behind it or below."""
        if self._current is None or row.when is None or self._forms.in_rows:
            return None
        bracket = row.when.open == "["
        if not (row.kind is Kind.TIME or (row.kind is Kind.HEAD and bracket)):
            return None
        apart = place + 1 < len(self._rows) and self._rows[place + 1].kind is Kind.BLANK
        if not row.text and (apart or not self._has_words(place + 1)):
            return None
        when = continued(self._current.stamp.when, row.when)
        if when is None:
            return None
        return self._said(self._current.who, Stamp(when, self._current.stamp.day, self._mark), place, row)

    def _said(self, who: str, stamp: Stamp, place: int, row: Row) -> _Said:
        head = " ".join(line.strip() for line in self._lines[place : place + row.takes])
        one = _Said(who, stamp, head, [])
        if row.kind is not Kind.STACK and row.text and not (row.kind is Kind.HEAD and who == row.name):
            one.add(row.text)
        return one

    def _below(self, place: int) -> Row:
        """Return the next row that says anything."""
        near = self._rows[place : place + _FAR]
        return next((row for row in near if row.kind not in (Kind.BLANK, Kind.NOISE)), Row(Kind.BLANK))

    def _has_words(self, place: int) -> bool:
        below = self._below(place)
        return below.kind not in (*HEADS, Kind.BLANK, Kind.DAY) or below.trust is Trust.MAYBE

    def _aside(self, place: int, row: Row) -> int:
        """Put a row where it belongs that begins no message; return how many rows that were."""
        between = self._current is None or self._current.spoken
        # What frames a table that was quoted by somebody is a part of it.
        frame = row.trust is Trust.LIKELY and (self._forms.in_rows or self._current is None)
        if row.kind is Kind.NOISE and (row.trust is Trust.SURE or frame or (row.trust is Trust.MAYBE and between)):
            self.noise += row.takes
            return row.takes
        if row.kind is Kind.DAY and (row.trust is Trust.SURE or (between and self._below(place + 1).kind in HEADS)):
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
