"""Who does what, and who is asked for what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from incident_cockpit.actions.action import Action, Scope, rule
from incident_cockpit.actions.arguments.argument import Arg, Here
from incident_cockpit.actions.arguments.of_incident import AskArg, HandoffPointArg, NeedArg
from incident_cockpit.actions.arguments.of_plan import TriggerArg
from incident_cockpit.actions.arguments.people import PeopleArg, PersonArg, RoleArg
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.actions.arguments.times import DurationArg
from incident_cockpit.incident import declare, escalation
from incident_cockpit.incident.facts import asks, roles
from incident_cockpit.incident.state import Incident

_ASK = AskArg("ask", "Which ask?")


def _whether_they_came(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:  # noqa: ARG001
    if values.get("ask") not in declare.open_join_asks(incident):
        return arg
    return replace(arg, prompt="Have they come?", default=declare.JOINED)


def _why_without(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:  # noqa: ARG001
    left = incident.handoff.left if incident.handoff else ()
    return arg.requiring(f"Why without reading back {', '.join(left)}?" if left else "")


ACTIONS = (
    Action(
        "assign", "Give a role to somebody; it changes hands where somebody holds it.", "People",
        (RoleArg("role", "Which role?"), PersonArg("who", "Who takes it?")), keys=("r",),
        label="roles",
        decide=rule(escalation.assign),
    ),
    Action(
        "release", "Free a role.", "People",
        (RoleArg("role", "Which role?"), PersonArg("who", "Who leaves it?", required=False)),
        keys=("minus",), scope=Scope.PEOPLE, label="free", decide=rule(roles.unassign),
    ),
    Action(
        "ask", "Ask somebody for something within a time.", "People",
        (
            PeopleArg("who", "Whom do you ask? (several: Raj, Mio)"),
            DurationArg("within", "Within what time?", default="10m"),
            TextArg("text", "What do you ask for?"),
        ),
        keys=("at",), sign="@", label="ask", decide=rule(asks.ask_several), early=True,
    ),
    Action(
        "escalate", "Log that somebody was brought in, and why; a rung that asks for them is done.", "People",
        (PersonArg("who", "Whom do you bring in?"), TextArg("reason", "Why?")), keys=("e",), label="escalate",
        decide=rule(escalation.escalate), early=True,
    ),
    Action(
        "trigger", "Escalate for one of the plan's reasons, and log it.", "People",
        (TriggerArg("trigger", "Which reason?"),
         PersonArg("who", "Whom do you bring in? (empty: whom the plan names)", required=False),
         TextArg("reason", "What more is there to say?", required=False)),
        decide=rule(escalation.trigger),
    ),
    Action("solo", "One person does everything: no role is missing; or share them out again.", "People",
           decide=rule(escalation.toggle_solo)),
    Action("answer", "Close an ask with what was found.", "People",
           (_ASK, TextArg("answer", "What was found?", fit=_whether_they_came)), keys=("space",), scope=Scope.PEOPLE,
           label="answer", decide=rule(declare.answer_ask), early=True),
    Action("drop", "Drop an ask that is no longer wanted.", "People",
           (_ASK, TextArg("reason", "Why? (may stay empty)", required=False)), decide=rule(asks.drop)),
    Action("ack", "Say that whoever was asked is on it.", "People", (_ASK,), keys=("a",), scope=Scope.DUE,
           decide=rule(asks.acknowledge)),
    Action(
        "extend", "Give whoever was asked more time.", "People",
        (_ASK, DurationArg("within", "How much more?", default="10m")), keys=("plus",), scope=Scope.DUE,
        decide=rule(asks.extend),
    ),
    Action(
        "reassign", "Ask somebody else instead.", "People",
        (_ASK, PersonArg("who", "Who takes it?"),
         DurationArg("within", "Within what time? (empty: what is left)", required=False)),
        keys=("greater_than_sign",), scope=Scope.DUE, decide=rule(asks.reassign),
    ),
    Action("need", "Say what the response lacks: people, access, a vendor.", "People",
           (TextArg("text", "What is lacking?"),), keys=("N",), decide=rule(asks.log_need)),
    Action(
        "need-met", "Say that a need is met, and by whom.", "People",
        (NeedArg("need", "Which need?"), PersonArg("who", "Who helped? (empty: you)",
        required=False)),
        decide=rule(asks.mark_need_met),
    ),
    Action("handoff", "Offer command to somebody, who reads it back before taking it.", "People",
           (PersonArg("who", "Who takes over?"),), keys=("H",), decide=rule(roles.offer_command)),
    Action(
        "read-back", "Say a point of the hand-over back in your own words.", "People",
        (HandoffPointArg("point", "Which point?"), TextArg("words", "In your own words?")),
        decide=rule(roles.read_back),
    ),
    Action("take-command", "Take the command that was offered, once everything was read back.", "People",
           (TextArg("although", "Why without a whole read-back? (may stay empty after one)", required=False,
                 fit=_why_without),), decide=rule(roles.take_command), grave=True),
    Action("keep-command", "Withdraw the offer of command.", "People",
           (TextArg("reason", "Why?", required=False),), decide=rule(roles.withdraw_offer)),
)  # fmt: skip
