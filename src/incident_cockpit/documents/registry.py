"""The documents that are written from the record, by id: a new one is added here, and is then tried by the tests."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from incident_cockpit.documents.adherence_report import ADHERENCE_PAGE, ADHERENCE_REPORT
from incident_cockpit.documents.breach_record import BREACH_RECORD
from incident_cockpit.documents.document import Document
from incident_cockpit.documents.handoff_brief import HANDOFF_BRIEF
from incident_cockpit.documents.join_brief import JOIN_BRIEF, STAND_DOWN
from incident_cockpit.documents.postmortem import POSTMORTEM
from incident_cockpit.documents.situation import INCIDENT, SITUATION, SITUATION_PAGE
from incident_cockpit.documents.timeline import TIMELINE

_ALL = (
    SITUATION,
    SITUATION_PAGE,
    INCIDENT,
    HANDOFF_BRIEF,
    JOIN_BRIEF,
    STAND_DOWN,
    TIMELINE,
    POSTMORTEM,
    ADHERENCE_REPORT,
    ADHERENCE_PAGE,
    BREACH_RECORD,
)
DOCUMENTS: Mapping[str, Document] = MappingProxyType({document.id: document for document in _ALL})
