"""What was kept as evidence, where it lies and who has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


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


def keep(incident: Incident, moment: Moment, text: str, where: str = "") -> EvidenceKept:
    """Note what was kept as evidence and where it lies; raises Refused when nothing is said (seed 003, section 11)."""
    if not text:
        raise Refused(
            "nothing is said to be kept", 'say what and where, as in :evidence "disk image of web-3" vault 12'
        )
    made = Evidence(text=text, where=where, by=moment.who, when=moment.happened)
    return EvidenceKept(evidence=f"e{moment.seq}", now=made, was=None)


def hand(incident: Incident, moment: Moment, evidence: str, who: str) -> EvidenceKept:
    """Note who has a piece of evidence from here on, so that its way can be shown later; raises Refused."""
    held = incident.evidence.get(evidence)
    if held is None:
        raise Refused(f"there is no evidence {evidence}", "name it by its words")
    if not who:
        raise Refused("nobody was named", "say who has it from here on")
    if holder(held) == who:
        raise Refused(f"{who} has '{held.text}' already", "say who else takes it")
    return EvidenceKept(evidence=evidence, now=replace(held, handed=(*held.handed, who)), was=held)


def holder(evidence: Evidence) -> str:
    """Return who has it now."""
    return evidence.handed[-1] if evidence.handed else evidence.by


def _fold(state: Mapping[str, Evidence], fact: EvidenceKept) -> Mapping[str, Evidence]:
    return put(state, fact.evidence, fact.now)


def _words(fact: EvidenceKept, incident: Incident) -> Line:
    one = said(fact.now, fact.was)
    if fact.was is not None and fact.now is not None:
        return Line("evidence", f"{one.text} → {holder(one)}")
    return Line("evidence", one.text + (f" ({one.where})" if one.where else ""))


TOPIC = Topic("evidence", {}, (EvidenceKept,), _fold, _words)
