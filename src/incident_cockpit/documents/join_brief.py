"""Two texts for people: the brief for new responders, and the list of who can stand down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from msgspec import Struct

from incident_cockpit.documents.document import Document
from incident_cockpit.documents.render import time_with_zone
from incident_cockpit.documents.sections.actions import actions
from incident_cockpit.documents.sections.causes import causes
from incident_cockpit.documents.sections.head import head, report
from incident_cockpit.documents.sections.impact import impact, systems
from incident_cockpit.documents.sections.needs import needs
from incident_cockpit.documents.sections.people import channel, roles
from incident_cockpit.documents.sections.updates import next_update
from incident_cockpit.documents.snapshot import Fit, Snapshot
from incident_cockpit.incident.facts.asks import AskAnswered, open_asks
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.timeline import author
from incident_cockpit.text.blocks import Block, items, paragraph
from incident_cockpit.times.format import ago


class ResponderStatus(Struct, frozen=True):
    """A participant: what they still have to do, "" for nothing, and when their last contact was."""

    who: str
    still: str
    heard: datetime | None


def responders(record: Record) -> tuple[ResponderStatus, ...]:
    """Return everyone who took part, those who still have something to do first."""
    incident, contacts = record.incident, _last_contacts(record)
    people = [
        ResponderStatus(name, _remaining(incident, name), contacts.get(name.casefold()))
        for name in _participants(record)
    ]
    return tuple(sorted(people, key=lambda status: not status.still))


def _responder_list(view: Snapshot) -> Iterator[Block]:
    if people := responders(view.record):
        lines = []
        for status in people:
            contact = "no contact"
            if (at := status.heard) is not None:
                contact = f"last contact {ago(at, view.now)}, {time_with_zone(at, view.now, view.zone)}"
            lines.append(f"{status.who}: {f'still {status.still}' if status.still else 'can stand down'} ({contact})")
        yield items(lines)
    else:
        yield paragraph("No responders on record.")


def _closing_words(view: Snapshot) -> Iterator[Block]:
    over = "The incident is over; no action needed."
    yield paragraph("Announce yourself in the channel; wait for a task from the IC." if view.incident.live else over)


JOIN_BRIEF = Document(
    "join",
    "Brief for new responders",
    (head, report, channel, next_update, impact, systems, roles, causes, actions, needs, _closing_words),
    Fit(actions=3, causes=3, evidence=0, impacts=0, authors=False),
)
STAND_DOWN = Document("stand-down", "Stand-down list", (partial(head, title="Stand-down"), _responder_list))


def _participants(record: Record) -> list[str]:
    """Return everyone who had a role, was asked, paged or wrote an entry, each as first written."""
    incident, report = record.incident, record.incident.report
    names = [holding.who for holders in incident.crew.held.values() for holding in holders]
    names += [name for ask in incident.asks.values() for name in (*ask.before, ask.who)]
    names += [report.investigator] if report is not None else []
    names += _authors(record)
    first: dict[str, str] = {}
    for name in names:
        if name.strip():
            first.setdefault(name.strip().casefold(), name.strip())
    return list(first.values())


def _authors(record: Record) -> Iterator[str]:
    for event in record.effective():
        note = event.fact.now if isinstance(event.fact, Logged) else None
        if note is not None and note.sort is NoteKind.ESCALATION:
            yield note.text.partition(": ")[0]
        yield author(event)


def _last_contacts(record: Record) -> dict[str, datetime]:
    """Return the time of each person's last entry, answer or acknowledgement, by the lower-cased name."""
    contacts = [(author(event), event.happened) for event in record.effective()]
    # An answer is contact with the assignee, whoever typed it; but not one that came with another action.
    contacts += [
        (event.fact.now.who, event.happened)
        for event in record.effective()
        if isinstance(event.fact, AskAnswered) and event.fact.now is not None and event.seq == event.act
    ]
    contacts += [(ask.who, ask.acknowledged) for ask in record.incident.asks.values() if ask.acknowledged]
    last: dict[str, datetime] = {}
    for name, at in contacts:
        last[name.casefold()] = max(at, last.get(name.casefold(), at))
    return last


def _remaining(incident: Incident, name: str) -> str:
    """Return what a person still has to do: command until closing, open asks; other roles end at resolution."""
    folded = name.casefold()
    closed = incident.dismissed or "closed" in incident.milestones
    tasks = [
        role.name
        for role in incident.plan.roles
        if any(holding.who.casefold() == folded for holding in incident.crew.held.get(role.id, ()))
        and (incident.live or (role.id == incident.plan.command_role and not closed))
    ]
    report = incident.report
    if report is not None and report.outcome is TriageOutcome.OPEN and report.investigator.casefold() == folded:
        tasks.append("triage")
    asked = [ask.text for ask in open_asks(incident).values() if ask.who.casefold() == folded]
    return "; ".join((*tasks, *(f"asked: {text}" for text in asked)))
