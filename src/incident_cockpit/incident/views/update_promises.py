"""Promised updates and their outcomes: kept, late, missed or released."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.milestones import MilestoneReached
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.plan import PlanAdopted
from incident_cockpit.incident.facts.severity import SeverityChanged
from incident_cockpit.incident.facts.updates import CadenceChanged, NextUpdate, UpdateSent, next_update
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.times.format import overdue

# What a promise depends on; notes and ticks, which are most of a journal, are passed over.
_FACTS = (CadenceChanged, MilestoneReached, PhaseChanged, PlanAdopted, SeverityChanged, UpdateSent)


class UpdateOutcome(StrEnum):
    """Outcome of a promise; RELEASED is one that was no longer required before it was due."""

    KEPT = "kept"
    LATE = "late"
    WAITING = "waiting"
    OVERDUE = "overdue"
    MISSED = "missed"
    RELEASED = "no longer required"


class Promise(Struct, frozen=True):
    """The promise of one update: its audience, number, due time, and when it was sent.

    `late` is by how much, zero where it was in time. An open one is measured against the present; one that ended
    without an update, at `ended` and for the `reason`, against that. `skipped` counts the further intervals that passed
    meanwhile: one update answers the oldest, and the others were not sent.
    """

    audience: str
    number: int
    due: datetime
    sent: datetime | None = None
    late: timedelta = timedelta(0)
    ended: datetime | None = None
    reason: str = ""
    skipped: int = 0

    @property
    def outcome(self) -> UpdateOutcome:
        """Return its outcome."""
        if self.sent is not None:
            return UpdateOutcome.LATE if self.late else UpdateOutcome.KEPT
        if self.ended is not None:
            return UpdateOutcome.MISSED if self.late else UpdateOutcome.RELEASED
        return UpdateOutcome.OVERDUE if self.late else UpdateOutcome.WAITING


def promises(record: Record, now: datetime) -> list[Promise]:
    """Return every promise by when it was due, without undone events."""
    waiting: dict[str, NextUpdate] = {}
    done: list[Promise] = []
    for incident, events in record.effective_actions(_FACTS):
        done += _sent(events, waiting)
        coming = {cadence.audience: next_update(incident, cadence.audience) for cadence in incident.plan.cadences}
        # The end of an incident is a fact; that it was less severe is an opinion, which changes nothing before it.
        at = events[0].happened if not incident.live else events[0].recorded
        for audience in [each for each in waiting if coming.get(each) is None]:
            promised = waiting.pop(audience)
            done.append(
                Promise(
                    audience,
                    promised.number,
                    promised.due,
                    late=overdue(promised.due, at),
                    ended=at,
                    reason=_reason(incident, audience),
                    skipped=_skipped(promised, at),
                )
            )
        for audience, update in coming.items():
            if update is not None:
                waiting[audience] = update
                _asked_after_all(audience, update, done)
    opened = (
        Promise(who, update.number, update.due, late=overdue(update.due, now), skipped=_skipped(update, now))
        for who, update in waiting.items()
    )
    return sorted((*done, *opened), key=lambda one: (one.due, one.audience, one.number))


def _sent(events: Sequence[Event], waiting: dict[str, NextUpdate]) -> Iterator[Promise]:
    """Yield the promises that these events kept; their audiences no longer wait."""
    updates = (event.fact.now for event in events if isinstance(event.fact, UpdateSent))
    for update in updates:
        asked = waiting.pop(update.audience, None) if update is not None else None
        if update is not None and asked is not None:
            late, skipped = overdue(asked.due, update.sent), _skipped(asked, update.sent)
            yield Promise(update.audience, update.number, asked.due, update.sent, late, skipped=skipped)


def _skipped(update: NextUpdate, at: datetime) -> int:
    return max(0, update.passed(at) - 1)


def _reason(incident: Incident, audience: str) -> str:
    """Return why nothing is promised to the audience any more."""
    pace = incident.updates.pace(audience)
    planned = next((cadence for cadence in incident.plan.cadences if cadence.audience == audience), None)
    if not incident.live:
        return "the incident ended"
    if planned is None:
        return f"{incident.plan.name} has no such updates"
    if pace is not None and not pace.seconds:
        return "switched off"
    level = incident.severity.value if incident.severity else ""
    if pace is None and level not in dict(planned.seconds) and level not in dict(planned.first):
        return f"not required at {level}"
    return f"required until {planned.until}"


def _asked_after_all(audience: str, update: NextUpdate, done: list[Promise]) -> None:
    """Remove an end that was reversed, as when a cadence was switched off and on."""
    last = next((each for each in reversed(done) if each.audience == audience), None)
    if last is not None and last.ended is not None and (last.number, last.due) == (update.number, update.due):
        done.remove(last)
