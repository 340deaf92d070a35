"""What the journal suggests for the review: what went well and poorly by its facts, and what it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from incident_cockpit.documents.markdown import say
from incident_cockpit.documents.sections.attempts import tried_poorly, tried_well, untold
from incident_cockpit.incident.facts.asks import Ask, AskAnswered, open_asks
from incident_cockpit.incident.facts.classification import held_types
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.steps import Status
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.history import impacts, live_spans, required_since, severities, silences, tenures
from incident_cockpit.incident.views.metrics import metrics
from incident_cockpit.incident.views.update_promises import Promise, UpdateOutcome, promises
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import duration, overdue, stamp

# From here on a role that is filled, an impact that is described or a harm that is noticed came late.
PROMPT = timedelta(minutes=10)


def went_well(record: Record, now: datetime) -> Iterator[str]:
    """Yield suggestions in Markdown, one line each, only what facts bear out."""
    incident = record.incident
    promised = [one for one in promises(record, now) if one.outcome is not UpdateOutcome.WAITING]
    kept = [one for one in promised if one.outcome is UpdateOutcome.KEPT]
    let_go = [one for one in promised if one.outcome is UpdateOutcome.RELEASED and one.number > 1]
    if kept and all(one.outcome in (UpdateOutcome.KEPT, UpdateOutcome.RELEASED) for one in promised):
        # A time that an update gave and that passed without another is no promise kept.
        said = f"; {counted(len(let_go), 'promise')} ended before it was due" if let_go else ""
        yield f"Every update that fell due went out in time ({len(kept)}){said}."
    answered = list(_answered(record))
    if answered and not any(late for _, late in answered) and not open_asks(incident):
        yield f"Every answer came within its time ({len(answered)})."
    took = {metric.id: metric.value for metric in metrics(incident)}
    if (detected := took["ttd"]) is not None and detected <= PROMPT:
        yield f"It was detected {duration(detected)} after it started."
    filled = [role for role, late in _role_delays(record) if late is not None and late <= PROMPT]
    if filled and len(filled) == len(list(_role_delays(record))):
        yield f"Every role that was required was filled within {duration(PROMPT)}: {', '.join(filled)}."
    if (mitigated := took["ttm"]) is not None:
        yield f"The harm was stopped {duration(mitigated)} after it started."
    ruled_out = [one for one in incident.hypotheses.values() if one.belief is Belief.RULED_OUT]
    if ruled_out:
        yield f"{counted(len(ruled_out), 'hypothesis', 'hypotheses')} ruled out with what showed it."
    yield from tried_well(incident)


def went_poorly(record: Record, now: datetime) -> Iterator[str]:
    """Yield suggestions in Markdown, one line each, only what facts bear out."""
    yield from _poor_updates(record, now)
    yield from _poor_roles(record)
    yield from _poor_asks(record, now)
    yield from _poor_knowledge(record, now)
    yield from _poor_steps(record.incident)
    yield from tried_poorly(record.incident, now, PROMPT)


def missing(record: Record, now: datetime) -> Iterator[str]:
    """Yield what the journal does not know and the review will ask, in Markdown, one line each."""
    incident = record.incident
    if "detected" not in incident.milestones:
        yield "When it was detected: `milestone detected TIME`."
    if incident.impact is None:
        yield "Who was affected and how: `impact TEXT`."
    if not any(one.belief is Belief.CONFIRMED for one in incident.hypotheses.values()):
        yield "The cause: no hypothesis is confirmed."
    if "mitigated" not in incident.milestones:
        yield "When the harm was stopped: `milestone mitigated TIME`."
    if incident.ended is None:
        yield "When it was resolved, and what verified it: `resolve TEXT`."
    yield from untold(incident)
    yield from _missing_nature(incident)
    yield from _missing_work(incident)
    for ask in open_asks(incident).values():
        yield f"What {say(ask.who)} found: “{say(ask.text)}” was never answered."
    for gap in silences(record, now):
        yield f"What happened from {stamp(gap.start)} to {stamp(gap.end)}: no line for {duration(gap.length)}."


def _missing_nature(incident: Incident) -> Iterator[str]:
    if incident.plan.types and not held_types(incident):
        yield "What sort of incident it was: `type TYPE`."
    if incident.plan.detections and incident.classification.found is None:
        yield "How it was found: `found-by DETECTION`."


def _missing_work(incident: Incident) -> Iterator[str]:
    if not incident.followups:
        yield "Follow-ups: none was noted."
    for one in incident.followups.values():
        if not one.owner and not one.done:
            yield f"Who owns the follow-up “{say(one.text)}”."
        if one.owner and one.due is None and not one.done:
            yield f"By when “{say(one.text)}” is done."


def _poor_updates(record: Record, now: datetime) -> Iterator[str]:
    for one in promises(record, now):
        name, late = f"{say(one.audience)} update {one.number}", duration(one.late)
        match one.outcome:
            case UpdateOutcome.LATE:
                yield f"The {name} went out late {late}{_skipped(one)}."
            case UpdateOutcome.MISSED:
                yield f"The {name} was never sent: late {late} when it was let go ({say(one.reason)}){_skipped(one)}."
            case UpdateOutcome.OVERDUE:
                yield f"The next {say(one.audience)} update: late {late}{_skipped(one)}."
    # Whoever was promised updates and never got one is worse off than one who got it late.
    incident = record.incident
    level = incident.severity.value if incident.severity else ""
    for cadence in incident.plan.cadences:
        if not incident.live and dict(cadence.seconds).get(level) and incident.updates.last(cadence.audience) is None:
            yield f"No {say(cadence.audience)} update was ever sent."


def _skipped(promise: Promise) -> str:
    return f"; {counted(promise.skipped, 'further one')} fell due meanwhile" if promise.skipped else ""


def _poor_roles(record: Record) -> Iterator[str]:
    for role, late in _role_delays(record):
        if late is None:
            yield f"Nobody was {role}, which the severity required."
        elif late > PROMPT:
            yield f"{role} was filled {duration(late)} after the severity required it."


def _poor_asks(record: Record, now: datetime) -> Iterator[str]:
    for ask, late in _answered(record):
        if late:
            yield f"{say(ask.who)} answered “{say(ask.text)}” late {duration(late)}."
    for ask in open_asks(record.incident).values():
        if overdue(ask.due, now):
            yield f"{say(ask.who)} was asked “{say(ask.text)}” and has not answered."


def _poor_knowledge(record: Record, now: datetime) -> Iterator[str]:
    incident = record.incident
    detected = incident.milestones.get("detected")
    if detected and detected - incident.started > PROMPT:
        yield f"It took {duration(detected - incident.started)} until anybody noticed."
    described = impacts(record)
    if described and described[0].since - incident.opened > PROMPT:
        yield f"The impact was first described {duration(described[0].since - incident.opened)} after it was declared."
    rank_of = {one.id: one.rank for one in incident.plan.severities}
    # A severity that a newer plan no longer has cannot be compared.
    ranks = [rank_of[one.value] for one in severities(record) if one.value in rank_of]
    if any(later < earlier for earlier, later in pairwise(ranks)):
        yield "It was taken for less severe at first, and raised later."
    reopened = len(live_spans(record, now)) - 1
    if reopened > 0:
        yield f"It came back after it was over ({counted(reopened, 'time')})."
    for gap in silences(record, now):
        yield f"Nothing was written down for {duration(gap.length)} from {stamp(gap.start)}."


def _poor_steps(incident: Incident) -> Iterator[str]:
    for key, runbook in incident.steps.runbooks.items():
        status = [incident.steps.status(f"{key}.{step.key}") for step in incident.steps.of(key)]
        skipped, left = status.count(Status.SKIPPED), status.count(Status.OPEN) + status.count(Status.DOING)
        if skipped:
            yield f"{skipped} of {len(status)} steps of {say(runbook.title)} were skipped."
        if left and not incident.live:
            yield f"{left} of {len(status)} steps of {say(runbook.title)} were left open."


def _role_delays(record: Record) -> Iterator[tuple[str, timedelta | None]]:
    """Yield each role that was required, with how long it stayed empty from then on; None if it was never filled."""
    held = tenures(record)
    for role in record.incident.plan.roles:
        required = required_since(record, role.id)
        if required is None:
            continue
        taken = [one for one in held if one.role == role.id and (one.until is None or one.until > required)]
        yield say(role.name), max(taken[0].since - required, timedelta(0)) if taken else None


def _answered(record: Record) -> Iterator[tuple[Ask, timedelta]]:
    """Yield each ask that was answered, with how late."""
    for event in record.effective():
        if isinstance(event.fact, AskAnswered) and event.fact.now is not None:
            yield event.fact.now, overdue(event.fact.now.due, event.happened)
