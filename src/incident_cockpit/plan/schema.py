"""What a plan knows besides its clocks: sorts of incidents, who reports and is told, channels, messages, reviews."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, TypeVar

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, Milestone, Watch
from incident_cockpit.times.business_calendar import Hours, Within


class IncidentType(Struct, frozen=True):
    """A sort of incident: what is done first, which runbook it brings, and what it sets off.

    `restricted` asks for a codename and marks what leaves; `aware` starts the clocks that run from becoming aware;
    `breach` keeps a record of a breach of personal data.
    """

    id: str
    name: str
    means: str = ""
    steps: tuple[str, ...] = ()
    runbook: str | None = None
    restricted: bool = False
    aware: bool = False
    breach: bool = False


class Detection(Struct, frozen=True):
    """A way in which incidents are found, and how its alerts reach people."""

    id: str
    name: str
    route: str = ""


class Reporter(Struct, frozen=True):
    """A sort of people who may report, and where they do."""

    id: str
    name: str
    route: str = ""


class TriagePolicy(Struct, frozen=True):
    """What happens before an incident is declared; times in seconds, None where there is none.

    `first` says that a new incident begins as a report which is validated first.
    """

    first: bool = False
    validate_within: int | None = None
    answer_within: int | None = None
    investigate_within: int | None = None
    owner: str = ""
    route: str = ""
    false_alarm_follow_up: str = ""


class Trigger(Struct, frozen=True):
    """A reason to bring somebody in besides the clock, and whom."""

    id: str
    text: str
    tell: str = ""


class Channel(Struct, frozen=True):
    """How the incident's channel is called, such as "incident-{date}", and the standing link of the call."""

    name: str
    call: str = ""


class Participant(Struct, frozen=True):
    """Somebody who has to join, at which severities (none means all), and within how many seconds."""

    who: str
    within: int
    severities: tuple[str, ...] = ()


class Message(Struct, frozen=True):
    """A text to copy at a certain moment, in Jinja, such as the first message; `id` is the moment."""

    id: str
    name: str
    text: str


class PostmortemRules(Struct, frozen=True):
    """When a postmortem is written, what it answers, and who signs it off."""

    required_at: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    sign_off: str = ""
    principles: tuple[str, ...] = ()


class ReviewRules(Struct, frozen=True):
    """How long a review takes in minutes, who is asked to it besides the responders, and what the invitation says."""

    minutes: int = 60
    invite: tuple[str, ...] = ()
    agenda: tuple[str, ...] = ()


class Target(Struct, frozen=True):
    """What a metric should stay under, in seconds, at which severities; none means all."""

    metric: str
    seconds: int
    severities: tuple[str, ...] = ()


class Contact(Struct, frozen=True):
    """Somebody the plan names, and how they are reached."""

    name: str
    reach: str = ""
    mail: str = ""


class Resource(Struct, frozen=True):
    """A page about a system: a diagram, a map of what depends on what, a dashboard."""

    name: str
    url: str


class System(Struct, frozen=True):
    """Something that can be affected, whose it is, and where to read about it."""

    name: str
    owner: str = ""
    resources: tuple[Resource, ...] = ()


class Upkeep(Struct, frozen=True):
    """How the plan itself is kept: when it was gone through, how often that and drills come round, in days."""

    reviewed: str = ""
    review_days: int | None = None
    drill_days: int | None = None
    notes: tuple[str, ...] = ()


# -- model: What a response plan is once it has been read: plain values that are stored whole inside an event.

PublicStatus = Literal["Investigating", "Identified", "Monitoring", "Resolved"]
# Where people paste a text; each is a format of the exports.
PastedInto = Literal["slack", "text", "markdown", "teams", "statuspage", "email", "social", "sms", "jira"]


class Severity(Struct, frozen=True):
    """How bad it is; `rank` 1 is the worst, `id` is the word on the screen.

    `respond` is the time to a first response, `escalate` the one to more help; the clocks of both are deadlines.
    """

    id: str
    name: str
    means: str
    criteria: tuple[str, ...]
    rank: int
    respond: Within | None = None
    escalate: Within | None = None
    tell: tuple[str, ...] = ()
    round_the_clock: bool = True
    notes: tuple[str, ...] = ()


class Role(Struct, frozen=True):
    """A part someone plays; `required_at` holds the ids of the severities that cannot do without it."""

    id: str
    name: str
    short: str
    duties: tuple[str, ...]
    many: bool
    required_at: tuple[str, ...]
    criteria: tuple[str, ...] = ()


class Phase(Struct, frozen=True):
    """A stage of the lifecycle, the milestone that entering it reaches, and the status word the public reads."""

    id: str
    name: str
    means: str
    milestone: Milestone | None
    public: PublicStatus
    live: bool
    checklist: tuple[str, ...] = ()


class Cadence(Struct, frozen=True):
    """How often an audience hears from us; `seconds` pairs a severity's id with a period, an absent one has none.

    `inside` readers may see names and causes; None leaves it to the audience's name. `first` pairs severities with the
    seconds in which the first update is due after `start`; an absent one has the period itself. `until` ends it.
    `format` is where its text is pasted.
    """

    audience: str
    name: str
    seconds: tuple[tuple[str, int], ...]
    inside: bool | None = None
    first: tuple[tuple[str, int], ...] = ()
    start: Milestone = "declared"
    until: Milestone = "resolved"
    route: str = ""
    guide: tuple[str, ...] = ()
    format: PastedInto = "slack"


class UpdateTemplate(Struct, frozen=True):
    """The text a status update starts from, in Jinja; without a `phase` it serves all that have none of their own."""

    audience: str
    phase: str | None
    text: str


class Plan(Struct, frozen=True):
    """An organisation's response process, resolved, so that an incident stays readable after the file is gone.

    `progress` is after how many seconds without progress somebody asks for it, as long as the harm goes on;
    `progress_at` at which severities, none for all.
    `extends` names the plan whose rules it took over; they are all in here. `jargon` are words that readers
    outside do not know.
    """

    id: str
    name: str
    about: str
    zone: str
    command_role: str
    first_phase: str
    severities: tuple[Severity, ...]
    roles: tuple[Role, ...]
    phases: tuple[Phase, ...]
    cadences: tuple[Cadence, ...]
    templates: tuple[UpdateTemplate, ...]
    runbook: str | None
    deadlines: tuple[Deadline, ...] = ()
    closing: tuple[ClosingGate, ...] = ()
    hours: Hours = Hours()
    types: tuple[IncidentType, ...] = ()
    detections: tuple[Detection, ...] = ()
    reporters: tuple[Reporter, ...] = ()
    triage: TriagePolicy = TriagePolicy()
    triggers: tuple[Trigger, ...] = ()
    channel: Channel | None = None
    participants: tuple[Participant, ...] = ()
    messages: tuple[Message, ...] = ()
    progress: int | None = None
    progress_at: tuple[str, ...] = ()
    confirmers: tuple[str, ...] = ()
    watch: Watch | None = None
    postmortem: PostmortemRules = PostmortemRules()
    review: ReviewRules = ReviewRules()
    follow_up_kinds: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    contacts: tuple[Contact, ...] = ()
    systems: tuple[System, ...] = ()
    upkeep: Upkeep = Upkeep()
    extends: str = ""
    jargon: tuple[str, ...] = ()

    def severity(self, severity_id: str) -> Severity:
        """Return the severity with exactly this id; raises Refused."""
        return _exact(self.severities, severity_id, "severity", self.id)

    def role(self, role_id: str) -> Role:
        """Return the role with exactly this id; raises Refused."""
        return _exact(self.roles, role_id, "role", self.id)

    def phase(self, phase_id: str) -> Phase:
        """Return the phase with exactly this id; raises Refused."""
        return _exact(self.phases, phase_id, "phase", self.id)

    def role_name(self, role_id: str) -> str:
        """Return what the role is called; its id where the plan has none such, as an older event may name one."""
        return next((role.name for role in self.roles if role.id == role_id), role_id)

    def phase_name(self, phase_id: str) -> str:
        """Return what the phase is called; its id where the plan has none such, as an older event may name one."""
        return next((phase.name for phase in self.phases if phase.id == phase_id), phase_id)

    def cadence_seconds(self, audience: str, severity: str) -> int | None:
        """Return how often the audience is promised an update at this severity id, in seconds, or None."""
        return next((dict(c.seconds).get(severity) for c in self.cadences if c.audience == audience), None)

    def template(self, audience: str, phase: str) -> UpdateTemplate | None:
        """Return the text for this audience in this phase: the phase's own before the general one.

        What is over stays over: a phase after the harm without a text of its own has that of the one before it.
        """
        own = {t.phase: t for t in reversed(self.templates) if t.audience == audience}
        ids = [one.id for one in self.phases]
        upto = self.phases[: ids.index(phase) + 1] if phase in ids else ()
        over = [one.id for one in reversed(upto) if not one.live] if upto and not upto[-1].live else []
        return next((own[word] for word in (phase, *over, None) if word in own), None)

    def find_severity(self, word: str) -> Severity:
        """Return the severity a person means, "1" finds SEV1; raises Refused."""
        return self.severities[_meant([(s.id, s.name) for s in self.severities], word, "severity")]

    def find_role(self, word: str) -> Role:
        """Return the role a person means; raises Refused."""
        return self.roles[_meant([(r.id, r.short, r.name) for r in self.roles], word, "role")]

    def find_phase(self, word: str) -> Phase:
        """Return the phase a person means; raises Refused."""
        return self.phases[_meant([(p.id, p.name) for p in self.phases], word, "phase")]

    def find_type(self, word: str) -> IncidentType:
        """Return the sort of incident a person means; raises Refused."""
        return self.types[_meant([(t.id, t.name) for t in self.types], word, "type of incident")]

    def find_detection(self, word: str) -> Detection:
        """Return the way of finding incidents that a person means; raises Refused."""
        return self.detections[_meant([(d.id, d.name) for d in self.detections], word, "way of detection")]

    def find_reporter(self, word: str) -> Reporter:
        """Return the sort of people who report that a person means; raises Refused."""
        return self.reporters[_meant([(r.id, r.name) for r in self.reporters], word, "sort of reporter")]

    def find_trigger(self, word: str) -> Trigger:
        """Return the reason to escalate that a person means; raises Refused."""
        return self.triggers[_meant([(t.id, t.text) for t in self.triggers], word, "trigger")]

    def type_named(self, type_id: str) -> IncidentType | None:
        """Return the type with exactly this id; None where the plan has none such, as an older event may name one."""
        return next((one for one in self.types if one.id == type_id), None)

    def find_cadence(self, word: str) -> Cadence:
        """Return the cadence of the audience a person means; raises Refused."""
        return self.cadences[_meant([(c.audience, c.name) for c in self.cadences], word, "audience")]


_Item = TypeVar("_Item", Severity, Role, Phase)


def _exact(items: tuple[_Item, ...], wanted: str, kind: str, plan_id: str) -> _Item:
    for item in items:
        if item.id == wanted:
            return item
    raise Refused(f"Plan {plan_id} has no {kind} {wanted!r}", f"it has {', '.join(item.id for item in items)}")


def _meant(names: Sequence[tuple[str, ...]], word: str, kind: str) -> int:
    """Return which of the named things `word` means; the id comes first among the names of each."""
    if not names:
        raise Refused(f"The plan names no {kind}", "choose a plan that does, or add it to a plan file of your own")
    said = " ".join(word.split()).casefold()
    known = [tuple(name.casefold() for name in each) for each in names]
    # From the strictest reading to the loosest; a reading that fits several things is never resolved by a looser one.
    readings = (
        [i for i, each in enumerate(known) if said == each[0]],
        [i for i, each in enumerate(known) if said in each],
        [i for i, each in enumerate(known) if said.isdigit() and re.fullmatch(r"\D+" + said, each[0])],
        [i for i, each in enumerate(known) if any(name.startswith(said) for name in each)],
        [i for i, each in enumerate(known) if any(part.startswith(said) for name in each for part in name.split())],
    )
    fits: list[int] = next((reading for reading in readings if reading), []) if said else []
    if len(fits) == 1:
        return fits[0]
    listed = ", ".join(_label(each) for each in ([names[i] for i in fits] or names))
    if fits:
        raise Refused(f"{word!r} could be more than one {kind}", f"say which: {listed}")
    raise Refused(f"There is no {kind} {word!r}" if said else f"No {kind} was named", f"the plan has {listed}")


def _label(names: tuple[str, ...]) -> str:
    return names[0] if names[0].casefold() == names[-1].casefold() else f"{names[0]} ({names[-1]})"


# -- upkeep: When a plan itself has to be gone through again.


def review_due(upkeep: Upkeep) -> date | None:
    """Return the day on which the plan should be gone through again, None where it does not say how often."""
    if not upkeep.reviewed or upkeep.review_days is None:
        return None
    return date.fromisoformat(upkeep.reviewed) + timedelta(days=upkeep.review_days)
