"""How an incident kept to its plan: each thing the plan asks for, met, missed or not applicable, and by how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.clocks import met_gate
from incident_cockpit.incident.due_item import NEAR
from incident_cockpit.incident.metrics import metrics
from incident_cockpit.incident.promises import Outcome, Promise, promises
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.runs import Run, Runs, looks, runs
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.deeds import DeedStatus
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.model import Plan
from incident_cockpit.timewords import duration

# Nobody does in no time what is due at once: it is met within the five minutes in which all else is near.
AT_ONCE = NEAR


class Verdict(StrEnum):
    """What became of something that the plan asks for."""

    MET = "met"
    MISSED = "missed"
    RUNNING = "running"
    WAIVED = "waived"
    NOT_APPLICABLE = "not applicable"


# Of several runs of one deadline the one that says most.
_WEIGHT = (Verdict.NOT_APPLICABLE, Verdict.WAIVED, Verdict.MET, Verdict.RUNNING, Verdict.MISSED)


class Judged(Struct, frozen=True):
    """One thing that the plan asks for, and how it went.

    `kind` is the deadline's kind, or "report", "promise", "look", "gate" or "metric". `by` is how much later than `due`
    it was met, negative where it was earlier; of what was never met, how late it is by now or was when it was let go;
    negative while there is time left. `why` says why it was waived, did not apply, or was let go. `former` marks what
    was asked for by a plan that is no longer followed.
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
    one that was missed stays missed when the severity is lowered, the role is left or the plan is changed.
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
    """Count the judgements: "11 met, 2 missed (worst: VP Engineering, 9m late), 3 not applicable"."""
    every = tuple(judged)
    parts = []
    for verdict in Verdict:
        found = [one for one in every if one.verdict is verdict]
        if found:
            parts.append(f"{len(found)} {verdict.value}{_worst(found) if verdict is Verdict.MISSED else ''}")
    return ", ".join(parts) or "the plan asks for nothing by a time"


def _worst(missed: Sequence[Judged]) -> str:
    """Name what was missed by most; what was never done goes before what was only late."""
    worst = max(missed, key=lambda one: (one.met is None, one.by or timedelta(0)))
    named = worst.who or worst.text
    if worst.by is None:
        return f" (worst: {named})"
    return f" (worst: {named}, {duration(worst.by)} late)" if worst.met else f" (worst: {named}, not done)"


def _deadlines(incident: Incident, ran: Runs, now: datetime) -> Iterator[Judged]:
    watching = looks(incident.plan)
    texts = Counter(deadline.text for deadline in ran.of)
    for deadline, held in ran.of.items():
        kind = (
            "look" if deadline.id.startswith("watch-") and deadline.met_by == f"done {deadline.id}" else deadline.kind
        )
        former = deadline not in watching and deadline not in incident.plan.deadlines
        found = [_run(deadline, kind, run, now) for run in held]
        worst = max(found, key=lambda one: (_WEIGHT.index(one.verdict), one.by or timedelta.min), default=None)
        if worst is None:
            worst = _judged(deadline, kind, Verdict.NOT_APPLICABLE, why=_never(incident, ran, deadline))
        # What a former plan did not come to ask for says nothing.
        if not former or worst.verdict is not Verdict.NOT_APPLICABLE:
            # The same at several severities, as a response in other times.
            at = f" ({', '.join(deadline.severities)})" if texts[deadline.text] > 1 and deadline.severities else ""
            yield replace(worst, text=f"{deadline.text}{at}", former=former)


def _judged(deadline: Deadline, kind: str, verdict: Verdict, why: str = "") -> Judged:
    return Judged(deadline.id, str(kind), deadline.text, verdict, why=why, who=deadline.who)


def _run(deadline: Deadline, kind: str, run: Run, now: datetime) -> Judged:
    """Judge one run by when it was due, met and let go."""
    clock = run.clock
    limit = clock.at + (AT_ONCE if clock.at <= clock.asked else timedelta(0))
    let_go = run.ended is not None and run.ended <= limit
    until = min(now, run.ended or now)
    judged = replace(_judged(deadline, kind, Verdict.RUNNING), due=clock.at)
    if run.met is not None and (run.met <= limit or not let_go):
        if run.met < clock.asked:
            return replace(judged, verdict=Verdict.MET, met=run.met, why="it was so already")
        verdict = Verdict.MET if run.met <= limit else Verdict.MISSED
        return replace(judged, verdict=verdict, met=run.met, by=run.met - clock.at)
    if run.deed is not None and run.deed.status is not DeedStatus.DONE:
        return replace(judged, verdict=Verdict.WAIVED, by=run.deed.when - clock.at, why=run.deed.note)
    if let_go:
        return replace(judged, verdict=Verdict.NOT_APPLICABLE, why=f"{run.cause} before it was due")
    if until <= limit:
        return replace(judged, by=until - clock.at)
    if deadline.optional:
        return replace(judged, verdict=Verdict.NOT_APPLICABLE, why="nobody said that it was needed")
    why = f"not done when {run.cause}" if run.ended else "not done yet"
    return replace(judged, verdict=Verdict.MISSED, by=until - clock.at, why=why)


def _never(incident: Incident, ran: Runs, deadline: Deadline) -> str:
    """Say why a deadline was never asked for."""
    if not incident.declared:
        return "it was never declared" if incident.dismissed else "it is not declared yet"
    if deadline.severities and not ran.severities.intersection(deadline.severities):
        return f"the severity was never {_either(deadline.severities)}"
    if deadline.types and not ran.types.intersection(deadline.types):
        return f"it was never of the type {_either(_type_names(incident.plan, deadline.types))}"
    if deadline.start not in ran.milestones:
        return (
            f"{deadline.start} {'is not reached yet' if 'closed' not in incident.milestones else 'was never reached'}"
        )
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
            due = report.at + timedelta(seconds=seconds)
            judged = _until(judged, due, report.decided if word == "validate" else report.answered, now)
        yield judged


def _until(judged: Judged, due: datetime, met: datetime | None, now: datetime) -> Judged:
    late = (met or now) > due
    verdict = Verdict.MISSED if late else Verdict.RUNNING if met is None else Verdict.MET
    return replace(judged, verdict=verdict, due=due, met=met, by=(met or now) - due, why="")


def _promises(record: Record, now: datetime) -> Iterator[Judged]:
    """Judge each of the plan's cadences by all its promises: one that was late is missed, and the worst is shown."""
    every = promises(record, now)
    for cadence in record.incident.plan.cadences:
        made = [one for one in every if one.audience == cadence.audience and one.outcome is not Outcome.RELEASED]
        judged = Judged(f"promise:{cadence.audience}", "promise", cadence.name, Verdict.NOT_APPLICABLE)
        if not made:
            # An audience that the plan promises nothing at any severity has a text and no clock.
            if cadence.seconds or cadence.first:
                yield replace(judged, why="no update was promised")
            continue
        late = [one for one in made if one.late]
        worst = max(late or made, key=lambda one: (one.late, one.due))
        open_still = any(one.outcome is Outcome.WAITING for one in made)
        verdict = Verdict.MISSED if late else Verdict.RUNNING if open_still else Verdict.MET
        met = worst.sent
        by = worst.late if late else (met or now) - worst.due
        yield replace(judged, verdict=verdict, due=worst.due, met=met, by=by, why=_kept(made))


def _kept(made: Sequence[Promise]) -> str:
    kept = sum(one.outcome is Outcome.KEPT for one in made)
    due = sum(one.outcome is not Outcome.WAITING for one in made)
    return f"{kept} of {due} in time" if due else "none is due yet"


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
        elif closed is not None:
            judged = replace(judged, verdict=Verdict.MISSED, met=met, why="it was closed without it")
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
