"""Due times of deadlines through changes of severity and plan, relapses, and periods of solo mode."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.course import Period, periods_of
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.times.business_calendar import due

_SECOND = timedelta(seconds=1)


class Timing(Struct, frozen=True):
    """The due time of a duty, by the deadline that set it: since when it is in force, and when it is due.

    `nominal` is when it would be due by that deadline alone, `at` when it is due here.
    """

    deadline: Deadline
    asked: datetime
    nominal: datetime
    at: datetime


class Applicability(Struct, frozen=True):
    """How long a deadline is in force, and from when its time counts.

    `start` is when its milestone was reached, `begin` the earliest time at which it can be in force. `live` ones are in
    force only while the response goes on, `shared` ones only outside solo mode; a `legal` one counts from its start
    whenever it came into force.
    """

    start: datetime
    begin: datetime
    live: bool = False
    shared: bool = False
    legal: bool = False


def timing(incident: Incident, deadline: Deadline, scope: Applicability, settled: datetime | None) -> Timing | None:
    """Return when a deadline is due, or None where it is not in force at present.

    What is late stays late against its first time: no later change moves it. A change moves only what lies ahead: a
    raised severity to the earlier of the old and the new time, a lowered one to the later. Deadlines of one duty at
    several severities are one item, so a late one replaces the others.
    """
    current: Timing | None = None
    periods = periods_of(incident)
    first, last, quiet, contiguous = dict[Deadline, datetime](), periods[0], None, False
    # A severity that goes up and down a hundred times asks for the same each time.
    known: dict[tuple[int, str], Deadline | None] = {}
    for period in periods:
        if period.until is not None and period.until <= scope.begin:
            continue
        since = max(period.since, scope.begin)
        if current is not None and _is_final(current, last, since, settled):
            break
        if scope.live and not period.live:
            quiet = quiet or since
            continue
        alone = scope.shared and period.solo
        key = id(period.plan), period.level
        if key not in known:
            known[key] = asked_in(incident, period, deadline)
        asking = None if alone else known[key]
        if asking is None:
            contiguous = False
            if alone:
                first.clear()
            continue
        if current is not None and quiet is not None and contiguous:
            current = _resumed(current, quiet, since)
        if current is None or not contiguous or (asking is not current.deadline and asking != current.deadline):
            own = _own(asking, scope, since, first.setdefault(asking, since), period, periods[0])
            current = _changed(current, own, last, period) if current is not None and contiguous else own
        last, quiet, contiguous = period, None, True
    asking = asked_in(incident, periods[-1], deadline)
    if current is None or asking is None or current.deadline == deadline:
        return current if asking is not None else None
    # A late deadline that the plan still has stands for the duty; what a former plan set is now this one's time.
    return None if current.deadline in incident.plan.deadlines or asking != deadline else current


def same_duty(deadline: Deadline, other: Deadline) -> bool:
    """Return whether two deadlines require the same, as a response time does at several severities."""
    return (deadline.kind, deadline.met_by, deadline.start, deadline.types, deadline.optional) == (
        other.kind,
        other.met_by,
        other.start,
        other.types,
        other.optional,
    )


def asked_in(incident: Incident, period: Period, deadline: Deadline) -> Deadline | None:
    """Return the deadline that required this duty in a period: this one, or its counterpart at another severity."""
    former = period.plan is not incident.plan and deadline not in period.plan.deadlines
    if not former and _at(deadline, period):
        return deadline
    fits = [each for each in period.plan.deadlines if each != deadline and _at(each, period)]
    if former:
        named = (each for each in fits if each.id == deadline.id)
        return next(named, None) or next((each for each in fits if same_duty(each, deadline)), None)
    levels = set(deadline.severities)
    return next((each for each in fits if same_duty(each, deadline) and levels.isdisjoint(each.severities)), None)


def _at(deadline: Deadline, period: Period) -> bool:
    return not deadline.severities or period.level in deadline.severities


def _is_final(current: Timing, last: Period, since: datetime, settled: datetime | None) -> bool:
    """Return whether it was late or settled by the end of the period in which it was last in force."""
    late = last.until is not None and current.at + _SECOND <= last.until
    return late or (settled is not None and settled <= since)


def _own(
    deadline: Deadline, scope: Applicability, since: datetime, first: datetime, period: Period, beginning: Period
) -> Timing:
    """Return the time by the deadline's own rule, never before it came into force.

    Most count from when they first came into force: a severity that changes there and back gives no more time. An
    escalation level counts from the declaration, and a legal duty from its milestone.
    """
    by_age = scope.legal or deadline.kind is DeadlineKind.ESCALATION
    asked = scope.begin if scope.legal and period.plan is beginning.plan else since
    nominal = due(scope.start if by_age else first, deadline.within, period.plan.hours, period.plan.zone)
    return Timing(deadline, asked, nominal, max(nominal, asked))


def _changed(current: Timing, own: Timing, last: Period, period: Period) -> Timing:
    """Return the time after a change of severity or plan, of what was not late before it."""
    if period.plan is not last.plan:
        return own
    keeps = current.at <= own.at if period.rank < last.rank else current.at >= own.at
    return replace(current, deadline=own.deadline) if keeps else own


def _resumed(current: Timing, since: datetime, again: datetime) -> Timing:
    """Return the time after a relapse: what would have been due while it was resolved has as long as was left."""
    return replace(current, at=again + (current.at - since)) if since <= current.at < again else current
