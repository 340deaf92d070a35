"""Whatever counts down."""

from __future__ import annotations

from incident_cockpit.actions.action import Action, Arg, ArgKind, Scope, rule, text
from incident_cockpit.incident import escalation
from incident_cockpit.incident.facts import timers, updates

_TIMER = Arg("timer", ArgKind.TIMER, "Which timer?")

ACTIONS = (
    Action(
        "complete", "Mark what the plan asks for as done.", "Clocks",
        (Arg("item", ArgKind.DEED, "What was done?"), text("note", "What is to be said of it?", required=False)),
        decide=rule(escalation.complete_items),
    ),
    Action(
        "waive", "Pass over what the plan asks for, with the reason.", "Clocks",
        (Arg("item", ArgKind.DEED, "What is not needed?"), text("reason", "Why not?")),
        decide=rule(escalation.waive_items),
    ),
    Action(
        "timer", "Start a countdown.", "Clocks",
        (Arg("within", ArgKind.DURATION, "In what time?"), text("text", "To think of what?", required=False)),
        keys=("t",), label="timer", decide=rule(timers.set_timer),
    ),
    Action("done", "End a timer: what it reminds of is done.", "Clocks", (_TIMER,), decide=rule(timers.complete_timer)),
    Action("cancel", "End a timer that is no longer wanted.", "Clocks", (_TIMER,), decide=rule(timers.cancel_timer)),
    Action(
        "snooze", "Put off what is due.", "Clocks",
        (Arg("item", ArgKind.DUE, "Which one?"), Arg("within", ArgKind.DURATION, "For how long?", default="5m")),
        keys=("w",), scope=Scope.DUE, label="snooze", decide=rule(timers.snooze),
    ),
    Action(
        "cadence", "Change how often an audience hears from us, or switch it off.", "Clocks",
        (Arg("audience", ArgKind.AUDIENCE, "Which audience?"), Arg("every", ArgKind.CADENCE, "How often? (15m, off)")),
        decide=rule(updates.set_cadence),
    ),
)  # fmt: skip
