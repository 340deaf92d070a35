"""Times and days as chats write them, and their instants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r?s(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORDINAL = r"(?:st|nd|rd|th)?"
# "Today", "Thursday", "Thu, Nov 20th", "20 November 2026", "2026-11-20", "20.11.26", "11/20/2026", "11/20"
DAY = (
    rf"(?:today|yesterday|(?:{_WEEKDAY}\.?,?\s)?(?:{_MONTH}\s\d{{1,2}}{_ORDINAL}(?:,?\s\d{{4}})?"
    rf"|\d{{1,2}}{_ORDINAL}\.?\s{_MONTH}(?:,?\s\d{{4}})?|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})|\d{{1,2}}/\d{{1,2}})(?![\d/])|{_WEEKDAY}\b)"
)
_CLOCK = (
    r"(?P<hour>2[0-3]|[01]?\d)(?P<dots>[:.])(?P<minute>[0-5]\d)(?:(?P=dots)(?P<second>[0-5]\d)(?P<part>(?<=:\d\d)[.,]\d{1,9})?)?"
    r"(?![:.]?\d)(?:\s?(?P<half>[ap]\.?m\b\.?))?"
)
# Unambiguous abbreviations of zones; "CST" and "IST" are several.
_ABROAD = {"EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2}
_ZONE = (
    r"(?P<zone>\s?\(?(?-i:UTC|GMT|Z|" + "|".join(_ABROAD) + r")\b(?:[+-]\d{1,2}(?::?\d\d)?)?\)?(?!\s?[:>])"
    r"|\s?[+-]\d\d:?\d\d(?!\d))"
)
# A time with the punctuation of chats, and a day before or behind it.
WHEN = (
    rf"(?<![\w.:/+-])(?P<open>[\[(])?(?:(?P<day>{DAY})(?P<comma>,?)(?:T|\s{{1,2}}(?:[-–—•·]\s|at\s|klo\s)?))?"
    rf"{_CLOCK}{_ZONE}?(?:\s?[,•·]\s?(?P<after>{DAY}))?(?:(?P<close>[\])])|(?![\w%]))"
)
# Scribes add forgotten lines, and clocks of two machines differ: a line may be this much too low.
_DISORDER = timedelta(minutes=15)
_NOON = 12


class Day(Struct, frozen=True):
    """A day as it is written, in lower case."""

    text: str

    @property
    def day_first(self) -> bool | None:
        """Return whether its first number is the day, None if that cannot be told."""
        match = re.search(r"(\d{1,2})([-/.])(\d{1,2})(?!\d)", self.text)
        if match is None or re.search(r"\d{4}[-/.]\d", self.text):
            return None
        first, second = int(match[1]), int(match[3])
        if first > _NOON or second > _NOON:
            return first > _NOON
        return True if match[2] == "." else None

    def dates(self, today: date, day_first: bool | None) -> tuple[date, ...]:
        """Return the possible dates, seen from this day."""
        if self.text in ("today", "yesterday"):
            return (today - timedelta(days=self.text == "yesterday"),)
        numbers = [int(number) for number in re.findall(r"\d+", self.text)]
        if not numbers:
            back = (today.weekday() - _WEEKDAYS.index(self.text[:3])) % 7
            return (today - timedelta(days=back), today - timedelta(days=back + 7))
        return tuple(_dates(self.text, numbers, today.year, day_first))


def _dates(text: str, numbers: Sequence[int], year: int, day_first: bool | None) -> Iterator[date]:
    month = next((place + 1 for place, name in enumerate(_MONTHS) if re.search(rf"\b{name}", text)), None)
    if month is not None:
        years, orders = (numbers[1:2] or [year, year - 1]), [(month, numbers[0])]
    elif numbers[0] > 999:
        years, orders = numbers[:1], [(numbers[1], numbers[2])]
    else:
        years = [full if full > 99 else full + 2000 for full in numbers[2:3]] or [year, year - 1]
        orders = [(numbers[1], numbers[0]), (numbers[0], numbers[1])]
        orders = orders if day_first is None else orders[:1] if day_first else orders[1:]
    for possible_year in (year for year in years if 1971 <= year <= 2199):
        for month_of, day_of in orders:
            try:
                yield date(possible_year, month_of, day_of)
            except ValueError:
                continue


class WrittenTime(Struct, frozen=True):
    """A time as it is written; `later` is the number of days after the written day."""

    hour: int
    minute: int
    second: int | None
    half: str
    zone: timedelta | None
    day: Day | None
    open: str
    comma: bool
    part: bool
    later: int = 0

    @property
    def by_machine(self) -> bool:
        """Return whether a program may have written it: to the second, without comma or am/pm."""
        return self.part or (self.second is not None and not (self.half or self.comma))

    @property
    def shape(self) -> tuple[str, bool, bool, bool]:
        """Return what the times of one program have in common."""
        return (self.open, self.day is not None, self.second is not None, bool(self.half))

    @property
    def face_minutes(self) -> int:
        """Return the minutes since midnight as written; without am/pm the morning is taken."""
        return (self.hour % _NOON + _NOON * (self.half == "p") if self.half else self.hour) * 60 + self.minute


TimeMatch = tuple[WrittenTime, re.Match[str]]


def find_time(row: str) -> TimeMatch | None:
    """Return the first time in a row, with its match."""
    if not re.search(r"\d[:.]\d\d", row):
        return None
    for match in re.finditer(WHEN, row, re.IGNORECASE):
        if (match["open"] is None) == (match["close"] is None) and (time := _read(match)) is not None:
            return time, match
    return None


def _read(match: re.Match[str]) -> WrittenTime | None:
    day = match["day"] or match["after"]
    hour, half = int(match["hour"]), (match["half"] or "")[:1].lower()
    if half and hour == 0:
        return None
    sign = (match["zone"] or "").strip()
    # "10:00-10:15" is a range and "14:05 -1000" a number.
    if sign.startswith("-") and not (day or match["second"]):
        return None
    try:
        zone = utc_offset(sign)
    except ValueError:
        return None
    return WrittenTime(
        hour,
        int(match["minute"]),
        int(match["second"]) if match["second"] else None,
        half if hour <= _NOON else "",
        zone,
        Day(day.lower()) if day else None,
        match["open"] or "",
        bool(match["comma"]) or bool(match["after"]),
        bool(match["part"]),
    )


def utc_offset(zone: str) -> timedelta | None:
    """Return the offset of a written zone from UTC, None for an empty one; raises ValueError for an invalid one."""
    if not zone:
        return None
    name = re.match(r"[A-Z]*", zone.strip("() "))
    behind = zone.strip("() ")[len(name[0]) if name else 0 :]
    hours = _ABROAD.get(name[0], 0) if name else 0
    digits = behind[1:].replace(":", "")
    if len(digits) > 2:
        span = timedelta(hours=int(digits[:-2]), minutes=int(digits[-2:]))
    else:
        span = timedelta(hours=int(digits or 0))
    if span > timedelta(hours=14) or span % timedelta(minutes=15):
        raise ValueError(zone)
    return timedelta(hours=hours) + (-span if behind.startswith("-") else span)


def follow_up_time(head: WrittenTime, behind: WrittenTime) -> WrittenTime | None:
    """Return the time of an author's next message, in the half of the day in which it follows; None if it cannot.

    Chats write it short below the first one, without day and am/pm.
    """
    if behind.day is not None:
        return behind
    around = 720 if head.half and not behind.half else 1440
    gap = (behind.face_minutes - head.face_minutes) % around
    if gap > (60 if not (behind.half or behind.open) else 720):
        return None
    minutes = head.face_minutes + gap
    return replace(
        behind,
        hour=minutes // 60 % 24,
        half=("p" if minutes // 60 % 24 >= _NOON else "a") if head.half else "",
        day=head.day,
        later=head.later + minutes // 1440 if head.day else 0,
        zone=behind.zone if behind.zone is not None else head.zone,
    )


class Stamp(Struct, frozen=True):
    """The written time of one message, and the day of a line above it; `mark` counts those lines."""

    when: WrittenTime
    day: Day | None = None
    mark: int = 0


def resolve_times(stamps: Sequence[Stamp], now: datetime, ahead: timedelta, zone: tzinfo) -> list[datetime]:
    """Return the instant of each message in aware UTC, copied at `now`; they are resolved from the last to the first.

    A time without a day is the latest one that fits: not after the next message, the last one not after `now`.
    """
    if _newest_first(stamps):
        return resolve_times(stamps[::-1], now, ahead, zone)[::-1]
    days = [day for stamp in stamps if (day := stamp.when.day or stamp.day) is not None]
    seen = {day.day_first for day in days} - {None}
    day_first = seen.pop() if len(seen) == 1 else None
    today = _copied(stamps, now + ahead, zone)
    halves = any(stamp.when.half for stamp in stamps)
    instants: list[datetime] = []
    latest, slack, mark = now + ahead, timedelta(0), None
    for stamp in reversed(stamps):
        if instants and stamp.mark != mark:
            # Messages above the line that begins a day were written before it.
            local = instants[-1].astimezone(zone)
            midnight = datetime.combine(local.date(), time(), zone).astimezone(UTC)
            latest, slack = min(latest, midnight - timedelta(seconds=1)), timedelta(0)
        mark = stamp.mark
        latest = _instant(stamp, min(latest + slack, now + ahead), (today, day_first, halves), zone)
        instants.append(latest)
        slack = _DISORDER
    return instants[::-1]


def _newest_first(stamps: Sequence[Stamp]) -> bool:
    """Return whether most times without days are earlier than the one before: no thread has so many nights."""
    if any(stamp.when.day or stamp.day for stamp in stamps):
        return False
    faces = [stamp.when.face_minutes for stamp in stamps]
    back = sum(before > behind for before, behind in pairwise(faces))
    on = sum(before < behind for before, behind in pairwise(faces))
    return back > 1 and back > 3 * on


def _copied(stamps: Sequence[Stamp], limit: datetime, zone: tzinfo) -> date:
    """Return the day of copying: if "today" is still ahead, it was copied before midnight."""
    today = limit.astimezone(zone).date()
    for stamp in stamps:
        day = stamp.when.day or stamp.day
        if day is not None and day.text == "today":
            clocks = list(_clocks(stamp.when, halves=False))
            if clocks and datetime.combine(today, clocks[0], _zone(stamp.when, zone)) > limit:
                return today - timedelta(days=1)
    return today


def _instant(stamp: Stamp, limit: datetime, known: tuple[date, bool | None, bool], zone: tzinfo) -> datetime:
    today, day_first, halves = known
    within = _zone(stamp.when, zone)
    local = limit.astimezone(within).date()
    day = stamp.when.day or stamp.day
    days = (day.dates(today, day_first) if day is not None else ()) or (local, local - timedelta(days=1))
    possible = [
        datetime.combine(each + timedelta(days=stamp.when.later), clock, within).replace(fold=fold).astimezone(UTC)
        for each in days
        for clock in _clocks(stamp.when, halves=halves)
        for fold in (0, 1)
    ]
    return max((each for each in possible if each <= limit), default=min(possible))


def _zone(when: WrittenTime, zone: tzinfo) -> tzinfo:
    return zone if when.zone is None else timezone(when.zone)


def _clocks(when: WrittenTime, *, halves: bool) -> Iterator[time]:
    """Yield the possible clock times."""
    hours = [when.hour]
    if when.half:
        hours = [when.hour % _NOON + _NOON * (when.half == "p")]
    elif halves and 1 <= when.hour <= _NOON:
        hours = [when.hour % _NOON, when.hour % _NOON + _NOON]
    for hour in hours:
        yield time(hour, when.minute, when.second or 0)
