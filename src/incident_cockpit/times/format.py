"""Formats of times and durations: "in 1m40s", "late 2m12s", "14:37:12", "2026-11-20 14:05 UTC"."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, tzinfo

_UTC_KEYS = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"})


def duration(span: timedelta) -> str:
    """Return a duration that never looks like a clock time: 45s, 1m40s, 22m, 3h05m, 2d4h; parts of a second are cut."""
    seconds = int(abs(span).total_seconds())
    sign = "-" if span < timedelta(0) and seconds else ""
    minutes, hours, days = seconds // 60, seconds // 3_600, seconds // 86_400
    if seconds < 60:
        text = f"{seconds}s"
    elif seconds < 600:
        text = f"{minutes}m{seconds % 60:02}s" if seconds % 60 else f"{minutes}m"
    elif hours < 1:
        text = f"{minutes}m"
    elif days < 1:
        text = f"{hours}h{minutes % 60:02}m" if minutes % 60 else f"{hours}h"
    else:
        text = f"{days}d{hours % 24}h" if hours % 24 else f"{days}d"
    return sign + text


def duration_in_words(span: timedelta) -> str:
    """Return a duration in full for a document, "2 hours 5 minutes", with seconds below ten minutes.

    A negative duration, because a clock went back, is zero.
    """
    import pendulum

    seconds = max(int(span.total_seconds()), 0)
    seconds -= seconds % 60 if seconds >= 600 else 0
    return pendulum.duration(seconds=seconds).in_words(locale="en") if seconds else "0 seconds"


def countdown(at: datetime, now: datetime) -> str:
    """Return the distance of a due time: "in 1m40s", "now" in its second, "late 2m12s"."""
    left = (at - now).total_seconds()
    if left > 0:
        return f"in {duration(timedelta(seconds=math.ceil(left)))}"
    late = math.floor(-left)
    return f"late {duration(timedelta(seconds=late))}" if late else "now"


def age(since: datetime, now: datetime) -> str:
    """Return how long a state has lasted: "22m"; "0s" if a clock that went back shows a time before its start."""
    return duration(max(now - since, timedelta(0)))


def overdue(due: datetime, at: datetime) -> timedelta:
    """Return how late something at `at` is, in whole seconds: zero in the very second in which it was due."""
    return timedelta(seconds=max(0, math.floor((at - due).total_seconds())))


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago an event was: "just now", "45s ago", then whole minutes, "11m ago".

    An event is never in the future: if it seems so, a clock went back.
    """
    seconds = (now - at).total_seconds()
    return "just now" if seconds < 10 else f"{duration(timedelta(seconds=whole_minutes(seconds)))} ago"


def elapsed(start: datetime, now: datetime) -> str:
    """Return how long an incident has run: "T+45s", "T+37m", "T+2h05m", "T+3d4h"; never less than "T+0s"."""
    return f"T+{duration(timedelta(seconds=whole_minutes(max((now - start).total_seconds(), 0.0))))}"


def run_time(start: datetime, end: datetime | None, now: datetime) -> str:
    """Return how long an incident has run, "T+37m", or how long it took: "took 2h05m"."""
    if end is None:
        return elapsed(start, now)
    return f"took {duration(timedelta(seconds=whole_minutes(max(0.0, (end - start).total_seconds()))))}"


def clock(at: datetime, zone: tzinfo, beside: datetime | None = None) -> str:
    """Return the wall clock's hour and minute in the zone: "14:05".

    Where it is read `beside` a time of another day, such as the present, the day is said too: "11-22 14:05".
    """
    local = at.astimezone(zone)
    dated = beside is not None and local.date() != beside.astimezone(zone).date()
    return local.strftime("%m-%d %H:%M" if dated else "%H:%M")


def clock_seconds(at: datetime, zone: tzinfo) -> str:
    """Return the wall clock with seconds in the zone: "14:37:12"."""
    return at.astimezone(zone).strftime("%H:%M:%S")


def stamp(at: datetime) -> str:
    """Return the instant as a document writes it: "2026-11-20 14:05 UTC"."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def zone_label(zone: tzinfo, at: datetime) -> str:
    """Return the short name of the zone for a heading: "Paris", "UTC", or what it calls itself at that instant."""
    key = str(getattr(zone, "key", None) or "")
    if key in _UTC_KEYS or zone is UTC:
        return "UTC"
    if "/" in key and not key.startswith("Etc/"):
        return key.rsplit("/", 1)[1].replace("_", " ")
    called = at.astimezone(zone).tzname() or ""
    return f"UTC{called}" if called[:1] in {"+", "-"} else called or key


def whole_minutes(seconds: float) -> float:
    """Return the seconds without those beyond the last full minute; a span under a minute as it is."""
    return seconds if seconds < 60 else seconds - seconds % 60


def in_utc(at: datetime, dated: bool) -> str:
    """Return the instant in UTC as it can be typed: "14:05Z", with its date if `dated`."""
    return at.strftime("%Y-%m-%d %H:%MZ" if dated else "%H:%MZ")
