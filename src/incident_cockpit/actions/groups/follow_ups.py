"""Follow-ups, the review, and updates that were sent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from incident_cockpit.actions.action import Action, rule
from incident_cockpit.actions.arguments import current
from incident_cockpit.actions.arguments.argument import Arg, Here
from incident_cockpit.actions.arguments.of_incident import FollowUpArg, PriorityArg
from incident_cockpit.actions.arguments.of_plan import AudienceArg, FollowUpTypeArg
from incident_cockpit.actions.arguments.people import PersonArg
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.actions.arguments.times import DueDateArg, DurationArg, FutureTimeArg, TimeArg
from incident_cockpit.incident.closing import suggested_review
from incident_cockpit.incident.facts import followups, updates
from incident_cockpit.incident.state import Incident

_FOLLOW_UP = FollowUpArg("follow_up", "Follow-up")


def _when_it_suits(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:  # noqa: ARG001
    suits = suggested_review(incident, here.now)
    return replace(arg, default=f"{suits.astimezone(here.zone):%Y-%m-%d %H:%M}") if suits is not None else arg


ACTIONS = (
    Action(
        "follow-up", "Log a follow-up", "Follow-up", (TextArg("text", "Follow-up"),),
        keys=("f",), decide=rule(partial(followups.add_follow_up, owner="")), early=True,
    ),
    Action(
        "follow-up-done", "Mark a follow-up as done", "Follow-up",
        (_FOLLOW_UP,), decide=rule(followups.complete_follow_up),
    ),
    Action(
        "follow-up-owner", "Set the owner of a follow-up", "Follow-up",
        (_FOLLOW_UP, PersonArg("who", "Owner")), decide=rule(followups.set_owner),
    ),
    Action(
        "follow-up-priority", "Set the priority of a follow-up", "Follow-up",
        (_FOLLOW_UP, PriorityArg("priority", "Priority", current=current.follow_up(lambda item: item.priority))),
        decide=rule(followups.set_priority),
    ),
    Action(
        "follow-up-kind", "Set the type of a follow-up", "Follow-up",
        (_FOLLOW_UP, FollowUpTypeArg("kind", "Type")), decide=rule(followups.set_type),
    ),
    Action(
        "follow-up-due", "Set the due date of a follow-up", "Follow-up",
        (_FOLLOW_UP, DueDateArg("due", "Due date (fri, 2026-12-01, in 14d)", current=current.follow_up_due)),
        decide=rule(followups.set_due),
    ),
    Action(
        "follow-up-success", "Set the success criterion of a follow-up", "Follow-up",
        (_FOLLOW_UP, TextArg("success", "Success criterion", current=current.follow_up(lambda item: item.success))),
        decide=rule(followups.set_success_criterion),
    ),
    Action(
        "schedule-review", "Schedule or move the review", "Follow-up",
        (FutureTimeArg("at", "When (mon 10:00)", fit=_when_it_suits, current=current.review_time),
         DurationArg("minutes", "Duration (default: from the plan)", required=False, current=current.review_duration),
         TextArg("where", "Where", required=False, current=current.review_place)),
        decide=rule(followups.schedule_review),
    ),
    Action(
        "review-held", "Mark the review as held", "Follow-up",
        (TimeArg("at", "When (default: now)", required=False),),
        decide=rule(followups.mark_review_held),
    ),
    # Recorded when a text was copied; the composer and `incident update --copy` call it, nobody types it.
    Action(
        "sent", "Log an update that was sent", "Follow-up",
        (AudienceArg("audience", "Audience"), TextArg("route", "Channel"),
         TextArg("text", "Text"),
         TimeArg("promised", "Next update due", required=False)),
        decide=rule(updates.log_update),
    ),
)  # fmt: skip
