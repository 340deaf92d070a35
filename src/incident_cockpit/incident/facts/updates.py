"""Status updates that were sent, and the cadence and next update of each audience."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts import milestones, phase
from incident_cockpit.incident.facts.topic import Line, Topic, put, value_of, with_latest
from incident_cockpit.incident.views.course import BEGINNING, Period, periods_of, value_at, value_history
from incident_cockpit.plan.schema import Cadence, Plan
from incident_cockpit.times.format import clock, duration, overdue

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

SHORTEST_CADENCE = timedelta(minutes=1)
_ENDS = ("mitigated", "resolved", "closed")


class Update(Struct, frozen=True):
    """One update that was sent: its audience, number, text and route, and the promise of the next one.

    `due` is when it was due itself, so that kept and late promises can be told from the journal alone.
    """

    audience: str
    number: int
    text: str
    route: str
    sent: datetime
    by: str
    due: datetime | None
    next_due: datetime | None


class CadenceOverride(Struct, frozen=True):
    """A cadence that a person set, in seconds, 0 for off, and since when; an old event has no time."""

    seconds: int
    since: datetime | None


class Updates(Struct, frozen=True):
    """The updates that were sent, by id, and the cadence overrides by audience, the last of which is valid."""

    sent: Mapping[str, Update] = field(default_factory=dict)
    paces: Mapping[str, tuple[CadenceOverride, ...]] = field(default_factory=dict)

    def pace(self, audience: str) -> CadenceOverride | None:
        """Return the present cadence override of an audience, None where the plan's cadence is valid."""
        overrides = self.paces.get(audience)
        return overrides[-1] if overrides else None

    def last(self, audience: str) -> Update | None:
        """Return the newest update to this audience, or None."""
        to_them = [update for update in self.sent.values() if update.audience == audience]
        return max(to_them, key=lambda update: update.number, default=None)


class UpdateSent(Change, frozen=True):
    """An update was sent; copying it counts as sending."""

    kind: ClassVar[str] = "update.sent"
    names: ClassVar[str] = "update"
    update: str
    now: Update | None
    was: Update | None


class CadenceChanged(Change, frozen=True):
    """The cadence of an audience was overridden: seconds, 0 for off, None for the plan's cadence.

    `since` is when it was set, `was_since` when the former one was; events of an older version have neither.
    """

    kind: ClassVar[str] = "update.cadence"
    names: ClassVar[str] = "audience"
    audience: str
    now: int | None
    was: int | None
    since: datetime | None = None
    was_since: datetime | None = None

    def inverse(self) -> CadenceChanged:
        """Return the fact that restores the former cadence, since when it was valid."""
        return replace(self, now=self.was, was=self.now, since=self.was_since, was_since=self.since)


class NextUpdate(Struct, frozen=True):
    """The next update of an audience: its number, since when and at what time it is due.

    A late one stays due at its first time, and every further interval counts: `missed` have passed before the last
    change, the next is due `ahead`, and then one `every` interval.
    """

    number: int
    since: datetime
    due: datetime
    missed: int = 0
    ahead: datetime | None = None
    every: timedelta | None = None

    def passed(self, at: datetime) -> int:
        """Return how many intervals have passed without an update by a time."""
        return self.missed + (_rounds(self.ahead, self.every, at) if self.ahead is not None else 0)


def log_update(
    incident: Incident, moment: Moment, audience: str, text: str, route: str, promised: datetime | None = None
) -> UpdateSent:
    """Record that an update was sent, and the promise of the next one: `promised` is the time in its text."""
    chosen = incident.plan.find_cadence(audience).audience
    if not text.strip():
        raise Refused("Text required", "enter what people need to know", about="text")
    last = incident.updates.last(chosen)
    update = Update(
        audience=chosen,
        number=last.number + 1 if last else 1,
        text=text,
        route=route,
        sent=milestones.response_time(incident, moment),
        by=moment.who,
        due=next_update_due(incident, chosen),
        next_due=promised or next_due(incident, chosen, moment.happened),
    )
    return UpdateSent(update=f"u{moment.seq}", now=update, was=None)


def set_cadence(incident: Incident, moment: Moment, audience: str, every: timedelta | None) -> CadenceChanged:
    """Override the cadence of an audience for this incident; None switches it off."""
    chosen = incident.plan.find_cadence(audience).audience
    if every is not None and every < SHORTEST_CADENCE:
        raise Refused("A cadence must be at least one minute", "for example: 15m", about="every")
    seconds, former = int(every.total_seconds()) if every else 0, incident.updates.pace(chosen)
    if former is not None and former.seconds == seconds:
        raise Refused("The cadence is already set to this", "enter another time", about="every")
    return CadenceChanged(
        audience=chosen,
        now=seconds,
        was=former.seconds if former else None,
        since=moment.happened,
        was_since=former.since if former else None,
    )


def current_interval(incident: Incident, audience: str) -> timedelta | None:
    """Return the present interval between updates to an audience, or None for none."""
    start = _start(incident, audience)
    return _rhythms(incident, audience, start)[-1].every if start is not None else None


def next_due(incident: Incident, audience: str, sent: datetime) -> datetime | None:
    """Return when the update after one sent at `sent` is due, or None."""
    every = current_interval(incident, audience)
    return sent + every if every else None


def next_update_due(incident: Incident, audience: str) -> datetime | None:
    """Return when the next update is due: as promised, or sooner if the severity now requires it."""
    coming = next_update(incident, audience)
    return coming.due if coming else None


def next_update(incident: Incident, audience: str) -> NextUpdate | None:
    """Return the next update of an audience, or None where none is due.

    The first is due within the plan's `first` of its milestone, each later one an interval after the last. A reopening,
    a severity that requires updates again and a cadence that is switched on again have a first one too. A change moves
    only what lies ahead; the time that an update's own text promised stays.
    """
    start, last = _start(incident, audience), incident.updates.last(audience)
    if start is None:
        return None
    wait = _waiting(incident, audience, start, last)
    due = wait.first or wait.ahead
    if not wait.on or due is None:
        return None
    return NextUpdate(last.number + 1 if last else 1, wait.since, due, wait.missed, wait.ahead, wait.every)


class _Waiting(Struct):
    """How an audience waits for an update, change by change.

    `base` is the last update, interval or start, from which the time `ahead` counts; the `missed` began with the
    `first`.
    """

    base: datetime
    since: datetime
    ahead: datetime | None = None
    every: timedelta | None = None
    on: bool = False
    first: datetime | None = None
    missed: int = 0

    def go_on(self, at: datetime) -> None:
        """Count the intervals that passed by a time."""
        passed = _rounds(self.ahead, self.every, at) if self.on and self.ahead is not None else 0
        if passed and self.ahead is not None:
            self.first, self.missed = self.first or self.ahead, self.missed + passed
            self.base = self.ahead + (passed - 1) * (self.every or timedelta(0))
            self.ahead = self.base + self.every if self.every else None


def _start(incident: Incident, audience: str) -> datetime | None:
    """Return from when the plan's cadence of an audience is in force, or None."""
    planned = next((cadence for cadence in incident.plan.cadences if cadence.audience == audience), None)
    if planned is None or incident.severity is None or incident.dismissed:
        return None
    return milestones.effective_time(incident, planned.start)


def _waiting(incident: Incident, audience: str, start: datetime, last: Update | None) -> _Waiting:
    """Return how an audience waits now, from its last update or from the start."""
    if last is not None and last.sent < start and incident.plan.find_cadence(audience).start in _ENDS:
        # What begins at the end begins with it; what begins before counts whatever was sent by then.
        last = None
    begin = last.sent if last is not None and last.sent >= start else start
    wait, before = _Waiting(begin, begin), None
    for rhythm in _rhythms(incident, audience, begin):
        since = max(rhythm.since, begin)
        wait.go_on(since)
        if rhythm.over:
            # What was missed before stays missed; a relapse is told anew, and not late for the time it was over.
            wait.ahead, wait.first, wait.missed = None, None, 0
        elif rhythm.on and not wait.on:
            _begin(wait, rhythm, since, last, start)
        elif rhythm.on and before is not None:
            _change(wait, before, rhythm, since, last)
        wait.on, wait.every, before = rhythm.on, rhythm.every, rhythm
    return wait


def _begin(wait: _Waiting, rhythm: Rhythm, since: datetime, last: Update | None, start: datetime) -> None:
    """Start to require updates, from the last update or anew; a released promise that is still ahead keeps its time."""
    fresh = wait.ahead is None and not wait.first and since == wait.base
    if fresh and last is not None and last.sent >= start:
        wait.ahead = _sooner(last.sent + rhythm.every if rhythm.every else None, last.next_due)
        return
    within = rhythm.first if rhythm.first is not None else rhythm.every
    anew = since + within if within is not None else None
    if fresh and last is not None and rhythm.every and anew is not None:
        # What was sent a little before the milestone counts as the first word after it.
        anew = max(anew, last.sent + rhythm.every)
    earlier = wait.ahead if wait.ahead is not None and wait.ahead >= since and not rhythm.by_hand else None
    if earlier is None and last is not None and last.next_due is not None and last.next_due >= since:
        earlier = last.next_due
    wait.ahead = _sooner(anew, earlier)
    wait.base = since
    wait.since = wait.since if wait.first else since


def _change(wait: _Waiting, before: Rhythm, rhythm: Rhythm, since: datetime, last: Update | None) -> None:
    """Move the next update: no earlier than now, and never later than the last update promised."""
    if (before.first, before.every) == (rhythm.first, rhythm.every):
        return
    promised_before = wait.missed or (last is not None and wait.base == last.sent)
    if rhythm.plan is not before.plan and not promised_before:
        wait.base = wait.since = since
    within = rhythm.every if promised_before or rhythm.first is None else rhythm.first
    own = max(wait.base + within, since) if within is not None else None
    if own is not None and wait.ahead is not None and rhythm.plan is before.plan and before.rank != rhythm.rank:
        own = (min if rhythm.rank < before.rank else max)(own, wait.ahead)
    promised = last.next_due if last is not None and wait.base == last.sent else None
    wait.ahead = _sooner(own, promised)


def _sooner(*times: datetime | None) -> datetime | None:
    return min((at for at in times if at is not None), default=None)


def _rounds(ahead: datetime, every: timedelta | None, at: datetime) -> int:
    """Return how many intervals have passed by a time, the first due `ahead`; the very second of each is in time."""
    late = overdue(ahead, at)
    if not late:
        return 0
    return 1 + (late - timedelta(seconds=1)) // every if every else 1


class Rhythm(Struct, frozen=True):
    """The cadence of an audience from a time on; `rank` is the severity then.

    It is `over` where the incident has passed the end of the cadence. A person may have set it, `by_hand`.
    """

    since: datetime
    plan: Plan
    rank: int
    on: bool = False
    over: bool = False
    by_hand: bool = False
    first: timedelta | None = None
    every: timedelta | None = None


def _rhythms(incident: Incident, audience: str, begin: datetime) -> list[Rhythm]:
    """Return the cadences of an audience from `begin` on, as severity, plan, override and phase set them."""
    overrides = incident.updates.paces.get(audience, ())
    paces = value_history(((override.since or BEGINNING, override) for override in overrides), None, before=True)
    rhythms: list[Rhythm] = []
    for period in periods_of(incident):
        if period.until is not None and period.until <= begin:
            continue
        planned = next((cadence for cadence in period.plan.cadences if cadence.audience == audience), None)
        reached = incident.milestones.get(planned.until) if planned is not None else None
        cuts = {at for at in (*(since for since, _ in paces), reached) if at is not None and period.since < at}
        times = sorted({period.since, *(at for at in cuts if period.until is None or at < period.until)})
        rhythms += [_rhythm(incident, period, planned, at, value_at(paces, at)) for at in times]
    first = max(place for place, rhythm in enumerate(rhythms) if rhythm.since <= begin)
    return rhythms[first:]


def _rhythm(
    incident: Incident, period: Period, planned: Cadence | None, at: datetime, pace: CadenceOverride | None
) -> Rhythm:
    rhythm = Rhythm(
        at, period.plan, period.rank, over=planned is not None and _ended(incident, period, planned.until, at)
    )
    if planned is None or rhythm.over or not _asks(planned, period.level, pace):
        return rhythm
    seconds = pace.seconds if pace is not None else dict(planned.seconds).get(period.level)
    every = timedelta(seconds=seconds) if seconds else None
    within = dict(planned.first).get(period.level)
    first = timedelta(seconds=within) if within is not None else None
    # A pace that was set by hand hurries the first one too.
    hurried = min(first, every) if first is not None and every is not None and pace is not None else first
    return replace(rhythm, on=True, by_hand=pace is not None, first=hurried, every=every)


def _asks(planned: Cadence, level: str, pace: CadenceOverride | None) -> bool:
    """Return whether updates are required for the audience at a severity, by override or by the plan."""
    return pace.seconds > 0 if pace is not None else level in dict(planned.seconds) or level in dict(planned.first)


def _ended(incident: Incident, period: Period, until: str, at: datetime) -> bool:
    """Return whether the cadence had ended; going back to before its milestone resumes it."""
    past = period.phase in phase.phases_from(period.plan, until)
    if until == "closed" or past:
        return past
    if not period.live or until == "resolved":
        return not period.live
    reached = incident.milestones.get(until)
    return (
        reached is not None
        and reached <= at
        and not any(reached < returned <= at for returned in phase.return_times(incident, until))
    )


def _fold(state: Updates, fact: Change) -> Updates:
    match fact:
        case UpdateSent(update=update, now=now):
            return replace(state, sent=put(state.sent, update, now))
        case CadenceChanged(audience=audience, now=now, since=since):
            pace = CadenceOverride(now, since) if now is not None else None
            overrides = with_latest(state.paces.get(audience, ()), pace)
            return replace(state, paces=put(state.paces, audience, overrides or None))
    return state


def _words(fact: Change, incident: Incident) -> Line:
    match fact:
        case UpdateSent(now=now, was=was):
            update = value_of(now, was)
            then = f", next due {clock(update.next_due, UTC, update.sent)} UTC" if update.next_due else ""
            return Line("update", f"{update.audience} update {update.number} sent ({update.route}){then}")
        case CadenceChanged(audience=audience, now=now):
            every = "by the plan" if now is None else f"every {duration(timedelta(seconds=now))}" if now else "off"
            return Line("cadence", f"{audience} updates: {every}")
    raise TypeError(fact)


TOPIC = Topic("updates", Updates(), (UpdateSent, CadenceChanged), _fold, _words)
