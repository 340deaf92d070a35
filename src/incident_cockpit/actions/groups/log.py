"""What people write down, and taking it back."""

from __future__ import annotations

from functools import partial

from incident_cockpit.actions.action import Action, rule, text
from incident_cockpit.incident import undo
from incident_cockpit.incident.topics import notes

ACTIONS = (
    Action(
        "note", "Log what happened.", "Log", (text("text", "What happened?"),), decide=rule(notes.log),
    ),
    Action(
        "action", "Log an action that was taken.", "Log", (text("text", "What was done?"),), sign="!",
        decide=rule(partial(notes.log, sort=notes.Sort.ACTION)),
    ),
    Action(
        "decision", "Log a decision.", "Log", (text("text", "What was decided?"),), sign="=",
        decide=rule(partial(notes.log, sort=notes.Sort.DECISION)),
    ),
    Action(
        "finding", "Log what was found out.", "Log", (text("text", "What was found?"),),
        decide=rule(partial(notes.log, sort=notes.Sort.FINDING)),
    ),
    Action("undo", "Take back your last action.", "Log", keys=("z",), label="undo", decide=undo.undo),
    Action("redo", "Bring back what you have just undone.", "Log", keys=("Z",), decide=undo.redo),
)  # fmt: skip
