"""What whoever is in command decides: severity, phase, impact, title, milestones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from incident_cockpit.actions.action import Action, rule
from incident_cockpit.actions.arguments.argument import Arg, Here
from incident_cockpit.actions.arguments.of_incident import MilestoneArg
from incident_cockpit.actions.arguments.of_plan import PhaseArg, PlanArg, SeverityArg
from incident_cockpit.actions.arguments.texts import HealthArg, SystemArg, TextArg
from incident_cockpit.actions.arguments.times import TimeArg
from incident_cockpit.incident import closing, declare
from incident_cockpit.incident.facts import milestones, opening, phase, severity
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views import legal_duties


def _why_there(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:
    barred = closing.blocked_by(incident, values["phase"], here.now)
    if barred:
        return replace(arg, prompt="It cannot be closed yet", note=barred)
    question = closing.reason_prompt(incident, values["phase"])
    return arg.requiring(question) if question else replace(arg, prompt="Why?")


def _why_closed(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:
    closed = phase.phase_reaching(incident, "closed")
    asked = _why_there(arg, incident, {**values, "phase": closed}, here)
    return asked if asked.note or asked.required else arg


ACTIONS = (
    Action(
        "severity", "Change the severity, with the reason.", "Command",
        (SeverityArg("severity", "How bad is it?"), TextArg("reason", "Why?")), keys=("s",), label="severity",
        decide=rule(declare.change_severity), grave=True,
        warns=lambda incident, values: legal_duties.duties_ended_by_severity(incident, values["severity"]),
    ),
    Action(
        "phase", "Move the incident to another phase.", "Command",
        (PhaseArg("phase", "Which phase?"),
         TextArg("reason", "Why? (to end or reopen)", required=False, fit=_why_there)),
        keys=("p",), label="phase", decide=rule(closing.move_to_phase), grave=True,
        warns=lambda incident, values: closing.left_open_by_phase(incident, values["phase"]),
    ),
    Action(
        "resolve", "Declare the incident resolved, with what verified it.", "Command",
        (TextArg("verified", "What did you see that says so?"),), decide=rule(closing.resolve), grave=True,
        warns=lambda incident, _: closing.left_open_by_end(incident, "resolved"),
    ),
    Action(
        "close", "Close the incident; with a reason also where the plan wants more before.", "Command",
        (TextArg("reason", "Anything to add? (may stay empty)", required=False, fit=_why_closed),),
        decide=rule(closing.close), grave=True,
        warns=lambda incident, _: closing.left_open_by_end(incident, "closed"),
    ),
    Action(
        "impact", "Describe the impact.", "Command", (TextArg("impact", "Who is affected, and how?"),), keys=("i",),
        label="impact", decide=rule(severity.describe_impact),
    ),
    Action(
        "system", "Say how an affected system stands.", "Command",
        (SystemArg("system", "Which system?"), HealthArg("health", "How does it stand?"),
         TextArg("note", "What is to be said of it?", required=False)), keys=("S",),
        decide=rule(severity.set_system_status),
    ),
    Action(
        "title", "Put the title right.", "Command", (TextArg("title", "What is broken, for whom?"),),
        decide=rule(opening.retitle),
    ),
    Action(
        "mark", "Say that something has come to be now: acknowledged, confirmed, aware, mitigated ...", "Command",
        (MilestoneArg("name", "Which milestone?"),), decide=rule(milestones.mark_milestone),
    ),
    Action(
        "milestone", "Correct when something happened: started, detected, mitigated ...", "Command",
        (MilestoneArg("name", "Which milestone?"), TimeArg("at", "When was it?")),
        decide=milestones.correct_milestone,
    ),
    Action(
        "adopt-plan", "Follow another response plan, or the newer version of this one, from now on.", "Command",
        (PlanArg("plan", "Which plan?"),), decide=rule(legal_duties.adopt), grave=True,
    ),
)  # fmt: skip
