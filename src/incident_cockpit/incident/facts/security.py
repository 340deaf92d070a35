"""The record of a breach of personal data: what an authority asks for, field by field (GDPR, articles 33 and 34)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.classification import types_of
from incident_cockpit.incident.facts.severity import DatedValue
from incident_cockpit.incident.facts.topic import Line, Topic, put, value_of

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


# What the record holds, and the question behind each field.
BREACH_FIELDS = {
    "nature": "What happened to the data: seen, changed, lost, by whom as far as known?",
    "data": "Which kinds of data are affected?",
    "people": "Which groups of people are affected, and about how many?",
    "records": "About how many records are affected?",
    "consequences": "What may happen to the people because of it?",
    "measures": "What was or will be done against it, and to soften what it does?",
    "contact": "Who answers questions (data protection officer or another)?",
    "risk": "How likely and how bad is the risk to people, and why?",
    "delay": "Why was the authority told late, or in parts?",
}


class BreachNoted(Change, frozen=True):
    """A field of the breach record was filled in or put right."""

    kind: ClassVar[str] = "breach.noted"
    names: ClassVar[str] = "field"
    field: str
    now: DatedValue | None
    was: DatedValue | None


def set_breach_field(incident: Incident, moment: Moment, field: str, text: str) -> BreachNoted:
    """Fill in a field of the breach record, or put it right; raises Refused for an unknown field and for no words."""
    if field not in BREACH_FIELDS:
        raise Refused(f"the breach record has no field '{field}'", "it has " + ", ".join(BREACH_FIELDS))
    if not text:
        raise Refused(f"nothing is said of '{field}'", BREACH_FIELDS[field])
    held = incident.breach.get(field)
    if held is not None and held.value == text:
        raise Refused(f"'{field}' says so already", "leave it, or say it anew")
    return BreachNoted(field=field, now=DatedValue(text, moment.happened), was=held)


def is_breach(incident: Incident) -> bool:
    """Return whether a record of a breach is kept: a type asks for it, or somebody has begun one."""
    return bool(incident.breach) or any(one.breach for one in types_of(incident))


def missing_breach_fields(incident: Incident) -> tuple[str, ...]:
    """Return the fields of the record that are still empty; the reason of a delay is asked for only where there is one.

    Within 72 hours of becoming aware the authority is told without it (GDPR, article 33 paragraph 1).
    """
    if not is_breach(incident):
        return ()
    return tuple(field for field in BREACH_FIELDS if field not in incident.breach and field != "delay")


def _fold(state: Mapping[str, DatedValue], fact: BreachNoted) -> Mapping[str, DatedValue]:
    return put(state, fact.field, fact.now)


def _words(fact: BreachNoted, incident: Incident) -> Line:
    return Line("breach", f"{fact.field}: {fact.now.value if fact.now else 'not known'}")


TOPIC = Topic("breach", {}, (BreachNoted,), _fold, _words)


# -- evidence: What was kept as evidence, where it lies and who has it.


class Evidence(Struct, frozen=True):
    """One piece: what it is, where it lies, who secured it and when; `handed` tells who has had it since."""

    text: str
    where: str
    by: str
    when: datetime
    handed: tuple[str, ...] = ()


class EvidenceKept(Change, frozen=True):
    """A piece of evidence was secured, or handed on."""

    kind: ClassVar[str] = "evidence.kept"
    names: ClassVar[str] = "evidence"
    evidence: str
    now: Evidence | None
    was: Evidence | None


def log_evidence(incident: Incident, moment: Moment, text: str, where: str = "") -> EvidenceKept:
    """Note what was kept as evidence and where it lies; raises Refused when nothing is said (seed 003, section 11)."""
    if not text:
        raise Refused(
            "nothing is said to be kept", 'say what and where, as in :evidence "disk image of web-3" vault 12'
        )
    made = Evidence(text=text, where=where, by=moment.who, when=moment.happened)
    return EvidenceKept(evidence=f"e{moment.seq}", now=made, was=None)


def transfer_custody(incident: Incident, moment: Moment, evidence: str, who: str) -> EvidenceKept:
    """Note who has a piece of evidence from here on, so that its way can be shown later; raises Refused."""
    held = incident.evidence.get(evidence)
    if held is None:
        raise Refused(f"there is no evidence {evidence}", "name it by its words")
    if not who:
        raise Refused("nobody was named", "say who has it from here on")
    if custodian(held) == who:
        raise Refused(f"{who} has '{held.text}' already", "say who else takes it")
    return EvidenceKept(evidence=evidence, now=replace(held, handed=(*held.handed, who)), was=held)


def custodian(evidence: Evidence) -> str:
    """Return who has it now."""
    return evidence.handed[-1] if evidence.handed else evidence.by


def _evidence_fold(state: Mapping[str, Evidence], fact: EvidenceKept) -> Mapping[str, Evidence]:
    return put(state, fact.evidence, fact.now)


def _evidence_words(fact: EvidenceKept, incident: Incident) -> Line:
    one = value_of(fact.now, fact.was)
    if fact.was is not None and fact.now is not None:
        return Line("evidence", f"{one.text} → {custodian(one)}")
    return Line("evidence", one.text + (f" ({one.where})" if one.where else ""))


EVIDENCE_TOPIC = Topic("evidence", {}, (EvidenceKept,), _evidence_fold, _evidence_words)
