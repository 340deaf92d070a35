"""What outlives the incident, and updates that went out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from incident_cockpit.actions.action import Action, rule
from incident_cockpit.actions.arguments.argument import Arg, Here
from incident_cockpit.actions.arguments.of_incident import FollowUpArg, PriorityArg
from incident_cockpit.actions.arguments.of_plan import AudienceArg, FollowUpTypeArg
from incident_cockpit.actions.arguments.people import PersonArg
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.actions.arguments.times import DueDateArg, DurationArg, FutureTimeArg, TimeArg
from incident_cockpit.incident.closing import suggested_review
from incident_cockpit.incident.facts import followups, updates
from incident_cockpit.incident.state import Incident

_FOLLOW_UP = FollowUpArg("follow_up", "Which follow-up?")


def _when_it_suits(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:  # noqa: ARG001
    suits = suggested_review(incident, here.now)
    return replace(arg, default=f"{suits.astimezone(here.zone):%Y-%m-%d %H:%M}") if suits is not None else arg


ACTIONS = (
    Action(
        "follow-up", "Note work for after the incident.", "After", (TextArg("text", "What has to be done?"),),
        keys=("f",), decide=rule(partial(followups.add_follow_up, owner="")), early=True,
    ),
    Action(
        "follow-up-done", "Mark a follow-up as done.", "After",
        (_FOLLOW_UP,), decide=rule(followups.complete_follow_up),
    ),
    Action(
        "follow-up-owner", "Give a follow-up to somebody.", "After",
        (_FOLLOW_UP, PersonArg("who", "Who takes it?")), decide=rule(followups.set_owner),
    ),
    Action(
        "follow-up-priority", "Say whether a follow-up has high or low priority.", "After",
        (_FOLLOW_UP, PriorityArg("priority", "High or low?")), decide=rule(followups.set_priority),
    ),
    Action(
        "follow-up-kind", "Say what a follow-up changes, in the plan's words.", "After",
        (_FOLLOW_UP, FollowUpTypeArg("kind", "Of which kind is it?")), decide=rule(followups.set_type),
    ),
    Action(
        "follow-up-due", "Say until when a follow-up is to be done.", "After",
        (_FOLLOW_UP, DueDateArg("due", "Until when? (fri, 2026-12-01, in 14d)")), decide=rule(followups.set_due),
    ),
    Action(
        "follow-up-success", "Say what will show that a follow-up has done what it is for.", "After",
        (_FOLLOW_UP, TextArg("success", "What will show it?")), decide=rule(followups.set_success_criterion),
    ),
    Action(
        "schedule-review", "Set the time of the review, or move it.", "After",
        (FutureTimeArg("at", "When is it? (mon 10:00)", fit=_when_it_suits),
         DurationArg("minutes", "How long does it take? (empty: as the plan says)", required=False),
         TextArg("where", "Where is it?", required=False)),
        decide=rule(followups.schedule_review),
    ),
    Action(
        "review-held", "Say that the review was held.", "After",
        (TimeArg("at", "When was it? (empty: now)", required=False),),
        decide=rule(followups.mark_review_held),
    ),
    # Recorded when a text was copied; the composer and `incident update --copy` call it, nobody types it.
    Action(
        "sent", "Record that an update went out.", "After",
        (AudienceArg("audience", "To whom?"), TextArg("route", "By which route?"),
         TextArg("text", "What did it say?"),
         TimeArg("promised", "When did it promise the next?", required=False)),
        decide=rule(updates.log_update),
    ),
)  # fmt: skip
