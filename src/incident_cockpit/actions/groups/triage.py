"""From a report to a verdict, and what is known of the incident besides how bad it is."""

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
    return arg.requiring("Why is it an incident after all?" if incident.dismissed else "")


def _unless_owed(arg: Arg, incident: Incident, values: Mapping[str, Any], here: Here) -> Arg:  # noqa: ARG001
    barred = legal_duties.open_duties_text(incident, here.now)
    return replace(arg, prompt="It cannot be dismissed yet", note=barred) if barred else arg


ACTIONS = (
    Action(
        "answered", "Note that whoever reported it was answered.", "Triage",
        (TextArg("text", "What were they told? (may stay empty)", required=False),), decide=rule(report.mark_answered),
    ),
    Action(
        "investigate", "Hand the report to somebody who finds out whether it is real.", "Triage",
        (PersonArg("who", "Who finds out?"),
         DurationArg("within", "Within what time? (empty: as the plan says)", required=False)),
        decide=rule(triage.investigate),
    ),
    Action(
        "declare", "Say that a report is an incident, or take up again one that was dismissed.", "Triage",
        (SeverityArg("severity", "How bad is it?"),
         TextArg("why", "Why so bad? (may stay empty)", required=False, fit=_why_after_all)),
        decide=rule(triage.declare_report), grave=True, brings=_with_declaration,
    ),
    Action(
        "dismiss", "Say that it is a false alarm, and why; what raised it becomes a follow-up.", "Triage",
        (TextArg("reason", "What showed that it is none?", fit=_unless_owed),), decide=rule(triage.dismiss), grave=True,
    ),
    Action(
        "duplicate", "Say that it is the same as another incident, where the work goes on.", "Triage",
        (IncidentArg("of", "The same as which incident?", fit=_unless_owed),
         TextArg("reason", "What shows that? (may stay empty)", required=False)),
        decide=rule(triage.duplicate), grave=True,
    ),
    Action(
        "not-urgent", "Say that it is real and can wait: it becomes a ticket.", "Triage",
        (TextArg("reason", "Why can it wait?", fit=_unless_owed),), decide=rule(triage.not_urgent), grave=True,
    ),
    Action(
        "type", "Add a type of incident; its first steps and its runbook are attached.", "Triage",
        (TypeArg("type", "Which type is it?"),), decide=rule(declare.add_type), brings=_with_type,
    ),
    Action(
        "remove-type", "Remove a type of incident: its duties are no longer required.", "Triage",
        (HeldTypeArg("type", "Which type is it not?"), TextArg("reason", "Why?")),
        decide=rule(declare.remove_type), grave=True,
        warns=lambda incident, values: declare.duties_ended_by_type(incident, values["type"]),
    ),
    Action(
        "detected-by", "Say how it was found.", "Triage", (DetectionArg("detection", "How was it found?"),),
        decide=rule(classification.set_detection),
    ),
    Action(
        "channel", "Say in which channel people meet.", "Triage", (TextArg("name", "What is the channel called?"),),
        decide=rule(declare.set_channel),
    ),
    Action(
        "call", "Say where the call is.", "Triage", (TextArg("link", "What is its link, or its number?"),),
        decide=rule(declare.set_call),
    ),
)  # fmt: skip
