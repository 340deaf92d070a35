"""Decisions of the incident commander: severity, phase, impact, title, milestones, plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from incident_cockpit.actions.action import Action, rule
from incident_cockpit.actions.arguments import current
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
        return replace(arg, prompt="Cannot be closed yet", note=barred)
    question = closing.reason_prompt(incident, values["phase"])
    return arg.requiring(question) if question else replace(arg, prompt="Reason")


def _why_closed(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:
    closed = phase.phase_reaching(incident, "closed")
    asked = _why_there(arg, incident, {**values, "phase": closed}, here)
    return asked if asked.note or asked.required else arg


ACTIONS = (
    Action(
        "severity", "Change severity", "Command",
        (SeverityArg("severity", "Severity", current=current.severity), TextArg("reason", "Reason")),
        keys=("s",), label="severity",
        decide=rule(declare.change_severity), grave=True,
        warns=lambda incident, values: legal_duties.duties_ended_by_severity(incident, values["severity"]),
    ),
    Action(
        "phase", "Change phase", "Command",
        (PhaseArg("phase", "Phase"),
         TextArg("reason", "Reason", required=False, fit=_why_there)),
        keys=("p",), label="phase", decide=rule(closing.move_to_phase), grave=True,
        warns=lambda incident, values: closing.left_open_by_phase(incident, values["phase"]),
    ),
    Action(
        "resolve", "Resolve the incident", "Command",
        (TextArg("verified", "How was recovery verified?"),), decide=rule(closing.resolve), grave=True,
        warns=lambda incident, _: closing.left_open_by_end(incident, "resolved"),
    ),
    Action(
        "close", "Close the incident; open items need a reason", "Command",
        (TextArg("reason", "Remark", required=False, fit=_why_closed),),
        decide=rule(closing.close), grave=True,
        warns=lambda incident, _: closing.left_open_by_end(incident, "closed"),
    ),
    Action(
        "impact", "Describe the impact", "Command",
        (TextArg("impact", "Who is affected, and how?", current=current.impact),), keys=("i",),
        label="impact", decide=rule(severity.describe_impact),
    ),
    Action(
        "system", "Update system status", "Command",
        (SystemArg("system", "System"), HealthArg("health", "Status", current=current.system_health),
         TextArg("note", "Note", required=False, current=current.system_note)), keys=("S",),
        decide=rule(severity.set_system_status),
    ),
    Action(
        "title", "Edit title", "Command", (TextArg("title", "Title (what fails, for whom)", current=current.title),),
        decide=rule(opening.retitle),
    ),
    Action(
        "mark", "Mark a milestone now", "Command",
        (MilestoneArg("name", "Milestone"),), decide=rule(milestones.mark_milestone),
    ),
    Action(
        "milestone", "Correct the time of a milestone", "Command",
        (MilestoneArg("name", "Milestone"), TimeArg("at", "Time", current=current.milestone_time)),
        decide=milestones.correct_milestone,
    ),
    Action(
        "adopt-plan", "Switch plan; or update to its newer version", "Command",
        (PlanArg("plan", "Plan"),), decide=rule(legal_duties.adopt), grave=True,
    ),
)  # fmt: skip
