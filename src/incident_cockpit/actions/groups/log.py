"""What people write down, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from incident_cockpit.actions.action import Action, Arg, ArgKind, Scope, rule, text
from incident_cockpit.actions.arguments import Here
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


_DECISION = Arg("decision", ArgKind.DECISION, "Which decision?")

ACTIONS = (
    Action(
        "note", "Log what happened.", "Log", (text("text", "What happened?"),), decide=rule(notes.log), early=True,
    ),
    Action(
        "action", "Log an action that was taken.", "Log", (text("text", "What was done?"),), sign="!",
        decide=rule(partial(notes.log, sort=notes.NoteKind.ACTION)), early=True,
    ),
    Action(
        "decision", "Log a decision.", "Log", (text("text", "What was decided?"),), sign="=",
        decide=rule(partial(notes.log, sort=notes.NoteKind.DECISION)), early=True,
    ),
    Action(
        "finding", "Log what was found out.", "Log", (text("text", "What was found?"),),
        decide=rule(partial(notes.log, sort=notes.NoteKind.FINDING)), early=True,
    ),
    Action(
        "decide", "Log a decision with its grounds.", "Log",
        (text("text", "What was decided?"), text("why", "Why?", required=False),
         text("risk", "What is the risk?", required=False),
         Arg("who", ArgKind.PERSON, "Who decided? (empty: you)", required=False),
         Arg("revisit", ArgKind.DURATION, "Look at it again in what time? (empty: not)", required=False)),
        keys=("D",), decide=rule(notes.log_decision), early=True,
    ),
    Action(
        "objection", "Note an objection to a decision, or that nobody had one.", "Log",
        (_DECISION, text("objection", "Who objects, and why?")), decide=rule(notes.record_objection), early=True,
    ),
    Action(
        "revisit", "Say when a decision is looked at again.", "Log",
        (_DECISION, Arg("within", ArgKind.CADENCE, "In what time? (30m, off)")), decide=rule(notes.schedule_revisit),
    ),
    Action(
        "reverse", "Say that a decision no longer holds, with the reason.", "Log",
        (_DECISION, text("reason", "Why does it no longer hold?")), decide=rule(notes.reverse_decision),
    ),
    Action(
        "effect", "Say what an action led to.", "Log",
        (Arg("action", ArgKind.TAKEN, "Which action?"), Arg("verdict", ArgKind.VERDICT, "What did it do?"),
         text("found", "What showed it?", required=False)), keys=("E",), decide=rule(notes.record_outcome), early=True,
    ),
    Action(
        "backfill", "Log a past event, even before the incident; signs are read.", "Log",
        (Arg("at", ArgKind.TIME, "When was it?"), text("text", "What happened?")), decide=_backfill,
    ),
    Action(
        "chat", "Bring in a copied chat thread: each line with its own time and author.", "Log",
        (Arg("thread", ArgKind.THREAD, "Which lines? (paste them)"),), decide=recording.import_thread,
        warns=chat.warn_of_left_out,
    ),
    Action(
        "pin", "Pin a link or a file to a line of the timeline; a copy of the file is kept.", "Log",
        (Arg("what", ArgKind.PINNED, "Which link or file? (https://... or a path)"),
         Arg("line", ArgKind.ENTRY, "To which line? (empty: your newest)", required=False)),
        keys=("L",), scope=Scope.TIMELINE, label="pin", decide=recording.attach_to_entry,
    ),
    # Recorded by `incident run` when a command has ended.
    Action("ran", "Log a command that was run, with what it said.", "Log",
           (Arg("run", ArgKind.TEXT, "Which command?"),), decide=rule(notes.log_command), unsaid=True),
    Action("undo", "Take back your last action.", "Log", keys=("z",), label="undo", decide=recording.undo),
    Action("redo", "Bring back what you have just undone.", "Log", keys=("Z",), decide=recording.redo),
)  # fmt: skip
