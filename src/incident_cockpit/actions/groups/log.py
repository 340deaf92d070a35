"""What people write down, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from incident_cockpit.actions.action import Action, Scope, rule
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
    from incident_cockpit.actions.grammar import signed
    from incident_cockpit.actions.registry import find

    reading, then = signed(text), recording.backfilled(moment, at)
    drafts = invoke(find(reading.action), record, then, Here(moment.now, ZoneInfo("UTC")), reading.values)
    return [replace(draft, happened=at) for draft in drafts]


_DECISION = DecisionArg("decision", "Which decision?")

ACTIONS = (
    Action(
        "note", "Log what happened.", "Log", (TextArg("text", "What happened?"),),
        decide=rule(partial(notes.log, sort=notes.NoteKind.NOTE)), early=True,
    ),
    Action(
        "action", "Log an action that was taken.", "Log", (TextArg("text", "What was done?"),), sign="!",
        decide=rule(partial(notes.log, sort=notes.NoteKind.ACTION)), early=True,
    ),
    Action(
        "decision", "Log a decision.", "Log", (TextArg("text", "What was decided?"),), sign="=",
        decide=rule(partial(notes.log, sort=notes.NoteKind.DECISION)), early=True,
    ),
    Action(
        "finding", "Log what was found out.", "Log", (TextArg("text", "What was found?"),),
        decide=rule(partial(notes.log, sort=notes.NoteKind.FINDING)), early=True,
    ),
    Action(
        "decide", "Log a decision with its grounds.", "Log",
        (TextArg("text", "What was decided?"), TextArg("why", "Why?", required=False),
         TextArg("risk", "What is the risk?", required=False),
         PersonArg("who", "Who decided? (empty: you)", required=False),
         DurationArg("revisit", "Look at it again in what time? (empty: not)", required=False)),
        keys=("D",), decide=rule(notes.log_decision), early=True,
    ),
    Action(
        "objection", "Note an objection to a decision, or that nobody had one.", "Log",
        (_DECISION, TextArg("objection", "Who objects, and why?")), decide=rule(notes.record_objection), early=True,
    ),
    Action(
        "revisit", "Say when a decision is looked at again.", "Log",
        (_DECISION, DurationOrOffArg("within", "In what time? (30m, off)")), decide=rule(notes.schedule_revisit),
    ),
    Action(
        "reverse", "Say that a decision no longer holds, with the reason.", "Log",
        (_DECISION, TextArg("reason", "Why does it no longer hold?")), decide=rule(notes.reverse_decision),
    ),
    Action(
        "effect", "Say what an action led to.", "Log",
        (TakenActionArg("action", "Which action?"), OutcomeArg("verdict", "What did it do?"),
         TextArg("found", "What showed it?", required=False)), keys=("E",),
        decide=rule(notes.record_outcome), early=True,
    ),
    Action(
        "backfill", "Log a past event, even before the incident; signs are read.", "Log",
        (TimeArg("at", "When was it?"), TextArg("text", "What happened?")), decide=_backfill,
    ),
    Action(
        "chat", "Bring in a copied chat thread: each line with its own time and author.", "Log",
        (ThreadArg("thread", "Which lines? (paste them)"),), decide=recording.import_thread,
        warns=chat.warn_of_left_out,
    ),
    Action(
        "pin", "Pin a link or a file to a line of the timeline; a copy of the file is kept.", "Log",
        (PinnedArg("what", "Which link or file? (https://... or a path)"),
         EntryArg("line", "To which line? (empty: your newest)", required=False)),
        keys=("L",), scope=Scope.TIMELINE, label="pin", decide=recording.attach_to_entry,
    ),
    # Recorded by `incident run` when a command has ended.
    Action("ran", "Log a command that was run, with what it said.", "Log",
           (CommandRunArg("run", "Which command?"),), decide=rule(notes.log_command), unsaid=True),
    Action("undo", "Take back your last action.", "Log", keys=("z",), label="undo", decide=recording.undo),
    Action("redo", "Bring back what you have just undone.", "Log", keys=("Z",), decide=recording.redo),
)  # fmt: skip
