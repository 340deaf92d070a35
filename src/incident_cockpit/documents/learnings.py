"""Suggestions of the record for the review: what went well, what went poorly, and which evidence is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from incident_cockpit.incident.facts.asks import Ask, AskAnswered, open_asks
from incident_cockpit.incident.facts.classification import held_types
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.notes import ActionOutcome, actions_without_outcome
from incident_cockpit.incident.facts.steps import Status
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.history import impacts, live_spans, required_since, severities, silences, tenures
from incident_cockpit.incident.views.metrics import metrics
from incident_cockpit.incident.views.update_promises import Promise, UpdateOutcome, promises
from incident_cockpit.text.blocks import Text, code
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import duration, overdue, stamp

# Later than this an assigned role, a described impact or a detection is late.
PROMPT = timedelta(minutes=10)


def went_well(record: Record, now: datetime) -> Iterator[Text]:
    """Yield suggestions, only what facts bear out."""
    incident = record.incident
    promised = [promise for promise in promises(record, now) if promise.outcome is not UpdateOutcome.WAITING]
    on_time = [promise for promise in promised if promise.outcome is UpdateOutcome.KEPT]
    released = [promise for promise in promised if promise.outcome is UpdateOutcome.RELEASED and promise.number > 1]
    if on_time and all(promise.outcome in (UpdateOutcome.KEPT, UpdateOutcome.RELEASED) for promise in promised):
        # A time that an update gave and that passed without another is no promise kept.
        ended = f"; {counted(len(released), 'promise')} ended before it was due" if released else ""
        yield f"Every update was sent on time ({len(on_time)}){ended}."
    answered = list(_answered(record))
    if answered and not any(late for _, late in answered) and not open_asks(incident):
        yield f"Every ask was answered on time ({len(answered)})."
    took = {metric.id: metric.value for metric in metrics(incident)}
    if (detected := took["ttd"]) is not None and detected <= PROMPT:
        yield f"Detected {duration(detected)} after the start."
    filled = [role for role, late in _role_delays(record) if late is not None and late <= PROMPT]
    if filled and len(filled) == len(list(_role_delays(record))):
        yield f"Every required role was assigned within {duration(PROMPT)}: {', '.join(filled)}."
    if (mitigated := took["ttm"]) is not None:
        yield f"Mitigated {duration(mitigated)} after the start."
    ruled_out = [each for each in incident.hypotheses.values() if each.belief is Belief.RULED_OUT]
    if ruled_out:
        yield f"{counted(len(ruled_out), 'hypothesis', 'hypotheses')} ruled out with evidence."
    for effect in incident.effects.values():
        if effect.verdict is ActionOutcome.HELPED:
            yield f"“{effect.text}” helped" + (f": {effect.found}." if effect.found else ".")


def went_poorly(record: Record, now: datetime) -> Iterator[Text]:
    """Yield suggestions, only what facts bear out."""
    yield from _poor_updates(record, now)
    yield from _poor_roles(record)
    yield from _poor_asks(record, now)
    yield from _poor_knowledge(record, now)
    yield from _poor_steps(record.incident)
    yield from _harmful_actions(record.incident, now)


def missing_evidence(record: Record, now: datetime) -> Iterator[Text]:
    """Yield what the record lacks and the review will ask."""
    incident = record.incident
    if "detected" not in incident.milestones:
        yield ("Time of detection: ", code("milestone detected TIME"), ".")
    if incident.impact is None:
        yield ("Impact: ", code("impact TEXT"), ".")
    if not any(each.belief is Belief.CONFIRMED for each in incident.hypotheses.values()):
        yield "The cause: no hypothesis is confirmed."
    if "mitigated" not in incident.milestones:
        yield ("Time of mitigation: ", code("milestone mitigated TIME"), ".")
    if incident.ended is None:
        yield ("Resolution and its verification: ", code("resolve TEXT"), ".")
    for text in actions_without_outcome(incident).values():
        yield (f"Outcome of “{text}”: ", code("effect ACTION VERDICT"), ".")
    if incident.plan.types and not held_types(incident):
        yield ("Incident type: ", code("type TYPE"), ".")
    if incident.plan.detections and incident.classification.found is None:
        yield ("Detection: ", code("detected-by DETECTION"), ".")
    yield from _missing_work(incident)
    for ask in open_asks(incident).values():
        yield f"Answer of {ask.who}: “{ask.text}”."
    for gap in silences(record, now):
        yield f"Entries from {stamp(gap.start)} to {stamp(gap.end)}: none for {duration(gap.length)}."


def _missing_work(incident: Incident) -> Iterator[Text]:
    if not incident.followups:
        yield "Follow-ups: none."
    for each in incident.followups.values():
        if not each.owner and not each.done:
            yield f"Owner of the follow-up “{each.text}”."
        if each.owner and each.due is None and not each.done:
            yield f"Due date of the follow-up “{each.text}”."


def _poor_updates(record: Record, now: datetime) -> Iterator[Text]:
    for each in promises(record, now):
        name, late = f"{each.audience} update {each.number}", duration(each.late)
        match each.outcome:
            case UpdateOutcome.LATE:
                yield f"The {name} was sent late {late}{_skipped(each)}."
            case UpdateOutcome.MISSED:
                yield f"The {name} was never sent: late {late} when it was released ({each.reason}){_skipped(each)}."
            case UpdateOutcome.OVERDUE:
                yield f"The next {each.audience} update is late {late}{_skipped(each)}."
    # An audience that never got a promised update is worse off than one that got it late.
    incident = record.incident
    level = incident.severity.value if incident.severity else ""
    for cadence in incident.plan.cadences:
        if not incident.live and dict(cadence.seconds).get(level) and incident.updates.last(cadence.audience) is None:
            yield f"No {cadence.audience} update was ever sent."


def _skipped(promise: Promise) -> str:
    return f"; {counted(promise.skipped, 'further one')} fell due meanwhile" if promise.skipped else ""


def _poor_roles(record: Record) -> Iterator[Text]:
    for role, late in _role_delays(record):
        if late is None:
            yield f"{role} was never assigned (required for the severity)."
        elif late > PROMPT:
            yield f"{role} was assigned {duration(late)} after the severity required it."


def _poor_asks(record: Record, now: datetime) -> Iterator[Text]:
    for ask, late in _answered(record):
        if late:
            yield f"{ask.who} answered “{ask.text}” late {duration(late)}."
    for ask in open_asks(record.incident).values():
        if overdue(ask.due, now):
            yield f"{ask.who} was asked “{ask.text}” and has not answered."


def _poor_knowledge(record: Record, now: datetime) -> Iterator[Text]:
    incident = record.incident
    detected = incident.milestones.get("detected")
    if detected and detected - incident.started > PROMPT:
        yield f"Detected only {duration(detected - incident.started)} after the start."
    described = impacts(record)
    if described and described[0].since - incident.opened > PROMPT:
        yield f"Impact first described {duration(described[0].since - incident.opened)} after the declaration."
    rank_of = {each.id: each.rank for each in incident.plan.severities}
    # A severity that a newer plan no longer has cannot be compared.
    ranks = [rank_of[each.value] for each in severities(record) if each.value in rank_of]
    if any(later < earlier for earlier, later in pairwise(ranks)):
        yield "Severity was raised."
    reopened = len(live_spans(record, now)) - 1
    if reopened > 0:
        yield f"Reopened {counted(reopened, 'time')}."
    for gap in silences(record, now):
        yield f"No entries for {duration(gap.length)} from {stamp(gap.start)}."


def _poor_steps(incident: Incident) -> Iterator[Text]:
    for key, runbook in incident.steps.runbooks.items():
        status = [incident.steps.status(f"{key}.{step.key}") for step in incident.steps.of(key)]
        skipped, left = status.count(Status.SKIPPED), status.count(Status.OPEN) + status.count(Status.DOING)
        if skipped:
            yield f"{skipped} of {len(status)} steps of {runbook.title} were skipped."
        if left and not incident.live:
            yield f"{left} of {len(status)} steps of {runbook.title} were left open."


def _role_delays(record: Record) -> Iterator[tuple[str, timedelta | None]]:
    """Yield each required role with the time until it was assigned; None if it never was."""
    holders = tenures(record)
    for role in record.incident.plan.roles:
        required = required_since(record, role.id)
        if required is None:
            continue
        taken = [each for each in holders if each.role == role.id and (each.until is None or each.until > required)]
        yield role.name, max(taken[0].since - required, timedelta(0)) if taken else None


def _answered(record: Record) -> Iterator[tuple[Ask, timedelta]]:
    """Yield each answered ask, and how late the answer was."""
    for event in record.effective():
        if isinstance(event.fact, AskAnswered) and event.fact.now is not None:
            yield event.fact.now, overdue(event.fact.now.due, event.happened)


def _harmful_actions(incident: Incident, now: datetime) -> Iterator[Text]:
    """Yield actions that made it worse, decisions that were reversed, and needs that were open for long."""
    for effect in incident.effects.values():
        if effect.verdict is ActionOutcome.WORSE:
            yield f"“{effect.text}” made it worse" + (f": {effect.found}." if effect.found else ".")
    for ground in incident.decisions.values():
        if ground.reversed:
            yield f"“{ground.text}” was decided and reversed: {ground.reversed}."
    end = incident.ended or now
    for need in incident.needs.values():
        open_for = (need.met or end) - need.raised
        if open_for > PROMPT:
            outcome = "" if need.met else ", and was never met" if incident.ended else " so far"
            yield f"The need “{need.text}” was open for {duration(open_for)}{outcome}."
