"""Due items, the next update, and updates sent."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.render import time_with_zone
from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.views.due import DueItem, DueKind, Urgency, due_items, urgency
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.update_promises import Promise, promises
from incident_cockpit.text.blocks import Block, entry, heading, items, paragraph, quiet, quote, table
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.redact import redact
from incident_cockpit.times.format import countdown, duration, stamp

# Open asks and decisions have a section of their own.
_SHOWN_APART = (DueKind.ASK, DueKind.DECISION)


def due(view: Snapshot) -> Iterator[Block]:
    """Write what is due, overdue items first; asks and decisions to review are in their own sections."""
    waiting = [item for item in due_items(view.incident) if item.kind not in _SHOWN_APART]
    if not waiting:
        return
    shown = waiting[: view.fit.due]
    lines = [_line(item, view) for item in shown]
    lines += [f"and {len(waiting) - len(shown)} more"] if len(waiting) > len(shown) else []
    yield heading("Due", 2)
    yield items(lines)


def next_due(view: Snapshot) -> Iterator[Block]:
    """Write the most urgent due item of an incident that is open."""
    waiting = due_items(view.incident)
    if waiting and view.incident.live:
        yield entry("Next due", _line(waiting[0], view))


def due_rows(view: Snapshot) -> Iterator[Block]:
    """Write everything that is due in aligned rows, with a sign before what is late."""
    if waiting := due_items(view.incident):
        rows = []
        for item in waiting:
            sign = "!" if urgency(item, view.now) is Urgency.LATE else ""
            detail = f" ({item.detail})" if item.detail else ""
            rows.append((sign, countdown(item.at, view.now), item.text + detail))
        yield table((), rows)


def next_action(view: Snapshot) -> Iterator[Block]:
    """Write what to do next, and how much waits behind it."""
    if waiting := prompts(view.incident, view.now):
        more = f" (+{len(waiting) - 1} more)" if len(waiting) > 1 else ""
        yield entry("NEXT", (waiting[0].text, quiet(more)))


def promised_updates(view: Snapshot) -> Iterator[Block]:
    """Write when the next update to each audience was promised."""
    if updates := [item for item in due_items(view.incident) if item.kind is DueKind.UPDATE]:
        yield heading("Promised updates", 2)
        yield items(_line(item, view) for item in updates)


def next_update(view: Snapshot) -> Iterator[Block]:
    """Write when the next update was promised."""
    waiting = due_items(view.incident) if view.incident.live else ()
    promised = next((item for item in waiting if item.kind is DueKind.UPDATE and item.at > view.now), None)
    if promised is not None:
        yield entry("Next update", time_with_zone(promised.at, view.now, view.zone))


def last_update(view: Snapshot) -> Iterator[Block]:
    """Quote the last update that was sent."""
    sent = view.incident.updates.sent.values()
    last = max(sent, key=lambda update: update.sent, default=None)
    if last is None:
        yield heading(("Last update", quiet(" (none)")), 2)
        return
    # Redacted before it is cut: half a secret is not recognised as one.
    text = redact(last.text)[0]
    if view.fit.quote is not None and len(text) > view.fit.quote:
        text = text[: view.fit.quote].rstrip() + " …"
    at = time_with_zone(last.sent, view.now, view.zone)
    yield heading(("Last update", quiet(f" ({last.audience}, number {last.number}, {at})")), 2)
    yield quote(text)


def updates_sent(view: Snapshot) -> Iterator[Block]:
    """Write which updates were sent, when, how and by whom."""
    if sent := view.incident.updates.sent.values():
        yield heading("Updates", 2)
        yield items(
            f"{view.clock(update.sent)} {update.audience} {update.number}, {update.route} ({update.by})"
            for update in sent
        )


def _line(item: DueItem, view: Snapshot) -> str:
    return f"{item.text}, {countdown(item.at, view.now)}, at {time_with_zone(item.at, view.now, view.zone)}"


def updates_table(view: Snapshot) -> Iterator[Block]:
    """Write which updates were sent, whether each was on time, and their texts: for a postmortem."""
    sent = sorted(view.incident.updates.sent.values(), key=lambda update: (update.sent, update.audience))
    if not sent:
        yield paragraph("No update was sent.")
        return
    promised = {
        (promise.audience, promise.number): promise
        for promise in promises(view.record, view.now)
        if promise.sent is not None
    }
    yield table(
        ("Sent", "Update", "By", "Route", "Promise"),
        (
            (
                stamp(update.sent),
                f"{update.audience} {update.number}",
                update.by,
                update.route,
                _kept(promised.get((update.audience, update.number))),
            )
            for update in sent
        ),
    )
    yield heading("Texts", 3)
    yield items((f"{stamp(each.sent)} {each.audience} {each.number}: ", each.text) for each in sent)


def _kept(promise: Promise | None) -> str:
    if promise is None:
        return "none was due"
    skipped = f"; {counted(promise.skipped, 'further one')} not sent" if promise.skipped else ""
    return f"{f'late {duration(promise.late)}' if promise.late else 'kept'} (due {stamp(promise.due)}){skipped}"
