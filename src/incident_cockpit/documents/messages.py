"""Texts to copy at a certain moment: the first message, an invite, the all-clear, an escalation, a notice to others."""

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
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.templates import SCRIPT
from incident_cockpit.text.escape import WORD_JOINER
from incident_cockpit.text.plurals import counted

# What a report that was no incident is answered with.
_BY_OUTCOME = {
    TriageOutcome.FALSE_ALARM: "dismissed",
    TriageOutcome.DUPLICATE: "duplicate",
    TriageOutcome.NOT_URGENT: "ticket",
}
_IN_TRIAGE = ("escalation", "invite", "ticket")
_DECLARED = ("declared", "invite", "escalation", "status", "ticket")
_OVER = ("all-clear", "status", "postmortem", "ticket", "escalation", "declared")
# These are about one duty of the plan, or one person, named behind a colon: "notice:authority", "escalation:Kim".
_ABOUT_ONE = ("escalation", "notice")


class _Subject(Struct, frozen=True):
    """What a message is about besides the incident: whom it tells, for which duties of the plan, and why."""

    to: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    reason: str = ""

    def inside(self, base: str) -> bool:
        """Return whether colleagues read it; some notices go to an authority or to those concerned."""
        return base != "notice" or not any(is_external(one) for one in self.deadlines)

    @property
    def contains(self) -> tuple[str, ...]:
        """Return what the text has to say."""
        return tuple(part for one in self.deadlines for part in required_contents(one))


def available_messages(record: Record) -> tuple[tuple[str, str], ...]:
    """Return the id and the name of every text that there is a moment for now."""
    incident = record.incident
    named = {one.id: one.name for one in incident.plan.messages if not one.id.startswith(SCRIPT)}
    found = [(word, named.get(word, MESSAGES[word].name)) for word in _moments(incident)]
    for clock in open_clocks(incident):
        word = _of_deadline(clock.deadline)
        if word.startswith(_ABOUT_ONE):
            found.append((word, clock.deadline.text))
    return (*found, *((word, name) for word, name in named.items() if word not in MESSAGES and word != "notice"))


def compose_message(record: Record, word: str, now: datetime, zone: tzinfo, target: str = "slack") -> Composed:
    """Write the message with this id; raises Refused where there is none for this moment.

    Colleagues get their times in UTC, readers outside in `zone`, and no names, causes and details.
    """
    told = veiled(record)
    incident = told.incident
    base, _, about = word.partition(":")
    _check_there(record, word, base)
    subject = _subject(told, base, about)
    inside = subject.inside(base)
    facts = {
        **variables(told, "", now, UTC if inside else zone, inside=inside),
        **_about(incident, subject, now, zone, inside=inside),
    }
    filled = fill(incident, _wording(incident, base), _built_in(base, subject), facts, inside=inside)
    # Updates alone are counted: the number in the facts is that of the next one.
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
            *check_text(filled.words, target=""),
            *_gaps(incident, base, facts),
            *check_disclosure(filled.words, record.incident, inside=inside),
            *_calls(filled.words),
        ),
        redacted=filled.redacted,
        guide=subject.contains,
        filled=filled,
        rendered=rendered,
    )


def check_message(record: Record, word: str, text: str) -> tuple[str, ...]:
    """Return what to think of before this message leaves as a person has edited it, one line each."""
    base, _, about = word.partition(":")
    inside = _subject(record, base, about).inside(base)
    return (*check_text(text), *check_disclosure(text, record.incident, inside=inside))


def message_for(item: DueItem) -> str:
    """Return the id of the text that settles a due item when it is copied, "" where none does.

    What an update satisfies is written as an update.
    """
    if not item.completion_marks or item.met_by.startswith("update "):
        return ""
    word = item.message or {DueKind.ESCALATION: "escalation", DueKind.NOTICE: "notice"}.get(item.kind, "")
    return f"{word}:{item.key.removeprefix('clock:')}" if word in _ABOUT_ONE else word


def items_completed_by(incident: Incident, word: str) -> tuple[DueItem, ...]:
    """Return the due items that copying this message settles.

    One text that is pasted once reaches whom one route reaches: what asks for it by another route stays due, and where
    no route is named, what asks to tell others.
    """
    asking = [item for item in due_items(incident) if message_for(item) == word]
    return tuple(item for item in asking if _reaches(item) == _reaches(asking[0]))


def _reaches(item: DueItem) -> tuple[str, str]:
    return item.route, "" if item.route else item.who


def _moments(incident: Incident) -> Sequence[str]:
    if incident.dismissed and incident.report is not None:
        return (_BY_OUTCOME[incident.report.outcome],)
    if not incident.declared:
        return _IN_TRIAGE
    return _OVER if incident.ended else _DECLARED


def _check_there(record: Record, word: str, base: str) -> None:
    incident = record.incident
    own = {one.id for one in incident.plan.messages if not one.id.startswith(SCRIPT)}
    if base in MESSAGES or base == "notice":
        there = base in _moments(incident) or (base == "notice" and incident.declared)
    else:
        there = word in own
    if not there:
        known = ", ".join(one for one, _ in available_messages(record))
        why = "there is no moment for it now" if base in MESSAGES or base == "notice" else "nobody has written it"
        raise Refused(f"there is no message '{word}': {why}", f"there are {known}")


def _of_deadline(deadline: Deadline) -> str:
    """Return the id of the text by which a deadline is met, "" where none does that."""
    if deadline.met_by.startswith("update "):
        return ""
    usual = {DeadlineKind.ESCALATION: "escalation", DeadlineKind.NOTICE: "notice"}.get(deadline.kind, "")
    word = deadline.message or usual
    return f"{word}:{deadline.id}" if word in _ABOUT_ONE else word


def _subject(record: Record, base: str, about: str) -> _Subject:
    """Return whom an escalation or a notice is for, by the plan's duty or the name behind the colon."""
    incident = record.incident
    if base not in _ABOUT_ONE:
        return _Subject()
    wanted = about.split("+")
    deadlines = tuple(one for one in incident.plan.deadlines if one.id in wanted)
    if deadlines:
        told = tuple(dict.fromkeys(one.who for one in deadlines if one.who))
        return _Subject(told, deadlines, _by_the_plan(deadlines))
    if base == "notice":
        known = ", ".join(f"notice:{one.id}" for one in incident.plan.deadlines if one.kind is DeadlineKind.NOTICE)
        raise Refused(
            f"the plan has no notice '{about}'" if about else "it is not said which notice",
            f"it has {known}" if known else "it asks for none",
        )
    logged = [
        event.fact.now.text.partition(": ")
        for event in record.effective()
        if isinstance(event.fact, Logged) and event.fact.now and event.fact.now.sort is NoteKind.ESCALATION
    ]
    last = next((one for one in reversed(logged) if not about or one[0].casefold() == about.casefold()), None)
    if last is not None:
        return _Subject((last[0],), reason=last[2])
    return _Subject((about,) if about else ())


def _by_the_plan(deadlines: Sequence[Deadline]) -> str:
    rung = next((one for one in deadlines if one.kind is DeadlineKind.ESCALATION), None)
    if rung is None:
        return ""
    said = rung.within.said
    at_once = rung.within.seconds == 0
    return "the plan calls you at once" if at_once else f"it is not over, and the plan calls you after {said}"


def _about(incident: Incident, subject: _Subject, now: datetime, zone: tzinfo, *, inside: bool) -> dict[str, Value]:
    """Return the variables that only a message about somebody has."""
    said: dict[str, Value] = {}
    if subject.to:
        said["to"] = ", ".join(f"@{one_line(who)}" if inside else one_line(who) for who in subject.to)
        names = {who.casefold() for who in subject.to}
        asked = [one_line(ask.text) for ask in open_asks(incident).values() if ask.who.casefold() in names]
        said["asked"] = asked if inside else []
    if subject.reason:
        said["reason"] = one_line(subject.reason)
    elif subject.to:
        said["reason"] = ""
    if subject.contains:
        said["contains"] = [part for one in subject.deadlines for part in fill_parts(incident, one, now, zone)]
    return said


def _wording(incident: Incident, base: str) -> TemplateText | None:
    own = next((one for one in incident.plan.messages if one.id == base), None)
    return TemplateText(own.text, f"message '{base}' of plan '{incident.plan.id}'") if own else None


def _built_in(base: str, subject: _Subject) -> str:
    if base == "notice":
        return INTERNAL_NOTICE.text if subject.inside(base) else EXTERNAL_NOTICE.text
    return MESSAGES[base].text if base in MESSAGES else ""


def _gaps(incident: Incident, base: str, facts: dict[str, Value]) -> Iterator[str]:
    """Yield what the facts lack that readers of this message will ask for."""
    if base in ("declared", "escalation", "all-clear") and incident.impact is None:
        yield NO_IMPACT
    if base in ("declared", "invite") and not incident.meeting.channel and not incident.meeting.call:
        yield "There is neither a channel nor a call yet: people will ask where to go"
    contains = facts["contains"]
    if base == "notice" and isinstance(contains, list) and contains:
        empty = [one for one in contains if isinstance(one, dict) and not one["text"]]
        if empty:
            yield f"{counted(len(empty), 'part')} of {len(contains)} not known yet: it may be told in parts"


def _calls(text: str) -> Iterator[str]:
    if f"@{WORD_JOINER}" in text or f"&#64;{WORD_JOINER}" in text:
        yield "Names that are pasted call nobody: type each @ yourself once it is pasted"
