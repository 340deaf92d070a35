"""The review after the incident: when it is, where, and when it was held."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from incident_cockpit.incident.envelope import Change
from incident_cockpit.incident.topics.topic import Line, Topic, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


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
