"""What was kept as evidence, where it lies and who has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from incident_cockpit.incident.envelope import Change
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


def _fold(state: Mapping[str, Evidence], fact: EvidenceKept) -> Mapping[str, Evidence]:
    return put(state, fact.evidence, fact.now)


def _words(fact: EvidenceKept, incident: Incident) -> Line:
    one = said(fact.now, fact.was)
    if fact.was is not None and fact.now is not None:
        return Line("evidence", f"{one.text} → {one.handed[-1] if one.handed else one.where}")
    return Line("evidence", one.text + (f" ({one.where})" if one.where else ""))


TOPIC = Topic("evidence", {}, (EvidenceKept,), _fold, _words)
