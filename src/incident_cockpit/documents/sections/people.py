"""Roles and their holders, engaged people, the channel, and the handoff of command."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.snapshot import Snapshot, newest
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.roles import READ_BACK_POINTS, HandoffTaken, vacant_roles
from incident_cockpit.incident.views.history import tenures
from incident_cockpit.text.blocks import Block, entry, heading, items, paragraph, table
from incident_cockpit.times.format import stamp


def roles(view: Snapshot) -> Iterator[Block]:
    """Write who holds which role; the commander's and required roles that are vacant are unassigned."""
    incident = view.incident
    if not incident.declared:
        return
    required = {role.id for role in vacant_roles(incident)} | {incident.plan.command_role}
    lines = []
    for role in incident.plan.roles:
        holders = ", ".join(
            holding.who + (f" (since {view.clock(holding.since)})" if view.fit.authors else "")
            for holding in incident.roles.get(role.id, ())
        )
        if holders or view.fit.ended or role.id in required:
            lines.append(f"{role.name}: {holders or 'unassigned'}")
    yield heading("Roles", 2)
    yield items(lines)


def commander(view: Snapshot) -> Iterator[Block]:
    """Write who is in command."""
    incident = view.incident
    if incident.declared:
        holders = incident.roles.get(incident.plan.command_role, ())
        names = ", ".join(holding.who for holding in holders)
        yield entry(incident.plan.role_name(incident.plan.command_role), names or "unassigned")


def engaged(view: Snapshot) -> Iterator[Block]:
    """Write who was paged, and why."""
    notes = [event.fact.now for event in view.record.effective() if isinstance(event.fact, Logged)]
    escalations = [note.text for note in notes if note is not None and note.sort is NoteKind.ESCALATION]
    if escalations:
        yield entry("Engaged", "; ".join(newest(escalations, view.fit.engaged)))


def channel(view: Snapshot) -> Iterator[Block]:
    """Write the channel and the call."""
    meeting = view.incident.meeting
    if place := "  ".join(filter(None, (f"#{meeting.channel}" if meeting.channel else "", meeting.call))):
        yield entry("Channel", place)


def read_back(view: Snapshot) -> Iterator[Block]:
    """Write the points that the next commander reads back, while command is offered."""
    offer = view.incident.handoff
    if offer is None:
        return
    answers = dict(offer.read_back)
    yield heading(f"Read-back by {offer.incoming}", 2)
    yield items(f"{question} {answers.get(point, '')}".rstrip() for point, question in READ_BACK_POINTS.items())


def handoff(view: Snapshot) -> Iterator[Block]:
    """Write the offer of command and which points were read back."""
    offer = view.incident.handoff
    if offer is None:
        return
    answers = dict(offer.read_back)
    lines = [f"offered {view.clock(offer.offered)}: {offer.outgoing or 'unassigned'} → {offer.incoming}"]
    yield heading("Handoff", 2)
    yield items((*lines, *(f"{point}: {answers.get(point, 'not read back')}" for point in (*answers, *offer.left))))


def role_history(view: Snapshot) -> Iterator[Block]:
    """Write who held which role from when to when, and the handoffs of command: for a postmortem."""
    plan = view.incident.plan
    rows = [
        (plan.role_name(held.role), held.who, stamp(held.since), stamp(held.until) if held.until else "to the end")
        for held in tenures(view.record)
    ]
    yield table(("Role", "Holder", "From", "To"), rows) if rows else paragraph("No roles were assigned.")
    handoffs = [event for event in view.record.effective() if isinstance(event.fact, HandoffTaken)]
    if handoffs:
        yield paragraph("Handoffs of command:")
    for event in handoffs:
        offer = event.fact.was if isinstance(event.fact, HandoffTaken) else None
        if offer is None or not isinstance(event.fact, HandoffTaken):
            continue
        left = f", without {', '.join(offer.left)}: {event.fact.although}" if event.fact.although else ""
        yield items([f"{stamp(event.happened)}: {offer.outgoing or 'unassigned'} → {offer.incoming}{left}"])
        if offer.read_back:
            yield items((f"read back ({point}): {answer}" for point, answer in offer.read_back), level=1)
