"""What every table and every key of a plan file means: the one place where that is written down for people.

`incident plan keys` and the README's table are made from it; the order is that of a file from top to bottom.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

TOP = ""
RESOURCES = "systems.resources"

TIMES = (
    'Times are said as people say them: "30m", "2 hours", "1h30m". What has to be done by a time can also be due '
    '"immediately", within "2 business hours", on the "next business day", within "2 business days", or within two of '
    'these with "or" between, of which the later counts.'
)

_SEVERITIES = "at which severities; without it at all of them"
_TYPES = "for which types of incident; without it for all of them"
_MET_BY = (
    'what satisfies it: "milestone mitigated", "role comms", "phase triage" (it was left), "update external", '
    '"impact", "review scheduled", "review held", "followups high", "followups all", or "done" and a word that '
    "somebody marks"
)
_ID = "one word by which the rest of the file names it"
_ROUTE = "by which way, such as a phone number or a chat"


class KeyTable(Struct, frozen=True):
    """What a table is for, and what each of its keys means."""

    about: str
    keys: Mapping[str, str]


TABLES: Mapping[str, KeyTable] = {
    TOP: KeyTable(
        "what stands above all tables",
        {
            "id": "one word for the plan, best the name of its file",
            "name": "what people call it",
            "about": "what it wants of people, in a few sentences",
            "extends": "another plan that holds wherever this one says nothing: a name, or a file beside this one",
            "drop": 'what of that plan goes away: "roles.scribe", "triage.route", or a whole table such as "watch"',
            "zone": 'the time zone of the organisation, such as "Europe/Paris"; without it UTC',
            "command_role": "the role that is in command; whoever declares has it first",
            "first_phase": "the phase in which a declared incident begins",
            "runbook": "what every incident brings along, with its report where triage comes first: the name of a "
            "runbook, or a file",
            "progress_check": "after how long without a finding, action, answer, effect, hypothesis or system status "
            "progress is asked for, until the harm is stopped",
            "progress_check_at": "at which severities that is asked; without it at all of them",
            "confirmers": "who is asked to confirm it when an incident is resolved",
            "jargon": "words that readers outside do not know; a text for them that has one is pointed out",
            "follow_up_kinds": "what follow-ups can be about, a word or a few each",
        },
    ),
    "hours": KeyTable(
        "what business hours and business days are, in the plan's zone",
        {
            "days": 'working days, "mon" to "sun"; without it Monday to Friday',
            "opens": 'when a working day begins; without it "09:00"',
            "closes": 'when it ends, "24:00" at most; without it "17:00"',
            "holidays": 'dates on which nobody works, such as "2026-12-25"',
        },
    ),
    "severities": KeyTable(
        "one degree of how bad it is; the worst stands first, their order is their rank",
        {
            "id": "the word on the screen, such as SEV1",
            "name": "what it is called, such as Critical",
            "means": "when it is that bad, in one sentence",
            "criteria": "what tells it from the others; shown where it is chosen",
            "respond": "within how long of its detection somebody has to take it up",
            "escalate": 'when it goes further up, counted from the declaration, or "never"; its rungs in `escalation` '
            "take the place of this",
            "tell": "who has to know; the first message names them",
            "hours": '"business" where respond and escalate pass in business hours alone; without it "always"',
            "notes": "what else it asks for, such as all hands",
        },
    ),
    "types": KeyTable(
        "one sort of incident",
        {
            "id": _ID,
            "name": "what it is called, such as Data loss",
            "means": "what belongs to it",
            "steps": "what is done first; becomes a checklist that comes with the type",
            "runbook": "the runbook that comes with the type",
            "restricted": "true: the channel does not tell the title, and a codename is asked for",
            "aware": "true: whoever names the type is aware of it, which starts the clocks that run from `aware`",
            "breach": "true: a record of the breach is kept",
        },
    ),
    "detections": KeyTable(
        "one way in which incidents are found",
        {"id": _ID, "name": "what it is called", "route": "how its alerts reach people"},
    ),
    "reporters": KeyTable(
        "one sort of people who may report",
        {"id": _ID, "name": "what they are called", "route": "where they report"},
    ),
    "triage": KeyTable(
        "what happens to a report before it is an incident",
        {
            "first": "true: every new incident begins as a report that is looked at first",
            "validate_within": "how long finding out whether it is real may take",
            "answer_within": "how soon whoever reported it gets an answer",
            "investigate_within": "how long whoever it was handed to may take",
            "owner": "whose work it is",
            "route": "where reports arrive",
            "false_alarm_follow_up": "the follow-up that a false alarm leaves behind",
        },
    ),
    "roles": KeyTable(
        "one part that somebody plays",
        {
            "id": _ID,
            "name": "what it is called",
            "short": "the same where there is little room, such as IC",
            "duties": "what its holder does; shown where it is given to somebody",
            "many": "true: several people may hold it at once",
            "required_at": "at which severities somebody has to hold it",
            "required_within": "how soon after the declaration; needs required_at",
            "criteria": "how to choose somebody",
        },
    ),
    "phases": KeyTable(
        "one stage on the way; their order is the way through",
        {
            "id": _ID,
            "name": "what it is called",
            "means": "what happens in it, in one sentence",
            "milestone": "what entering it reaches: acknowledged, confirmed, mitigated, resolved, closed or another",
            "public": "the word the public reads: Investigating, Identified, Monitoring or Resolved",
            "live": "false: the response is over, as it is once resolved",
            "within": "the time from detection in which it should be over",
            "within_at": "at which severities that time holds; without it at all of them",
            "checklist": 'its steps, a section of a runbook; one that ends in "?" is answered, one with "@ic" is '
            "for that role",
        },
    ),
    "channel": KeyTable(
        "where people meet",
        {
            "name": "how its name is made, with {date}, {number}, {severity} and {title}; the second of a name gets -2",
            "call": "the address of a standing call",
        },
    ),
    "participants": KeyTable(
        "one who has to join",
        {
            "who": "a role, a person or a group; becomes an ask and part of the invitation",
            "within": 'how soon; without it "5m"',
            "severities": _SEVERITIES,
        },
    ),
    "escalation": KeyTable(
        "one rung of the ladder: who is told if it is not over by then",
        {
            "severity": "at which severity",
            "after": "how long after the declaration",
            "tell": "who is told; told at one severity counts as told at the next",
            "text": "what is done, where it is not telling somebody",
            "route": _ROUTE,
            "met_by": f"{_MET_BY}; without it somebody says that it is done",
            "optional": "true: it is asked whether it is needed",
        },
    ),
    "triggers": KeyTable(
        "one reason to bring somebody in that no clock knows",
        {"id": _ID, "text": "the reason", "tell": "who is brought in; without it that is asked"},
    ),
    "notices": KeyTable(
        "one word that somebody is owed, once, by a time",
        {
            "id": _ID,
            "text": "what is done, such as Tell the CTO",
            "who": "who is told",
            "route": _ROUTE,
            "within": "how long after `from`",
            "from": "the milestone from which it counts; without it `declared`",
            "severities": _SEVERITIES,
            "types": _TYPES,
            "contains": "what it has to say, point by point",
            "message": "the text that is copied for it, by its id in `messages`; without it a notice",
            "met_by": "as in `escalation`; without it somebody says that it is done, or copies the text",
            "optional": "true: it is asked whether it is needed",
        },
    ),
    "deadlines": KeyTable(
        "anything else that is to be done by a time",
        {
            "id": _ID,
            "text": "what is done",
            "within": "how long after `from`",
            "from": "the milestone from which it counts; without it `declared`",
            "severities": _SEVERITIES,
            "types": _TYPES,
            "who": "whose work it is",
            "met_by": "as in `escalation`; without it somebody says that it is done",
            "message": "the text that is copied for it, by its id in `messages`",
            "optional": "true: it is asked whether it is needed",
        },
    ),
    "cadences": KeyTable(
        "one audience, and how often it hears from you",
        {
            "audience": "one word for the readers, such as external",
            "name": "what the update is called",
            "every": 'the period at each severity, as { SEV1 = "30m" }; one that is left out has no clock',
            "first": "the time to the first update at each severity; without it the period itself",
            "from": "the milestone from which the first counts; without it `declared`",
            "until": "the milestone that ends it; without it `resolved`",
            "inside": "true: readers may see names and causes; without it only an audience called internal may",
            "route": "where the update goes",
            "guide": "what to mind while writing; shown beside the text",
            "format": "where its text is pasted: slack, text, markdown, teams, statuspage, email, social, sms or jira",
        },
    ),
    "messages": KeyTable(
        "one text to copy at a certain moment, in place of the one that comes with the cockpit, or one of your own",
        {
            "id": "declared, invite, dismissed, duplicate, ticket, status, all-clear, postmortem, escalation, notice, "
            "or a word of your own",
            "name": "what it is called",
            "text": "the text, with {{ }} for what is known",
        },
    ),
    "templates": KeyTable(
        "one text that an update begins with",
        {
            "audience": "for which audience",
            "phase": "in which phase, and in those without one behind it once the harm is over; one without a phase "
            "serves all others, and every audience needs one such",
            "text": "the text, with {{ }} for what is known",
        },
    ),
    "watch": KeyTable(
        "how long to keep an eye on what was resolved",
        {"for": "how long", "every": "how often somebody looks", "checks": "what to look at"},
    ),
    "closing": KeyTable(
        "one thing that has to be true before an incident is closed, or else a reason is given",
        {
            "id": _ID,
            "text": "what it is",
            "met_by": "as in `escalation`; without it somebody says that it is done",
            "severities": _SEVERITIES,
        },
    ),
    "postmortem": KeyTable(
        "what the written account has to be",
        {
            "required_at": "at which severities one is written",
            "sections": "what it answers, one heading each; what stands behind a colon says what belongs there",
            "sign_off": "who signs it off",
            "principles": "how it is written and talked about",
        },
    ),
    "review": KeyTable(
        "the meeting afterwards",
        {
            "minutes": "how long it takes, a number from 5 to 480; without it 60",
            "invite": "who is asked to it besides the responders",
            "agenda": "what it goes through; stands in the invitation",
        },
    ),
    "targets": KeyTable(
        "one time you want to stay under",
        {
            "metric": "ttd, tta, ttm or ttr: the time to detect, acknowledge, mitigate, resolve",
            "within": "the time",
            "severities": _SEVERITIES,
        },
    ),
    "contacts": KeyTable(
        "one whom the plan names, and how they are reached",
        {"name": "the name as the plan has it", "reach": "such as a phone number", "mail": "their address of mail"},
    ),
    "systems": KeyTable(
        "one system of yours",
        {"name": "what it is called", "owner": "whose it is", "resources": "pages to read about it"},
    ),
    RESOURCES: KeyTable(
        'one page about a system, as { name = "Dashboards", url = "https://..." }',
        {"name": "what it shows", "url": "where it is, https:// or http://"},
    ),
    "upkeep": KeyTable(
        "how the plan itself is kept",
        {
            "reviewed": 'when somebody last went through it, such as "2026-11-01"',
            "review_every": "how often that is done, in whole days",
            "drill_every": "how often a drill is held, in whole days",
            "notes": "what else keeps people in practice",
        },
    ),
}
