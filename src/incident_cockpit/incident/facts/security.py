"""The record of a personal-data breach by GDPR articles 33 and 34, and evidence with its chain of custody."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.classification import types_of
from incident_cockpit.incident.facts.severity import DatedValue
from incident_cockpit.incident.facts.topic import Line, Topic, fold_by_name, value_of

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
    """A field of the breach record was set."""

    kind: ClassVar[str] = "breach.noted"
    names: ClassVar[str] = "field"
    field: str
    now: DatedValue | None
    was: DatedValue | None


def set_breach_field(incident: Incident, moment: Moment, field: str, text: str) -> BreachNoted:
    """Set a field of the breach record; raises Refused for an unknown field and without text."""
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
    """Return whether a breach record is kept: a type requires it, or a field was set."""
    return bool(incident.breach) or any(each.breach for each in types_of(incident))


def missing_breach_fields(incident: Incident) -> tuple[str, ...]:
    """Return the empty fields of the breach record, without the reasons for a delay.

    Within 72 hours of becoming aware the notification needs no reasons (GDPR, article 33 paragraph 1).
    """
    if not is_breach(incident):
        return ()
    return tuple(field for field in BREACH_FIELDS if field not in incident.breach and field != "delay")


TOPIC = Topic(
    "breach",
    {},
    (BreachNoted,),
    fold_by_name,
    lambda fact, _: Line("breach", f"{fact.field}: {fact.now.value if fact.now else 'unknown'}"),
)


# Evidence


class Evidence(Struct, frozen=True):
    """A piece of evidence: what and where it is, who secured it and when; `handed` are its later custodians."""

    text: str
    where: str
    by: str
    when: datetime
    handed: tuple[str, ...] = ()


class EvidenceKept(Change, frozen=True):
    """A piece of evidence was secured, or its custody transferred."""

    kind: ClassVar[str] = "evidence.kept"
    names: ClassVar[str] = "evidence"
    evidence: str
    now: Evidence | None
    was: Evidence | None


def log_evidence(incident: Incident, moment: Moment, text: str, where: str = "") -> EvidenceKept:
    """Log evidence and its location; raises Refused without text."""
    if not text:
        raise Refused("Evidence required", 'for example: :evidence "disk image of web-3" vault 12', about="text")
    evidence = Evidence(text=text, where=where, by=moment.who, when=moment.happened)
    return EvidenceKept(evidence=f"e{moment.seq}", now=evidence, was=None)


def transfer_custody(incident: Incident, moment: Moment, evidence: str, who: str) -> EvidenceKept:
    """Log a custody transfer, for the chain of custody; raises Refused without another name."""
    current = incident.evidence.get(evidence)
    if current is None:
        raise Refused(f'No evidence matches "{evidence}"', "use its words", about="evidence")
    if not who:
        raise Refused("Name required", "enter the new custodian", about="who")
    if custodian(current) == who:
        raise Refused(f'"{current.text}" is already with {who}', "enter another custodian", about="who")
    return EvidenceKept(evidence=evidence, now=replace(current, handed=(*current.handed, who)), was=current)


def custodian(evidence: Evidence) -> str:
    """Return the present custodian."""
    return evidence.handed[-1] if evidence.handed else evidence.by


def _evidence_words(fact: EvidenceKept, incident: Incident) -> Line:
    evidence = value_of(fact.now, fact.was)
    if fact.was is not None and fact.now is not None:
        return Line("evidence", f"{evidence.text} → {custodian(evidence)}")
    return Line("evidence", evidence.text + (f" ({evidence.where})" if evidence.where else ""))


EVIDENCE_TOPIC = Topic("evidence", {}, (EvidenceKept,), fold_by_name, _evidence_words)
