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
    "nature": "Nature of the breach: data disclosed, altered or lost, and by whom if known",
    "data": "Categories of personal data",
    "people": "Categories and approximate number of data subjects",
    "records": "Approximate number of records",
    "consequences": "Likely consequences for the data subjects",
    "measures": "Measures taken or proposed, including mitigation",
    "contact": "Contact: data protection officer or other",
    "risk": "Likelihood and severity of the risk, with reasons",
    "delay": "Reasons for a late or phased notification",
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
        raise Refused(
            f'No field of the breach record matches "{field}"', "use one of: " + ", ".join(BREACH_FIELDS), about="field"
        )
    if not text:
        raise Refused(f"Text required for {field}", BREACH_FIELDS[field], about="text")
    current = incident.breach.get(field)
    if current is not None and current.value == text:
        raise Refused(f"{field} is already set to this text", "enter another text", about="text")
    return BreachNoted(field=field, now=DatedValue(text, moment.happened), was=current)


def is_breach(incident: Incident) -> bool:
    """Return whether a record of a breach is kept: a type asks for it, or somebody has begun one."""
    return bool(incident.breach) or any(each.breach for each in types_of(incident))


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
    return Line("breach", f"{fact.field}: {fact.now.value if fact.now else 'unknown'}")


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
        raise Refused("Evidence required", 'for example: :evidence "disk image of web-3" vault 12', about="text")
    evidence = Evidence(text=text, where=where, by=moment.who, when=moment.happened)
    return EvidenceKept(evidence=f"e{moment.seq}", now=evidence, was=None)


def transfer_custody(incident: Incident, moment: Moment, evidence: str, who: str) -> EvidenceKept:
    """Note who has a piece of evidence from here on, so that its way can be shown later; raises Refused."""
    current = incident.evidence.get(evidence)
    if current is None:
        raise Refused(f'No evidence matches "{evidence}"', "use its words", about="evidence")
    if not who:
        raise Refused("Name required", "enter the new custodian", about="who")
    if custodian(current) == who:
        raise Refused(f'"{current.text}" is already with {who}', "enter another custodian", about="who")
    return EvidenceKept(evidence=evidence, now=replace(current, handed=(*current.handed, who)), was=current)


def custodian(evidence: Evidence) -> str:
    """Return who has it now."""
    return evidence.handed[-1] if evidence.handed else evidence.by


def _evidence_fold(state: Mapping[str, Evidence], fact: EvidenceKept) -> Mapping[str, Evidence]:
    return put(state, fact.evidence, fact.now)


def _evidence_words(fact: EvidenceKept, incident: Incident) -> Line:
    evidence = value_of(fact.now, fact.was)
    if fact.was is not None and fact.now is not None:
        return Line("evidence", f"{evidence.text} → {custodian(evidence)}")
    return Line("evidence", evidence.text + (f" ({evidence.where})" if evidence.where else ""))


EVIDENCE_TOPIC = Topic("evidence", {}, (EvidenceKept,), _evidence_fold, _evidence_words)
