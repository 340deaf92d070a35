"""The review after the incident: when it is, where, and when it was held."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import AHEAD, Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


LONGEST = 24 * 60


class Review(Struct, frozen=True):
    """A review: when it begins, how long it takes in minutes, where; when it was put into the calendar, and held.

    `version` counts how often it was moved, so that a calendar takes a later invitation for a newer one.
    """

    at: datetime
    minutes: int
    where: str
    scheduled: datetime
    by: str
    version: int = 0
    held: datetime | None = None


class ReviewChange(Change, frozen=True):
    """The review was scheduled, moved or held."""

    thing: ClassVar[str] = "review"
    now: Review | None
    was: Review | None


class ReviewScheduled(ReviewChange, frozen=True):
    """A time for the review was set, or another one."""

    kind: ClassVar[str] = "review.scheduled"


class ReviewHeld(ReviewChange, frozen=True):
    """The review took place."""

    kind: ClassVar[str] = "review.held"


def schedule(
    incident: Incident, moment: Moment, at: datetime, minutes: timedelta | None = None, where: str = ""
) -> ReviewScheduled:
    """Set a time for the review, or another one; without a length it is what the plan says.

    Raises Refused for a time before the end of the harm, and for one that has passed while it goes on.
    """
    was, ended = incident.review, incident.ended
    if was is not None and was.held is not None:
        raise Refused(f"the review was held at {was.held:%Y-%m-%d %H:%M} UTC", "leave it, or undo that it was held")
    if at < (ended or moment.now):
        before = f"the incident was resolved at {ended:%Y-%m-%d %H:%M} UTC" if ended else "that has passed"
        raise Refused(f"a review at {at:%Y-%m-%d %H:%M} UTC comes too early: {before}", "give a later time: mon 10:00")
    length = int(minutes.total_seconds() // 60) if minutes is not None else _usual(incident)
    if not 1 <= length <= LONGEST:
        raise Refused(f"a review of {length} minutes is no meeting", "it takes between a minute and a day: 90m")
    now = Review(at, length, where or (was.where if was else ""), moment.happened, moment.who)
    if was is not None:
        if (was.at, was.minutes, was.where) == (now.at, now.minutes, now.where):
            raise Refused("the review is then already", "leave it, or give another time")
        # It has stood in the calendar since it was first put there; a calendar takes the higher version for the newer.
        now = replace(now, scheduled=was.scheduled, version=was.version + 1)
    return ReviewScheduled(now=now, was=was)


def hold(incident: Incident, moment: Moment, at: datetime | None = None) -> ReviewHeld:
    """Say that the review took place, now or at a time that has passed; also one that nobody had scheduled."""
    was, held = incident.review, at or moment.happened
    if was is not None and was.held is not None:
        raise Refused(f"the review was held at {was.held:%Y-%m-%d %H:%M} UTC already", "leave it, or undo")
    if held > moment.now + AHEAD:
        raise Refused(f"{held:%Y-%m-%d %H:%M} UTC has not come yet", "say it when the review was held")
    if held < incident.started and held != moment.now:
        raise Refused(
            f"a review at {held:%Y-%m-%d %H:%M} UTC comes before the incident", "give the time it was held at: -2h"
        )
    planned = was or Review(held, _usual(incident), "", held, moment.who)
    return ReviewHeld(now=replace(planned, held=held), was=was)


def _usual(incident: Incident) -> int:
    return incident.plan.review.minutes


def _fold(state: Review | None, fact: ReviewChange) -> Review | None:
    return fact.now


def _words(fact: ReviewChange, incident: Incident) -> Line:
    one = said(fact.now, fact.was)
    if isinstance(fact, ReviewHeld):
        return Line("review", f"held at {one.held:%Y-%m-%d %H:%M} UTC" if one.held else "not held")
    moved = "moved to" if one.version else "on"
    return Line(
        "review", f"{moved} {one.at:%Y-%m-%d %H:%M} UTC, {one.minutes} min" + (f", {one.where}" if one.where else "")
    )


TOPIC = Topic("review", None, (ReviewScheduled, ReviewHeld), _fold, _words)
