"""The report on plan compliance, and its page in the cockpit."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.document import MARKDOWN, Document
from incident_cockpit.documents.sections.compliance import compliance, compliance_tables
from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.views.adherence import adherence, summary
from incident_cockpit.text.blocks import Block, heading, paragraph
from incident_cockpit.times.format import stamp


def _report(view: Snapshot) -> Iterator[Block]:
    incident = view.incident
    assessments = adherence(view.record, view.now)
    yield heading(f"{incident.name} {incident.title}: plan compliance")
    yield paragraph(f"{incident.plan.name}, as of {stamp(view.now)}: {summary(assessments)}.")
    yield from compliance_tables(assessments)


ADHERENCE_REPORT = Document("adherence", "Plan compliance", (_report,), target=MARKDOWN)
ADHERENCE_PAGE = Document("adherence-page", "Plan compliance", (compliance,))
