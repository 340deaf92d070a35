"""The handoff brief: all that the next commander has to know, written from the record."""

from __future__ import annotations

from incident_cockpit.documents.document import Document
from incident_cockpit.documents.sections.evidence import links
from incident_cockpit.documents.sections.head import handoff_head, report, severity_history
from incident_cockpit.documents.sections.impact import impact
from incident_cockpit.documents.sections.people import channel, engaged, read_back
from incident_cockpit.documents.sections.updates import due, last_update
from incident_cockpit.documents.situation import RESPONSE
from incident_cockpit.documents.snapshot import Fit

HANDOFF_BRIEF = Document(
    "handoff",
    "Handoff brief",
    (
        handoff_head,
        report,
        severity_history,
        engaged,
        channel,
        impact,
        *RESPONSE,
        due,
        links,
        last_update,
        read_back,
    ),
    # An update is quoted in full, unless it is a book.
    Fit(actions=8, decisions=6, evidence=3, impacts=2, due=10, pins=6, engaged=6, quote=1_500, reversed=True),
)
