"""Whatever counts down."""

from __future__ import annotations

from datetime import timedelta

from incident_cockpit.actions.action import Action, Scope, rule
from incident_cockpit.actions.arguments.of_incident import DueItemArg, PlanItemArg, TimerArg
from incident_cockpit.actions.arguments.of_plan import AudienceArg
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.actions.arguments.times import DurationArg, DurationOrOffArg
from incident_cockpit.incident import escalation
from incident_cockpit.incident.event import Moment
from incident_cockpit.incident.facts import timers, updates
from incident_cockpit.incident.facts.timers import Snoozed
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueItem


def _snooze(incident: Incident, moment: Moment, item: DueItem, within: timedelta) -> Snoozed:
    return timers.snooze(incident, moment, item.key, item.text, item.at, within)


_TIMER = TimerArg("timer", "Which timer?")

ACTIONS = (
    Action(
        "complete", "Mark what the plan asks for as done.", "Clocks",
        (PlanItemArg("item", "What was done?"), TextArg("note", "What is to be said of it?", required=False)),
        decide=rule(escalation.complete_items),
    ),
    Action(
        "waive", "Pass over what the plan asks for, with the reason.", "Clocks",
        (PlanItemArg("item", "What is not needed?"), TextArg("reason", "Why not?")),
        decide=rule(escalation.waive_items),
    ),
    Action(
        "timer", "Start a countdown.", "Clocks",
        (DurationArg("within", "In what time?"), TextArg("text", "To think of what?", required=False)),
        keys=("t",), label="timer", decide=rule(timers.set_timer),
    ),
    Action("done", "End a timer: what it reminds of is done.", "Clocks", (_TIMER,), decide=rule(timers.complete_timer)),
    Action("cancel", "End a timer that is no longer wanted.", "Clocks", (_TIMER,), decide=rule(timers.cancel_timer)),
    Action(
        "snooze", "Put off what is due.", "Clocks",
        (DueItemArg("item", "Which one?"), DurationArg("within", "For how long?", default="5m")),
        keys=("w",), scope=Scope.DUE, label="snooze", decide=rule(_snooze),
    ),
    Action(
        "cadence", "Change how often an audience hears from us, or switch it off.", "Clocks",
        (AudienceArg("audience", "Which audience?"), DurationOrOffArg("every", "How often? (15m, off)")),
        decide=rule(updates.set_cadence),
    ),
)  # fmt: skip
