"""Entries of the timeline, in the order in which things happened."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo

from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.timeline import BEFORE_START, TimelineEntry, timeline_entries
from incident_cockpit.text.blocks import Block, heading, items, paragraph, strong
from incident_cockpit.times.format import clock


def last_entries(view: Snapshot) -> Iterator[Block]:
    """Write the newest entries of the timeline."""
    if entries := deque(timeline_entries(view.record), view.fit.entries):
        yield heading("Last entries", 2)
        yield items(f"{view.clock(entry.happened)} {entry.label}: {entry.text} ({entry.who})" for entry in entries)


def timeline_in_utc(view: Snapshot) -> Iterator[Block]:
    """Write the whole timeline in UTC: for a postmortem."""
    yield paragraph("Times in UTC.")
    yield from entry_blocks(view.record, UTC, level=3)


def entry_blocks(record: Record, zone: tzinfo, level: int = 2) -> Iterator[Block]:
    """Yield every entry, with a heading of this level for each day if there are several."""
    entries = list(timeline_entries(record))
    days = list(dict.fromkeys(_day(entry, zone) for entry in entries))
    for day in days:
        if len(days) > 1:
            yield heading(f"{day:%Y-%m-%d}", level)
        for entry in entries:
            if _day(entry, zone) == day:
                yield from _entry(entry, zone)


def _day(entry: TimelineEntry, zone: tzinfo) -> date:
    return entry.happened.astimezone(zone).date()


def _entry(entry: TimelineEntry, zone: tzinfo) -> Iterator[Block]:
    before = f", {BEFORE_START}" if entry.early else ""
    author = f" ({entry.who}{_recorded(entry, zone)}{before})"
    yield items([(f"{clock(entry.happened, zone)} ", strong(entry.label), " ", entry.text, author)])
    if entry.attachments:
        # A link is shown and leads nowhere.
        lines = (
            f"file: {each.words}, {each.file.where}" if each.file is not None else f"link: {each.link}"
            for each in entry.attachments
        )
        yield items(lines, level=1)


def _recorded(entry: TimelineEntry, zone: tzinfo) -> str:
    """Return when an entry was recorded late or put back, with the date if that is another day."""
    return "".join(
        f", {verb} {_of_day(at.astimezone(zone), _day(entry, zone))}"
        for verb, at in (("recorded", entry.recorded), ("put back", entry.put_back))
        if at is not None
    )


def _of_day(local: datetime, day: date) -> str:
    return f"{local:%H:%M}" if local.date() == day else f"{local:%Y-%m-%d %H:%M}"
