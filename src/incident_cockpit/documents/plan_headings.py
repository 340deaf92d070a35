"""Chapters of a postmortem, and the match of the plan's headings to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from incident_cockpit.documents.markdown import to_be_written
from incident_cockpit.documents.sections.actions import resolution, response
from incident_cockpit.documents.sections.asks import asks_table
from incident_cockpit.documents.sections.causes import root_cause
from incident_cockpit.documents.sections.compliance import compliance_table
from incident_cockpit.documents.sections.decisions import decisions_logged
from incident_cockpit.documents.sections.evidence import commands_table, links_table
from incident_cockpit.documents.sections.followups import by_owner, follow_up_table, high_priority, low_priority
from incident_cockpit.documents.sections.impact import impact_history
from incident_cockpit.documents.sections.needs import needs_table
from incident_cockpit.documents.sections.people import role_history
from incident_cockpit.documents.sections.review import gaps, improvements, learned, poorly, prevention, well
from incident_cockpit.documents.sections.runbooks import runbook_results
from incident_cockpit.documents.sections.summary import detection, metrics_table, summary
from incident_cockpit.documents.sections.timeline import timeline_in_utc
from incident_cockpit.documents.sections.updates import updates_table
from incident_cockpit.documents.snapshot import Section, Snapshot
from incident_cockpit.text.blocks import Block, paragraph, quiet


class Chapter(Struct, frozen=True):
    """A part of a postmortem: its heading where the plan has none for it, and what writes it.

    `covers` names the parts that need no place of their own where this one is.
    """

    heading: str
    write: Section
    covers: tuple[str, ...] = ()


# In the order of a draft by a plan without sections of its own.
USUAL: dict[str, Chapter] = {
    "summary": Chapter("Summary", summary),
    "impact": Chapter("Impact", impact_history),
    "roles": Chapter("Roles", role_history),
    "timeline": Chapter("Timeline", timeline_in_utc),
    "metrics": Chapter("Metrics", metrics_table),
    "compliance": Chapter("Plan compliance", compliance_table),
    "detection": Chapter("Detection", detection),
    "cause": Chapter("Root cause", root_cause),
    "resolution": Chapter("Resolution", resolution),
    "decisions": Chapter("Decisions", decisions_logged),
    "updates": Chapter("Updates sent", updates_table),
    "asks": Chapter("Asks", asks_table),
    "needs": Chapter("Needs", needs_table),
    "commands": Chapter("Commands run", commands_table),
    "links": Chapter("Links and files", links_table),
    "runbooks": Chapter("Runbook", runbook_results),
    "well": Chapter("What went well", well),
    "poorly": Chapter("What went poorly", poorly),
    "follow_ups": Chapter("Follow-ups", follow_up_table),
    "missing": Chapter("Missing evidence", gaps),
}
_ON_REQUEST: dict[str, Chapter] = {
    "response": Chapter("", response, ("decisions",)),
    "prevention": Chapter("", prevention),
    "improvements": Chapter("", improvements, ("poorly",)),
    "learned": Chapter("", learned),
    "high": Chapter("", high_priority, ("follow_ups",)),
    "low": Chapter("", low_priority, ("follow_ups",)),
    "owners": Chapter("", by_owner),
}
_ALL = {**USUAL, **_ON_REQUEST}

# The first match decides, so what says more is before what says less.
_PATTERNS = tuple(
    (key, re.compile(pattern, re.IGNORECASE))
    for key, pattern in (
        ("owners", r"follow.?ups?.*\b(?:owners?|deadlines?)\b|action items?.*\bowners?\b"),
        ("high", r"high.priority"),
        ("low", r"low.priority"),
        ("follow_ups", r"action items?|follow.?ups?|corrective|recommend"),
        ("response", r"\bdecisions?\b.*\bactions?\b|\bactions?\b.*\bdecisions?\b|actions? taken"),
        ("prevention", r"prevent"),
        ("improvements", r"\bbetter\b|improve"),
        ("well", r"went (?:well|right)|what helped|worked well"),
        ("poorly", r"went (?:poorly|badly|wrong)|did not go|hindered"),
        ("learned", r"lessons?|learn"),
        ("timeline", r"time ?line|chronolog|key events"),
        ("cause", r"\bcauses?\b|\bwhy\b"),
        ("impact", r"impact|who was (?:affected|hurt|hit)|damage"),
        ("summary", r"summary|what happened|what was the incident|overview"),
        ("detection", r"detect"),
        ("resolution", r"resolution|remed|mitigat"),
        ("decisions", r"decisions?"),
        ("roles", r"\bteam\b|\broles?\b|who responded|participants"),
        ("compliance", r"adherence|compliance|deadlines|kept to the plan"),
        ("metrics", r"metrics|figures"),
        ("updates", r"communicat|updates"),
        ("runbooks", r"run ?books?"),
        ("needs", r"\black(?:ed|ing)?\b|missing (?:people|resources|access)|what we needed"),
        ("commands", r"commands? (?:that were )?(?:run|used)"),
        ("links", r"\bevidence\b|attachments?|links and files"),
    )
)


def chapters(view: Snapshot) -> Iterator[tuple[str, Sequence[Block]]]:
    """Yield headings with their blocks: the plan's sections in its order, then what else the record has."""
    used = set[str]()
    for section in view.incident.plan.postmortem.sections:
        title, hint = _split(section)
        key = part_for(title)
        blocks = [paragraph("See above.")] if key in used else list(_ALL[key].write(view)) if key else []
        include = [paragraph(quiet(f"Include: {hint}"))] if hint else []
        yield title, [*(blocks or [to_be_written(title)]), *include]
        used |= {key, *_ALL[key].covers} if key else set()
    if view.incident.plan.postmortem.sections:
        yield "Appendix", [paragraph("From the record; not requested by the plan.")]
    for key, chapter in USUAL.items():
        if key not in used and (parts := list(chapter.write(view))):
            yield chapter.heading, parts


def part_for(title: str) -> str:
    """Return the part that answers a heading, "" if only people can."""
    return next((key for key, pattern in _PATTERNS if pattern.search(title)), "")


def _split(section: str) -> tuple[str, str]:
    """Return the heading, and what the plan says behind a colon that belongs under it; a question stays whole."""
    if section.endswith("?"):
        return section, ""
    title, _, hint = section.partition(": ")
    return title, hint
