"""Times and days as chats write them, and the instants that they mean."""

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
# Zones that one abbreviation means alone; "CST" and "IST" are several.
_ABROAD = {"EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2}
_ZONE = (
    r"(?P<zone>\s?\(?(?-i:UTC|GMT|Z|" + "|".join(_ABROAD) + r")\b(?:[+-]\d{1,2}(?::?\d\d)?)?\)?(?!\s?[:>])"
    r"|\s?[+-]\d\d:?\d\d(?!\d))"
)
# A time with what chats put around it; the day stands before or behind it.
WHEN = (
    rf"(?<![\w.:/+-])(?P<open>[\[(])?(?:(?P<day>{DAY})(?P<comma>,?)(?:T|\s{{1,2}}(?:[-–—•·]\s|at\s|klo\s)?))?"
    rf"{_CLOCK}{_ZONE}?(?:\s?[,•·]\s?(?P<after>{DAY}))?(?:(?P<close>[\])])|(?![\w%]))"
)
# A scribe adds a line that was forgotten, and clocks of two machines differ: so far a line may stand too low.
_DISORDER = timedelta(minutes=15)
_NOON = 12


class Day(Struct, frozen=True):
    """A day as it is written, in small letters."""

    words: str

    @property
    def day_first(self) -> bool | None:
        """Return whether its first number is the day, where that can be seen."""
        found = re.search(r"(\d{1,2})([-/.])(\d{1,2})(?!\d)", self.words)
        if found is None or re.search(r"\d{4}[-/.]\d", self.words):
            return None
        first, second = int(found[1]), int(found[3])
        if first > _NOON or second > _NOON:
            return first > _NOON
        return True if found[2] == "." else None

    def dates(self, today: date, day_first: bool | None) -> tuple[date, ...]:
        """Return the dates that it can mean on this day."""
        if self.words in ("today", "yesterday"):
            return (today - timedelta(days=self.words == "yesterday"),)
        numbers = [int(number) for number in re.findall(r"\d+", self.words)]
        if not numbers:
            back = (today.weekday() - _WEEKDAYS.index(self.words[:3])) % 7
            return (today - timedelta(days=back), today - timedelta(days=back + 7))
        return tuple(_dates(self.words, numbers, today.year, day_first))


def _dates(words: str, numbers: Sequence[int], year: int, day_first: bool | None) -> Iterator[date]:
    month = next((place + 1 for place, name in enumerate(_MONTHS) if re.search(rf"\b{name}", words)), None)
    if month is not None:
        years, orders = (numbers[1:2] or [year, year - 1]), [(month, numbers[0])]
    elif numbers[0] > 999:
        years, orders = numbers[:1], [(numbers[1], numbers[2])]
    else:
        years = [full if full > 99 else full + 2000 for full in numbers[2:3]] or [year, year - 1]
        orders = [(numbers[1], numbers[0]), (numbers[0], numbers[1])]
        orders = orders if day_first is None else orders[:1] if day_first else orders[1:]
    for one in (each for each in years if 1971 <= each <= 2199):
        for month_of, day_of in orders:
            try:
                yield date(one, month_of, day_of)
            except ValueError:
                continue


class WrittenTime(Struct, frozen=True):
    """A time as it stands there; `later` are days that it lies behind the day that is written."""

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
        """Return whether programs write it so too: to the second, with no bracket, comma or half of the day."""
        return self.part or (self.second is not None and not (self.half or self.comma))

    @property
    def shape(self) -> tuple[str, bool, bool, bool]:
        """Return what times that one program wrote have in common."""
        return (self.open, self.day is not None, self.second is not None, bool(self.half))

    @property
    def on_its_face(self) -> int:
        """Return the minutes since midnight that it says, whatever the half of the day."""
        return (self.hour % _NOON + _NOON * (self.half == "p") if self.half else self.hour) * 60 + self.minute


TimeMatch = tuple[WrittenTime, re.Match[str]]


def find_time(row: str) -> TimeMatch | None:
    """Return the first time in a row, with the place where it stands."""
    if not re.search(r"\d[:.]\d\d", row):
        return None
    for found in re.finditer(WHEN, row, re.IGNORECASE):
        if (found["open"] is None) == (found["close"] is None) and (read := _read(found)) is not None:
            return read, found
    return None


def _read(found: re.Match[str]) -> WrittenTime | None:
    day = found["day"] or found["after"]
    hour, half = int(found["hour"]), (found["half"] or "")[:1].lower()
    if half and hour == 0:
        return None
    sign = (found["zone"] or "").strip()
    # "10:00-10:15" is a range and "14:05 -1000" a number.
    if sign.startswith("-") and not (day or found["second"]):
        return None
    try:
        zone = utc_offset(sign)
    except ValueError:
        return None
    return WrittenTime(
        hour,
        int(found["minute"]),
        int(found["second"]) if found["second"] else None,
        half if hour <= _NOON else "",
        zone,
        Day(day.lower()) if day else None,
        found["open"] or "",
        bool(found["comma"]) or bool(found["after"]),
        bool(found["part"]),
    )


def utc_offset(said: str) -> timedelta | None:
    """Return how far a zone is ahead of UTC, None where none is said; ValueError for one that is none."""
    if not said:
        return None
    name = re.match(r"[A-Z]*", said.strip("() "))
    behind = said.strip("() ")[len(name[0]) if name else 0 :]
    hours = _ABROAD.get(name[0], 0) if name else 0
    digits = behind[1:].replace(":", "")
    if len(digits) > 2:
        span = timedelta(hours=int(digits[:-2]), minutes=int(digits[-2:]))
    else:
        span = timedelta(hours=int(digits or 0))
    if span > timedelta(hours=14) or span % timedelta(minutes=15):
        raise ValueError(said)
    return timedelta(hours=hours) + (-span if behind.startswith("-") else span)


def follow_up_time(head: WrittenTime, behind: WrittenTime) -> WrittenTime | None:
    """Return the time of the next message of a speaker, in the half of the day in which it follows; None if it cannot.

    Chats write it short below the first one, without its day and half.
    """
    if behind.day is not None:
        return behind
    around = 720 if head.half and not behind.half else 1440
    gap = (behind.on_its_face - head.on_its_face) % around
    if gap > (60 if not (behind.half or behind.open) else 720):
        return None
    minutes = head.on_its_face + gap
    return replace(
        behind,
        hour=minutes // 60 % 24,
        half=("p" if minutes // 60 % 24 >= _NOON else "a") if head.half else "",
        day=head.day,
        later=head.later + minutes // 1440 if head.day else 0,
        zone=behind.zone if behind.zone is not None else head.zone,
    )


class Stamp(Struct, frozen=True):
    """The time of one message: what is written with it, and the day that a line above it set; `mark` counts those."""

    when: WrittenTime
    day: Day | None = None
    mark: int = 0


def resolve_times(stamps: Sequence[Stamp], now: datetime, ahead: timedelta, zone: tzinfo) -> list[datetime]:
    """Return when each message was said, aware UTC, as copied at `now`; they are read from the last to the first.

    A time without its day is the latest one that fits: not after what follows it, the last one not after `now`.
    """
    if _newest_first(stamps):
        return resolve_times(stamps[::-1], now, ahead, zone)[::-1]
    days = [day for one in stamps if (day := one.when.day or one.day) is not None]
    seen = {day.day_first for day in days} - {None}
    day_first = seen.pop() if len(seen) == 1 else None
    today = _copied(stamps, now + ahead, zone)
    halves = any(one.when.half for one in stamps)
    found: list[datetime] = []
    latest, slack, mark = now + ahead, timedelta(0), None
    for one in reversed(stamps):
        if found and one.mark != mark:
            # What stands above the line that begins a day was said before it.
            local = found[-1].astimezone(zone)
            midnight = datetime.combine(local.date(), time(), zone).astimezone(UTC)
            latest, slack = min(latest, midnight - timedelta(seconds=1)), timedelta(0)
        mark = one.mark
        latest = _instant(one, min(latest + slack, now + ahead), (today, day_first, halves), zone)
        found.append(latest)
        slack = _DISORDER
    return found[::-1]


def _newest_first(stamps: Sequence[Stamp]) -> bool:
    """Return whether the times go back from most messages to the next, without days: no thread has so many nights."""
    if any(one.when.day or one.day for one in stamps):
        return False
    faces = [one.when.on_its_face for one in stamps]
    back = sum(before > behind for before, behind in pairwise(faces))
    on = sum(before < behind for before, behind in pairwise(faces))
    return back > 1 and back > 3 * on


def _copied(stamps: Sequence[Stamp], limit: datetime, zone: tzinfo) -> date:
    """Return the day on which it was copied: where "today" has not come yet, it was copied before midnight."""
    today = limit.astimezone(zone).date()
    for one in stamps:
        day = one.when.day or one.day
        if day is not None and day.words == "today":
            clocks = list(_clocks(one.when, halves=False))
            if clocks and datetime.combine(today, clocks[0], _zone(one.when, zone)) > limit:
                return today - timedelta(days=1)
    return today


def _instant(one: Stamp, limit: datetime, known: tuple[date, bool | None, bool], zone: tzinfo) -> datetime:
    today, day_first, halves = known
    within = _zone(one.when, zone)
    local = limit.astimezone(within).date()
    day = one.when.day or one.day
    days = (day.dates(today, day_first) if day is not None else ()) or (local, local - timedelta(days=1))
    possible = [
        datetime.combine(each + timedelta(days=one.when.later), clock, within).replace(fold=fold).astimezone(UTC)
        for each in days
        for clock in _clocks(one.when, halves=halves)
        for fold in (0, 1)
    ]
    return max((each for each in possible if each <= limit), default=min(possible))


def _zone(when: WrittenTime, zone: tzinfo) -> tzinfo:
    return zone if when.zone is None else timezone(when.zone)


def _clocks(when: WrittenTime, *, halves: bool) -> Iterator[time]:
    """Yield the clock times that the words can mean."""
    hours = [when.hour]
    if when.half:
        hours = [when.hour % _NOON + _NOON * (when.half == "p")]
    elif halves and 1 <= when.hour <= _NOON:
        hours = [when.hour % _NOON, when.hour % _NOON + _NOON]
    for hour in hours:
        yield time(hour, when.minute, when.second or 0)
