"""Follow-ups: the work that is left after the incident."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.text.blocks import Block, heading, items, paragraph, strong, table
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


def follow_up_table(view: Snapshot) -> Iterator[Block]:
    """Write every follow-up as a table: for a postmortem."""
    yield _table(view, list(view.incident.followups.values()))


def high_priority(view: Snapshot) -> Iterator[Block]:
    """Write the follow-ups of high priority as a table."""
    yield _table(view, [each for each in view.incident.followups.values() if each.priority == "high"])


def low_priority(view: Snapshot) -> Iterator[Block]:
    """Write the other follow-ups as a table, those without a priority among them."""
    yield _table(view, [each for each in view.incident.followups.values() if each.priority != "high"])


def by_owner(view: Snapshot) -> Iterator[Block]:
    """Write who does what by when as a table, follow-ups without an owner first."""
    work = sorted(view.incident.followups.values(), key=lambda each: (each.owner.casefold(), each.raised))
    rows = [(each.owner or strong("unassigned"), each.text, _due(each), _done(each)) for each in work]
    yield table(("Owner", "Follow-up", "Due", "Done"), rows) if rows else paragraph("No follow-ups.")


def _table(view: Snapshot, work: Sequence[FollowUp]) -> Block:
    if not work:
        return paragraph("No follow-ups.")
    with_type = bool(view.incident.plan.follow_up_kinds) or any(each.kind for each in work)
    heads = ("Follow-up", "Owner", "Due", "Priority", *(("Type",) if with_type else ()), "Success criterion", "Done")
    rows = [
        (
            each.text,
            each.owner or "unassigned",
            _due(each),
            each.priority or "not set",
            *((each.kind or "not set",) if with_type else ()),
            each.success or "not set",
            _done(each),
        )
        for each in work
    ]
    return table(heads, rows)


def _due(follow_up: FollowUp) -> str:
    return f"{follow_up.due:%Y-%m-%d}" if follow_up.due else "" if follow_up.done else "not set"


def _done(follow_up: FollowUp) -> str:
    if not follow_up.done:
        return "no"
    return stamp(follow_up.finished) if follow_up.finished else "yes"
