"""The timeline as Markdown: one item a line that still stands, in the order things happened."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from incident_cockpit.documents.document import document
from incident_cockpit.documents.markdown import item, say
from incident_cockpit.incident.facts.attachments import Attachment
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.timeline import BEFORE_START, TimelineEntry, timeline_entries
from incident_cockpit.times.format import clock, zone_label


@document
def timeline(record: Record, zone: tzinfo) -> str:
    """Return the timeline as a document of its own; times are in `zone`, which its heading names."""
    incident = record.incident
    label = zone_label(zone, incident.started)
    return f"# {incident.name} {say(incident.title)}: timeline\n\nTimes in {say(label)}.\n\n{entries(record, zone)}\n"


def entries(record: Record, zone: tzinfo, level: int = 2) -> str:
    """Return the items alone, with a heading of that level for each day where there are several."""
    found = list(timeline_entries(record))
    days = list(dict.fromkeys(_day(one, zone) for one in found))
    if len(days) < 2:
        return "\n".join(_entry(one, zone) for one in found)
    parts = []
    for day in days:
        parts += [
            f"{'#' * level} {day:%Y-%m-%d}\n",
            *(_entry(one, zone) for one in found if _day(one, zone) == day),
            "",
        ]
    return "\n".join(parts).rstrip("\n")


def _day(line: TimelineEntry, zone: tzinfo) -> date:
    return line.happened.astimezone(zone).date()


def _entry(line: TimelineEntry, zone: tzinfo) -> str:
    before = f", {BEFORE_START}" if line.early else ""
    said = item(
        f"{clock(line.happened, zone)} **{line.sort}** ", line.text, f" ({say(line.who)}{_late(line, zone)}{before})"
    )
    return (
        "\n".join((said.rstrip("\n"), *(f"  - {pinned(pin)}" for pin in line.attachments)))
        if line.attachments
        else said
    )


def pinned(pin: Attachment) -> str:
    """Return a link or a file on a line; a link is shown and leads nowhere, of a file it is said where it lies."""
    if pin.file is None:
        return f"link: {say(pin.link)}"
    return f"file: {say(pin.words)}, {say(pin.file.where)}"


def _late(line: TimelineEntry, zone: tzinfo) -> str:
    """Say when a line was recorded that was recorded late, or put back, with the date where that is another day."""
    return "".join(
        f", {word} {_of_day(at.astimezone(zone), _day(line, zone))}"
        for word, at in (("recorded", line.recorded), ("put back", line.put_back))
        if at is not None
    )


def _of_day(local: datetime, day: date) -> str:
    return f"{local:%H:%M}" if local.date() == day else f"{local:%Y-%m-%d %H:%M}"
