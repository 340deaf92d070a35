"""Roles, asks, needs, escalation and handoff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from incident_cockpit.actions.action import Action, Scope, rule
from incident_cockpit.actions.arguments import current
from incident_cockpit.actions.arguments.argument import Arg, Here
from incident_cockpit.actions.arguments.of_incident import AskArg, HandoffPointArg, NeedArg
from incident_cockpit.actions.arguments.of_plan import TriggerArg
from incident_cockpit.actions.arguments.people import PeopleArg, PersonArg, RoleArg
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.actions.arguments.times import DurationArg
from incident_cockpit.incident import declare, escalation
from incident_cockpit.incident.facts import asks, roles
from incident_cockpit.incident.state import Incident

_ASK = AskArg("ask", "Ask")


def _whether_they_came(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:  # noqa: ARG001
    if values.get("ask") not in declare.open_join_asks(incident):
        return arg
    return replace(arg, prompt="Have they joined?", default=declare.JOINED)


def _why_without(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:  # noqa: ARG001
    left = incident.handoff.left if incident.handoff else ()
    return arg.requiring(f"Reason for not reading back {', '.join(left)}" if left else "")


ACTIONS = (
    Action(
        "assign", "Assign a role; replaces its holder", "People",
        (RoleArg("role", "Role"), PersonArg("who", "Assign to")), keys=("r",),
        label="assign",
        decide=rule(escalation.assign),
    ),
    Action(
        "release", "Unassign a role", "People",
        (RoleArg("role", "Role"), PersonArg("who", "Holder", required=False)),
        keys=("minus",), scope=Scope.PEOPLE, label="unassign", decide=rule(roles.unassign),
    ),
    Action(
        "ask", "Ask someone, with a due time", "People",
        (
            PeopleArg("who", "Assignee (several: Raj, Mio)"),
            DurationArg("within", "Due in", default="10m"),
            TextArg("text", "Request"),
        ),
        keys=("at",), prefix="@", label="ask", decide=rule(asks.ask_several), early=True,
    ),
    Action(
        "escalate", "Log an escalation; completes the levels that notify this person", "People",
        (PersonArg("who", "Who was paged?"), TextArg("reason", "Reason")), keys=("e",), label="escalate",
        decide=rule(escalation.escalate), early=True,
    ),
    Action(
        "trigger", "Escalate for a plan-defined reason", "People",
        (TriggerArg("trigger", "Reason to escalate"),
         PersonArg("who", "Who was paged? (default: from the plan)", required=False),
         TextArg("reason", "Details", required=False)),
        decide=rule(escalation.trigger),
    ),
    Action("solo", "Toggle solo mode; one person holds every role", "People",
           decide=rule(escalation.toggle_solo)),
    Action("answer", "Answer an ask", "People",
           (_ASK, TextArg("answer", "Answer", fit=_whether_they_came)), keys=("space",), scope=Scope.PEOPLE,
           label="answer", decide=rule(declare.answer_ask), early=True),
    Action("drop", "Drop an ask", "People",
           (_ASK, TextArg("reason", "Reason", required=False)), decide=rule(asks.drop)),
    Action("ack", "Acknowledge an ask", "People", (_ASK,), keys=("a",), scope=Scope.DUE,
           decide=rule(asks.acknowledge)),
    Action(
        "extend", "Extend an ask", "People",
        (_ASK, DurationArg("within", "Extend by", default="10m")), keys=("plus",), scope=Scope.DUE,
        decide=rule(asks.extend),
    ),
    Action(
        "reassign", "Reassign an ask", "People",
        (_ASK, PersonArg("who", "Assign to"),
         DurationArg("within", "Due in (default: the time left)", required=False)),
        keys=("greater_than_sign",), scope=Scope.DUE, decide=rule(asks.reassign),
    ),
    Action("need", "Log a need; people, access, a vendor", "People",
           (TextArg("text", "What do you need?"),), keys=("N",), decide=rule(asks.log_need)),
    Action(
        "need-met", "Mark a need as met", "People",
        (NeedArg("need", "Need"), PersonArg("who", "Met by (default: you)",
        required=False)),
        decide=rule(asks.mark_need_met),
    ),
    Action("handoff", "Offer command; the new commander reads back first", "People",
           (PersonArg("who", "New commander"),), keys=("H",), decide=rule(roles.offer_command)),
    Action(
        "read-back", "Read back one handoff point", "People",
        (HandoffPointArg("point", "Handoff point"),
         TextArg("words", "In your own words", current=current.read_back_point)),
        decide=rule(roles.read_back),
    ),
    Action("take-command", "Take command after the read-back", "People",
           (TextArg("reason", "Reason for an incomplete read-back", required=False,
                 fit=_why_without),), decide=rule(roles.take_command), grave=True),
    Action("keep-command", "Keep command; withdraws the offer", "People",
           (TextArg("reason", "Reason", required=False),), decide=rule(roles.withdraw_offer)),
)  # fmt: skip
