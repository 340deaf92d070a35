"""Recording: attachments to entries, backfilled entries, imported chat threads, undo and redo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident import facts
from incident_cockpit.incident.event import CLOCK_TOLERANCE, Change, Event, Fact, Moment, PendingFact
from incident_cockpit.incident.facts.attachments import (
    LONGEST_ENTRY_START,
    AttachedFile,
    Attachment,
    AttachmentAdded,
    attachments_of,
    check_link,
)
from incident_cockpit.incident.facts.clock import ClockWentBack
from incident_cockpit.incident.facts.milestones import MilestoneReached
from incident_cockpit.incident.facts.notes import Logged, Note, NoteKind
from incident_cockpit.incident.facts.report import Report, ReportDecided, TriageOutcome
from incident_cockpit.incident.facts.topic import Line
from incident_cockpit.incident.facts.updates import UpdateSent
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.legal_duties import check_duties
from incident_cockpit.incident.views.timeline import describe

Attachable = str | AttachedFile


def attach_to_entry(
    record: Record, moment: Moment, link: Attachable, entry: int | None = None
) -> tuple[PendingFact, ...]:
    """Attach a link or a saved file to an entry; by default to the newest entry of the person who acts.

    Raises Refused where there is no such entry, for an invalid link, and for what is attached to it already.
    """
    to = entry if entry is not None else _newest(record, moment.who)
    event = next((event for event in record.effective() if event.seq == to), None)
    if event is None:
        raise Refused(f"The timeline has no entry #{to}", "use the number or words of an entry", about="entry")
    attachment = _made(link, to, describe(record, event), moment)
    if any(attachment.same_as(other) for other in attachments_of(record.incident, to)):
        raise Refused(f"{attachment.words} is already attached to that entry", "choose another entry", about="link")
    return (PendingFact(AttachmentAdded(pin=f"p{moment.seq}", now=attachment, was=None)),)


def attach_to_new_entry(
    record: Record, moment: Moment, drafts: Sequence[PendingFact], things: Sequence[Attachable]
) -> Iterator[PendingFact]:
    """Yield the facts that attach these to the entry that an action adds; raises Refused where it adds none."""
    if not things:
        return
    place = next((at for at, draft in enumerate(drafts) if not draft.fact.quiet and draft.undoes is None), None)
    if place is None:
        raise Refused(
            "This adds no entry to attach anything to",
            "attach it to an existing entry with :pin WHAT LINE",
            about="link",
        )
    fact = drafts[place].fact
    entry = facts.TOPIC_OF[type(fact)].words(fact, record.incident)
    pins: list[Attachment] = []
    for thing in things:
        attachment = _made(thing, moment.seq + place, entry, moment, along=True)
        if not any(attachment.same_as(other) for other in pins):
            pins.append(attachment)
    for number, attachment in enumerate(pins, moment.seq + len(drafts)):
        yield PendingFact(AttachmentAdded(pin=f"p{number}", now=attachment, was=None))


def _newest(record: Record, who: str) -> int:
    """Return the newest entry of a person that is no attachment itself: several attachments go to one entry."""
    for event in reversed(record.events):
        own = event.who == who and event.undoes is None and not event.fact.quiet
        if own and not isinstance(event.fact, AttachmentAdded) and record.undone_by(event.seq) is None:
            return event.seq
    raise Refused("You have no entry yet", "add its number or words: :pin LINK ENTRY", about="entry")


def _made(what: Attachable, line: int, entry: Line, moment: Moment, *, along: bool = False) -> Attachment:
    to = _begins(entry)
    if isinstance(what, AttachedFile):
        return Attachment(line, to, moment.who, moment.happened, file=what, along=along)
    return Attachment(line, to, moment.who, moment.happened, link=check_link(what), along=along)


def _begins(entry: Line) -> str:
    """Return how an entry begins; half a secret would no longer be recognised as one."""
    start = " ".join(f"{entry.label}: {entry.text}".split())
    if len(start) > LONGEST_ENTRY_START:
        # Late: logging does not need it.
        from incident_cockpit.text.redact import redact

        start = redact(start)[0]
    return start if len(start) <= LONGEST_ENTRY_START else f"{start[: LONGEST_ENTRY_START - 1].rstrip()}…"


# Backfill and chat import


class ChatLine(Protocol):
    """One message of a chat thread."""

    @property
    def who(self) -> str:
        """Return its author."""

    @property
    def at(self) -> datetime:
        """Return its time, aware."""

    @property
    def text(self) -> str:
        """Return its text."""


class ChatThread(Protocol):
    """A chat thread."""

    @property
    def lines(self) -> Sequence[ChatLine]:
        """Return its messages in order."""


def backfilled(moment: Moment, at: datetime) -> Moment:
    """Return the circumstances of a past event, also one before the incident started, as its cause often is.

    Raises Refused for a time in the future.
    """
    if at > moment.now + CLOCK_TOLERANCE:
        raise Refused(
            f"{at:%Y-%m-%d %H:%M} UTC is in the future",
            "enter a past time, for example: :backfill 13:40 TEXT",
            about="at",
        )
    return replace(moment, happened=at)


def import_thread(record: Record, moment: Moment, thread: ChatThread) -> tuple[PendingFact, ...]:
    """Import a chat thread, each message with its own time and author, without those that are logged already.

    Raises Refused where no message has a time, and where all of them are logged.
    """
    if not thread.lines:
        raise Refused("No line has a name and a time", "copy the thread with both, or log it as a note", about="thread")
    notes = (event.fact.now for event in record.effective() if isinstance(event.fact, Logged))
    known = {(note.by, note.happened, note.text) for note in notes if note is not None}
    new = [
        line
        for line in thread.lines
        if (line.who, line.at, line.text) not in known and line.at <= moment.now + CLOCK_TOLERANCE
    ]
    if not new:
        raise Refused("All lines are already on the timeline", "copy newer lines", about="thread")
    facts = (
        Logged(
            note=f"n{moment.seq + place}", now=Note(NoteKind.NOTE, line.text, line.at, line.who or moment.who), was=None
        )
        for place, line in enumerate(new)
    )
    return tuple(PendingFact(fact, happened=line.at) for fact, line in zip(facts, new, strict=True))


# Undo and redo


def undo(record: Record, moment: Moment) -> tuple[PendingFact, ...]:
    """Undo the newest action of the person who acts; raises Refused with the reason it cannot be undone."""
    for event in reversed(record.events):
        mine = event.who == moment.who and not isinstance(event.fact, ClockWentBack)
        if mine and event.undoes is None and record.undone_by(event.seq) is None:
            return _take_back(record, moment, event.act)
    raise Refused("Nothing to undo", f"you act as {moment.who}, and only your own actions can be undone")


def redo(record: Record, moment: Moment) -> tuple[PendingFact, ...]:
    """Redo what the person who acts has undone last, as long as they did nothing else."""
    for event in reversed(record.events):
        mine = event.who == moment.who and not isinstance(event.fact, ClockWentBack)
        if not mine or record.undone_by(event.seq) is not None:
            continue
        if event.undoes is None:
            break
        if record.events[event.undoes - 1].undoes is not None:
            # A redo itself: what was undone before it can still be brought back.
            continue
        return _take_back(record, moment, event.act)
    raise Refused("Nothing to redo", "a redo directly follows an undo")


def _take_back(record: Record, moment: Moment, act: int) -> tuple[PendingFact, ...]:
    facts = [event for event in record.events[act - 1 :] if event.act == act]
    changes = [(event, event.fact) for event in facts if isinstance(event.fact, Change)]
    if len(changes) < len(facts):
        raise Refused("The opening of the incident cannot be undone", "resolve or close it instead")
    for event, fact in changes:
        _check_untouched(record, event, fact)
    drafts = tuple(PendingFact(fact.inverse(), undoes=event.seq) for event, fact in reversed(changes))
    if any(_ends(record.incident, draft.fact) for draft in drafts):
        # A redo closes as a new act does, and so does taking a reopening back.
        check_duties(record.incident, moment.now)
    return drafts


def _ends(incident: Incident, fact: Fact) -> bool:
    """Return whether a fact closes or dismisses an incident that is open."""
    match fact:
        case MilestoneReached(name="closed", now=at):
            return at is not None and "closed" not in incident.milestones
        case ReportDecided(now=Report(outcome=outcome)):
            return outcome not in (TriageOutcome.OPEN, TriageOutcome.DECLARED) and not incident.dismissed
    return False


def _check_untouched(record: Record, event: Event, fact: Change) -> None:
    """Refuse where a later action depends on a fact, or where an update has reported it."""
    for later in record.events[event.seq :]:
        # What came later and was taken back again left no trace; nor did its taking back.
        if later.act == event.act or later.undoes in range(event.seq, later.seq) or record.undone_by(later.seq):
            continue
        if isinstance(later.fact, Change) and (fact.touched_by(later.fact) or later.fact.touched_by(fact)):
            raise Refused(
                f'"{describe(record, event).text}" was changed since by {later.who}',
                "change it again instead of undoing it",
            )
        if fact.announced and isinstance(later.fact, UpdateSent):
            raise Refused(
                f'"{describe(record, event).text}" was sent in an update since',
                "change it, so that the next update reports it",
            )
