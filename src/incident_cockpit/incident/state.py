"""State of an incident: the states of all families side by side, made by applying one event after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import reduce

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident import facts
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.asks import Ask, Need
from incident_cockpit.incident.facts.attachments import Attachments
from incident_cockpit.incident.facts.classification import Classification, Meeting
from incident_cockpit.incident.facts.followups import FollowUp, Review
from incident_cockpit.incident.facts.hypotheses import Hypothesis
from incident_cockpit.incident.facts.notes import CommandRun, Effect, Notebook, Rationale
from incident_cockpit.incident.facts.opening import Opening
from incident_cockpit.incident.facts.plan import Adoption
from incident_cockpit.incident.facts.report import Report, TriageOutcome
from incident_cockpit.incident.facts.roles import Command, Crew, Handoff, Holders, SoloHistory
from incident_cockpit.incident.facts.runbooks import BranchTaken
from incident_cockpit.incident.facts.security import Evidence
from incident_cockpit.incident.facts.severity import Affected, DatedValue
from incident_cockpit.incident.facts.steps import Steps
from incident_cockpit.incident.facts.timers import CompletionMark, Timers
from incident_cockpit.incident.facts.updates import Updates
from incident_cockpit.plan.schema import Plan

# Before the first event.
_NEVER = datetime.min.replace(tzinfo=UTC)


class Incident(Struct, frozen=True):
    """The state of one incident after `seq` events; immutable, a new one is made for each event.

    `first` is when the first event happened; `moved` is when something was last recorded that shows progress.
    """

    opening: Opening
    adoption: Adoption | None
    report: Report | None
    severities: tuple[DatedValue, ...]
    phases: tuple[DatedValue, ...]
    milestones: Mapping[str, datetime]
    impact: DatedValue | None
    systems: Mapping[str, Affected]
    classification: Classification
    meeting: Meeting
    crew: Crew
    solo_history: SoloHistory
    command: Command
    steps: Steps
    gates: Mapping[str, BranchTaken]
    notes: Notebook
    decisions: Mapping[str, Rationale]
    effects: Mapping[str, Effect]
    asks: Mapping[str, Ask]
    needs: Mapping[str, Need]
    timers: Timers
    completion_marks: Mapping[str, CompletionMark]
    hypotheses: Mapping[str, Hypothesis]
    updates: Updates
    followups: Mapping[str, FollowUp]
    review: Review | None
    codename: str
    breach: Mapping[str, DatedValue]
    evidence: Mapping[str, Evidence]
    commands: Mapping[str, CommandRun]
    attachments: Attachments
    seq: int = 0
    first: datetime = _NEVER
    moved: datetime | None = None

    @property
    def adopted(self) -> Plan | None:
        """Return the plan in use, or None before one is adopted."""
        return self.adoption.plan if self.adoption is not None else None

    @property
    def severity(self) -> DatedValue | None:
        """Return the severity, or None before it is set."""
        return self.severities[-1] if self.severities else None

    @property
    def phase(self) -> DatedValue | None:
        """Return the phase, or None before the declaration."""
        return self.phases[-1] if self.phases else None

    @property
    def roles(self) -> Mapping[str, Holders]:
        """Return the holders of each assigned role."""
        return self.crew.held

    @property
    def handoff(self) -> Handoff | None:
        """Return the open offer of command, or None."""
        return self.command.offer

    @property
    def solo(self) -> bool:
        """Return whether solo mode is on."""
        return self.solo_history.solo

    @property
    def plan(self) -> Plan:
        """Return the plan in use; raises Refused before one is adopted."""
        if self.adoption is None:
            raise Refused("The incident has no plan yet", "open it with: incident new TITLE")
        return self.adoption.plan

    @property
    def name(self) -> str:
        """Return the short name people use, such as "INC-7"."""
        return f"INC-{self.opening.number}"

    @property
    def title(self) -> str:
        """Return the title."""
        return self.opening.title

    @property
    def opened(self) -> datetime:
        """Return when it was declared, or started where that is all that is known."""
        return self.milestones.get("declared") or self.started

    @property
    def started(self) -> datetime:
        """Return when the impact started, as far as that is known, else when the first event happened."""
        return self.milestones.get("started") or self.first

    @property
    def live(self) -> bool:
        """Return whether the response or the triage goes on: countdowns run only then."""
        if self.dismissed:
            return False
        # A phase that a newer plan no longer has ends nothing.
        return self.phase is None or all(phase.live for phase in self.plan.phases if phase.id == self.phase.value)

    @property
    def declared(self) -> bool:
        """Return whether it is declared; until then it is a report."""
        return self.phase is not None

    @property
    def dismissed(self) -> bool:
        """Return whether the report was dismissed: a false alarm, a duplicate, or not urgent."""
        return self.report is not None and self.report.outcome not in (TriageOutcome.OPEN, TriageOutcome.DECLARED)

    @property
    def ended(self) -> datetime | None:
        """Return when it was resolved or dismissed; None while it goes on."""
        if self.dismissed and self.report is not None:
            return self.report.decided
        return self.milestones.get("resolved")

    @property
    def triage(self) -> str:
        """Return the status of triage where that says more than a phase: "in triage", "false alarm"; else ""."""
        if self.report is None or self.report.outcome is TriageOutcome.DECLARED:
            return ""
        return self.report.outcome.value


EMPTY = Incident(**{topic.name: topic.empty for topic in facts.TOPICS})


def apply(incident: Incident, event: Event) -> Incident:
    """Return the incident with one more event; the old one stays as it is."""
    topic = facts.TOPIC_OF[type(event.fact)]
    changed = topic.fold(getattr(incident, topic.name), event.fact)
    moved = event.clocked if event.fact.is_progress and event.undoes is None else incident.moved
    first = incident.first if incident.seq else event.happened
    return replace(incident, **{topic.name: changed, "seq": event.seq, "first": first, "moved": moved})


def fold(events: Iterable[Event]) -> Incident:
    """Return the incident after these events."""
    return reduce(apply, events, EMPTY)
