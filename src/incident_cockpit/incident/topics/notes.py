"""What people write down: notes, actions taken, decisions, findings, escalations and risks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Sort(StrEnum):
    """What a written line is; the word stands in the timeline's second column."""

    NOTE = "note"
    ACTION = "action"
    DECISION = "decision"
    FINDING = "finding"
    ESCALATION = "escalation"
    RISK = "risk"


class Note(Struct, frozen=True):
    """One written line, what it is, and when it happened."""

    sort: Sort
    text: str
    happened: datetime
    by: str


class Logged(Change, frozen=True):
    """A line was written."""

    kind: ClassVar[str] = "note.logged"
    names: ClassVar[str] = "note"
    note: str
    now: Note | None
    was: Note | None

    @property
    def is_progress(self) -> bool:
        """Return whether it shows progress: a finding or an action, and no mere note."""
        return self.now is not None and self.now.sort in (Sort.FINDING, Sort.ACTION)


def log(incident: Incident, moment: Moment, text: str, sort: Sort = Sort.NOTE) -> Logged:
    """Write a line; raises Refused when it is empty."""
    if not text.strip():
        raise Refused("there is nothing to log", "type what happened, then enter")
    return Logged(note=f"n{moment.seq}", now=Note(sort, text.strip(), moment.happened, moment.who), was=None)


def escalate(incident: Incident, moment: Moment, who: str, reason: str) -> Logged:
    """Write down that somebody was brought in and why; raises Refused when either is missing."""
    if not who:
        raise Refused("nobody was named", "say whom you bring in, as in :escalate Kim the database is beyond us")
    if not reason:
        raise Refused("an escalation needs a reason", f"say why, as in :escalate {who} the database is beyond us")
    return log(incident, moment, f"{who}: {reason}", Sort.ESCALATION)


class Notebook(Struct, frozen=True):
    """How much was written, and the actions and decisions by id, which come to an end of their own.

    All other lines are read from the journal, so that ten thousand fold in linear time.
    """

    lines: int = 0
    actions: Mapping[str, Note] = field(default_factory=dict)
    decisions: Mapping[str, Note] = field(default_factory=dict)


def _fold(state: Notebook, fact: Logged) -> Notebook:
    note = said(fact.now, fact.was)
    lines = state.lines + (fact.now is not None) - (fact.was is not None)
    match note.sort:
        case Sort.ACTION:
            return replace(state, lines=lines, actions=put(state.actions, fact.note, fact.now))
        case Sort.DECISION:
            return replace(state, lines=lines, decisions=put(state.decisions, fact.note, fact.now))
    return replace(state, lines=lines)


def _words(fact: Logged, incident: Incident) -> Line:
    note = said(fact.now, fact.was)
    ground = incident.decisions.get(fact.note) if note.sort is Sort.DECISION else None
    if ground is None:
        return Line(note.sort.value, note.text)
    # Whoever reads an old line must not take for decided what no longer holds.
    gone = f"  no longer holds: {ground.reversed}" if ground.reversed else ""
    parts = [
        f"because {ground.why}" if ground.why else "",
        f"risk: {ground.risk}" if ground.risk else "",
        f"decided by {ground.who}" if ground.who and ground.who != note.by else "",
    ]
    grounds = "; ".join(part for part in parts if part)
    return Line(note.sort.value, note.text + (f"  ({grounds})" if grounds else "") + gone)


TOPIC = Topic("notes", Notebook(), (Logged,), _fold, _words)
