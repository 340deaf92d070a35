"""Arguments that take times and durations."""

from __future__ import annotations

from datetime import datetime, timedelta

from incident_cockpit.actions.arguments.argument import Arg, Here
from incident_cockpit.errors import Refused
from incident_cockpit.incident.record import Record
from incident_cockpit.times.business_calendar import closing
from incident_cockpit.times.future import parse_future, split_future
from incident_cockpit.times.parse import parse_duration, parse_time


def _duration(text: str) -> timedelta:
    within = parse_duration(text)
    if within is None:
        raise Refused(f'"{text}" is not a duration', "write it like 10m, 90s or 1h30m")
    return within


class DurationArg(Arg, frozen=True):
    """A duration such as 10m."""

    word = "duration"
    value = timedelta
    free = True

    def read(self, text: str, record: Record, here: Here) -> timedelta:  # noqa: ARG002
        """Return the duration."""
        return _duration(text)

    def take(self, rest: str) -> tuple[str, str]:
        """Leave a word that is no duration to the next argument, if this one can be omitted."""
        word, after = super().take(rest)
        return ("", rest) if not self.needed and parse_duration(word) is None else (word, after)


class DurationOrOffArg(Arg, frozen=True):
    """A duration, or "off" for none."""

    word = "duration or off"
    value = timedelta | None
    free = True

    def read(self, text: str, record: Record, here: Here) -> timedelta | None:  # noqa: ARG002
        """Return the duration, None for "off"."""
        return None if text.casefold() == "off" else _duration(text)


class TimeArg(Arg, frozen=True):
    """A time that has passed, such as -7m or 14:05."""

    word = "time"
    value = datetime
    free = True

    def read(self, text: str, record: Record, here: Here) -> datetime:  # noqa: ARG002
        """Return the time, aware UTC."""
        return parse_time(text, here.now, here.zone).at


class FutureTimeArg(Arg, frozen=True):
    """A time to come, such as "mon 10:00"."""

    word = "future time"
    value = datetime
    free = True

    def read(self, text: str, record: Record, here: Here) -> datetime:  # noqa: ARG002
        """Return the time, aware UTC."""
        return parse_future(text, here.now, here.zone).at

    def take(self, rest: str) -> tuple[str, str]:
        """Return all the words that make a time to come: "tomorrow 14:00" are two."""
        when, after = split_future(rest)
        return (when, after) if when else super().take(rest)


class DueDateArg(Arg, frozen=True):
    """A day to come; it ends when the organisation closes."""

    word = "due date"
    value = datetime
    free = True

    def read(self, text: str, record: Record, here: Here) -> datetime:
        """Return the end of the day, or the time that was typed, aware UTC."""
        plan = record.incident.plan
        return parse_future(text, here.now, here.zone, lambda day: closing(day, plan.hours, plan.zone)).at
