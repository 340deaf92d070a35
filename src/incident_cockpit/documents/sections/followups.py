"""Follow-ups: the work that is left after the incident."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.text.blocks import Block, heading, items
from incident_cockpit.times.format import stamp


def follow_ups(view: Snapshot) -> Iterator[Block]:
    """Write each follow-up with its owner, whether it is done, and what else is set."""
    if work := view.incident.followups.values():
        yield heading("Follow-ups", 2)
        yield items(
            f"{'done' if each.done else 'open'}: {each.text}"
            f" ({'; '.join(filter(None, (each.owner or 'unassigned', details(each))))})"
            for each in work
        )


def details(follow_up: FollowUp) -> str:
    """Return priority, type, due date and success criterion, as far as they are set."""
    parts = (
        f"{follow_up.priority} priority" if follow_up.priority else "",
        follow_up.kind,
        f"due {stamp(follow_up.due)}" if follow_up.due else "",
        f"done when: {follow_up.success}" if follow_up.success else "",
    )
    return "; ".join(part for part in parts if part)
