"""Everything with a clock, in one queue: updates, asks, timers, boxed steps, what the plan asks for; soonest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from incident_cockpit.incident.due_item import DueItem, DueKind
from incident_cockpit.incident.once import once
from incident_cockpit.incident.planned import planned
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.asks import Ask, open_asks
from incident_cockpit.incident.topics.roles import taker
from incident_cockpit.incident.topics.timers import TimerStatus
from incident_cockpit.incident.topics.updates import cadence, coming_round
from incident_cockpit.timewords import duration


@once
def due_items(incident: Incident) -> tuple[DueItem, ...]:
    """Return everything with a clock, soonest first; it depends on the facts alone, not on the present."""
    items = [*_updates(incident), *_asks(incident), *_timers(incident), *_steps(incident), *_decisions(incident)]
    items += planned(incident)
    put_off = incident.timers.put_off
    together = [(_parts(key), until) for key, until in put_off.items() if "+" in key]
    return tuple(sorted((_with_put_off(item, put_off, together) for item in items), key=_soonest))


def _soonest(item: DueItem) -> tuple[datetime, int, str]:
    """Order by time; of what is due at once, one's own duties go before what others were asked for."""
    return item.at, {DueKind.WINDOW: 1, DueKind.ASK: 2}.get(item.kind, 0), item.key


def _with_put_off(
    item: DueItem, put_off: Mapping[str, datetime], together: Sequence[tuple[set[str], datetime]]
) -> DueItem:
    """Return the item as late as it was put off, alone or together with others that are dealt with by now."""
    rest = _parts(item.key) if together else set()
    until = max([put_off.get(item.key, item.at), *(at for parts, at in together if rest < parts)])
    return item if until <= item.at else replace(item, at=until, put_off=True)


def _parts(key: str) -> set[str]:
    """Return what one item stands for: "clock:a+b" are "clock:a" and "clock:b"."""
    sort, _, named = key.partition(":")
    return {f"{sort}:{part}" for part in named.split("+")}


def _updates(incident: Incident) -> list[DueItem]:
    if incident.adopted is None:
        return []
    items = []
    for promised in incident.plan.cadences:
        audience = promised.audience
        coming, every = coming_round(incident, audience), cadence(incident, audience)
        if coming is not None:
            # A promise that was put off belongs to one round: the next update starts a new one.
            key = f"update:{audience}" if coming.number == 1 else f"update:{audience}:{coming.number - 1}"
            detail = f"every {duration(every)}" if every else "once"
            items.append(
                DueItem(key, DueKind.UPDATE, coming.due, promised.name, detail, coming.since, route=promised.route)
            )
    return items


def _asks(incident: Incident) -> list[DueItem]:
    return [
        DueItem(_round(key, ask), DueKind.ASK, ask.due, f"{ask.who}: {ask.text}", "asked", ask.asked, ask.who)
        for key, ask in open_asks(incident).items()
    ]


def _round(key: str, ask: Ask) -> str:
    """Return the key of an ask as it stands: what was put off was its time then, not the one that was given since."""
    given = ask.extended + len(ask.before)
    return f"ask:{key}:{given}" if given else f"ask:{key}"


def _timers(incident: Incident) -> list[DueItem]:
    return [
        DueItem(f"timer:{key}", DueKind.TIMER, timer.due, timer.text, "timer", timer.set_at)
        for key, timer in incident.timers.timers.items()
        if timer.status is TimerStatus.RUNNING
    ]


def _steps(incident: Incident) -> list[DueItem]:
    if incident.dismissed:
        return []
    found = []
    for key, until in incident.steps.boxes.items():
        step, given = incident.steps.find(key), incident.steps.given.get(key)
        who = taker(incident, given) if given else ""
        if step is not None and not incident.steps.closed(key) and not incident.steps.is_gone(key):
            found.append(DueItem(f"step:{key}", DueKind.STEP, until, step.text, "step", who=who))
    return found


def _decisions(incident: Incident) -> list[DueItem]:
    return [
        DueItem(f"decision:{key}", DueKind.DECISION, one.revisit, f"Look again: {one.text}", "decision", who=one.who)
        for key, one in incident.decisions.items()
        if one.revisit is not None
    ]
