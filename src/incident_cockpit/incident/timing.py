"""When a deadline is due, through changes of severity and plan, relapses, and times in which one person works alone."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.course import Period, course
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.calendar import due
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.timewords import overdue


class Timing(Struct, frozen=True):
    """The time of a duty, by the deadline that set it: since when it is asked for, and when it is due.

    `nominal` is when it would be due by that deadline alone, `at` when it is due here.
    """

    deadline: Deadline
    asked: datetime
    nominal: datetime
    at: datetime


class Scope(Struct, frozen=True):
    """How long a deadline is asked for, and from when its time counts.

    `start` is when its milestone was reached, `begin` the earliest time at which it can be asked for. `live` ones are
    asked for only while the response goes on, `shared` ones only while the work is shared; a `legal` one counts from
    its start whenever it came to be asked for.
    """

    start: datetime
    begin: datetime
    live: bool = False
    shared: bool = False
    legal: bool = False


def timing(incident: Incident, deadline: Deadline, scope: Scope, settled: datetime | None) -> Timing | None:
    """Return when a deadline is due, or None where it is not asked for at present.

    What is late stays late against its first time: no later change moves it. A change moves only what lies ahead:
    a raised severity to the earlier of the old and the new time, a lowered one to the later. Deadlines of one duty at
    several severities are one item, so a late one stands in the place of the others.
    """
    held: Timing | None = None
    spans = course(incident)
    first, last, quiet, contiguous = dict[Deadline, datetime](), spans[0], None, False
    for span in spans:
        if span.until is not None and span.until <= scope.begin:
            continue
        since = max(span.since, scope.begin)
        if held is not None and _is_final(held, last, since, settled):
            break
        if scope.live and not span.live:
            quiet = quiet or since
            continue
        asking = None if scope.shared and span.solo else asked_in(incident, span, deadline)
        if asking is None:
            contiguous = False
            if span.solo:
                first.clear()
            continue
        own = _own(asking, scope, since, first.setdefault(asking, since), span, spans[0])
        if held is None or not contiguous:
            held = own
        else:
            held = _changed(held if quiet is None else _resumed(held, quiet, since), own, last, span)
        last, quiet, contiguous = span, None, True
    asking = asked_in(incident, spans[-1], deadline)
    if held is None or asking is None or held.deadline == deadline:
        return held if asking is not None else None
    # A late deadline that the plan still has stands for the duty; what a former plan set is now this one's time.
    return None if held.deadline in incident.plan.deadlines or asking != deadline else held


def same_duty(one: Deadline, other: Deadline) -> bool:
    """Return whether two deadlines ask for the same, as a response does at several severities in other times."""
    return (one.kind, one.met_by, one.start, one.types, one.optional) == (
        other.kind,
        other.met_by,
        other.start,
        other.types,
        other.optional,
    )


def asked_in(incident: Incident, span: Period, deadline: Deadline) -> Deadline | None:
    """Return the deadline that asked for this duty in a span: this one, or its counterpart at another severity."""
    former = span.plan is not incident.plan and deadline not in span.plan.deadlines
    if not former and _at(deadline, span):
        return deadline
    fits = [one for one in span.plan.deadlines if one != deadline and _at(one, span)]
    if former:
        named = (one for one in fits if one.id == deadline.id)
        return next(named, None) or next((one for one in fits if same_duty(one, deadline)), None)
    levels = set(deadline.severities)
    return next((one for one in fits if same_duty(one, deadline) and levels.isdisjoint(one.severities)), None)


def _at(deadline: Deadline, span: Period) -> bool:
    return not deadline.severities or span.level in deadline.severities


def _is_final(held: Timing, last: Period, since: datetime, settled: datetime | None) -> bool:
    """Return whether it was late or settled by the end of the span in which it was last asked for."""
    late = last.until is not None and overdue(held.at, last.until)
    return bool(late) or (settled is not None and settled <= since)


def _own(deadline: Deadline, scope: Scope, since: datetime, first: datetime, span: Period, beginning: Period) -> Timing:
    """Return the time by the deadline's own rule, never before it was asked for.

    Most count from when they were first asked for: a severity that changes there and back gives nobody more time. A
    level of escalation goes by the age of the incident, and the law counts by itself.
    """
    by_age = scope.legal or deadline.kind is DeadlineKind.RUNG
    asked = scope.begin if scope.legal and span.plan is beginning.plan else since
    nominal = due(scope.start if by_age else first, deadline.within, span.plan.hours, span.plan.zone)
    return Timing(deadline, asked, nominal, max(nominal, asked))


def _changed(held: Timing, own: Timing, last: Period, span: Period) -> Timing:
    """Return the time after a change of severity or plan, of what was not late before it."""
    if own.deadline == held.deadline:
        return held
    if span.plan is not last.plan:
        return own
    keeps = held.at <= own.at if span.rank < last.rank else held.at >= own.at
    return replace(held, deadline=own.deadline) if keeps else own


def _resumed(held: Timing, since: datetime, again: datetime) -> Timing:
    """Return the time after a relapse: what would have been due while it was over has as long as was left."""
    return replace(held, at=again + (held.at - since)) if since <= held.at < again else held
