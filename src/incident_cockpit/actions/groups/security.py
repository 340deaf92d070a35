"""What a security incident and a breach of data need besides: a codename, a record, evidence with its way."""

from __future__ import annotations

from functools import partial

from incident_cockpit.actions.action import Action, Arg, ArgKind, rule, text
from incident_cockpit.incident.facts import notes, opening, security

ACTIONS = (
    Action(
        "risk", "Log an immediate risk or concern; the first message tells it.", "Security",
        (text("text", "What may happen, to whom?"),), decide=rule(partial(notes.log, sort=notes.NoteKind.RISK)),
        early=True,
    ),
    Action(
        "restrict", "Let a codename stand for the title in what leaves; only some may know.", "Security",
        (text("codename", "Which codename? (a word that tells nothing)"),), decide=rule(opening.restrict),
    ),
    Action(
        "unrestrict", "Let everybody know what it is about.", "Security", decide=rule(opening.unrestrict),
        grave=True,
    ),
    Action(
        "breach", "Fill in a field of the breach record, or put it right.", "Security",
        (Arg("field", ArgKind.FIELD, "Which field?"), text("text", "What is known of it?")),
        decide=rule(security.set_breach_field),
    ),
    Action(
        "evidence", "Note what was kept as evidence, and where it lies.", "Security",
        (text("text", "What was kept?"), text("where", "Where does it lie? (may stay empty)", required=False)),
        decide=rule(security.log_evidence), early=True,
    ),
    Action(
        "evidence-handed", "Note who has a piece of evidence from here on.", "Security",
        (Arg("evidence", ArgKind.EVIDENCE, "Which piece?"), Arg("who", ArgKind.PERSON, "Who has it now?")),
        decide=rule(security.transfer_custody),
    ),
)  # fmt: skip
