"""An incident as it stands: the topics' states side by side, made by applying one event after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import reduce

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident import topics
from incident_cockpit.incident.envelope import Event
from incident_cockpit.incident.topics.asks import Ask
from incident_cockpit.incident.topics.channel import Meeting
from incident_cockpit.incident.topics.commands import CommandRun
from incident_cockpit.incident.topics.decisions import Ground
from incident_cockpit.incident.topics.deeds import Deed
from incident_cockpit.incident.topics.effects import Effect
from incident_cockpit.incident.topics.evidence import Evidence
from incident_cockpit.incident.topics.followups import FollowUp
from incident_cockpit.incident.topics.gates import Passed
from incident_cockpit.incident.topics.handoff import Command, Handoff
from incident_cockpit.incident.topics.hypotheses import Hypothesis
from incident_cockpit.incident.topics.nature import Nature
from incident_cockpit.incident.topics.needs import Need
from incident_cockpit.incident.topics.notes import Notebook
from incident_cockpit.incident.topics.opening import Opening
from incident_cockpit.incident.topics.pins import Pins
from incident_cockpit.incident.topics.plan import Adoption
from incident_cockpit.incident.topics.report import Outcome, Report
from incident_cockpit.incident.topics.review import Review
from incident_cockpit.incident.topics.roles import Crew, Holders
from incident_cockpit.incident.topics.solo import Sharing
from incident_cockpit.incident.topics.standing import Standing
from incident_cockpit.incident.topics.steps import Steps
from incident_cockpit.incident.topics.systems import Affected
from incident_cockpit.incident.topics.timers import Timers
from incident_cockpit.incident.topics.updates import Updates
from incident_cockpit.plan.model import Plan

# Before the first event.
_NEVER = datetime.min.replace(tzinfo=UTC)


class Incident(Struct, frozen=True):
    """What is known of one incident after `seq` events; immutable, a new one is made for each event.

    `first` is when the first event happened; `moved` is when something was last recorded that shows progress.
    """

    opening: Opening
    adoption: Adoption | None
    report: Report | None
    severities: tuple[Standing, ...]
    phases: tuple[Standing, ...]
    milestones: Mapping[str, datetime]
    impact: Standing | None
    systems: Mapping[str, Affected]
    nature: Nature
    meeting: Meeting
    crew: Crew
    sharing: Sharing
    command: Command
    steps: Steps
    gates: Mapping[str, Passed]
    notes: Notebook
    decisions: Mapping[str, Ground]
    effects: Mapping[str, Effect]
    asks: Mapping[str, Ask]
    needs: Mapping[str, Need]
    timers: Timers
    deeds: Mapping[str, Deed]
    hypotheses: Mapping[str, Hypothesis]
    updates: Updates
    followups: Mapping[str, FollowUp]
    review: Review | None
    codename: str
    breach: Mapping[str, Standing]
    evidence: Mapping[str, Evidence]
    commands: Mapping[str, CommandRun]
    pins: Pins
    seq: int = 0
    first: datetime = _NEVER
    moved: datetime | None = None

    @property
    def adopted(self) -> Plan | None:
        """Return the plan that is followed, or None before one is adopted."""
        return self.adoption.plan if self.adoption is not None else None

    @property
    def severity(self) -> Standing | None:
        """Return how bad it is now, or None before anybody said."""
        return self.severities[-1] if self.severities else None

    @property
    def phase(self) -> Standing | None:
        """Return which phase it is in, or None before it was declared."""
        return self.phases[-1] if self.phases else None

    @property
    def roles(self) -> Mapping[str, Holders]:
        """Return who holds which role; a role that nobody holds is not in it."""
        return self.crew.held

    @property
    def handoff(self) -> Handoff | None:
        """Return the offer of command that stands, or None."""
        return self.command.offer

    @property
    def solo(self) -> bool:
        """Return whether one person does everything."""
        return self.sharing.solo

    @property
    def plan(self) -> Plan:
        """Return the plan that is followed; raises Refused before one is adopted."""
        if self.adoption is None:
            raise Refused("the incident follows no plan yet", "open it with: incident new TITLE")
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
        """Return when it was declared, or began when that is all that is known."""
        return self.milestones.get("declared") or self.started

    @property
    def started(self) -> datetime:
        """Return when the harm began, as far as it is known, else when the first event happened."""
        return self.milestones.get("started") or self.first

    @property
    def live(self) -> bool:
        """Return whether the response goes on, or the triage of a report: countdowns run only then."""
        if self.dismissed:
            return False
        # A phase that a newer plan no longer has ends nothing.
        return self.phase is None or all(one.live for one in self.plan.phases if one.id == self.phase.value)

    @property
    def declared(self) -> bool:
        """Return whether somebody said that it is an incident; until then it is a report."""
        return self.phase is not None

    @property
    def dismissed(self) -> bool:
        """Return whether the report turned out to be none of ours: a false alarm, a duplicate, or no hurry."""
        return self.report is not None and self.report.outcome not in (Outcome.OPEN, Outcome.DECLARED)

    @property
    def ended(self) -> datetime | None:
        """Return when the harm was over, or its report dismissed; None while it goes on."""
        if self.dismissed and self.report is not None:
            return self.report.decided
        return self.milestones.get("resolved")

    @property
    def triage(self) -> str:
        """Return where its report stands where that says more than a phase: "in triage", "false alarm"; else ""."""
        if self.report is None or self.report.outcome is Outcome.DECLARED:
            return ""
        return self.report.outcome.value


EMPTY = Incident(**{topic.name: topic.empty for topic in topics.TOPICS})


def apply(incident: Incident, event: Event) -> Incident:
    """Return the incident with one more event; the old one stays as it is."""
    topic = topics.TOPIC_OF[type(event.fact)]
    changed = topic.fold(getattr(incident, topic.name), event.fact)
    moved = event.clocked if event.fact.is_progress and event.undoes is None else incident.moved
    first = incident.first if incident.seq else event.happened
    return replace(incident, **{topic.name: changed, "seq": event.seq, "first": first, "moved": moved})


def fold(events: Iterable[Event]) -> Incident:
    """Return the incident after these events."""
    return reduce(apply, events, EMPTY)
