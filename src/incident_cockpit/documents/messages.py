"""Messages to copy at a given moment: first message, invite, all-clear, escalation, notification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.documents.default_templates import EXTERNAL_NOTICE, INTERNAL_NOTICE, MESSAGES
from incident_cockpit.documents.document import veiled
from incident_cockpit.documents.lint.checks import check_disclosure, check_text
from incident_cockpit.documents.lint.missing import NO_IMPACT
from incident_cockpit.documents.notices import fill_parts, is_external, required_contents
from incident_cockpit.documents.phrasing import one_line
from incident_cockpit.documents.render import TemplateText, Value, fill, redaction_warnings
from incident_cockpit.documents.update import Composed
from incident_cockpit.documents.variables import variables
from incident_cockpit.errors import Refused
from incident_cockpit.incident.facts.asks import open_asks
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import open_clocks
from incident_cockpit.incident.views.due import DueItem, DueKind, due_items
from incident_cockpit.plan.deadlines import AudienceUpdated, Deadline, DeadlineKind
from incident_cockpit.plan.templates import SCRIPT
from incident_cockpit.text.escape import WORD_JOINER
from incident_cockpit.text.plurals import counted

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
