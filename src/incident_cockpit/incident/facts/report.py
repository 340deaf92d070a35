"""Report of a possible incident, its reporter, and the outcome of its triage."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts import milestones
from incident_cockpit.incident.facts.roles import answers_page
from incident_cockpit.incident.facts.topic import Line, Topic, fold_value, value_of
from incident_cockpit.times.format import duration

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class TriageOutcome(StrEnum):
    """How the triage of a report ended; OPEN while it goes on."""

    OPEN = "in triage"
    DECLARED = "declared"
    FALSE_ALARM = "false alarm"
    DUPLICATE = "duplicate"
    NOT_URGENT = "not urgent"


class Report(Struct, frozen=True):
    """A report: its reporter and their kind (the plan's reporter id), its channel, and the outcome of triage.

    `answer` is the reply to the reporter, `ask` the id of the ask to the `investigator`; `reason` is why triage ended
    so, `same_as` names the incident of which it is a duplicate.
    """

    who: str
    sort: str
    via: str
    text: str
    at: datetime
    answered: datetime | None = None
    investigator: str = ""
    outcome: TriageOutcome = TriageOutcome.OPEN
    reason: str = ""
    same_as: str = ""
    decided: datetime | None = None
    answer: str = ""
    ask: str = ""


class ReportChange(Change, frozen=True):
    """Change of the report."""

    subject_kind: ClassVar[str] = "report"
    now: Report | None
    was: Report | None


class ReportMade(ReportChange, frozen=True):
    """A possible incident was reported."""

    kind: ClassVar[str] = "report.made"


class ReportAnswered(ReportChange, frozen=True):
    """The reporter was answered."""

    kind: ClassVar[str] = "report.answered"


class ReportHanded(ReportChange, frozen=True):
    """Triage was assigned."""

    kind: ClassVar[str] = "report.handed"


class ReportDecided(ReportChange, frozen=True):
    """Triage ended."""

    kind: ClassVar[str] = "report.decided"
    announced: ClassVar[bool] = True


def mark_answered(incident: Incident, moment: Moment, text: str = "") -> tuple[Change, ...]:
    """Mark the reporter as answered, with the reply; that acknowledges the report.

    Also after triage, because reporters want to hear the result.
    """
    report = incident.report
    if report is None:
        raise Refused("The incident has no reporter", "log a note, or send an update")
    if report.answered is not None:
        raise Refused(f"{reporter_name(report)} was answered at {report.answered:%H:%M} UTC", "log more as a note")
    now = replace(report, answered=moment.happened, answer=text)
    return (ReportAnswered(now=now, was=report), *acknowledgement(incident, moment))


def acknowledgement(incident: Incident, moment: Moment) -> tuple[Change, ...]:
    """Return the acknowledgement of the report, once: with the first reply, assignment or result of triage."""
    if "acknowledged" in incident.milestones or not answers_page(incident, moment.who):
        return ()
    return (milestones.milestone_fact(incident, "acknowledged", moment.happened),)


def reporter_name(report: Report) -> str:
    """Return the reporter's name, or "the reporter"."""
    return report.who or "the reporter"


def check_declared(incident: Incident) -> None:
    """Refuse an action on a report in triage, or on one that was dismissed."""
    report = incident.report
    if incident.dismissed and report is not None:
        raise Refused(
            f"{incident.name} was dismissed: {report.outcome.value}", "to reopen it, run :declare SEVERITY WHY"
        )
    if not incident.declared:
        raise Refused(f"{incident.name} is a report in triage", "declare it first with :declare SEVERITY WHY")


def _words(fact: ReportChange, incident: Incident) -> Line:
    report = value_of(fact.now, fact.was)
    match fact:
        case ReportAnswered():
            reply = f": {report.answer}" if report.answer else ""
            return Line("report", f"replied to {reporter_name(report)}{reply}")
        case ReportHanded():
            ask = incident.asks.get(report.ask)
            within = f", within {duration(ask.due - ask.asked)}" if ask is not None else ""
            return Line("report", f"triage assigned to {report.investigator}{within}")
        case ReportDecided():
            same = f" of {report.same_as}" if report.same_as else ""
            return Line("triage", f"{report.outcome.value}{same}" + (f": {report.reason}" if report.reason else ""))
    more = f": {report.text}" if report.text != incident.title else ""
    return Line("report", f"reported by {report.who or 'unknown'}{f' via {report.via}' if report.via else ''}{more}")


TOPIC = Topic("report", None, (ReportMade, ReportAnswered, ReportHanded, ReportDecided), fold_value, _words)
