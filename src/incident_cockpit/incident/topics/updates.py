"""Status updates that went out, and how often each audience is promised one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put, said
from incident_cockpit.timewords import clock, duration

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

SHORTEST_CADENCE = timedelta(minutes=1)


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


class Updates(Struct, frozen=True):
    """Everything that was sent by id, and by audience a cadence that was changed by hand (seconds, 0 is off)."""

    sent: Mapping[str, Update] = field(default_factory=dict)
    cadences: Mapping[str, int] = field(default_factory=dict)

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
    """How often an audience hears from us was changed by hand; seconds, 0 is off, None is as the plan says."""

    kind: ClassVar[str] = "update.cadence"
    names: ClassVar[str] = "audience"
    audience: str
    now: int | None
    was: int | None


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
        sent=moment.happened,
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
    seconds = int(every.total_seconds()) if every else 0
    if incident.updates.cadences.get(chosen) == seconds:
        raise Refused("that is the cadence already", "leave it")
    return CadenceChanged(audience=chosen, now=seconds, was=incident.updates.cadences.get(chosen))


def cadence(incident: Incident, audience: str) -> timedelta | None:
    """Return how often the audience hears from us now, or None for never; the plan says it by severity."""
    if incident.severity is None or not incident.live:
        return None
    seconds = incident.updates.cadences.get(audience)
    if seconds is None:
        seconds = incident.plan.cadence_seconds(audience, incident.severity.value)
    return timedelta(seconds=seconds) if seconds else None


def next_due(incident: Incident, audience: str, sent: datetime) -> datetime | None:
    """Return when the update after one sent at `sent` is due, or None."""
    every = cadence(incident, audience)
    return sent + every if every else None


def due_at(incident: Incident, audience: str) -> datetime | None:
    """Return when the next update is due: what was promised, or sooner if the severity asks for more by now."""
    every = cadence(incident, audience)
    if every is None:
        return None
    last = incident.updates.last(audience)
    if last is None:
        return incident.opened + every
    by_cadence = last.sent + every
    return min(by_cadence, last.next_due) if last.next_due else by_cadence


def _fold(state: Updates, fact: Change) -> Updates:
    match fact:
        case UpdateSent(update=update, now=now):
            return replace(state, sent=put(state.sent, update, now))
        case CadenceChanged(audience=audience, now=now):
            return replace(state, cadences=put(state.cadences, audience, now))
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
