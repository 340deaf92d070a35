"""Status updates that went out, and how often each audience is promised one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics import milestones, phase
from incident_cockpit.incident.topics.topic import Line, Topic, followed, put, said
from incident_cockpit.plan.model import Cadence
from incident_cockpit.timewords import clock, duration

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

SHORTEST_CADENCE = timedelta(minutes=1)
_ENDS = ("mitigated", "resolved", "closed")


class Update(Struct, frozen=True):
    """One text that went out: to whom, the how-manieth, by which route, and what it promised.

    `due` is when it had been promised, so that kept and late promises can be told from the journal alone.
    """

    audience: str
    number: int
    text: str
    route: str
    sent: datetime
    by: str
    due: datetime | None
    next_due: datetime | None


class Pace(Struct, frozen=True):
    """How often an audience hears from us since somebody said so: in seconds, 0 is off; an old event has no time."""

    seconds: int
    since: datetime | None


class Updates(Struct, frozen=True):
    """Everything that was sent by id, and by audience every pace that was set by hand, the last of which holds."""

    sent: Mapping[str, Update] = field(default_factory=dict)
    paces: Mapping[str, tuple[Pace, ...]] = field(default_factory=dict)

    def pace(self, audience: str) -> Pace | None:
        """Return what was said by hand of this audience, or None where the plan's word holds."""
        held = self.paces.get(audience)
        return held[-1] if held else None

    def last(self, audience: str) -> Update | None:
        """Return the newest update to this audience, or None."""
        to_them = [one for one in self.sent.values() if one.audience == audience]
        return max(to_them, key=lambda one: one.number, default=None)


class UpdateSent(Change, frozen=True):
    """An update went out; copying it counts as sending."""

    kind: ClassVar[str] = "update.sent"
    names: ClassVar[str] = "update"
    update: str
    now: Update | None
    was: Update | None


class CadenceChanged(Change, frozen=True):
    """How often an audience hears from us was changed by hand; seconds, 0 is off, None is as the plan says.

    `since` is when it was said, `was_since` when what it replaces was; events of an older version have neither.
    """

    kind: ClassVar[str] = "update.cadence"
    names: ClassVar[str] = "audience"
    audience: str
    now: int | None
    was: int | None
    since: datetime | None = None
    was_since: datetime | None = None

    def inverse(self) -> CadenceChanged:
        """Return the fact that goes back to the pace before, since when it held."""
        return replace(self, now=self.was, was=self.now, since=self.was_since, was_since=self.since)


class Round(Struct, frozen=True):
    """The update that comes next to an audience: the how-manieth, since when it is waited for, when it is due."""

    number: int
    since: datetime
    due: datetime


def send(
    incident: Incident, moment: Moment, audience: str, text: str, route: str, promised: datetime | None = None
) -> UpdateSent:
    """Record that an update went out, and with it the promise of the next one: `promised` is the time its text says."""
    chosen = incident.plan.find_cadence(audience).audience
    if not text.strip():
        raise Refused("the update is empty", "write what people need to know")
    last = incident.updates.last(chosen)
    update = Update(
        audience=chosen,
        number=last.number + 1 if last else 1,
        text=text,
        route=route,
        sent=milestones.answering(incident, moment),
        by=moment.who,
        due=due_at(incident, chosen),
        next_due=promised or next_due(incident, chosen, moment.happened),
    )
    return UpdateSent(update=f"u{moment.seq}", now=update, was=None)


def set_cadence(incident: Incident, moment: Moment, audience: str, every: timedelta | None) -> CadenceChanged:
    """Change how often an audience hears from us for this incident; None switches it off."""
    chosen = incident.plan.find_cadence(audience).audience
    if every is not None and every < SHORTEST_CADENCE:
        raise Refused("nobody can be told something new more than once a minute", "give a longer time, such as 15m")
    seconds, held = int(every.total_seconds()) if every else 0, incident.updates.pace(chosen)
    if held is not None and held.seconds == seconds:
        raise Refused("that is the cadence already", "leave it")
    return CadenceChanged(
        audience=chosen,
        now=seconds,
        was=held.seconds if held else None,
        since=moment.happened,
        was_since=held.since if held else None,
    )


def cadence(incident: Incident, audience: str) -> timedelta | None:
    """Return how often the audience hears from us now, or None for never; the plan says it by severity."""
    planned = _running(incident, audience)
    return _every(incident, planned) if planned else None


def next_due(incident: Incident, audience: str, sent: datetime) -> datetime | None:
    """Return when the update after one sent at `sent` is due, or None."""
    every = cadence(incident, audience)
    return sent + every if every else None


def due_at(incident: Incident, audience: str) -> datetime | None:
    """Return when the next update is due: what was promised, or sooner if the severity asks for more by now."""
    coming = coming_round(incident, audience)
    return coming.due if coming else None


def coming_round(incident: Incident, audience: str) -> Round | None:
    """Return the update that comes next, or None where none is asked for.

    The first is due within the plan's `first` of its milestone, each later one a period after the last (seed 004,
    communication). What begins anew, with a reopening, a severity that asks again or a cadence switched on again, has
    a first one too. A change asks for nothing before it was made, but what an update's own text promised stays.
    """
    planned = _running(incident, audience)
    if planned is None:
        return None
    start = milestones.since(incident, planned.start)
    last, every, anew = incident.updates.last(audience), _every(incident, planned), _anew(incident, planned)
    goes_on = last is not None and (anew is None or last.sent >= anew)
    if last is not None and goes_on and start is not None and last.sent >= start:
        since, within = last.sent, every
    else:
        since = max(filter(None, (start, anew, _adopted(incident, planned))))
        within = _first(incident, planned)
    asked: list[tuple[datetime, datetime]] = []
    if within is not None:
        # What was sent a little before the milestone counts as the first word after it.
        early = (last.sent + every,) if last is not None and goes_on and every else ()
        asked.append((max((since + within, *early, *_changed(incident, planned))), since))
    if last is not None and last.next_due is not None and (anew is None or last.next_due >= anew):
        asked.append((last.next_due, last.sent))
    if not asked:
        return None
    due, since = min(asked)
    return Round(last.number + 1 if last else 1, since, due)


def _running(incident: Incident, audience: str) -> Cadence | None:
    """Return the plan's cadence of the audience while it asks for anything: from its milestone until the other one."""
    found = next((one for one in incident.plan.cadences if one.audience == audience), None)
    if found is None or incident.severity is None or milestones.since(incident, found.start) is None:
        return None
    return found if _asks(incident, found, incident.severity.value) and not _ended(incident, found.until) else None


def _asks(incident: Incident, planned: Cadence, level: str) -> bool:
    """Return whether the audience is promised anything at this severity, by hand or by the plan."""
    pace = incident.updates.pace(planned.audience)
    if pace is not None:
        return pace.seconds > 0
    return _plan_asks(planned, level)


def _plan_asks(planned: Cadence, level: str) -> bool:
    return level in dict(planned.seconds) or level in dict(planned.first)


def _every(incident: Incident, planned: Cadence) -> timedelta | None:
    level = incident.severity.value if incident.severity else ""
    pace = incident.updates.pace(planned.audience)
    seconds = pace.seconds if pace is not None else dict(planned.seconds).get(level)
    return timedelta(seconds=seconds) if seconds else None


def _first(incident: Incident, planned: Cadence) -> timedelta | None:
    """Return in what time the first is due: as the plan says, or with the pace set by hand where that is quicker."""
    level, every = incident.severity.value if incident.severity else "", _every(incident, planned)
    seconds = dict(planned.first).get(level)
    if seconds is None:
        return every
    first = timedelta(seconds=seconds)
    return min(first, every) if every and incident.updates.pace(planned.audience) else first


def _ended(incident: Incident, until: str) -> bool:
    """Return whether nothing is promised any more; going back to before its milestone lets it go on."""
    if until == "closed":
        return "closed" in incident.milestones
    if not incident.live or until == "resolved":
        return not incident.live
    reached, back = incident.milestones.get(until), _back(incident, until)
    return phase.is_past(incident, until) or (reached is not None and (back is None or reached >= back))


def _back(incident: Incident, until: str) -> datetime | None:
    return phase.reopened(incident) if until == "resolved" else phase.went_back(incident, until)


def _anew(incident: Incident, planned: Cadence) -> datetime | None:
    """Return since when it is promised without a break, or None where there was none.

    What begins at the end of the harm begins with it; what begins before counts whatever was sent by then.
    """
    start = incident.milestones.get(planned.start) if planned.start in _ENDS else None
    begun = (start, _back(incident, planned.until), _asked_again(incident, planned), _on_again(incident, planned))
    return max(filter(None, begun), default=None)


def _asked_again(incident: Incident, planned: Cadence) -> datetime | None:
    """Return since when the severity asks for it, where one before did not."""
    since = None
    for standing in reversed(incident.severities):
        if not _asks(incident, planned, standing.value):
            return since
        since = standing.since
    return None


def _on_again(incident: Incident, planned: Cadence) -> datetime | None:
    """Return when it was switched on by hand after it had been off, or where the plan asked for nothing."""
    since, paces = None, incident.updates.paces.get(planned.audience, ())
    for pace in reversed(paces):
        if not pace.seconds:
            return since
        since = pace.since
    if since is None:
        return None
    levels = [standing.value for standing in incident.severities if standing.since <= since]
    return None if levels and _plan_asks(planned, levels[-1]) else since


def _changed(incident: Incident, planned: Cadence) -> tuple[datetime, ...]:
    """Return since when severity, pace and plan are what they are: nothing was asked for before."""
    pace = incident.updates.pace(planned.audience)
    severity = incident.severity.since if len(incident.severities) > 1 and incident.severity else None
    return tuple(filter(None, (severity, pace.since if pace else None, _adopted(incident, planned))))


def _adopted(incident: Incident, planned: Cadence) -> datetime | None:
    """Return since when plans promise just this; a newer version begins anew only what it has changed."""
    promise = _promise(planned)
    if incident.adoption is None:
        return None
    return incident.adoption.since_where(lambda plan: promise in map(_promise, plan.cadences))


def _promise(planned: Cadence) -> tuple[object, ...]:
    return (planned.audience, planned.seconds, planned.first, planned.start, planned.until)


def _fold(state: Updates, fact: Change) -> Updates:
    match fact:
        case UpdateSent(update=update, now=now):
            return replace(state, sent=put(state.sent, update, now))
        case CadenceChanged(audience=audience, now=now, since=since):
            pace = Pace(now, since) if now is not None else None
            held = followed(state.paces.get(audience, ()), pace)
            return replace(state, paces=put(state.paces, audience, held or None))
    return state


def _words(fact: Change, incident: Incident) -> Line:
    match fact:
        case UpdateSent(now=now, was=was):
            update = said(now, was)
            then = f", next by {clock(update.next_due, UTC, update.sent)} UTC" if update.next_due else ""
            return Line("update", f"{update.audience} update {update.number} sent ({update.route}){then}")
        case CadenceChanged(audience=audience, now=now):
            every = "as the plan says" if now is None else f"every {duration(timedelta(seconds=now))}" if now else "off"
            return Line("cadence", f"{audience} updates: {every}")
    raise TypeError(fact)


TOPIC = Topic("updates", Updates(), (UpdateSent, CadenceChanged), _fold, _words)
