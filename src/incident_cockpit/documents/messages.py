"""Messages to copy at a given moment: first message, invite, all-clear, escalation, prescribed notifications."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.documents.default_templates import EXTERNAL_NOTICE, INTERNAL_NOTICE, MESSAGES
from incident_cockpit.documents.document import veiled
from incident_cockpit.documents.lint.checks import check_disclosure, check_text
from incident_cockpit.documents.lint.gaps import NO_IMPACT
from incident_cockpit.documents.render import TemplateText, Value, fill, one_line, redaction_warnings, time_with_zone
from incident_cockpit.documents.update import Composed
from incident_cockpit.documents.variables import variables
from incident_cockpit.errors import Refused
from incident_cockpit.incident.facts.asks import open_asks
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.facts.security import BREACH_FIELDS
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import clocks, open_clocks
from incident_cockpit.incident.views.due import DueItem, DueKind, due_items
from incident_cockpit.plan.deadlines import AudienceUpdated, Deadline, DeadlineKind
from incident_cockpit.plan.templates import SCRIPT
from incident_cockpit.text.escape import WORD_JOINER
from incident_cockpit.text.plurals import counted

# The words by which a plan refers to a field of the record; one sentence of a plan may refer to several.
_FIELD_WORDS = {
    field: re.compile(pattern, re.IGNORECASE)
    for field, pattern in {
        "nature": r"what happened|(?:sort|kind|nature) of (?:the )?(?:breach|incident)|nature",
        "data": r"which data|(?:which|kinds?|sorts?|categories) of (?:their |the |personal )*data|data (?:is|are|w)"
        r"|data concerned",
        "people": r"people|persons?\b|users|customers|groups|data subjects|who is (?:affected|hit|hurt)",
        "records": r"records",
        "consequences": r"consequence|likely|leads? to|follow from|may (?:happen|follow)|mean(?:s)? for them",
        "measures": r"\bdone\b|measure|remed|proposed|soften|mitigat|can do",
        "contact": r"contact|officer|answers? questions|can ask|to ask\b",
        "risk": r"\brisks?\b",
        "delay": r"\blate\b|delay|not whole|in parts|in phases",
    }.items()
}
_ASKS_TIME = re.compile(r"\bwhen\b|\bsince\b|how long|\btimes?\b", re.IGNORECASE)
_ASKS_IMPACT = re.compile(r"services?|systems?|impact|what it was like", re.IGNORECASE)


# Contents for plans that prescribe none (GDPR, articles 33 and 34).
_USUAL_CONTENTS = (
    "Nature of the breach, and when it happened",
    "Categories of data and data subjects",
    "Likely consequences",
    "Measures taken or proposed, and what those affected can do",
    "Contact",
)


def is_external(deadline: Deadline) -> bool:
    """Return whether a notification goes to an authority or to data subjects: its contents or its clock are prescribed.

    A notification whose clock starts when we become aware of a breach counts as external: the safe side.
    """
    return deadline.kind is DeadlineKind.NOTICE and (bool(deadline.contains) or deadline.start == "aware")


def required_contents(deadline: Deadline) -> tuple[str, ...]:
    """Return the contents that a notification needs: those of the plan, or the usual ones."""
    return deadline.contains or (_USUAL_CONTENTS if is_external(deadline) else ())


def fill_parts(incident: Incident, deadline: Deadline, now: datetime, zone: tzinfo) -> list[Value]:
    """Return each required part with its heading and its text from the record, "" where the record has none."""
    parts = {heading: _part_text(incident, heading, now, zone) for heading in required_contents(deadline)}
    complete = all(is_complete for heading, (_, is_complete) in parts.items() if _fields_in(heading) != ["delay"])
    timeliness = _timeliness(incident, deadline, now, complete)
    return [
        {"heading": heading, "text": text or (timeliness if _fields_in(heading) == ["delay"] else "")}
        for heading, (text, _) in parts.items()
    ]


def _fields_in(heading: str) -> list[str]:
    return [field for field, pattern in _FIELD_WORDS.items() if pattern.search(heading)]


def _timeliness(incident: Incident, deadline: Deadline, now: datetime, complete: bool) -> str:
    """Return the text of a part on delay for which no reason was recorded, "" once the deadline has passed."""
    clock = next((clock for clock in clocks(incident) if clock.deadline.id == deadline.id), None)
    if clock is None or clock.at < now:
        return ""
    in_time = "This notification is within the deadline."
    return in_time if complete else f"{in_time} Information that is not known yet will follow without undue delay."


def _part_text(incident: Incident, heading: str, now: datetime, zone: tzinfo) -> tuple[str, bool]:
    """Return the text of one part from the record, and whether it is complete."""
    fields = _fields_in(heading)
    # The reason for a delay is not missing before there is a delay.
    missing = [field for field in fields if field not in incident.breach and field != "delay"]
    sentences = [_sentence(incident.breach[field].value) for field in fields if field in incident.breach]
    if incident.impact and (_ASKS_IMPACT.search(heading) or "nature" in missing):
        sentences.append(_sentence(incident.impact.value))
    if _ASKS_TIME.search(heading) and ("nature" in fields or not fields):
        sentences += _times(incident, now, zone)
    if sentences and missing:
        sentences.append("Not known yet: " + "; ".join(BREACH_FIELDS[field] for field in missing))
    return " ".join(sentences), bool(sentences) and not missing


def _times(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    labels = (("started", "Started at"), ("detected", "Detected at"), ("aware", "We became aware at"))
    for milestone, label in labels:
        at = incident.milestones.get(milestone)
        if at is not None:
            yield f"{label} {time_with_zone(at, now, zone)}."


def _sentence(text: str) -> str:
    flat = " ".join(text.split())
    return flat if flat[-1:] in (".", "!", "?") else f"{flat}."


# The reply to a report that was not declared an incident.
_BY_OUTCOME = {
    TriageOutcome.FALSE_ALARM: "dismissed",
    TriageOutcome.DUPLICATE: "duplicate",
    TriageOutcome.NOT_URGENT: "ticket",
}
_IN_TRIAGE = ("escalation", "invite", "ticket")
_DECLARED = ("declared", "invite", "escalation", "status", "ticket")
_OVER = ("all-clear", "status", "postmortem", "ticket", "escalation", "declared")
# A mention without effect, in plain text and in Markdown.
_INACTIVE_MENTIONS = (f"@{WORD_JOINER}", f"&#64;{WORD_JOINER}")
_RETYPE = "Pasted names notify no one: retype each @ after pasting"
# These are about one plan item, or one person, named behind a colon: "notice:authority", "escalation:Kim".
_WITH_SUBJECT = ("escalation", "notice")


class _Subject(Struct, frozen=True):
    """The recipients of a message, the plan items that ask for it, and the reason for it."""

    to: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    reason: str = ""

    def inside(self, base: str) -> bool:
        """Return whether colleagues read the message; some notifications go to an authority or to data subjects."""
        return base != "notice" or not any(is_external(deadline) for deadline in self.deadlines)

    @property
    def contains(self) -> tuple[str, ...]:
        """Return the contents that the message needs."""
        return tuple(part for deadline in self.deadlines for part in required_contents(deadline))


def available_messages(record: Record) -> tuple[tuple[str, str], ...]:
    """Return the id and the name of every message that fits the moment."""
    incident = record.incident
    own = _own_messages(incident)
    messages = [(base, own.get(base, MESSAGES[base].name)) for base in _current(incident)]
    for clock in open_clocks(incident):
        message = _message_for_deadline(clock.deadline)
        if message.startswith(_WITH_SUBJECT):
            messages.append((message, clock.deadline.text))
    return (*messages, *((key, name) for key, name in own.items() if key not in MESSAGES and key != "notice"))


def compose_message(record: Record, message: str, now: datetime, zone: tzinfo, target: str = "slack") -> Composed:
    """Write the message with this id; raises Refused if it does not fit the moment.

    Colleagues get their times in UTC; readers outside get theirs in `zone`, without names, causes and details.
    """
    veiled_record = veiled(record)
    incident = veiled_record.incident
    base, _, about = message.partition(":")
    _check_available(record, message, base)
    subject = _subject(veiled_record, base, about)
    inside = subject.inside(base)
    facts = {
        **variables(veiled_record, "", now, UTC if inside else zone, inside=inside),
        **_subject_variables(incident, subject, now, zone, inside=inside),
    }
    own = next((template for template in incident.plan.messages if template.id == base), None)
    if base == "notice":
        built_in = INTERNAL_NOTICE.text if inside else EXTERNAL_NOTICE.text
    else:
        built_in = MESSAGES[base].text if base in MESSAGES else ""
    template = TemplateText(own.text, f"message '{base}' of plan '{incident.plan.id}'") if own else None
    filled = fill(incident, template, built_in, facts, inside=inside)
    # Only updates are numbered: the number among the variables is that of the next update.
    filled = replace(filled, heading=replace(filled.heading, number=0))
    rendered = filled.written(target)
    return Composed(
        text=rendered.text,
        number=0,
        next_due=None,
        warnings=(
            *filled.broken,
            *redaction_warnings(filled.redacted),
            *rendered.notes,
            *check_text(filled.plain_text, target=""),
            *_gaps(incident, base, facts),
            *check_disclosure(filled.plain_text, record.incident, inside=inside),
            *([_RETYPE] if any(mark in filled.plain_text for mark in _INACTIVE_MENTIONS) else []),
        ),
        redacted=filled.redacted,
        guide=subject.contains,
        filled=filled,
        rendered=rendered,
    )


def check_message(record: Record, message: str, text: str) -> tuple[str, ...]:
    """Return what to check in an edited message before it is sent, one line each."""
    base, _, about = message.partition(":")
    inside = _subject(record, base, about).inside(base)
    return (*check_text(text), *check_disclosure(text, record.incident, inside=inside))


def message_for(item: DueItem) -> str:
    """Return the id of the message that completes a due item when copied, "" if none does.

    What an update completes is written as an update.
    """
    if not item.completion_marks or isinstance(item.condition, AudienceUpdated):
        return ""
    base = item.message or {DueKind.ESCALATION: "escalation", DueKind.NOTICE: "notice"}.get(item.kind, "")
    return f"{base}:{item.key.removeprefix('clock:')}" if base in _WITH_SUBJECT else base


def items_completed_by(incident: Incident, message: str) -> tuple[DueItem, ...]:
    """Return the due items that copying this message completes.

    One paste reaches the readers of one channel: items with another channel stay due, and where no channel is named,
    items for other people do.
    """
    items = [item for item in due_items(incident) if message_for(item) == message]
    return tuple(item for item in items if _recipients(item) == _recipients(items[0]))


def _recipients(item: DueItem) -> tuple[str, str]:
    return item.route, "" if item.route else item.who


def _own_messages(incident: Incident) -> dict[str, str]:
    """Return the id and the name of the plan's own messages."""
    return {message.id: message.name for message in incident.plan.messages if not message.id.startswith(SCRIPT)}


def _current(incident: Incident) -> Sequence[str]:
    if incident.dismissed and incident.report is not None:
        return (_BY_OUTCOME[incident.report.outcome],)
    if not incident.declared:
        return _IN_TRIAGE
    return _OVER if incident.ended else _DECLARED


def _check_available(record: Record, message: str, base: str) -> None:
    incident = record.incident
    is_built_in = base in MESSAGES or base == "notice"
    if is_built_in:
        available = base in _current(incident) or (base == "notice" and incident.declared)
    else:
        available = message in _own_messages(incident)
    if not available:
        known = ", ".join(key for key, _ in available_messages(record))
        why = f'Message "{message}" does not apply now' if is_built_in else f'No message matches "{message}"'
        raise Refused(why, f"use one of {known}", about="message")


def _message_for_deadline(deadline: Deadline) -> str:
    """Return the id of the message that completes a deadline, "" if none does."""
    if isinstance(deadline.condition, AudienceUpdated):
        return ""
    usual = {DeadlineKind.ESCALATION: "escalation", DeadlineKind.NOTICE: "notice"}.get(deadline.kind, "")
    base = deadline.message or usual
    return f"{base}:{deadline.id}" if base in _WITH_SUBJECT else base


def _subject(record: Record, base: str, about: str) -> _Subject:
    """Return the recipients of an escalation or notification, from the plan item or the name behind the colon."""
    incident = record.incident
    if base not in _WITH_SUBJECT:
        return _Subject()
    ids = about.split("+")
    deadlines = tuple(deadline for deadline in incident.plan.deadlines if deadline.id in ids)
    if deadlines:
        recipients = tuple(dict.fromkeys(deadline.who for deadline in deadlines if deadline.who))
        return _Subject(recipients, deadlines, _plan_reason(deadlines))
    if base == "notice":
        notices = [deadline for deadline in incident.plan.deadlines if deadline.kind is DeadlineKind.NOTICE]
        known = ", ".join(f"notice:{deadline.id}" for deadline in notices)
        raise Refused(
            f'No notification matches "{about}"' if about else "Notification required",
            f"use one of {known}" if known else "this plan defines no notifications",
            about="message",
        )
    escalations = [
        event.fact.now.text.partition(": ")
        for event in record.effective()
        if isinstance(event.fact, Logged) and event.fact.now and event.fact.now.sort is NoteKind.ESCALATION
    ]
    for who, _, reason in reversed(escalations):
        if not about or who.casefold() == about.casefold():
            return _Subject((who,), reason=reason)
    return _Subject((about,) if about else ())


def _plan_reason(deadlines: Sequence[Deadline]) -> str:
    level = next((deadline for deadline in deadlines if deadline.kind is DeadlineKind.ESCALATION), None)
    if level is None:
        return ""
    if level.within.seconds == 0:
        return "the response plan escalates to you immediately"
    return f"the response plan escalates to you after {level.within.said}"


def _subject_variables(
    incident: Incident, subject: _Subject, now: datetime, zone: tzinfo, *, inside: bool
) -> dict[str, Value]:
    """Return the variables that only a message with a subject has."""
    values: dict[str, Value] = {}
    if subject.to:
        values["to"] = ", ".join(f"@{one_line(who)}" if inside else one_line(who) for who in subject.to)
        names = {who.casefold() for who in subject.to}
        requests = [one_line(ask.text) for ask in open_asks(incident).values() if ask.who.casefold() in names]
        values["asked"] = requests if inside else []
    if subject.reason:
        values["reason"] = one_line(subject.reason)
    elif subject.to:
        values["reason"] = ""
    if subject.contains:
        values["contains"] = [
            part for deadline in subject.deadlines for part in fill_parts(incident, deadline, now, zone)
        ]
    return values


def _gaps(incident: Incident, base: str, facts: dict[str, Value]) -> Iterator[str]:
    """Yield what is missing from the record that readers of this message will ask for."""
    if base in ("declared", "escalation", "all-clear") and incident.impact is None:
        yield NO_IMPACT
    if base in ("declared", "invite") and not incident.meeting.channel and not incident.meeting.call:
        yield "Channel and call missing: responders will ask where to join"
    parts = facts["contains"]
    if base == "notice" and isinstance(parts, list) and parts:
        unknown = [part for part in parts if isinstance(part, dict) and not part["text"]]
        if unknown:
            yield f"{len(unknown)} of {counted(len(parts), 'part')} not known yet; they may follow later"
