"""How an incident kept to its plan: each thing the plan asks for, met, late, missed or not needed, and by how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.clocks import is_legal, is_void, met_gate
from incident_cockpit.incident.metrics import metrics
from incident_cockpit.incident.planned import verdict_due
from incident_cockpit.incident.promises import Outcome, Promise, promises
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.runs import Run, Runs, looks, runs
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.timing import same_duty
from incident_cockpit.incident.topics.deeds import DeedStatus
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.model import Plan
from incident_cockpit.timewords import duration, overdue


class Verdict(StrEnum):
    """What became of something that the plan asks for: MET was done in time, LATE after it, MISSED not at all.

    NOT_NEEDED ended before its time, NOT_APPLICABLE was never asked for.
    """

    MET = "met"
    LATE = "late"
    MISSED = "missed"
    RUNNING = "running"
    WAIVED = "waived"
    NOT_NEEDED = "not needed"
    NOT_APPLICABLE = "not applicable"


# Of several runs of one deadline the one that says most.
_WEIGHT = (
    Verdict.NOT_APPLICABLE, Verdict.NOT_NEEDED, Verdict.WAIVED, Verdict.MET, Verdict.RUNNING, Verdict.LATE,
    Verdict.MISSED,
)  # fmt: skip


class Judged(Struct, frozen=True):
    """One thing that the plan asks for, and how it went.

    `kind` is the deadline's kind, or "report", "promise", "look", "gate" or "metric". `by` is how much later than `due`
    it was done, zero or negative where it was in time; of what was never done, how late it is by now or was when it was
    let go; negative while there is time left. `why` says why it was waived, did not apply, or was let go. `former`
    marks what was asked for by a plan that is no longer followed.
    """

    id: str
    kind: str
    text: str
    verdict: Verdict
    due: datetime | None = None
    met: datetime | None = None
    by: timedelta | None = None
    why: str = ""
    who: str = ""
    former: bool = False


def adherence(record: Record, now: datetime) -> tuple[Judged, ...]:
    """Return a judgement on everything that the plan asks for by a time, in the plan's order.

    What was taken back never was. A deadline counts from when it is asked for here, by the plan that was followed then;
    one that was late or missed stays so when the severity changes, the role is left or the plan is changed.
    """
    incident = record.incident
    if incident.adopted is None:
        return ()
    ran = runs(record)
    return (
        *_report(incident, now),
        *_deadlines(incident, ran, now),
        *_promises(record, now),
        *_gates(incident),
        *_metrics(incident, now),
    )


def summary(judged: Iterable[Judged]) -> str:
    """Count the judgements: "11 met, 2 late (worst: VP Engineering, late 9m), 3 not needed"."""
    every = tuple(judged)
    parts = []
    for verdict in Verdict:
        found = [one for one in every if one.verdict is verdict]
        if found:
            worst = _worst(found) if verdict in (Verdict.LATE, Verdict.MISSED) else ""
            parts.append(f"{len(found)} {verdict.value}{worst}")
    return ", ".join(parts) or "the plan asks for nothing by a time"


def _worst(found: Sequence[Judged]) -> str:
    """Name what was late by most."""
    worst = max(found, key=lambda one: one.by or timedelta(0))
    late = f", late {duration(worst.by)}" if worst.by is not None else ""
    return f" (worst: {worst.who or worst.text}{late})"


def _deadlines(incident: Incident, ran: Runs, now: datetime) -> Iterator[Judged]:
    watching = looks(incident.plan)
    texts = Counter(deadline.text for deadline in ran.of)
    for deadline, held in ran.of.items():
        kind = (
            "look" if deadline.id.startswith("watch-") and deadline.met_by == f"done {deadline.id}" else deadline.kind
        )
        former = deadline not in watching and deadline not in incident.plan.deadlines
        found = [_run(deadline, kind, run, now) for run in held]
        # Of runs that went the same way, the last.
        ranked = reversed(found)
        worst = max(ranked, key=lambda one: (_WEIGHT.index(one.verdict), one.by or timedelta.min), default=None)
        if worst is None:
            void = is_void(incident, deadline.met_by) and deadline.start in ran.milestones
            verdict = Verdict.NOT_NEEDED if void else Verdict.NOT_APPLICABLE
            worst = _judged(deadline, kind, verdict, why=_never(incident, ran, deadline))
        if worst.verdict is Verdict.NOT_NEEDED and _counterpart(ran, deadline):
            # It is one duty, which went on at another severity.
            worst = replace(worst, verdict=Verdict.NOT_APPLICABLE, due=None)
        # What a former plan did not come to ask for says nothing.
        if not former or worst.verdict not in (Verdict.NOT_NEEDED, Verdict.NOT_APPLICABLE):
            # The same at several severities, as a response in other times.
            at = f" ({', '.join(deadline.severities)})" if texts[deadline.text] > 1 and deadline.severities else ""
            yield replace(worst, text=f"{deadline.text}{at}", former=former)


def _judged(deadline: Deadline, kind: str, verdict: Verdict, why: str = "") -> Judged:
    return Judged(deadline.id, str(kind), deadline.text, verdict, why=why, who=deadline.who)


def _run(deadline: Deadline, kind: str, run: Run, now: datetime) -> Judged:
    """Judge one run by when it was due, met and let go, to the second."""
    clock = run.clock
    let_go = run.ended is not None and not overdue(clock.at, run.ended)
    until = min(now, run.ended or now)
    judged = replace(_judged(deadline, kind, Verdict.RUNNING), due=clock.at)
    if run.met is not None and not (let_go and overdue(clock.at, run.met)):
        if run.met < clock.asked:
            return replace(judged, verdict=Verdict.MET, met=run.met, why="it was so already")
        return _done(judged, clock.at, run.met)
    if run.deed is not None and run.deed.status is not DeedStatus.DONE:
        return replace(judged, verdict=Verdict.WAIVED, by=run.deed.when - clock.at, why=run.deed.note)
    if let_go:
        return replace(judged, verdict=Verdict.NOT_NEEDED, why=f"{run.cause} before it was due")
    late = overdue(clock.at, until)
    if not late:
        return replace(judged, by=until - clock.at)
    # Whether a legal duty applies has to be answered: it holds the incident open until it is done or waived.
    if deadline.optional and not is_legal(deadline):
        return replace(judged, verdict=Verdict.NOT_NEEDED, why="nobody said that it was needed")
    why = f"not done when {run.cause}" if run.ended else "not done yet"
    return replace(judged, verdict=Verdict.MISSED, by=late, why=why)


def _done(judged: Judged, due: datetime, at: datetime) -> Judged:
    """Judge what was done at a time: in time in the very second, late after it."""
    late = overdue(due, at)
    return replace(
        judged, verdict=Verdict.LATE if late else Verdict.MET, met=at, by=late or min(at - due, timedelta(0))
    )


def _counterpart(ran: Runs, deadline: Deadline) -> Deadline | None:
    """Return the deadline that asked for the same duty at another severity, None where none did."""
    asked = (one for one, held in ran.of.items() if held and one.id != deadline.id and one.severities)
    return next((one for one in asked if same_duty(one, deadline)), None)


def _never(incident: Incident, ran: Runs, deadline: Deadline) -> str:
    """Say why a deadline was never asked for."""
    if not incident.declared:
        return "it was never declared" if incident.dismissed else "it is not declared yet"
    if deadline.severities and not ran.severities.intersection(deadline.severities):
        return f"the severity was never {_either(deadline.severities)}"
    if deadline.types and not ran.types.intersection(deadline.types):
        return f"it was never of the type {_either(_type_names(incident.plan, deadline.types))}"
    if other := _counterpart(ran, deadline):
        return f"asked for at {_either(other.severities)}"
    if deadline.start not in ran.milestones:
        return (
            f"{deadline.start} {'is not reached yet' if 'closed' not in incident.milestones else 'was never reached'}"
        )
    if is_void(incident, deadline.met_by):
        return "there is no follow-up to finish"
    if deadline.kind is DeadlineKind.ROLE and ran.solo:
        return "one person did everything"
    return f"not at {_either(deadline.severities)} when it was {deadline.start}" if deadline.severities else "not asked"


def _type_names(plan: Plan, types: Sequence[str]) -> list[str]:
    return [found.name if (found := plan.type_named(one)) else one for one in types]


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _report(incident: Incident, now: datetime) -> Iterator[Judged]:
    """Judge how soon a report was answered and found to be real or not (seeds 000 and 002)."""
    rules, report = incident.plan.triage, incident.report
    handed = report is not None and bool(report.investigator)
    asked = (
        ("validate", "Find out whether it is real", rules.investigate_within if handed else rules.validate_within),
        ("answer", "Answer whoever reported it", rules.answer_within),
    )
    for word, text, seconds in asked:
        judged = Judged(f"report:{word}", "report", text, Verdict.NOT_APPLICABLE, why="nobody reported it")
        if seconds is None:
            continue
        if report is not None:
            due = (verdict_due(incident) if word == "validate" else None) or report.at + timedelta(seconds=seconds)
            judged = _until(judged, due, report.decided if word == "validate" else report.answered, now)
        yield judged


def _until(judged: Judged, due: datetime, met: datetime | None, now: datetime) -> Judged:
    if met is not None:
        return _done(replace(judged, due=due, why=""), due, met)
    late = overdue(due, now)
    verdict, why = (Verdict.MISSED, "not done yet") if late else (Verdict.RUNNING, "")
    return replace(judged, verdict=verdict, due=due, by=late or now - due, why=why)


def _promises(record: Record, now: datetime) -> Iterator[Judged]:
    """Judge each of the plan's cadences by all its promises; the worst is shown, first of those that were not sent."""
    every = promises(record, now)
    for cadence in record.incident.plan.cadences:
        promised = [one for one in every if one.audience == cadence.audience]
        made = [one for one in promised if one.outcome is not Outcome.RELEASED]
        judged = Judged(f"promise:{cadence.audience}", "promise", cadence.name, Verdict.NOT_APPLICABLE)
        if not made and promised:
            first = promised[0]
            yield replace(judged, verdict=Verdict.NOT_NEEDED, due=first.due, why=f"{first.reason} before it was due")
        # An audience that the plan promises nothing at any severity has a text and no clock.
        elif not made and (cadence.seconds or cadence.first):
            yield replace(judged, why="no update was promised")
        if not made:
            continue
        unsent = [one for one in made if one.outcome in (Outcome.MISSED, Outcome.OVERDUE)]
        late = unsent or [one for one in made if one.late]
        coming = [one for one in made if one.outcome is Outcome.WAITING]
        worst = max(late or coming or made, key=lambda one: (one.late, one.due))
        in_time = Verdict.RUNNING if coming else Verdict.MET
        verdict = Verdict.MISSED if unsent else Verdict.LATE if late else in_time
        by = worst.late if late else (worst.sent or now) - worst.due
        yield replace(judged, verdict=verdict, due=worst.due, met=worst.sent, by=by, why=_kept(made))


def _kept(made: Sequence[Promise]) -> str:
    kept = sum(one.outcome is Outcome.KEPT for one in made)
    due = sum(one.outcome is not Outcome.WAITING for one in made) + sum(one.skipped for one in made)
    never = sum(one.outcome in (Outcome.MISSED, Outcome.OVERDUE) for one in made) + sum(one.skipped for one in made)
    return f"{kept} of {due} in time{f', {never} not sent' if never else ''}" if due else "none is due yet"


def _gates(incident: Incident) -> Iterator[Judged]:
    """Judge what the plan wants before the incident is closed, as it stands or was passed over."""
    level = incident.severity.value if incident.severity else ""
    closed = incident.milestones.get("closed")
    for gate in incident.plan.closing:
        judged = Judged(f"gate:{gate.id}", "gate", gate.text, Verdict.RUNNING, why="before it is closed")
        met, deed = met_gate(incident, gate)
        if incident.dismissed and incident.report is not None:
            why = f"it was said to be {incident.report.outcome.value}"
            judged = replace(judged, verdict=Verdict.NOT_APPLICABLE, why=why)
        elif gate.severities and level not in gate.severities:
            judged = replace(
                judged, verdict=Verdict.NOT_APPLICABLE, why=f"the severity is not {_either(gate.severities)}"
            )
        elif deed is not None and deed.status is not DeedStatus.DONE:
            judged = replace(judged, verdict=Verdict.WAIVED, why=f"{deed.status.value}: {deed.note}")
        elif met is not None and (closed is None or met <= closed):
            judged = replace(judged, verdict=Verdict.MET, met=met, why="")
        elif is_void(incident, gate.met_by):
            judged = replace(judged, verdict=Verdict.NOT_NEEDED, why="there is no follow-up to finish")
        elif closed is not None:
            judged = replace(judged, verdict=Verdict.MISSED, why="it was closed without it")
        yield judged


def _metrics(incident: Incident, now: datetime) -> Iterator[Judged]:
    """Judge the figures that the plan has targets for."""
    for metric in metrics(incident):
        if metric.target is None:
            continue
        start, end = incident.milestones.get(metric.since), incident.milestones.get(metric.until)
        judged = Judged(f"metric:{metric.id}", "metric", metric.name, Verdict.NOT_APPLICABLE)
        # Whoever declares has detected it, also where nobody noted when.
        unknown = end is None and (not incident.live or (metric.until == "detected" and incident.declared))
        if start is None or unknown:
            judged = replace(judged, why=f"{metric.until if start else metric.since} is not known")
        else:
            judged = _until(judged, start + metric.target, end, now)
        yield judged
