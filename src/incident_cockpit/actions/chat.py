"""A chat thread that was copied, as timed and authored lines: Slack, Teams and plain "14:05 name: text" are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from incident_cockpit.incident.envelope import AHEAD, LONGEST_NAME

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LONGEST_THREAD = 2_000

_DATE = r"(?:(?P<date>\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:,? |T))?"
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.\d{1,6})?)?"
    r"(?P<zulu>Z)? ?(?P<half>[AaPp]\.?[Mm]\.?)?"
)
_TIME = rf"\[?(?:Today at |Yesterday at )?{_DATE}{_CLOCK}\]?"
# A name begins with a letter and ends before what cannot be one; bots' badges stand behind it.
_NAME = rf"(?P<name>[^\W\d_][^\n\[\]<>:]{{0,{LONGEST_NAME - 1}}}?)"

# "[14:05] Ana: text", "14:05 <ana> text", "21.11.26, 14:05 - Ana: text"
_WHOLE = re.compile(rf"{_TIME}\s*(?:[-–—]\s*)?(?:<(?P<nick>[^<>\n]{{1,{LONGEST_NAME}}})>|{_NAME}:)\s+(?P<text>\S.*)")
# "Ana Lima  2:05 PM", "Ana Lima [14:05]", "Ana Lima — Today at 14:05"
_NAME_FIRST = re.compile(rf"{_NAME}\s*(?:APP|BOT)?(?:\s{{2,8}}|\s*[-–—]\s*|\s+(?=\[)){_TIME}")
# "[14:05] Ana Lima"
_TIME_FIRST = re.compile(rf"{_TIME}\s+{_NAME}")
# "  2:05 PM" below a name, or before the next message of the same person; its text may stand behind it
_TIME_ALONE = re.compile(rf"\s*{_TIME}(?:\s+(?P<text>\S.*))?")
_NAME_ALONE = re.compile(_NAME)
# What Slack and others copy along that nobody said.
_NOISE = re.compile(
    r"\s*(?::[a-z0-9_+-]+:\s*\d*|\d{1,3} repl(?:y|ies)|\(edited\)|New|Last reply .*|View thread)\s*", re.I
)


class ChatLine(Struct, frozen=True):
    """Somebody said something at a time, aware UTC."""

    who: str
    at: datetime
    text: str


class Thread(Struct, frozen=True):
    """The lines of a thread in its order, and what stood before the first of them and belongs to nobody."""

    lines: tuple[ChatLine, ...]
    before: str


class _Said(Struct):
    """One message while it is being read: its time as it stands there."""

    who: str
    when: re.Match[str]
    parts: list[str]


def thread(text: str, now: datetime, zone: ZoneInfo) -> Thread:
    """Read a thread that was copied at `now`, with clock times in `zone`; text without times gives no lines.

    A time without its day is the latest one that fits: not after what follows it, the last one not after now.
    """
    before: list[str] = []
    said = list(_messages(text.splitlines()[:LONGEST_THREAD], before))
    at, found = now + AHEAD, []
    # Where some times say "PM", one below them that says neither may be of either half of the day.
    halves = any(one.when["half"] for one in said)
    for one in reversed(said):
        at = _at(one.when, at, zone, halves)
        words = "\n".join(one.parts).strip()
        if words:
            found.append(ChatLine(one.who, at, words))
    return Thread(tuple(reversed(found)), "\n".join(before).strip())


def _messages(rows: Sequence[str], before: list[str]) -> Iterator[_Said]:
    current: _Said | None = None
    place = 0
    while place < len(rows):
        row = rows[place]
        below = rows[place + 1] if place + 1 < len(rows) else ""
        begun, used = _begun(row, below, current.who if current else "")
        if begun is not None:
            if current is not None:
                yield current
            current = begun
            place += used
            continue
        place += 1
        if _NOISE.fullmatch(row):
            continue
        (current.parts if current is not None else before).append(row)
    if current is not None:
        yield current


def _begun(row: str, below: str, speaker: str) -> tuple[_Said | None, int]:
    """Return the message that begins with this row, and how many rows its head takes."""
    stripped = row.strip()
    if found := _WHOLE.fullmatch(stripped):
        return _Said((found["nick"] or found["name"]).strip(), found, [found["text"]]), 1
    for pattern in (_NAME_FIRST, _TIME_FIRST):
        if found := pattern.fullmatch(stripped):
            return _Said(found["name"].strip(), found, []), 1
    alone = _TIME_ALONE.fullmatch(below)
    # Below a name the time is set in, or says which half of the day it is; otherwise it goes on with the same speaker.
    if alone and not alone["text"] and (alone["half"] or below[:1].isspace()) and _NAME_ALONE.fullmatch(stripped):
        return _Said(stripped, alone, []), 2
    again = _TIME_ALONE.fullmatch(row)
    if again and speaker and (again["half"] or row.lstrip().startswith("[") or not again["text"]):
        return _Said(speaker, again, [again["text"]] if again["text"] else []), 1
    return None, 0


def _at(when: re.Match[str], latest: datetime, zone: ZoneInfo, halves: bool) -> datetime:
    """Return the latest instant that a written time can be, not after `latest` where its day does not stand there."""
    within = UTC if when["zulu"] else zone
    local = latest.astimezone(within)
    days = tuple(_days(when["date"])) if when["date"] else (local.date(), local.date() - timedelta(days=1))
    clocks = tuple(_clocks(when, halves))
    instants = [datetime.combine(day, clock, within).astimezone(UTC) for day in days for clock in clocks]
    return max((one for one in instants if one <= latest), default=min(instants, default=latest))


def _clocks(when: re.Match[str], halves: bool) -> Iterator[time]:
    """Yield the clock times that the words can mean; none where they mean no time."""
    hour, half = int(when["hour"]), (when["half"] or "").replace(".", "").lower()
    hours = [hour]
    if half:
        hours = [hour % 12 + (12 if half == "pm" else 0)]
    elif halves and 1 <= hour <= 12:
        hours = [hour % 12, hour % 12 + 12]
    for each in hours:
        try:
            yield time(each, int(when["minute"]), int(when["second"] or 0))
        except ValueError:
            continue


def _days(written: str) -> Iterator[date]:
    """Yield the days that a written date can mean: the day first, or the month."""
    if written[4:5] == "-":
        orders = [tuple(int(part) for part in written.split("-"))]
    else:
        first, second, year = (int(part) for part in re.split(r"[./]", written))
        year += 2000 if year < 100 else 0
        orders = [(year, second, first), (year, first, second)]
    for year, month, day in orders:
        try:
            yield date(year, month, day)
        except ValueError:
            continue
