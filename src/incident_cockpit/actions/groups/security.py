"""Restricted incidents, the breach record, and evidence with its custody."""

from __future__ import annotations

from functools import partial

from incident_cockpit.actions.action import Action, rule
from incident_cockpit.actions.arguments import current
from incident_cockpit.actions.arguments.of_incident import BreachFieldArg, EvidenceArg
from incident_cockpit.actions.arguments.people import PersonArg
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.incident.facts import notes, opening, security

ACTIONS = (
    Action(
        "risk", "Log an immediate risk; the first message includes it", "Security",
        (TextArg("text", "Risk (what may happen, to whom)"),),
        decide=rule(partial(notes.log, sort=notes.NoteKind.RISK)), early=True,
    ),
    Action(
        "restrict", "Restrict the incident; a codename replaces the title in outgoing texts", "Security",
        (TextArg("codename", "Codename (must reveal nothing)", current=current.codename),),
        decide=rule(opening.restrict),
    ),
    Action(
        "unrestrict", "Lift the restriction", "Security", decide=rule(opening.unrestrict),
        grave=True,
    ),
    Action(
        "breach", "Set a breach-record field", "Security",
        (BreachFieldArg("field", "Field"), TextArg("text", "What is known", current=current.breach_field)),
        decide=rule(security.set_breach_field),
    ),
    Action(
        "evidence", "Log evidence and its location", "Security",
        (TextArg("text", "Evidence"), TextArg("where", "Location", required=False)),
        decide=rule(security.log_evidence), early=True,
    ),
    Action(
        "evidence-handed", "Log a custody transfer", "Security",
        (EvidenceArg("evidence", "Evidence"), PersonArg("who", "New custodian")),
        decide=rule(security.transfer_custody),
    ),
)  # fmt: skip
