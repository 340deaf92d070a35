"""Integrity of an incident: a cheap check on reading, and a thorough one for imports and `verify`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from incident_cockpit.errors import Unreadable
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.milestones import MILESTONES, MilestoneReached
from incident_cockpit.incident.facts.opening import IncidentOpened
from incident_cockpit.incident.facts.plan import PlanAdopted
from incident_cockpit.incident.facts.runbooks import RunbookAttached, RunbookMerged
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.timeline import describe
from incident_cockpit.plan.schema import Plan
from incident_cockpit.runbook.model import Runbook

# Far from the ends of the calendar, where adding a time limit or changing the zone fails.
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
# More than any size or offset in bytes that is stored; a longer number is damage.
_LARGEST = 10**15
# In a plan: thirty years, ten years of business days, more working time than a plan file may ask for. Any time can take
# them on top, and counting them out takes no time.
_LONGEST, _MOST_DAYS, _LONGEST_WORK = 10**9, 3_660, 10**7


def check_readable(record: Record) -> None:
    """Raise Unreadable where a part is missing that every view needs."""
    if not record.events or not isinstance(record.events[0].fact, IncidentOpened):
        raise Unreadable("its first event does not open it", "run: incident verify")
    if record.incident.adoption is None:
        raise Unreadable("it follows no response plan", "run: incident verify")


def complaints(record: Record) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the incident, each with the seq of the event; the last one for what is missing."""
    yield from faults(record)
    for event in record.events:
        match event.fact:
            case IncidentOpened() if event.seq > 1:
                yield event.seq, f"{event.fact.kind}: an incident is opened once, by its first event"
            case MilestoneReached(name=name) if name not in MILESTONES:
                yield event.seq, f"{event.fact.kind}: there is no milestone '{name}'"
    if record.incident.adoption is None:
        yield record.seq, "it follows no response plan: no 'plan.adopted' event with a plan"
    if "started" not in record.incident.milestones:
        yield record.seq, "it has no start: no 'milestone.reached' event named 'started'"


def faults(record: Record) -> Iterator[tuple[int, str]]:
    """Yield what would stop a view or a document from being drawn, each with the seq of the event."""
    for event in record.events:
        yield from ((event.seq, f"{event.fact.kind}: {why}") for why in _event(event))
    for event in record.read_order:
        try:
            describe(record, event)
        except Exception as error:
            # Facts of fifty kinds can contradict the plan or each other; whatever it is, no list could show them.
            yield event.seq, f"{event.fact.kind}: it cannot be shown ({type(error).__name__}: {error})"


def _event(event: Event) -> Iterator[str]:
    yield from _values(event)
    match event.fact:
        case PlanAdopted(now=now, was=was):
            yield from (why for plan in (now, was) if plan is not None for why in _plan(plan))
        case RunbookAttached(now=now, was=was):
            yield from (why for book in (now, was) if book is not None for why in _runbook(book))
        case RunbookMerged(now=now, was=was):
            yield from (why for version in (now, was) if version is not None for why in _runbook(version.runbook))


def _values(event: Event) -> Iterator[str]:
    """Yield what is wrong with any single value of an event."""
    for at in _leaves(event, datetime):
        if at.tzinfo is None:
            yield f"the time {at.isoformat()} has no zone"
        elif not _FIRST_YEAR <= at.year <= _LAST_YEAR:
            yield f"the time {at.isoformat()} is out of range"
    if list(_beyond(event, _LARGEST)):
        yield "a number is out of range"


def _beyond(value: Any, most: int) -> Iterator[float]:
    return (number for number in _leaves(value, (int, float)) if not -most <= number <= most)


def _leaves(value: Any, kind: Any) -> Iterator[Any]:
    """Yield the values of this kind in a value, wherever they are."""
    if isinstance(value, kind):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _leaves(getattr(value, name), kind)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each, kind)
    elif isinstance(value, tuple | list | frozenset):
        for each in value:
            yield from _leaves(each, kind)


def _plan(plan: Plan) -> Iterator[str]:
    """Yield what the reader of plan files refuses and no view expects."""
    for kind, ids in (
        ("severity", [each.id for each in plan.severities]),
        ("phase", [each.id for each in plan.phases]),
        ("role", [each.id for each in plan.roles]),
    ):
        if not ids or len(set(ids)) < len(ids):
            yield f"its plan has no {kind}, or the same one twice"
    if plan.command_role not in [each.id for each in plan.roles]:
        yield f"its plan has no role '{plan.command_role}', which is in command"
    if plan.first_phase not in [each.id for each in plan.phases]:
        yield f"its plan has no phase '{plan.first_phase}', which is the first"
    if not plan.hours.days or not 0 <= plan.hours.opens < plan.hours.closes <= 24 * 60:
        yield "the business hours of its plan have no working time"
    periods = [seconds for cadence in plan.cadences for _, seconds in (*cadence.seconds, *cadence.first)]
    periods += [plan.progress] if plan.progress is not None else []
    periods += [plan.watch.length, plan.watch.every] if plan.watch is not None else []
    if not all(seconds > 0 for seconds in periods):
        yield "a period of its plan is not longer than nothing"
    within = [each.within for each in plan.deadlines]
    limits = [(each.working, _LONGEST_WORK) for each in within] + [(each.days, _MOST_DAYS) for each in within]
    if list(_beyond(plan, _LONGEST)) or any(number is not None and number > most for number, most in limits):
        yield "a time of its plan is out of range"


def _runbook(book: Runbook) -> Iterator[str]:
    sections = len(book.sections)
    places: Iterable[int | None] = (
        *(step.section for step in book.steps),
        *(gate.section for gate in book.gates),
        *(choice.section for gate in book.gates for choice in gate.choices),
    )
    if not all(place is None or 0 <= place < sections for place in places):
        yield f"the runbook {book.name} refers to a section that it does not have"
    known: set[str | None] = {None}
    for step in book.steps:
        if step.key in known or step.parent not in known:
            yield f"step {step.key} of the runbook {book.name} is not where it says it is"
        known.add(step.key)
