"""What a security incident and a breach of data need besides: a codename, a record, evidence with its way."""

from __future__ import annotations

from functools import partial

from incident_cockpit.actions.action import Action, rule
from incident_cockpit.actions.arguments.of_incident import BreachFieldArg, EvidenceArg
from incident_cockpit.actions.arguments.people import PersonArg
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.incident.facts import notes, opening, security

ACTIONS = (
    Action(
        "risk", "Log an immediate risk or concern; the first message tells it.", "Security",
        (TextArg("text", "What may happen, to whom?"),), decide=rule(partial(notes.log, sort=notes.NoteKind.RISK)),
        early=True,
    ),
    Action(
        "restrict", "Let a codename stand for the title in what leaves; only some may know.", "Security",
        (TextArg("codename", "Which codename? (a word that tells nothing)"),), decide=rule(opening.restrict),
    ),
    Action(
        "unrestrict", "Let everybody know what it is about.", "Security", decide=rule(opening.unrestrict),
        grave=True,
    ),
    Action(
        "breach", "Fill in a field of the breach record, or put it right.", "Security",
        (BreachFieldArg("field", "Which field?"), TextArg("text", "What is known of it?")),
        decide=rule(security.set_breach_field),
    ),
    Action(
        "evidence", "Note what was kept as evidence, and where it lies.", "Security",
        (TextArg("text", "What was kept?"), TextArg("where", "Where does it lie? (may stay empty)", required=False)),
        decide=rule(security.log_evidence), early=True,
    ),
    Action(
        "evidence-handed", "Note who has a piece of evidence from here on.", "Security",
        (EvidenceArg("evidence", "Which piece?"), PersonArg("who", "Who has it now?")),
        decide=rule(security.transfer_custody),
    ),
)  # fmt: skip
