"""The tables and keys of a response plan: one declaration of each key's type, meaning and references.

What is declared here is what a plan file may hold and what an incident stores. Annotations are evaluated with their
class, which costs less than to evaluate their text when the first plan is read.
"""

from typing import Annotated, ClassVar, Literal, get_args

from msgspec import Struct

from incident_cockpit.plan.deadlines import MILESTONES, ClosingGate, Deadline, Milestone, Watch
from incident_cockpit.plan.declaration import (
    CHANNEL_NAME,
    CONDITION,
    DATE,
    DATES,
    DAYS,
    EMAIL,
    FLAG,
    LINE,
    LINES,
    MESSAGE,
    MINUTES,
    PERIOD,
    PERIODS,
    TARGET_TIME,
    TEMPLATE,
    TEXT,
    TEXTS,
    TIME_OF_DAY,
    URL,
    WAIT,
    WAITS,
    WITHIN,
    WITHIN_OR_NEVER,
    WORD,
    WORDS,
    ZONE,
    Key,
    choice,
    rows_of,
)
from incident_cockpit.plan.lookup import exact, match_name
from incident_cockpit.times.business_calendar import Hours, Weekday, Within

PublicStatus = Literal["Investigating", "Identified", "Monitoring", "Resolved"]
# The formats of `documents/formats` into which people paste a text.
PastedInto = Literal["slack", "text", "markdown", "teams", "statuspage", "email", "social", "sms", "jira"]
MILESTONE = choice(*MILESTONES)
_ID = Key("ID, by which other keys refer to it", WORD)
_SEVERITIES = Key("Severities for which it holds (default: all)", WORDS, to="severities")
_TYPES = Key("Incident types for which it holds (default: all)", WORDS, to="types")
_CHANNEL = Key("Channel, such as a phone number or a chat", LINE, label="Channel")
_OPTIONAL = Key("true: needed only in some cases; the cockpit asks", FLAG, label="If needed")
_MET_BY = Key(
    'Completed by: "milestone mitigated", "role comms", "phase triage" (that phase was left), "update external", '
    '"impact", "review scheduled", "review held", "followups high", "followups all", or "done" and a word that people '
    "mark (default: marked by hand)",
    CONDITION,
    label="Completed by",
)
_MET_AS_BEFORE = Key(
    "Completed by a condition as in `escalation` (default: marked by hand)", CONDITION, label="Completed by"
)
_FROM = Key("Milestone from which the time runs (default: declared)", MILESTONE, toml="from", json="from")


class HoursTable(Struct, frozen=True):
    """Business hours and business days, in the plan's time zone."""

    days: Annotated[
        tuple[Weekday, ...],
        Key(
            'Working days, "mon" to "sun" (default: Monday to Friday)',
            choice(*get_args(Weekday), many=True),
            unique=True,
        ),
    ] = Hours().days
    opens: Annotated[int, Key('Start of the working day (default: "09:00")', TIME_OF_DAY)] = Hours().opens
    closes: Annotated[int, Key('End of the working day, at most "24:00" (default: "17:00")', TIME_OF_DAY)] = (
        Hours().closes
    )
    holidays: Annotated[tuple[str, ...], Key('Dates without work, such as "2026-12-25"', DATES)] = ()


class Severity(Struct, frozen=True):
    """One severity level; the worst comes first, their order is their rank.

    `rank` 1 is the worst. The clocks of `respond` and `escalate` are deadlines.
    """

    id: Annotated[str, Key("ID, shown on the screen, such as SEV1", WORD)]
    name: Annotated[str, Key("Name, such as Critical", LINE)]
    means: Annotated[str, Key("When the severity applies, in one sentence", TEXT, label="")]
    criteria: Annotated[tuple[str, ...], Key("Criteria; shown where the severity is chosen", TEXTS, label="")] = ()
    rank: int = 1
    respond: Annotated[Within | None, Key("Time from detection to the first response", WITHIN)] = None
    escalate: Annotated[
        Within | None,
        Key('Time from the declaration to escalation, or "never"; levels in `escalation` replace it', WITHIN_OR_NEVER),
    ] = None
    tell: Annotated[tuple[str, ...], Key("Who is notified; named in the first message", LINES, label="Notify")] = ()
    round_the_clock: Annotated[
        bool,
        Key(
            '"business" if respond and escalate run in business hours only (default: "always")',
            choice("always", "business"),
            toml="hours",
            off="Business hours only",
        ),
    ] = True
    notes: Annotated[tuple[str, ...], Key("Other requirements, such as all hands", LINES)] = ()


class IncidentType(Struct, frozen=True):
    """One incident type.

    `restricted` asks for a codename and marks what leaves; `aware` starts the clocks that run from becoming aware;
    `breach` keeps a record of a breach of personal data.
    """

    id: Annotated[str, _ID]
    name: Annotated[str, Key("Name, such as Data loss", LINE)]
    means: Annotated[str, Key("Definition", TEXT, label="")] = ""
    steps: Annotated[tuple[str, ...], Key("First steps; attached as a checklist", LINES, label="")] = ()
    runbook: Annotated[str | None, Key("Runbook that is attached with the type", LINE)] = None
    restricted: Annotated[
        bool,
        Key("true: restricted; the channel name omits the title, and a codename is required", FLAG, label="Restricted"),
    ] = False
    aware: Annotated[bool, Key("true: setting the type sets the milestone `aware`", FLAG, label="Sets aware")] = False
    breach: Annotated[bool, Key("true: a breach record is kept", FLAG, label="Breach record")] = False


class Detection(Struct, frozen=True):
    """One way in which incidents are detected."""

    id: Annotated[str, _ID]
    name: Annotated[str, Key("Name, such as Monitoring alert", LINE)]
    route: Annotated[str, Key("Channel in which its alerts arrive", LINE, label="Channel")] = ""


class Reporter(Struct, frozen=True):
    """One group of people who report incidents."""

    id: Annotated[str, _ID]
    name: Annotated[str, Key("Name, such as Customer", LINE)]
    route: Annotated[str, Key("Channel in which they report", LINE, label="Channel")] = ""


class TriagePolicy(Struct, frozen=True):
    """Triage of reports, before an incident is declared.

    Times are in seconds, None where the plan sets none.
    """

    first: Annotated[
        bool, Key("true: every incident starts as a report that is triaged", FLAG, label="Triage first")
    ] = False
    validate_within: Annotated[
        int | None, Key("Time to confirm or dismiss a report", PERIOD, json="validate_seconds")
    ] = None
    answer_within: Annotated[int | None, Key("Time to reply to the reporter", PERIOD, json="answer_seconds")] = None
    investigate_within: Annotated[
        int | None, Key("Time for the assigned investigation", PERIOD, json="investigate_seconds")
    ] = None
    owner: Annotated[str, Key("Owner of the triage", LINE)] = ""
    route: Annotated[str, Key("Channel in which reports arrive", LINE, label="Channel")] = ""
    false_alarm_follow_up: Annotated[
        str, Key("Follow-up that a false alarm creates", LINE, label="Follow-up after a false alarm")
    ] = ""


class Role(Struct, frozen=True):
    """One role in the response."""

    id: Annotated[str, _ID]
    name: Annotated[str, Key("Name, such as Incident Commander", LINE)]
    short: Annotated[str, Key("Short name, such as IC", LINE, unique=True)]
    duties: Annotated[tuple[str, ...], Key("Duties; shown where the role is assigned", TEXTS, label="")] = ()
    many: Annotated[bool, Key("true: several people may hold it at once", FLAG, label="Several holders")] = False
    required_at: Annotated[tuple[str, ...], Key("Severities that require it", WORDS, to="severities")] = ()
    required_within: ClassVar[
        Annotated[Within | None, Key("Time from the declaration to its assignment", WITHIN, needs="required_at")]
    ] = None
    criteria: Annotated[tuple[str, ...], Key("Selection criteria", LINES, label="Selection criteria")] = ()


class Phase(Struct, frozen=True):
    """One phase of the response; their order is the usual course.

    `milestone` is set when the phase begins.
    """

    id: Annotated[str, _ID]
    name: Annotated[str, Key("Name, such as Investigating", LINE)]
    means: Annotated[str, Key("What happens in it, in one sentence", TEXT, label="")]
    milestone: Annotated[
        Milestone | None,
        Key("Milestone that it sets, such as acknowledged, mitigated, resolved or closed", MILESTONE, label="Sets"),
    ]
    public: Annotated[
        PublicStatus,
        Key(
            "Public status: Investigating, Identified, Monitoring or Resolved",
            choice(*get_args(PublicStatus)),
            label="Public status",
        ),
    ]
    live: Annotated[bool, Key("false: the response is over, as after the resolution", FLAG, off="Response over")] = True
    within: ClassVar[Annotated[Within | None, Key("Time from detection to its end", WITHIN)]] = None
    within_at: ClassVar[
        Annotated[
            tuple[str, ...],
            Key("Severities for which that time holds (default: all)", WORDS, to="severities", needs="within"),
        ]
    ] = ()
    checklist: Annotated[
        tuple[str, ...],
        Key(
            'Steps, a section of a runbook; one that ends in "?" is a question, one with "@ic" is for that role',
            LINES,
            label="",
        ),
    ] = ()


class Channel(Struct, frozen=True):
    """The channel and the call of an incident."""

    name: Annotated[
        str,
        Key(
            "Pattern of the channel's name, with {date}, {number}, {severity} and {title}; a name in use gets -2",
            CHANNEL_NAME,
        ),
    ]
    call: Annotated[str, Key("Address of a standing call", URL)] = ""


class Participant(Struct, frozen=True):
    """One role, person or group that must join."""

    who: Annotated[str, Key("Role, person or group; asked to join, and named in the invitation", LINE)]
    within: Annotated[int, Key('Time to join (default: "5m")', WAIT, json="within_seconds")] = 300
    severities: Annotated[tuple[str, ...], _SEVERITIES] = ()


class EscalationLevel(Struct, frozen=True):
    """One escalation level: who is notified if the incident is not over by then."""

    severity: Annotated[str, Key("Severity", WORD, to="severities")]
    after: Annotated[Within, Key("Time from the declaration", WITHIN)]
    tell: Annotated[
        str, Key("Who is notified; a notification at one severity counts at the others", LINE, label="Notify")
    ] = ""
    text: Annotated[str, Key("The action, if not a notification", LINE)] = ""
    route: Annotated[str, _CHANNEL] = ""
    met_by: Annotated[str, _MET_BY] = ""
    optional: Annotated[bool, _OPTIONAL] = False


class Trigger(Struct, frozen=True):
    """One reason to escalate at any time."""

    id: Annotated[str, _ID]
    text: Annotated[str, Key("The reason", LINE, label="")]
    tell: Annotated[str, Key("Who is notified (default: the cockpit asks)", LINE, label="Notify")] = ""


class DeadlineRow(Struct, frozen=True):
    """One deadline for any other action."""

    id: Annotated[str, _ID]
    text: Annotated[str, Key("The action, such as Schedule the review", LINE)]
    within: Annotated[Within, Key("Time after `from`", WITHIN)]
    start: Annotated[Milestone, _FROM] = "declared"
    severities: Annotated[tuple[str, ...], _SEVERITIES] = ()
    types: Annotated[tuple[str, ...], _TYPES] = ()
    who: Annotated[str, Key("Owner of the action, or who is notified", LINE)] = ""
    met_by: Annotated[str, _MET_AS_BEFORE] = ""
    message: Annotated[
        str, Key("Message to copy, by its ID in `messages` (default for a notification: notice)", MESSAGE)
    ] = ""
    optional: Annotated[bool, _OPTIONAL] = False


class Notice(DeadlineRow, frozen=True):
    """One notification with a deadline."""

    route: Annotated[str, _CHANNEL] = ""
    contains: Annotated[tuple[str, ...], Key("What it must include, point by point", LINES, label="Must include")] = ()


class Cadence(Struct, frozen=True):
    """One audience and its update cadence.

    `seconds` and `first` pair the ID of a severity with seconds; an absent one has no cadence, or no time of its own.
    `inside` None leaves it to the audience's name.
    """

    audience: Annotated[str, Key("ID of the audience, such as external", WORD, json="id")]
    name: Annotated[str, Key("Name of the update", LINE)]
    seconds: Annotated[
        tuple[tuple[str, int], ...],
        Key(
            'Time between updates for each severity, as { SEV1 = "30m" }; a severity without one has no deadline',
            PERIODS,
            toml="every",
            json="every_seconds",
            to="severities",
        ),
    ] = ()
    inside: Annotated[
        bool | None,
        Key(
            "true: readers may see names and causes (default: only an audience called internal)",
            FLAG,
            label="Inside readers",
            off="Outside readers",
        ),
    ] = None
    first: Annotated[
        tuple[tuple[str, int], ...],
        Key(
            "Time to the first update for each severity (default: as `every`)",
            WAITS,
            json="first_seconds",
            to="severities",
        ),
    ] = ()
    start: Annotated[
        Milestone, Key("Milestone from which the first is due (default: declared)", MILESTONE, toml="from", json="from")
    ] = "declared"
    until: Annotated[Milestone, Key("Milestone that ends the updates (default: resolved)", MILESTONE)] = "resolved"
    route: Annotated[str, Key("Channel in which the update is posted", LINE, label="Channel")] = ""
    guide: Annotated[tuple[str, ...], Key("Advice for the writer; shown beside the text", LINES, label="")] = ()
    format: Annotated[
        PastedInto,
        Key(
            "Format: slack, text, markdown, teams, statuspage, email, social, sms or jira (default: slack)",
            choice(*get_args(PastedInto)),
        ),
    ] = "slack"


class Message(Struct, frozen=True):
    """One text to copy at a certain moment, in place of the cockpit's own, or an additional one."""

    id: Annotated[
        str,
        Key(
            "declared, invite, dismissed, duplicate, ticket, status, all-clear, postmortem, escalation, notice, "
            "a script such as say-opening, or an ID of your own",
            WORD,
        ),
    ]
    name: Annotated[str, Key("Name", LINE)]
    text: Annotated[str, Key("The text, with variables in {{ }}", TEMPLATE, shown=False)]


class UpdateTemplate(Struct, frozen=True):
    """One template of an update."""

    audience: Annotated[str, Key("Audience", WORD, to="cadences")]
    phase: Annotated[
        str | None,
        Key(
            "Phase; after the resolution also used in later phases without one. Every audience needs one template "
            "without a phase, which is used in all others",
            WORD,
            to="phases",
        ),
    ]
    text: Annotated[str, Key("The text, with variables in {{ }}", TEMPLATE, shown=False)]


class PostmortemRules(Struct, frozen=True):
    """The postmortem."""

    required_at: Annotated[tuple[str, ...], Key("Severities that require one", WORDS, to="severities")] = ()
    sections: Annotated[
        tuple[str, ...], Key("Headings; text after a colon says what belongs there", LINES, unique=True)
    ] = ()
    sign_off: Annotated[str, Key("Who signs it off", LINE, label="Sign-off")] = ""
    principles: Annotated[tuple[str, ...], Key("Principles of the postmortem and the review", LINES)] = ()


class ReviewRules(Struct, frozen=True):
    """The review meeting."""

    minutes: Annotated[int, Key("Length in minutes, from 5 to 480 (default: 60)", MINUTES)] = 60
    invite: Annotated[tuple[str, ...], Key("Who is invited, in addition to the responders", LINES)] = ()
    agenda: Annotated[tuple[str, ...], Key("Agenda; part of the invitation", LINES)] = ()


class Target(Struct, frozen=True):
    """One target for a metric."""

    metric: Annotated[
        str,
        Key(
            "ttd, tta, ttm or ttr: the time to detect, acknowledge, mitigate or resolve",
            choice("ttd", "tta", "ttm", "ttr"),
        ),
    ]
    seconds: Annotated[int, Key("The target", TARGET_TIME, toml="within")]
    severities: Annotated[tuple[str, ...], _SEVERITIES] = ()


class Contact(Struct, frozen=True):
    """One contact named in the plan."""

    name: Annotated[str, Key("Name, as used in the plan", LINE)]
    reach: Annotated[str, Key("Phone number or other way to reach them", LINE, label="")] = ""
    mail: Annotated[str, Key("Email address", EMAIL, label="")] = ""


class Resource(Struct, frozen=True):
    """One page about a system, as { name = "Dashboards", url = "https://..." }."""

    name: Annotated[str, Key("Name of the page", LINE)]
    url: Annotated[str, Key("Address, https:// or http://", URL, label="")]


class System(Struct, frozen=True):
    """One system that can be affected."""

    name: Annotated[str, Key("Name", LINE)]
    owner: Annotated[str, Key("Owner", LINE)] = ""
    resources: Annotated[tuple[Resource, ...], Key("Pages about it", rows_of(Resource))] = ()


class Upkeep(Struct, frozen=True):
    """The upkeep of the plan itself.

    Times are in days.
    """

    reviewed: Annotated[str, Key('Date of the last review of the plan, such as "2026-11-01"', DATE)] = ""
    review_days: Annotated[int | None, Key("Time between reviews, in whole days", DAYS, toml="review_every")] = None
    drill_days: Annotated[int | None, Key("Time between drills, in whole days", DAYS, toml="drill_every")] = None
    notes: Annotated[tuple[str, ...], Key("Other practices, such as shadowing", LINES)] = ()


class Plan(Struct, frozen=True, kw_only=True):
    """An organisation's response plan, resolved, so that an incident stays readable after the file is gone.

    `deadlines` holds everything with a clock. `progress` is in seconds. What an extended plan says is part of it.
    """

    id: Annotated[str, Key("ID, preferably the name of the file", WORD)]
    name: Annotated[str, Key("Name", LINE)]
    about: Annotated[str, Key("Summary, in a few sentences", TEXT, label="")]
    extends: Annotated[str, Key("Plan to extend: a name, or a file in the same folder", LINE)] = ""
    drop: ClassVar[
        Annotated[
            tuple[str, ...],
            Key(
                'What to remove from that plan: "roles.scribe", "triage.route", or a whole table such as "watch"',
                LINES,
                needs="extends",
            ),
        ]
    ] = ()
    zone: Annotated[
        str, Key('Time zone of the organisation, such as "Europe/Paris" (default: UTC)', ZONE, label="Time zone")
    ] = "UTC"
    command_role: Annotated[str, Key("Role in command; first held by the person who declares", WORD, to="roles")]
    first_phase: Annotated[str, Key("Phase in which a declared incident starts", WORD, to="phases")]
    runbook: Annotated[
        str | None,
        Key("Runbook of every incident, a name or a file; with triage first it is attached to the report", LINE),
    ] = None
    progress: Annotated[
        int | None,
        Key(
            "Time without a finding, action, answer, outcome, hypothesis or system status after which progress is "
            "checked, until the impact is mitigated",
            PERIOD,
            toml="progress_check",
            json="progress_seconds",
        ),
    ] = None
    progress_at: Annotated[
        tuple[str, ...],
        Key(
            "Severities at which progress is checked (default: all)",
            WORDS,
            toml="progress_check_at",
            to="severities",
            unique=True,
            needs="progress_check",
        ),
    ] = ()
    confirmers: Annotated[tuple[str, ...], Key("Who is asked to confirm the resolution", LINES, unique=True)] = ()
    jargon: Annotated[
        tuple[str, ...], Key("Terms that outside readers do not know; a text with one is reported", LINES, unique=True)
    ] = ()
    follow_up_kinds: Annotated[
        tuple[str, ...], Key("Types of follow-up, one or a few words each", LINES, unique=True, label="Follow-up types")
    ] = ()
    severities: tuple[Severity, ...]
    roles: tuple[Role, ...]
    phases: tuple[Phase, ...]
    cadences: tuple[Cadence, ...] = ()
    templates: tuple[UpdateTemplate, ...] = ()
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
    watch: Watch | None = None
    postmortem: PostmortemRules = PostmortemRules()
    review: ReviewRules = ReviewRules()
    targets: tuple[Target, ...] = ()
    contacts: tuple[Contact, ...] = ()
    systems: tuple[System, ...] = ()
    upkeep: Upkeep = Upkeep()

    def severity(self, severity_id: str) -> Severity:
        """Return the severity with exactly this ID; raises Refused."""
        return exact(self.severities, severity_id, "severity", self.id)

    def role(self, role_id: str) -> Role:
        """Return the role with exactly this ID; raises Refused."""
        return exact(self.roles, role_id, "role", self.id)

    def phase(self, phase_id: str) -> Phase:
        """Return the phase with exactly this ID; raises Refused."""
        return exact(self.phases, phase_id, "phase", self.id)

    def role_name(self, role_id: str) -> str:
        """Return the name of the role; its ID if the plan no longer has it, as an older event may name it."""
        return next((role.name for role in self.roles if role.id == role_id), role_id)

    def phase_name(self, phase_id: str) -> str:
        """Return the name of the phase; its ID if the plan no longer has it, as an older event may name it."""
        return next((phase.name for phase in self.phases if phase.id == phase_id), phase_id)

    def cadence_seconds(self, audience: str, severity: str) -> int | None:
        """Return the update cadence of the audience at this severity in seconds, or None."""
        return next((dict(c.seconds).get(severity) for c in self.cadences if c.audience == audience), None)

    def template(self, audience: str, phase: str) -> UpdateTemplate | None:
        """Return the template for this audience in this phase: the phase's own before the general one.

        A phase after the resolution without a template of its own has that of the phase before it.
        """
        by_phase = {template.phase: template for template in reversed(self.templates) if template.audience == audience}
        ids = [candidate.id for candidate in self.phases]
        course = self.phases[: ids.index(phase) + 1] if phase in ids else ()
        ended = [before.id for before in reversed(course) if not before.live] if course and not course[-1].live else []
        return next((by_phase[name] for name in (phase, *ended, None) if name in by_phase), None)

    def find_severity(self, word: str) -> Severity:
        """Return the severity that a typed word means, "1" finds SEV1; raises Refused."""
        return self.severities[match_name([(s.id, s.name) for s in self.severities], word, "severity")]

    def find_role(self, word: str) -> Role:
        """Return the role that a typed word means; raises Refused."""
        return self.roles[match_name([(r.id, r.short, r.name) for r in self.roles], word, "role")]

    def find_phase(self, word: str) -> Phase:
        """Return the phase that a typed word means; raises Refused."""
        return self.phases[match_name([(p.id, p.name) for p in self.phases], word, "phase")]

    def find_type(self, word: str) -> IncidentType:
        """Return the incident type that a typed word means; raises Refused."""
        return self.types[match_name([(t.id, t.name) for t in self.types], word, "incident type")]

    def find_detection(self, word: str) -> Detection:
        """Return the way of detection that a typed word means; raises Refused."""
        return self.detections[match_name([(d.id, d.name) for d in self.detections], word, "way of detection")]

    def find_reporter(self, word: str) -> Reporter:
        """Return the group of reporters that a typed word means; raises Refused."""
        return self.reporters[match_name([(r.id, r.name) for r in self.reporters], word, "reporter")]

    def find_trigger(self, word: str) -> Trigger:
        """Return the reason to escalate that a typed word means; raises Refused."""
        return self.triggers[match_name([(t.id, t.text) for t in self.triggers], word, "escalation reason")]

    def type_named(self, type_id: str) -> IncidentType | None:
        """Return the type with exactly this ID; None if the plan no longer has it, as an older event may name it."""
        return next((kind for kind in self.types if kind.id == type_id), None)

    def find_cadence(self, word: str) -> Cadence:
        """Return the cadence of the audience that a typed word means; raises Refused."""
        return self.cadences[match_name([(c.audience, c.name) for c in self.cadences], word, "audience")]
