"""The situation: a short text for colleagues, a page in the cockpit, and everything that is known of an incident."""

from __future__ import annotations

from incident_cockpit.documents.document import Document
from incident_cockpit.documents.sections.actions import actions
from incident_cockpit.documents.sections.asks import asks
from incident_cockpit.documents.sections.causes import causes
from incident_cockpit.documents.sections.decisions import decisions
from incident_cockpit.documents.sections.evidence import breach_fields, commands, custody, links
from incident_cockpit.documents.sections.followups import follow_ups
from incident_cockpit.documents.sections.head import about, full_report, head, milestones
from incident_cockpit.documents.sections.impact import impact, systems
from incident_cockpit.documents.sections.needs import needs
from incident_cockpit.documents.sections.people import channel, handoff, roles
from incident_cockpit.documents.sections.runbooks import progress, steps
from incident_cockpit.documents.sections.timeline import last_entries
from incident_cockpit.documents.sections.updates import due, next_due, updates_sent
from incident_cockpit.documents.snapshot import Fit, Section

# The state of the response, in every document that describes it: a new subject is added here.
RESPONSE: tuple[Section, ...] = (systems, roles, actions, decisions, needs, asks, causes)

_SITUATION: tuple[Section, ...] = (head, impact, next_due, progress, *RESPONSE, last_entries)
SITUATION = Document(
    "situation",
    "Situation",
    _SITUATION,
    Fit(actions=3, decisions=3, evidence=2, impacts=0, entries=5, authors=False),
)
SITUATION_PAGE = Document("situation-page", "Situation", _SITUATION, Fit(impacts=3, entries=0))
INCIDENT = Document(
    "incident",
    "Incident",
    (
        head,
        about,
        channel,
        impact,
        full_report,
        milestones,
        *RESPONSE,
        handoff,
        due,
        links,
        commands,
        updates_sent,
        follow_ups,
        breach_fields,
        custody,
        steps,
    ),
    Fit(ended=True, reversed=True),
    in_utc=True,
)
