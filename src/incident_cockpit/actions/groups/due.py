"""Plan items, timers and cadences: everything with a due time."""

from __future__ import annotations

from datetime import timedelta

from incident_cockpit.actions.action import Action, Scope, rule
from incident_cockpit.actions.arguments import current
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


_TIMER = TimerArg("timer", "Timer")

ACTIONS = (
    Action(
        "complete", "Complete a plan item", "Due",
        (PlanItemArg("item", "Plan item"), TextArg("note", "Note", required=False)),
        decide=rule(escalation.complete_items),
    ),
    Action(
        "waive", "Waive a plan item", "Due",
        (PlanItemArg("item", "Plan item"), TextArg("reason", "Reason")),
        decide=rule(escalation.waive_items),
    ),
    Action(
        "timer", "Set a timer", "Due",
        (DurationArg("within", "Duration"), TextArg("text", "Reminder", required=False)),
        keys=("t",), label="timer", decide=rule(timers.set_timer),
    ),
    Action("done", "Complete a timer", "Due", (_TIMER,), decide=rule(timers.complete_timer)),
    Action("cancel", "Cancel a timer", "Due", (_TIMER,), decide=rule(timers.cancel_timer)),
    Action(
        "snooze", "Snooze a due item", "Due",
        (DueItemArg("item", "Due item"), DurationArg("within", "Snooze for", default="5m")),
        keys=("w",), scope=Scope.DUE, label="snooze", decide=rule(_snooze),
    ),
    Action(
        "cadence", "Change an update cadence; off stops it", "Due",
        (AudienceArg("audience", "Audience"),
         DurationOrOffArg("every", "Interval (15m, off)", current=current.update_interval)),
        decide=rule(updates.set_cadence),
    ),
)  # fmt: skip
