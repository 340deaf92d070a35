"""Links and files, commands run, the breach record's fields, and evidence with its custody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from incident_cockpit.documents.snapshot import Snapshot, newest
from incident_cockpit.incident.facts import security
from incident_cockpit.incident.facts.attachments import Attachment
from incident_cockpit.incident.facts.notes import CommandLogged
from incident_cockpit.text.blocks import Block, code, heading, items, table
from incident_cockpit.times.format import duration, stamp


def links(view: Snapshot) -> Iterator[Block]:
    """Write the newest links and files that are attached to entries."""
    if pins := _attachments(view):
        yield heading("Links and files", 2)
        yield items(
            f"{view.clock(pin.when)} {pin.to}: {pin.words}"
            + (f" in {pin.file.where}" if pin.file else "")
            + (f" ({pin.by})" if view.fit.authors else "")
            for pin in newest(pins, view.fit.pins)
        )


def commands(view: Snapshot) -> Iterator[Block]:
    """Write which commands were run, how each ended, and the file with its output."""
    if runs := view.incident.commands.values():
        yield heading("Commands", 2)
        yield items(f"exit {run.code}  {run.command}  {run.file}".rstrip() for run in runs)


def breach_fields(view: Snapshot) -> Iterator[Block]:
    """Write each field of the breach record, where one is kept; the reason of a delay only where it is set."""
    incident = view.incident
    if security.is_breach(incident):
        values = {
            field: incident.breach[field].value if field in incident.breach else "" for field in security.BREACH_FIELDS
        }
        yield heading("Breach record", 2)
        rows = [(field, value or "not set") for field, value in values.items() if value or field != "delay"]
        yield table((), rows)


def custody(view: Snapshot) -> Iterator[Block]:
    """Write each piece of evidence, its location and who has it."""
    if evidence := view.incident.evidence:
        yield heading("Evidence", 2)
        rows = [(key, piece.text, piece.where, security.custodian(piece)) for key, piece in evidence.items()]
        yield table((), rows)


def commands_table(view: Snapshot) -> Iterator[Block]:
    """Write which commands were run, how each ended and where its output is, if any was: for a postmortem."""
    rows = [
        (
            stamp(event.happened),
            event.who,
            run.command,
            str(run.code),
            duration(timedelta(seconds=round(run.seconds))) if run.seconds >= 1 else "under 1s",
            run.file,
        )
        for event in view.record.effective()
        if isinstance(event.fact, CommandLogged) and (run := event.fact.now) is not None
    ]
    if rows:
        yield table(("When", "Who", "Command", "Exit", "Took", "Output"), rows)


def links_table(view: Snapshot) -> Iterator[Block]:
    """Write what was attached to which entry, of a file its hash and location, if any was: for a postmortem."""
    if pins := _attachments(view):
        yield table(
            ("When", "Who", "What", "Attached to", "SHA-256", "Copy"),
            (
                (
                    stamp(pin.when),
                    pin.by,
                    pin.link or pin.words,
                    pin.to,
                    code(pin.file.sha256) if pin.file else "",
                    pin.file.where if pin.file else "",
                )
                for pin in pins
            ),
        )


def _attachments(view: Snapshot) -> list[Attachment]:
    """Return what is attached to entries, oldest first."""
    attached = (each for by_id in view.incident.attachments.values() for each in by_id.values())
    return sorted(attached, key=lambda each: each.when)
