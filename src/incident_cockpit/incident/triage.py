"""Triage of a report: assigned, declared, or dismissed as a false alarm, a duplicate or not urgent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.declare import (
    NO_INPUTS,
    Declaration,
    RuleInputs,
    declaration_facts,
    opening_facts,
    type_facts,
)
from incident_cockpit.incident.event import CLOCK_TOLERANCE, Fact, Moment, PendingFact
from incident_cockpit.incident.facts import asks, followups, severity, timers
from incident_cockpit.incident.facts.asks import AskAnswered, AskStatus, open_asks
from incident_cockpit.incident.facts.milestones import MilestoneReached
from incident_cockpit.incident.facts.report import (
    Report,
    ReportDecided,
    ReportHanded,
    ReportMade,
    TriageOutcome,
    acknowledgement,
)
from incident_cockpit.incident.facts.timers import TimerStatus
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.legal_duties import check_duties
from incident_cockpit.plan.schema import Plan

# Where the plan does not say how long finding out may take.
INVESTIGATE_WITHIN = timedelta(minutes=15)
INVESTIGATE = "find out whether it is real"
FALSE_ALARM_FOLLOW_UP = "Find the cause of the false alarm and fix it"


def report(
    number: int,
    moment: Moment,
    plan: Plan,
    title: str,
    *,
    text: str = "",
    who: str = "",
    sort: str = "",
    via: str = "",
    started: datetime | None = None,
    types: Sequence[str] = (),
    brought: RuleInputs = NO_INPUTS,
) -> tuple[PendingFact, ...]:
    """Return the first facts of a report, which is an incident in triage.

    `moment.happened` is when it was reported, from which the clocks of triage run; `started` when the impact started,
    where that is known. `sort` is the plan's reporter id, `via` the channel, by default the plan's; `types` are the
    plan's incident types. Raises Refused for no title, an unknown word, and times in the future.
    """
    opening, incident = opening_facts(number, moment, title, plan, started or moment.happened)
    reporter = plan.find_reporter(sort) if sort else None
    at = min(moment.happened, moment.now)
    if moment.happened > moment.now + CLOCK_TOLERANCE or incident.started > at:
        raise Refused(
            f"The report at {moment.happened:%H:%M} UTC is in the future, or before the impact started",
            "enter a time after the start",
            about="started",
        )
    channel = via or (reporter.route if reporter else "") or plan.triage.route
    new_report = Report(who=who, sort=reporter.id if reporter else "", via=channel, text=text or incident.title, at=at)
    facts = (
        *opening,
        MilestoneReached(name="detected", now=at, was=None),
        ReportMade(now=new_report, was=None),
        *type_facts(incident, replace(moment, happened=at), types, brought),
    )
    return tuple(PendingFact(fact) for fact in facts)


def investigate(incident: Incident, moment: Moment, who: str, within: timedelta | None = None) -> tuple[Fact, ...]:
    """Assign triage to a person, who is asked for it.

    Raises Refused without a name, for the present investigator, and where triage is over.
    """
    current = _open(incident)
    if not who:
        raise Refused("Name required", "for example: :investigate Raj 15m", about="who")
    if who == current.investigator:
        raise Refused(f"Triage is already assigned to {who}", "assign it to another person", about="who")
    seconds = incident.plan.triage.investigate_within
    default = timedelta(seconds=seconds) if seconds else INVESTIGATE_WITHIN
    asked = asks.ask(incident, moment, who, within or default, INVESTIGATE)
    return (
        *(asks.drop(incident, moment, ask, f"reassigned to {who}") for ask in _investigation(incident)),
        ReportHanded(now=replace(current, investigator=who, ask=asked.ask), was=current),
        replace(asked, with_line=True),
        *acknowledgement(incident, moment),
    )


def declare_report(
    incident: Incident, moment: Moment, severity: str, why: str = "", *, brought: RuleInputs
) -> tuple[Fact, ...]:
    """Declare a report an incident, or reopen a dismissed one, which needs a reason."""
    return declare_as(incident, moment, Declaration(severity, why), brought)


def declare_as(
    incident: Incident, moment: Moment, details: Declaration, brought: RuleInputs = NO_INPUTS
) -> tuple[Fact, ...]:
    """Declare a report with all details; raises Refused where it is declared already."""
    current = incident.report
    if incident.dismissed and current is not None:
        return _taken_up(incident, moment, current, details, brought)
    if current is None or current.outcome is not TriageOutcome.OPEN:
        raise Refused(f"{incident.name} is already declared", "change its severity with :severity SEVERITY REASON")
    asked = {key: incident.asks[key] for key in _investigation(incident)}
    answers = (
        AskAnswered(ask=key, now=replace(ask, status=AskStatus.ANSWERED, answer="it is real"), was=ask)
        for key, ask in asked.items()
    )
    return (
        ReportDecided(now=replace(current, outcome=TriageOutcome.DECLARED, decided=moment.happened), was=current),
        *answers,
        *declaration_facts(incident, moment, details, brought),
    )


def dismiss(incident: Incident, moment: Moment, reason: str) -> tuple[Fact, ...]:
    """Dismiss a report as a false alarm; finding its cause becomes a follow-up."""
    current = _decidable(incident)
    if not reason:
        raise Refused("Reason required", "for example: :dismiss a planned load test raised it", about="reason")
    cause = incident.plan.triage.false_alarm_follow_up or FALSE_ALARM_FOLLOW_UP
    return (
        *_decided(incident, moment, current, TriageOutcome.FALSE_ALARM, reason),
        followups.add_follow_up(incident, moment, cause, moment.who),
    )


def duplicate(incident: Incident, moment: Moment, of: str, reason: str = "") -> tuple[Fact, ...]:
    """Mark a report as a duplicate of another incident, `of` by its short name."""
    current = _decidable(incident)
    if of == incident.name:
        raise Refused(
            f"{incident.name} cannot be a duplicate of itself",
            "enter the other incident, for example: :duplicate 3",
            about="of",
        )
    return _decided(incident, moment, current, TriageOutcome.DUPLICATE, reason, of)


def not_urgent(incident: Incident, moment: Moment, reason: str) -> tuple[Fact, ...]:
    """Mark a report as not urgent: it becomes a ticket; a declared incident is resolved instead."""
    current = _open(incident)
    if not reason:
        raise Refused(
            "Reason required", "for example: :not-urgent only the export of one customer is slow", about="reason"
        )
    return _decided(incident, moment, current, TriageOutcome.NOT_URGENT, reason)


def _decided(
    incident: Incident, moment: Moment, current: Report, outcome: TriageOutcome, reason: str, same_as: str = ""
) -> tuple[Fact, ...]:
    """Return the end of triage: everything open is dropped; refused while a legal duty is open."""
    check_duties(incident, moment.now)
    now = replace(current, outcome=outcome, reason=reason, same_as=same_as, decided=moment.happened)
    outcome_text = f"{outcome.value} of {same_as}" if same_as else outcome.value
    running = [key for key, timer in incident.timers.timers.items() if timer.status is TimerStatus.RUNNING]
    return (
        ReportDecided(now=now, was=incident.report),
        *(asks.drop(incident, moment, ask, outcome_text) for ask in open_asks(incident)),
        *(timers.cancel_timer(incident, moment, timer) for timer in running),
        *acknowledgement(incident, moment),
    )


def _taken_up(
    incident: Incident, moment: Moment, current: Report, details: Declaration, brought: RuleInputs
) -> tuple[Fact, ...]:
    """Return the facts of reopening a dismissed report: as an incident declared now, or as it was before."""
    if not details.why:
        raise Refused(
            f"{incident.name} was dismissed: {current.outcome.value}",
            f"add a reason to reopen it, for example: :declare {details.severity} the errors are back",
            about="why",
        )
    now = replace(current, outcome=TriageOutcome.DECLARED, reason="", same_as="", decided=moment.happened)
    taken_up = ReportDecided(now=now, was=current)
    if not incident.declared:
        return (taken_up, *declaration_facts(incident, moment, details, brought))
    chosen = incident.plan.find_severity(details.severity)
    level = incident.severity.value if incident.severity else ""
    if chosen.id != level:
        return (taken_up, severity.change_severity(replace(incident, report=now), moment, chosen.id, details.why))
    return (replace(taken_up, now=replace(now, reason=details.why)),)


def _investigation(incident: Incident) -> tuple[str, ...]:
    """Return the investigator's ask while it is open."""
    ask = incident.report.ask if incident.report else ""
    return (ask,) if ask in open_asks(incident) else ()


def _open(incident: Incident) -> Report:
    """Return the report while triage goes on; raises Refused."""
    current = _decidable(incident)
    if incident.declared:
        raise Refused(f"{incident.name} is already declared", "lower its severity, resolve it, or run :dismiss REASON")
    return current


def _decidable(incident: Incident) -> Report:
    """Return the report, made up where an incident was declared at once; raises Refused after the end."""
    current = incident.report
    if incident.dismissed and current is not None:
        raise Refused(
            f"{incident.name} was dismissed: {current.outcome.value}", "reopen it with :undo or :declare SEVERITY WHY"
        )
    if incident.declared and not incident.live:
        raise Refused(f"{incident.name} is resolved and cannot be dismissed", "log what you know now as a note")
    return current or Report(who="", sort="", via="", text=incident.title, at=incident.opened)
