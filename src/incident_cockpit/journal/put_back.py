"""Restoring of events that the rescue copies hold and a replaced store lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from incident_cockpit.errors import Refused, StoreError
from incident_cockpit.ids import Ids
from incident_cockpit.incident import codec
from incident_cockpit.incident.event import Change, Event, Fact, PendingFact
from incident_cockpit.incident.facts.asks import AskChange, NeedChanged
from incident_cockpit.incident.facts.attachments import Attachment, AttachmentAdded
from incident_cockpit.incident.facts.followups import FollowUpChanged
from incident_cockpit.incident.facts.hypotheses import Hypothesis, HypothesisChange
from incident_cockpit.incident.facts.notes import CommandLogged, DecisionGrounded, EffectSeen, Logged, Note, NoteKind
from incident_cockpit.incident.facts.opening import IncidentOpened
from incident_cockpit.incident.facts.plan import PlanAdopted
from incident_cockpit.incident.facts.runbooks import GatePassed, RunbookAttached, RunbookMerged
from incident_cockpit.incident.facts.security import EvidenceKept
from incident_cockpit.incident.facts.steps import StepChange
from incident_cockpit.incident.facts.timers import Snoozed, TimerChanged
from incident_cockpit.incident.facts.updates import UpdateSent
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.timeline import describe
from incident_cockpit.journal import append, jsonl, read
from incident_cockpit.journal.replaced import follow
from incident_cockpit.journal.rescue_copy import Copies, Rescue
from incident_cockpit.text.plurals import counted

if TYPE_CHECKING:
    from incident_cockpit.journal.database import Database
    from incident_cockpit.journal.journal import Appended, Journal

# Facts about items whose ids contain a seq, such as "n8".
_NUMBERED = (
    AskChange, CommandLogged, DecisionGrounded, EffectSeen, EvidenceKept, FollowUpChanged, GatePassed, HypothesisChange,
    Logged, NeedChanged, AttachmentAdded, RunbookAttached, RunbookMerged, StepChange, TimerChanged, UpdateSent,
)  # fmt: skip
_ID = re.compile(r"([a-z])(\d+)")
_EVENT_ID = re.compile(r"[0-9a-f]{32}")
# At least this many digits of an id name an incident; fewer could be a number.
_SHORTEST = 4


@contextmanager
def _rescue(journal: Journal) -> Iterator[Rescue]:
    """Yield the rescue copies; errors while reading them become StoreError."""
    if journal.rescue is None:
        raise Refused("no rescue copies are kept", "nothing to restore")
    try:
        yield journal.rescue
    except OSError as error:
        raise StoreError(
            f"the rescue copies in {journal.rescue.folder} cannot be read ({error.strerror})", "make them readable"
        ) from error


def lacking_at_a_glance(journal: Journal, incident: str) -> int:
    """Return the same as `lacking`, reading only the end of a copy if the store has it."""
    with _rescue(journal) as rescue:
        if not rescue.strays(incident, journal.lines_after(incident)):
            return 0
    return lacking(journal, incident)


def lacking(journal: Journal, incident: str) -> int:
    """Return the number of an incident's events that only the rescue copies hold; raises StoreError."""
    with _rescue(journal) as rescue:
        copies = rescue.copies(incident)
    stored = {key for (key,) in journal.database.rows("SELECT id FROM events WHERE incident = ?", (incident,))}
    return len({event.id for lines in copies.lines for event in _decoded(lines, incident)} - stored)


def lost(journal: Journal, word: str | None = None) -> list[str]:
    """Return the ids of incidents that only rescue copies hold: all, or those that match a word.

    The word is a number or the start of an id; raises StoreError.
    """
    stored = {incident for (incident,) in journal.database.rows("SELECT id FROM incidents")}
    with _rescue(journal) as rescue:
        missing = [incident for incident in rescue.incidents() if incident not in stored]
        if word is None:
            return missing
        name = word.strip().lower().removeprefix("inc-").removeprefix("#")
        by_number = [incident for incident in missing if name == str(_number(rescue, incident))]
        return by_number or [incident for incident in missing if len(name) >= _SHORTEST and incident.startswith(name)]


def _number(rescue: Rescue, incident: str) -> int | None:
    opened = (event.fact for copied in rescue.copies(incident).lines for event in _decoded(copied[:1], incident))
    return next((fact.number for fact in opened if isinstance(fact, IncidentOpened)), None)


def whole_lines(journal: Journal, incident: str) -> list[bytes]:
    """Return the stored lines of an incident, with any gap left by an earlier version filled."""
    lines = read.numbered_lines(journal.database, incident)
    if len(lines) < max(lines, default=0):
        with _rescue(journal) as rescue:
            lines |= fillers(lines, rescue.copies(incident))
    return [lines[seq] for seq in sorted(lines)]


def put_back(journal: Journal, record: Record, who: str, now: datetime) -> Appended:
    """Append the missing events to the incident, with their original author and time.

    A gap left by an earlier version is filled in place, and a missing incident is imported whole. An event that would
    undo a later change is restored as a note. The last event counts them. Raises Refused if nothing is missing.
    """
    came = 0
    with _rescue(journal) as rescue:
        if read.head(journal.database, record.id) is None:
            from incident_cockpit.journal.transfer import import_lines

            came = import_lines(journal, rescue.newest(record.id)).seq
        copies = rescue.copies(record.id)
    with journal.database.immediate():
        filled = fill_gaps(journal.database, record.id, copies)
        if filled:
            # In memory a note stood in for each filled event.
            whole = Record(record.id)
            read.catch_up(journal.database, whole)
            record.restart(whole.events, whole.head)
        follow(journal, record)
        again = _Again(record, append.Circumstances(who, now, now))
        for lines in copies.lines:
            again.take(_decoded(lines, record.id))
        count = came + filled + len(again.events)
        if not count:
            gone = lost(journal)
            fix = (
                f"another incident is missing: incident put-back {gone[0]}"
                if gone
                else "check the store: incident verify"
            )
            raise Refused(f"the store already has every event of {record.incident.name} in the rescue copies", fix)
        text = f"Restored {counted(count, 'event')} missing from the store"
        if again.noted:
            text = f"{text}, {len(again.noted)} of them as notes because of later changes"
        written = append.store(
            journal.database, record, [*again.events, *again.noting(text, journal.ids)], copies.documents
        )
    return journal.stored(record, written)


def fillers(stored: Mapping[int, bytes], copies: Copies) -> dict[int, bytes]:
    """Return the line of each event missing among those stored, by seq.

    It comes from the copy that holds the event after the gap, otherwise from another; a note stands in for an event in
    no copy. Raises StoreError if the first event is missing.
    """
    filled: dict[int, bytes] = {}
    taken = {codec.decode(line).id for line in stored.values()}
    for seq in range(1, max(stored, default=0)):
        if seq not in stored:
            later = next(stored[each] for each in range(seq + 1, max(stored) + 1) if each in stored)
            event = codec.decode(later)
            nearest = sorted(copies.lines, key=lambda lines: later in lines, reverse=True)
            copied = (each for lines in nearest for each in _decoded(lines, event.incident))
            missing = (each for each in copied if each.seq == seq and each.id not in taken)
            filled[seq] = codec.encode(next(missing, None) or read.stand_in(event, seq))
    return filled


def fill_gaps(database: Database, incident: str, copies: Copies) -> int:
    """Insert the missing events of an incident and return their number.

    They are chained to the event that was stored last: no stored event is changed.
    """
    lines = database.rows("SELECT seq, line, hash, position FROM events WHERE incident = ? ORDER BY seq", (incident,))
    if len(lines) == max((seq for seq, *_ in lines), default=0):
        return 0
    broken = jsonl.first_break(lines)
    if broken is not None:
        raise StoreError(
            f"event {broken} of this incident or one before it was altered", "put a backup of the store in its place"
        )
    missing = fillers({seq: line for seq, line, *_ in lines}, copies)
    head = max(lines, key=lambda row: int(row[3]))[2]
    for line in missing.values():
        head = jsonl.chained(head, line)
        append.insert(database, codec.decode(line), line, head)
    return len(missing)


def _decoded(copied: Iterable[bytes], incident: str) -> list[Event]:
    events = []
    for line in copied:
        try:
            event = codec.decode(line)
        except StoreError:
            # Damaged, or of a newer version, which can put it back.
            continue
        if event.incident == incident and _EVENT_ID.fullmatch(event.id):
            events.append(event)
    return events


class _Again:
    """Events to append to a record, with their references adjusted to their new positions."""

    def __init__(self, record: Record, by: append.Circumstances) -> None:
        """Start from the record as stored, which is not changed."""
        self._record = Record(record.id, record.events)
        self._by = by
        self._recorded = max(by.now.astimezone(UTC), record.events[-1].recorded)
        self._places = {event.id: event.seq for event in record.events}
        self.events: list[Event] = []
        # The seqs of events that became notes.
        self.noted: set[int] = set()

    def take(self, copied: Sequence[Event]) -> None:
        """Add the events that a copy holds and the record lacks."""
        ids = {event.id for event in copied}
        others = [event.fact for event in self._record.events if event.id not in ids]
        first = next((event.seq for event in copied if event.id not in self._places), 0)
        # From the seqs and ids of this copy to those of the record.
        seqs: dict[int, int] = {}
        names: dict[str, str] = {}
        for event in copied:
            if event.id not in self._places:
                fact = self._moved(event, first, seqs, names)
                # Not where events recorded without this fact changed the same item or the plan.
                if fact and any(isinstance(other, PlanAdopted) or _about_the_same(fact, other) for other in others):
                    fact = None
                self._add(event, fact, seqs)
            seqs[event.seq] = self._places[event.id]

    def noting(self, text: str, ids: Ids) -> list[Event]:
        """Return the entry that reports the restored events, as the next event."""
        seq = self._record.seq + 1
        note = Note(NoteKind.NOTE, text, self._by.happened, self._by.who)
        return append.stamp(self._record, [PendingFact(Logged(note=f"n{seq}", now=note, was=None))], self._by, ids)

    def _add(self, event: Event, fact: Fact | None, seqs: Mapping[int, int]) -> None:
        """Add an event with its fact, or as a note if the fact no longer fits."""
        seq = self._record.seq + 1
        undoes = seqs.get(event.undoes) if event.undoes is not None else None
        if event.undoes is not None and (undoes is None or undoes in self.noted):
            fact = None
        added = replace(
            event, seq=seq, act=seqs.get(event.act, seq), recorded=self._recorded, undoes=undoes,
            first_recorded=event.first_recorded or event.recorded,
        )  # fmt: skip
        if fact is None or not self._extended(replace(added, fact=fact)):
            self._record.extend([self._as_note(added)])
            self.noted.add(seq)
        self._places[event.id] = seq
        self.events.append(self._record.events[-1])

    def _extended(self, event: Event) -> bool:
        try:
            self._record.extend([event])
        except Exception:
            # The item of the fact may be gone, and a fold can fail at that in any way.
            return False
        return True

    def _as_note(self, event: Event) -> Event:
        try:
            line = describe(self._record, event)
            text = f"{line.label}: {line.text}"
        except Exception:
            # Wording a fact looks up items that may be gone.
            text = event.fact.kind
        taken = "undone: " if event.undoes is not None else ""
        note = Note(NoteKind.NOTE, f"{taken}{text}", event.happened, event.who)
        return replace(event, undoes=None, fact=Logged(note=f"n{event.seq}", now=note, was=None))

    def _moved(self, event: Event, first: int, seqs: Mapping[int, int], names: dict[str, str]) -> Fact | None:
        """Return the fact with its ids and seqs in the record, or None if one of them is missing.

        `first` is the seq in the copy from which the record differs; new ids are added to `names`.
        """
        fact, shift = event.fact, self._record.seq + 1 - event.seq
        if not shift and not names:
            return fact
        if isinstance(fact, Snoozed):
            return None if names.keys() & set(fact.item.split(":")) else fact
        if not isinstance(fact, _NUMBERED):
            return fact
        thing, dot, rest = str(getattr(fact, fact.names)).partition(".")
        number = _ID.fullmatch(thing)
        if thing not in names and number and fact.was is None and not dot and int(number[2]) >= first:
            names[thing] = f"{number[1]}{int(number[2]) + shift}"
        moved = replace(fact, **{fact.names: f"{names.get(thing, thing)}{dot}{rest}"})
        try:
            return replace(moved, now=_with_lines(moved.now, seqs), was=_with_lines(moved.was, seqs))
        except KeyError:
            return None


def _with_lines(value: object, seqs: Mapping[int, int]) -> object:
    """Return a value with its references to timeline entries adjusted; raises KeyError for a missing entry."""
    if isinstance(value, Attachment):
        return replace(value, line=seqs[value.line])
    if isinstance(value, Hypothesis):
        moved = (item if item.line is None else replace(item, line=seqs[item.line]) for item in value.evidence)
        return replace(value, evidence=tuple(moved))
    return value


def _about_the_same(fact: Fact, other: Fact) -> bool:
    if not isinstance(fact, Change) or not isinstance(other, Change):
        # The opening event, which an incident has once.
        return not isinstance(fact, Change)
    if isinstance(fact, _NUMBERED) and isinstance(other, _NUMBERED):
        # A decision and its rationale share one id.
        return bool(getattr(fact, fact.names) == getattr(other, other.names)) or _touch(fact, other)
    return _touch(fact, other)


def _touch(fact: Change, other: Change) -> bool:
    return fact.touched_by(other) or other.touched_by(fact)
