"""Histories of an incident: holders of roles, severities, impacts and phases over time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.hypotheses import HypothesisChange
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.roles import RoleChanged
from incident_cockpit.incident.facts.severity import DatedValue, ImpactSet, SeverityChanged
from incident_cockpit.incident.record import Record

QUIET = timedelta(minutes=30)


class Tenure(Struct, frozen=True):
    """One person in one role, from when to when; `until` is None while it lasts."""

    role: str
    who: str
    since: datetime
    until: datetime | None = None


class Span(Struct, frozen=True):
    """A stretch of time."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Return how long it is."""
        return self.end - self.start


def declarer(record: Record) -> str:
    """Return who declared the incident, "" before that."""
    facts = ((event.who, event.fact) for event in record.events)
    declarers = (
        who for who, fact in facts if isinstance(fact, PhaseChanged) and fact.was is None and fact.now is not None
    )
    return next(declarers, "")


def _recorded(record: Record) -> list[Event]:
    """Return the effective events in the order of recording: each change follows from the one before.

    The order in which they happened differs where a clock went back in between.
    """
    return sorted(record.effective(), key=lambda event: event.seq)


def severities(record: Record) -> list[DatedValue]:
    """Return every severity that was not undone, oldest first."""
    return [event.fact.now for event in _recorded(record) if isinstance(event.fact, SeverityChanged) and event.fact.now]


def impacts(record: Record) -> list[DatedValue]:
    """Return every impact that was not undone, oldest first."""
    return [event.fact.now for event in _recorded(record) if isinstance(event.fact, ImpactSet) and event.fact.now]


def phases(record: Record) -> list[DatedValue]:
    """Return every phase that was not undone, oldest first."""
    return [event.fact.now for event in _recorded(record) if isinstance(event.fact, PhaseChanged) and event.fact.now]


def tenures(record: Record) -> list[Tenure]:
    """Return the holders of roles with their times, in the order they took the role."""
    past: list[Tenure] = []
    current: dict[tuple[str, str], Tenure] = {}
    for event in _recorded(record):
        if isinstance(event.fact, RoleChanged):
            past += _left(event, event.fact, current)
            for holding in event.fact.now:
                current.setdefault((event.fact.role, holding.who), Tenure(event.fact.role, holding.who, holding.since))
    return sorted([*past, *current.values()], key=lambda one: (one.since, one.role, one.who))


def _left(event: Event, fact: RoleChanged, current: dict[tuple[str, str], Tenure]) -> Iterator[Tenure]:
    """Remove from the current holders and yield those whom the event relieved of the role."""
    staying = {holding.who for holding in fact.now}
    for role, who in list(current):
        if role == fact.role and who not in staying:
            left = current.pop((role, who))
            yield replace(left, until=max(left.since, event.happened))


def live_spans(record: Record, now: datetime) -> list[Span]:
    """Return when the response went on; a reopened incident has several spans."""
    incident = record.incident
    spans: list[Span] = []
    since: datetime | None = None
    for phase in phases(record):
        # A phase that a newer plan no longer has ended nothing.
        live = all(each.live for each in incident.plan.phases if each.id == phase.value)
        if live and since is None:
            since = phase.since
        elif not live and since is not None:
            spans.append(Span(since, max(since, phase.since)))
            since = None
    return [*spans, Span(since, max(since, now))] if since is not None else spans


def silences(record: Record, now: datetime) -> list[Span]:
    """Return every stretch of more than half an hour without a line while the response went on."""
    spans: list[Span] = []
    happened = [event.happened for event in record.effective()]
    for span in live_spans(record, now):
        points = [span.start, *(at for at in happened if span.start < at < span.end), span.end]
        spans += [Span(a, b) for a, b in pairwise(points) if b - a > QUIET]
    return spans


def required_since(record: Record, role: str) -> datetime | None:
    """Return when the severity first required the role, or None if it never did."""
    needed = next((each.required_at for each in record.incident.plan.roles if each.id == role), ())
    return next((each.since for each in severities(record) if each.value in needed), None)


def judges(record: Record) -> dict[str, str]:
    """Return by hypothesis who changed its status last."""
    facts = ((event, event.fact) for event in _recorded(record))
    return {fact.hypothesis: event.who for event, fact in facts if isinstance(fact, HypothesisChange)}
