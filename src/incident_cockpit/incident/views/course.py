"""Periods of an incident: its plan, severity, phase and solo mode at each time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from incident_cockpit.incident.memo import memoize_last
from incident_cockpit.plan.schema import Plan

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

# What comes first is valid from here on: nothing was asked for by any other rule before it.
BEGINNING = datetime.min.replace(tzinfo=UTC)

Value = TypeVar("Value")
Track = Sequence[tuple[datetime, Value]]


class Period(Struct, frozen=True):
    """A time in which none of these changed; `until` is None for the present period.

    `rank` is the rank of the severity, 1 the highest, by the plan of that time; `live` whether the response went on.
    """

    since: datetime
    until: datetime | None
    plan: Plan
    level: str
    phase: str
    solo: bool
    rank: int
    live: bool


@memoize_last
def periods_of(incident: Incident) -> tuple[Period, ...]:
    """Return the periods of an incident that has a plan, from the beginning to the present."""
    plans: list[tuple[datetime, Plan]] = []
    adoption = incident.adoption
    while adoption is not None:
        plans.insert(0, (adoption.since or BEGINNING, adoption.plan))
        adoption = adoption.before
    levels = value_history(((change.since, change.value) for change in incident.severities), "")
    phases = value_history(((change.since, change.value) for change in incident.phases), "")
    solo = value_history(
        ((turn.since or BEGINNING, turn.solo) for turn in incident.solo_history.turns), False, before=True
    )
    followed = value_history(plans, incident.plan)
    times = sorted({at for history in (levels, phases, solo, followed) for at, _ in history})
    ranks = {(id(plan), level.id): level.rank for _, plan in followed for level in plan.severities}
    # A phase that a newer plan no longer has ends nothing.
    over = {(id(plan), phase.id) for _, plan in followed for phase in plan.phases if not phase.live}
    periods = []
    for at, until in zip(times, (*times[1:], None), strict=True):
        plan, level, phase = value_at(followed, at), value_at(levels, at), value_at(phases, at)
        rank, live = ranks.get((id(plan), level), 0), (id(plan), phase) not in over
        periods.append(Period(at, until, plan, level, phase, value_at(solo, at), rank, live))
    return tuple(periods)


def value_history(
    turns: Iterable[tuple[datetime, Value]], empty: Value, *, before: bool = False
) -> list[tuple[datetime, Value]]:
    """Return the values by the times from which they are valid; a later value for an earlier time replaces it.

    The first is valid from the beginning, unless `empty` was valid `before` it.
    """
    history: list[tuple[datetime, Value]] = []
    for since, value in turns:
        while history and history[-1][0] >= since:
            history.pop()
        history.append((since, value))
    if before or not history:
        return history if history and history[0][0] == BEGINNING else [(BEGINNING, empty), *history]
    return [(BEGINNING, history[0][1]), *history[1:]]


def value_at(turns: Track[Value], at: datetime) -> Value:
    """Return the value that is valid at a time."""
    return turns[bisect_right(turns, at, key=lambda turn: turn[0]) - 1][1]
