"""Entries of the timeline, and undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from incident_cockpit.actions.action import Action, Scope, rule
from incident_cockpit.actions.arguments import current
from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.arguments.of_incident import DecisionArg, OutcomeArg, TakenActionArg
from incident_cockpit.actions.arguments.people import PersonArg
from incident_cockpit.actions.arguments.texts import CommandRunArg, EntryArg, PinnedArg, TextArg, ThreadArg
from incident_cockpit.actions.arguments.times import DurationArg, DurationOrOffArg, TimeArg
from incident_cockpit.actions.execute import invoke
from incident_cockpit.importers import chat
from incident_cockpit.incident import recording
from incident_cockpit.incident.event import Moment, PendingFact
from incident_cockpit.incident.facts import notes
from incident_cockpit.incident.record import Record


def _backfill(record: Record, moment: Moment, at: datetime, text: str) -> Sequence[PendingFact]:
    """Log a text of an earlier time as the entry line reads it."""
    # Late: both of them read this list.
    from incident_cockpit.actions.grammar import prefixed
    from incident_cockpit.actions.registry import find

    reading, then = prefixed(text), recording.backfilled(moment, at)
    drafts = invoke(find(reading.action), record, then, Here(moment.now, ZoneInfo("UTC")), reading.values)
    return [replace(draft, happened=at) for draft in drafts]


_DECISION = DecisionArg("decision", "Decision")

ACTIONS = (
    Action(
        "note", "Log a note", "Log", (TextArg("text", "What happened?"),),
        decide=rule(partial(notes.log, sort=notes.NoteKind.NOTE)), early=True,
    ),
    Action(
        "action", "Log an action taken", "Log", (TextArg("text", "Action taken"),), prefix="!",
        decide=rule(partial(notes.log, sort=notes.NoteKind.ACTION)), early=True,
    ),
    Action(
        "decision", "Log a decision", "Log", (TextArg("text", "Decision"),), prefix="=",
        decide=rule(partial(notes.log, sort=notes.NoteKind.DECISION)), early=True,
    ),
    Action(
        "finding", "Log a finding", "Log", (TextArg("text", "Finding"),),
        decide=rule(partial(notes.log, sort=notes.NoteKind.FINDING)), early=True,
    ),
    Action(
        "decide", "Log a decision with its rationale", "Log",
        (TextArg("text", "Decision"), TextArg("why", "Rationale", required=False),
         TextArg("risk", "Risk", required=False),
         PersonArg("who", "Decided by (default: you)", required=False),
         DurationArg("revisit", "Review in (default: no review)", required=False)),
        keys=("D",), decide=rule(notes.log_decision), early=True,
    ),
    Action(
        "objection", "Record an objection to a decision, or none", "Log",
        (_DECISION, TextArg("objection", "Objection (who and why, or none)")),
        decide=rule(notes.record_objection), early=True,
    ),
    Action(
        "revisit", "Schedule a decision review", "Log",
        (_DECISION, DurationOrOffArg("within", "Review in (30m, off)")), decide=rule(notes.schedule_revisit),
    ),
    Action(
        "reverse", "Reverse a decision", "Log",
        (_DECISION, TextArg("reason", "Reason")), decide=rule(notes.reverse_decision),
    ),
    Action(
        "effect", "Record the outcome of an action", "Log",
        (TakenActionArg("action", "Action"), OutcomeArg("outcome", "Outcome", current=current.outcome),
         TextArg("evidence", "Evidence", required=False, current=current.outcome_evidence)), keys=("E",),
        decide=rule(notes.record_outcome), early=True,
    ),
    Action(
        "backfill", "Log a past event, even before the incident; prefixes work", "Log",
        (TimeArg("at", "Time"), TextArg("text", "What happened?")), decide=_backfill,
    ),
    Action(
        "chat", "Import a pasted chat thread; messages keep their time and author", "Log",
        (ThreadArg("thread", "Chat thread (paste it)"),), decide=recording.import_thread,
        warns=chat.warn_of_left_out,
    ),
    Action(
        "pin", "Attach a link or file to an entry; files are copied", "Log",
        (PinnedArg("link", "Link or file (https://... or a path)"),
         EntryArg("entry", "Entry (default: your newest)", required=False)),
        keys=("L",), scope=Scope.TIMELINE, label="attach", decide=recording.attach_to_entry,
    ),
    # Recorded by `incident run` when a command has ended.
    Action("ran", "Log a command and its output", "Log",
           (CommandRunArg("run", "Command"),), decide=rule(notes.log_command), hidden=True),
    Action("undo", "Undo your last action", "Log", keys=("z",), label="undo", decide=recording.undo),
    Action("redo", "Redo the action you just undid", "Log", keys=("Z",), decide=recording.redo),
)  # fmt: skip
