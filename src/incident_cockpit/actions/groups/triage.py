"""Triage of a report, and classification: type, detection, channel and call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from incident_cockpit.actions.action import Action, rule
from incident_cockpit.actions.arguments.argument import Arg, Here
from incident_cockpit.actions.arguments.of_incident import IncidentArg
from incident_cockpit.actions.arguments.of_plan import DetectionArg, HeldTypeArg, SeverityArg, TypeArg
from incident_cockpit.actions.arguments.people import PersonArg
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.actions.arguments.times import DurationArg
from incident_cockpit.incident import declare, triage
from incident_cockpit.incident.declare import RunbookRequest
from incident_cockpit.incident.facts import classification, report
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views import legal_duties


def _with_declaration(incident: Incident, values: Mapping[str, Any]) -> Sequence[RunbookRequest]:  # noqa: ARG001 - one way to call
    return declare.runbooks_on_declaring(incident, None, classification.types_of(incident))


def _with_type(incident: Incident, values: Mapping[str, Any]) -> Sequence[RunbookRequest]:
    word = values.get("type")
    types = [incident.plan.find_type(word)] if isinstance(word, str) and word.strip() else []
    return declare.runbooks_for_types(types, declare.attached_names(incident))


def _why_after_all(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:  # noqa: ARG001
    return arg.requiring("Reason for reopening" if incident.dismissed else "")


def _unless_owed(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:  # noqa: ARG001
    barred = legal_duties.open_duties_text(incident, here.now)
    return replace(arg, prompt="Cannot be dismissed yet", note=barred) if barred else arg


ACTIONS = (
    Action(
        "answered", "Mark the reporter as answered", "Triage",
        (TextArg("text", "Answer given", required=False),), decide=rule(report.mark_answered),
    ),
    Action(
        "investigate", "Assign triage", "Triage",
        (PersonArg("who", "Assign to"),
         DurationArg("within", "Due in (default: from the plan)", required=False)),
        decide=rule(triage.investigate),
    ),
    Action(
        "declare", "Declare the report an incident, or reopen a dismissed one", "Triage",
        (SeverityArg("severity", "Severity"),
         TextArg("why", "Reason", required=False, fit=_why_after_all)),
        decide=rule(triage.declare_report), grave=True, brings=_with_declaration,
    ),
    Action(
        "dismiss", "Dismiss as a false alarm; fixing its source becomes a follow-up", "Triage",
        (TextArg("reason", "Reason", fit=_unless_owed),), decide=rule(triage.dismiss), grave=True,
           command="incident dismiss --reason",
    ),
    Action(
        "duplicate", "Mark as a duplicate; the response continues in the other incident", "Triage",
        (IncidentArg("of", "Duplicate of", fit=_unless_owed),
         TextArg("reason", "Reason", required=False)),
        decide=rule(triage.duplicate), grave=True,
           command="incident dismiss --duplicate-of",
    ),
    Action(
        "not-urgent", "Mark as not urgent; write a ticket", "Triage",
        (TextArg("reason", "Reason", fit=_unless_owed),), decide=rule(triage.not_urgent), grave=True,
           command="incident dismiss --not-urgent --reason",
    ),
    Action(
        "type", "Set the type; attaches its steps and runbook", "Triage",
        (TypeArg("type", "Incident type"),), decide=rule(declare.add_type), brings=_with_type,
    ),
    Action(
        "remove-type", "Remove a type; its obligations end", "Triage",
        (HeldTypeArg("type", "Incident type"), TextArg("reason", "Reason")),
        decide=rule(declare.remove_type), grave=True,
        warns=lambda incident, values: declare.duties_ended_by_type(incident, values["type"]),
    ),
    Action(
        "detected-by", "Set how it was detected", "Triage", (DetectionArg("detection", "Detection"),),
        decide=rule(classification.set_detection),
    ),
    Action(
        "channel", "Set the incident channel", "Triage", (TextArg("name", "Channel"),),
        decide=rule(declare.set_channel),
    ),
    Action(
        "call", "Set the conference call", "Triage", (TextArg("link", "Link or number"),),
        decide=rule(declare.set_call),
    ),
)  # fmt: skip
