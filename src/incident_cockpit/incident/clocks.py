"""The plan's deadlines as they run in one incident: since when, until when, and when they were met."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics import milestones
from incident_cockpit.incident.topics.deeds import Deed, DeedStatus
from incident_cockpit.plan.calendar import due
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind

# What is asked for only while the response goes on; notices and deadlines stay until they are dealt with.
_WHILE_LIVE = frozenset((DeadlineKind.TARGET, DeadlineKind.RUNG, DeadlineKind.ROLE, DeadlineKind.WINDOW))


class Clock(Struct, frozen=True):
    """One deadline of the plan in one incident.

    `at` is when it is due; `asked` since when it holds here, which is later than `start` where a change of severity
    brought it; `nominal` when it would be due by the plan alone; `met` when it was satisfied, None while it is not;
    `deed` what a person said of it.
    """

    deadline: Deadline
    start: datetime
    asked: datetime
    nominal: datetime
    at: datetime
    met: datetime | None
    deed: Deed | None

    @property
    def settled(self) -> bool:
        """Return whether nothing is left to do: it was met, done, or said to be not needed."""
        return self.met is not None or self.deed is not None


def clocks(incident: Incident) -> tuple[Clock, ...]:
    """Return every deadline that the plan asks for in this incident as it stands, met or not, in the plan's order."""
    if incident.adopted is None or not incident.declared or incident.dismissed:
        return ()
    found = (_clock(incident, deadline) for deadline in incident.plan.deadlines)
    return tuple(one for one in found if one is not None)


def waiting(incident: Incident) -> tuple[Clock, ...]:
    """Return the clocks that still ask for something."""
    return tuple(one for one in clocks(incident) if not one.settled and _wanted(incident, one.deadline))


def satisfied(incident: Incident, met_by: str, since: datetime | None = None) -> datetime | None:
    """Return when what the plan's words ask for came to be, or None while it has not; `since` is for updates alone."""
    sort, _, what = met_by.partition(" ")
    match sort:
        case "milestone":
            return incident.milestones.get(what)
        case "role":
            held = incident.roles.get(what, ())
            return held[0].since if held else None
        case "phase":
            return _left(incident, what)
        case "update":
            sent = [one.sent for one in incident.updates.sent.values() if one.audience == what]
            return min((at for at in sent if since is None or at >= since), default=None)
        case "impact":
            return incident.impact.since if incident.impact else None
        case "review":
            return _reviewed(incident, what)
        case "followups":
            return _followed_up(incident, what)
    deed = incident.deeds.get(what)
    return deed.when if deed is not None and deed.status is DeedStatus.DONE else None


def unmet(incident: Incident) -> tuple[ClosingGate, ...]:
    """Return what the plan wants before the incident is closed and is not there yet (seeds 000 and 002)."""
    level = incident.severity.value if incident.severity else ""
    gates = (gate for gate in incident.plan.closing if not gate.severities or level in gate.severities)
    return tuple(gate for gate in gates if satisfied(incident, gate.met_by) is None and gate.deed not in incident.deeds)


def _clock(incident: Incident, deadline: Deadline) -> Clock | None:
    start, asked = milestones.since(incident, deadline.start), _asked_since(incident, deadline)
    if start is None or asked is None:
        return None
    rung = deadline.kind is DeadlineKind.RUNG
    # A rung is climbed by the age of the incident; whatever else a new severity brings begins with it.
    began = start if rung else max(start, asked)
    nominal = due(began, deadline.within, incident.plan.hours, incident.plan.zone)
    met = satisfied(incident, deadline.met_by, start)
    deed = incident.deeds.get(deadline.deed)
    if met is None and deed is not None and deed.status is DeedStatus.DONE:
        met = deed.when
    return Clock(deadline, start, asked, nominal, max(nominal, asked), met, deed)


def _asked_since(incident: Incident, deadline: Deadline) -> datetime | None:
    """Return since when severity, type and plan ask for it, or None where they do not."""
    if incident.severity is None:
        return None
    since = incident.milestones.get("declared", incident.severities[0].since)
    if deadline.severities:
        if incident.severity.value not in deadline.severities:
            return None
        since = _severe_since(incident, deadline.severities)
    if deadline.types:
        kind = incident.nature.type
        if kind is None or kind.value not in deadline.types:
            return None
        # A duty that comes with the sort of incident runs from its milestone: the law does not wait for our words.
        since = min(since, kind.since)
    adopted = incident.adoption.since if incident.adoption else None
    return max(since, adopted) if adopted is not None else since


def _severe_since(incident: Incident, levels: tuple[str, ...]) -> datetime:
    """Return since when the severity has been one of these without a break; the last one is."""
    since = incident.severities[-1].since
    for standing in reversed(incident.severities):
        if standing.value not in levels:
            break
        since = standing.since
    return since


def _wanted(incident: Incident, deadline: Deadline) -> bool:
    """Return whether the incident has not gone past it: over, or closed."""
    if deadline.start == "closed":
        return True
    if "closed" in incident.milestones:
        return False
    return incident.live or deadline.kind not in _WHILE_LIVE


def _left(incident: Incident, phase: str) -> datetime | None:
    """Return since when the incident is past a phase."""
    order = [one.id for one in incident.plan.phases]
    if incident.phase is None or phase not in order or incident.phase.value not in order:
        return None
    return incident.phase.since if order.index(incident.phase.value) > order.index(phase) else None


def _reviewed(incident: Incident, what: str) -> datetime | None:
    review = incident.review
    if review is None:
        return None
    return review.held if what == "held" else review.scheduled


def _followed_up(incident: Incident, what: str) -> datetime | None:
    """Return when the last follow-up that counts was done; with none to do, when the incident was resolved."""
    counted = [one for one in incident.followups.values() if what == "all" or one.priority == "high"]
    if any(one.finished is None for one in counted):
        return None
    return max((one.finished for one in counted if one.finished), default=incident.milestones.get("resolved"))
