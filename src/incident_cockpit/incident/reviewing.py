"""When the review could be: the next hour that suits, inside the time that the plan gives for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from incident_cockpit.incident.clocks import clocks
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.calendar import closing, next_open
from incident_cockpit.timewords import zone_of

# Whoever was up all night sleeps first (seed 001: a day or two after the resolution).
REST = timedelta(hours=24)
# As far as anybody looks for a free hour; a plan may work on one day of the week only.
_FARTHEST = timedelta(days=21)
_HOUR = timedelta(hours=1)


def suggested_review(incident: Incident, now: datetime) -> datetime | None:
    """Return a time for the review: a whole hour at which the organisation works, by its own clock, in UTC.

    It is a day after the end of the harm, or sooner where the plan's time for the review would be over by then. None
    where a review stands in the calendar or was held, or where no such hour comes.
    """
    if incident.adopted is None or incident.review is not None or not incident.declared:
        return None
    rested = max((incident.ended or now) + REST, now)
    until = _until(incident)
    later = _slot(incident, rested)
    if later is not None and (until is None or later + _length(incident) <= until):
        return later
    sooner = _slot(incident, now)
    return sooner if sooner is not None and until is not None and sooner + _length(incident) <= until else later


def _until(incident: Incident) -> datetime | None:
    """Return by when the plan wants the review scheduled or held, whichever comes last of what is still open."""
    asked = [clock for clock in clocks(incident) if clock.deadline.met_by in ("review scheduled", "review held")]
    held = [clock.at for clock in asked if clock.deadline.met_by == "review held"]
    # A plan that only says when it is to be scheduled means the same days for holding it (seeds 001 and 004).
    return max(held or [clock.at for clock in asked], default=None)


def _length(incident: Incident) -> timedelta:
    return timedelta(minutes=incident.plan.review.minutes)


def _slot(incident: Incident, after: datetime) -> datetime | None:
    """Return the first whole hour from `after` on with room for the review before the organisation closes."""
    hours, zone, length = incident.plan.hours, incident.plan.zone, _length(incident)
    at = _whole_hour(after, zone)
    while at <= after + _FARTHEST:
        opens = next_open(at, hours, zone)
        if opens > at:
            at = _whole_hour(opens, zone)
        elif at + length <= closing(at.astimezone(zone_of(zone)).date(), hours, zone):
            return at
        else:
            at += _HOUR
    return None


def _whole_hour(at: datetime, zone: str) -> datetime:
    """Return the next instant at which clocks there show a whole hour: this one where they do."""
    local = at.astimezone(zone_of(zone))
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return (at + (_HOUR - past if past else timedelta())).astimezone(UTC)
