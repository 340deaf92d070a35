"""What was reported, by whom, and what came of it: an incident, a false alarm, the same as another, or no hurry."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from incident_cockpit.incident.envelope import Change
from incident_cockpit.incident.topics.topic import Line, Topic, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Outcome(StrEnum):
    """How the triage of a report ended; OPEN while it goes on."""

    OPEN = "in triage"
    DECLARED = "declared"
    FALSE_ALARM = "false alarm"
    DUPLICATE = "duplicate"
    NOT_URGENT = "not urgent"


class Report(Struct, frozen=True):
    """A report: who made it, what sort of person that is (the plan's reporter id), where, and what became of it.

    `reason` says why it ended so, `same_as` names the incident that it is the same as.
    """

    who: str
    sort: str
    via: str
    text: str
    at: datetime
    answered: datetime | None = None
    investigator: str = ""
    outcome: Outcome = Outcome.OPEN
    reason: str = ""
    same_as: str = ""
    decided: datetime | None = None


class ReportChange(Change, frozen=True):
    """A report was made, answered, handed to somebody, or decided."""

    thing: ClassVar[str] = "report"
    now: Report | None
    was: Report | None


class ReportMade(ReportChange, frozen=True):
    """Somebody reported what may be an incident."""

    kind: ClassVar[str] = "report.made"


class ReportAnswered(ReportChange, frozen=True):
    """Whoever reported it was answered."""

    kind: ClassVar[str] = "report.answered"


class ReportHanded(ReportChange, frozen=True):
    """Somebody else is to find out whether it is real."""

    kind: ClassVar[str] = "report.handed"


class ReportDecided(ReportChange, frozen=True):
    """The triage ended."""

    kind: ClassVar[str] = "report.decided"
    told: ClassVar[bool] = True


def _fold(state: Report | None, fact: ReportChange) -> Report | None:
    return fact.now


def _words(fact: ReportChange, incident: Incident) -> Line:
    report = said(fact.now, fact.was)
    match fact:
        case ReportAnswered():
            return Line("report", f"{report.who or 'whoever reported it'} was answered")
        case ReportHanded():
            return Line("report", f"{report.investigator} finds out whether it is real")
        case ReportDecided():
            same = f" of {report.same_as}" if report.same_as else ""
            return Line("triage", f"{report.outcome.value}{same}" + (f": {report.reason}" if report.reason else ""))
    by, via = report.who or "somebody", f" in {report.via}" if report.via else ""
    return Line("report", f"{by}{via}: {report.text}")


TOPIC = Topic("report", None, (ReportMade, ReportAnswered, ReportHanded, ReportDecided), _fold, _words)
