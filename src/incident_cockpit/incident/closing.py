"""Moving an incident on to its end: what a move leaves open, what resolving asks, what closing needs or passes over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from incident_cockpit.errors import Refused
from incident_cockpit.incident.declare import open_join_asks
from incident_cockpit.incident.event import Fact, Moment
from incident_cockpit.incident.facts import asks, timers
from incident_cockpit.incident.facts import phase as phases
from incident_cockpit.incident.facts.asks import Ask, AskMade, open_asks
from incident_cockpit.incident.facts.roles import without_mention
from incident_cockpit.incident.facts.timers import CompletionMarked, CompletionStatus
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import clocks, unmet_gates
from incident_cockpit.incident.views.legal_duties import check_duties, open_duties_text
from incident_cockpit.plan.deadlines import ReviewDone
from incident_cockpit.plan.schema import Phase
from incident_cockpit.runbook.model import Step
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.business_calendar import closing, next_open
from incident_cockpit.times.parse import parse_zone

# What the plan's confirmers are asked, and in what time they should have looked.
CONFIRM = "confirm that it is resolved"
CONFIRM_WITHIN = timedelta(minutes=30)
_SHOWN = 3


def move_to_phase(incident: Incident, moment: Moment, phase: str, reason: str = "") -> Sequence[Fact]:
    """Move the incident to a phase, by its name, `resolve` or `close`.

    Resolving is never blocked; it asks the plan's confirmers. Closing raises Refused while a legal duty is open, and
    while another closing criterion is not met, unless a reason is given. Reopening drops what was asked and overridden
    at the end, so that the next end is judged anew.
    """
    chosen = incident.plan.find_phase(phase)
    facts = [*phases.enter_phase(incident, moment, chosen.id, reason)]
    if chosen.milestone == "closed":
        check_duties(incident, moment.now)
        facts += _passed_over(incident, moment, reason)
    else:
        marks = incident.completion_marks.items()
        overridden = ((word, mark) for word, mark in marks if mark.status is CompletionStatus.OVERRIDDEN)
        facts += (CompletionMarked(deed=word, now=None, was=mark) for word, mark in overridden)
    if chosen.live and not incident.live:
        confirmations = (key for key, ask in open_asks(incident).items() if ask.text == CONFIRM)
        facts += (asks.drop(incident, moment, key, f"reopened: {reason}") for key in confirmations)
    if not chosen.live and incident.live:
        # Responders who have not joined by the end are no longer needed.
        facts += (asks.drop(incident, moment, key, "incident ended") for key in open_join_asks(incident))
    if chosen.milestone == "resolved" and incident.live:
        facts += _to_confirm(incident, moment, len(facts))
    return facts


def resolve(incident: Incident, moment: Moment, verified: str) -> Sequence[Fact]:
    """Move to the phase that sets `resolved`; raises Refused without how recovery was verified."""
    if incident.live and not verified:
        raise Refused("Verification required", "for example: :resolve 5xx at baseline for 15 minutes", about="verified")
    return move_to_phase(incident, moment, phases.phase_reaching(incident, "resolved"), verified)


def close(incident: Incident, moment: Moment, reason: str = "") -> Sequence[Fact]:
    """Move to the phase that sets `closed`; a reason overrides closing criteria that are not met."""
    return move_to_phase(incident, moment, phases.phase_reaching(incident, "closed"), reason)


def open_checklist_steps(incident: Incident) -> tuple[Step, ...]:
    """Return the steps of the present phase's checklist that are neither done nor skipped.

    The checklist is the section of an attached runbook that is called like the phase, as in the one made of the plan.
    """
    here = _present(incident)
    if here is None or not here.checklist:
        return ()
    return tuple(
        step
        for key, runbook in incident.steps.runbooks.items()
        for step in incident.steps.of(key)
        if _plain(runbook.sections[step.section].title) == _plain(here.name)
        and not incident.steps.closed(f"{key}.{step.key}")
    )


def left_open_by_phase(incident: Incident, phase: str) -> tuple[str, ...]:
    """Return what a move to a phase leaves open, one sentence each; none of it blocks the move."""
    chosen = incident.plan.find_phase(phase)
    gates = unmet_gates(incident) if chosen.milestone == "closed" else ()
    return (*_steps_left(incident, chosen), *(f"Not done: {gate.text}" for gate in gates))


def left_open_by_end(incident: Incident, milestone: str) -> tuple[str, ...]:
    """Return what `resolve` or `close` leaves behind, by the milestone that it reaches."""
    return left_open_by_phase(incident, phases.phase_reaching(incident, milestone))


def reason_prompt(incident: Incident, phase: str) -> str:
    """Return the question that has to be answered to enter a phase, "" where it may be entered without a word."""
    chosen = incident.plan.find_phase(phase)
    if chosen.live:
        return "" if incident.live else "Reason for reopening"
    if chosen.milestone == "resolved":
        return "How was recovery verified?" if incident.live else ""
    return "Reason for closing with open items" if chosen.milestone == "closed" and unmet_gates(incident) else ""


def blocked_by(incident: Incident, phase: str, now: datetime) -> str:
    """Return the open legal duties that block a move to a phase, "" where none do."""
    return open_duties_text(incident, now) if incident.plan.find_phase(phase).milestone == "closed" else ""


def _present(incident: Incident) -> Phase | None:
    current = incident.phase.value if incident.phase else None
    return next((phase for phase in incident.plan.phases if phase.id == current), None)


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _steps_left(incident: Incident, chosen: Phase) -> Iterator[str]:
    """Name the open steps where the incident moves on; who goes back will come by them again."""
    here = _present(incident)
    order = [phase.id for phase in incident.plan.phases]
    if here is None or order.index(chosen.id) <= order.index(here.id):
        return
    left = open_checklist_steps(incident)
    if left:
        verb = "is" if len(left) == 1 else "are"
        named = "; ".join(without_mention(incident.plan, step.text) for step in left[:_SHOWN])
        more = f"; and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        yield f"{counted(len(left), 'step')} of {here.name} {verb} open: {named}{more}"


def _passed_over(incident: Incident, moment: Moment, reason: str) -> Sequence[Fact]:
    gates = unmet_gates(incident)
    if not gates:
        return ()
    if not reason:
        listed = "".join(f"\n  - {gate.text}" for gate in gates)
        raise Refused(
            f"{counted(len(gates), 'closing criterion', 'closing criteria')} not met{listed}",
            "complete them, or close with a reason: :close REASON",
            about="reason",
        )
    texts = {gate.completion_mark: gate.text for gate in gates}
    return timers.mark_items(incident, moment, tuple(texts.items()), CompletionStatus.OVERRIDDEN, reason)


def _to_confirm(incident: Incident, moment: Moment, before: int) -> Iterator[AskMade]:
    """Ask the plan's confirmers; `before` are the facts in front, because an ask is named by its own event."""
    asked = {ask.who for ask in open_asks(incident).values() if ask.text == CONFIRM}
    confirmers = (who for who in dict.fromkeys(incident.plan.confirmers) if who not in asked)
    for number, who in enumerate(confirmers):
        ask = Ask(who, CONFIRM, moment.who, moment.happened, moment.happened + CONFIRM_WITHIN)
        yield AskMade(ask=f"a{moment.seq + before + number}", now=ask, was=None)


# Suggested review

# Responders who were up all night rest first.
REST = timedelta(hours=24)
# As far as anybody looks for a free hour; a plan may work on one day of the week only.
_FARTHEST = timedelta(days=21)
_HOUR = timedelta(hours=1)


def suggested_review(incident: Incident, now: datetime) -> datetime | None:
    """Return a time for the review: a whole working hour of the organisation, in UTC.

    It is a day after the resolution, or sooner where the plan's time limit for the review would be over by then. None
    where a review is scheduled or was held, or where no such hour is found.
    """
    if incident.adopted is None or incident.review is not None or not incident.declared:
        return None
    rested = max((incident.ended or now) + REST, now)
    until = _until(incident)
    later = _slot(incident, rested)
    if later is not None and (until is None or later + _length(incident) <= until):
        return later
    sooner = _slot(incident, now)
    return sooner if sooner is not None and until is not None and sooner + _length(incident) <= until else later


def _until(incident: Incident) -> datetime | None:
    """Return the latest time limit that the plan sets for scheduling or holding the review."""
    reviews = [clock for clock in clocks(incident) if isinstance(clock.deadline.condition, ReviewDone)]
    due_times = [clock.at for clock in reviews if clock.deadline.condition == ReviewDone("held")]
    # A plan that limits only the scheduling means the same days for holding it.
    return max(due_times or [clock.at for clock in reviews], default=None)


def _length(incident: Incident) -> timedelta:
    return timedelta(minutes=incident.plan.review.minutes)


def _slot(incident: Incident, after: datetime) -> datetime | None:
    """Return the first whole hour from `after` on with room for the review before the organisation closes."""
    hours, zone, length = incident.plan.hours, incident.plan.zone, _length(incident)
    at = _whole_hour(after, zone)
    while at <= after + _FARTHEST:
        opens = next_open(at, hours, zone)
        if opens > at:
            at = _whole_hour(opens, zone)
        elif at + length <= closing(at.astimezone(parse_zone(zone)).date(), hours, zone):
            return at
        else:
            at += _HOUR
    return None


def _whole_hour(at: datetime, zone: str) -> datetime:
    """Return the next instant at which clocks there show a whole hour: this one where they do."""
    local = at.astimezone(parse_zone(zone))
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return (at + (_HOUR - past if past else timedelta())).astimezone(UTC)
