"""Commands that export and import an incident, and the checks of an import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from incident_cockpit.actions.registry import KINDS
from incident_cockpit.cli import output
from incident_cockpit.cli.commands import documents
from incident_cockpit.cli.completion import incidents as complete_incidents
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.delivery import STREAM, is_stream
from incident_cockpit.cli.options import common, force_option
from incident_cockpit.cli.views import json, plan_json, status, text
from incident_cockpit.cli.views.layout import as_text
from incident_cockpit.documents import document, invitation, messages, scripts, ticket, update
from incident_cockpit.documents.formats.ticket import TRACKERS
from incident_cockpit.documents.registry import DOCUMENTS
from incident_cockpit.errors import ExitCode, NotFound, Refused, StoreError
from incident_cockpit.files import write_file
from incident_cockpit.incident import integrity
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views import adherence, checklist, redline
from incident_cockpit.incident.views.checklist import last_position
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.journal.append import projected
from incident_cockpit.plan.render import plan_blocks
from incident_cockpit.service.evidence import attached_files, missing_files
from incident_cockpit.service.store import Store
from incident_cockpit.text.plurals import counted

Draw = Callable[[Record, datetime, tzinfo], object]


def find_fault(record: Record, now: datetime, zone: tzinfo) -> tuple[int, str] | None:
    """Return the seq of the first event that makes a view or document fail, and why; None where none does."""
    for fault in integrity.complaints(record):
        return fault
    for name, draw in (*_VIEWS.items(), *_DOCUMENTS.items()):
        if (error := _failure(draw, record, now, zone)) is not None:
            return _culprit(draw, record, now, zone), f"{name} cannot be drawn with it ({error})"
    return None


def _failure(draw: Draw, record: Record, now: datetime, zone: tzinfo) -> str | None:
    try:
        draw(record, now, zone)
    except Refused as refused:
        # A document may have no content yet; a view always has.
        return refused.why if draw in _VIEWS.values() else None
    except Exception as error:
        # Any error here would be met by a person later.
        return f"{type(error).__name__}: {error}"
    return None


def _culprit(draw: Draw, record: Record, now: datetime, zone: tzinfo) -> int:
    """Return the seq of an event without which the view can be drawn, by bisection after the opening."""
    good, bad = 0, record.seq
    while bad - good > 1:
        middle = (good + bad) // 2
        part = Record(record.id, record.events[:middle])
        if part.incident.adoption is None or _failure(draw, part, now, zone) is None:
            good = middle
        else:
            bad = middle
    return bad


def _updates(record: Record, now: datetime, zone: tzinfo) -> list[object]:
    return [
        (
            update.compose_update(record, cadence.audience, now, zone, target=cadence.format),
            update.field_ages(record, cadence.audience, now, zone),
        )
        for cadence in record.incident.plan.cadences
    ]


def _adherence(record: Record, now: datetime, zone: tzinfo) -> object:  # noqa: ARG001 - all writers have one signature
    items = adherence.adherence(record, now)
    rows, data = documents.compliance_rows(items, now), [json.plan_item(item) for item in items]
    return adherence.summary(items), rows, data


def _runbooks(record: Record, now: datetime, zone: tzinfo) -> list[object]:  # noqa: ARG001
    incident = record.incident
    return [
        (
            json.redline(redline.redline(record, key)),
            redline.step_marks(incident, key),
            checklist.checklist_sections(incident, key),
        )
        for key in incident.steps.runbooks
    ]


def _texts(record: Record, now: datetime, zone: tzinfo) -> list[object]:
    who = record.events[0].who
    texts: list[object] = [
        messages.compose_message(record, word, now, zone) for word, _ in messages.available_messages(record)
    ]
    return texts + [scripts.compose_script(record, word, who, now) for word, _ in scripts.available_scripts(record)]


# Drawn at any moment; a refusal is an error.
_VIEWS: dict[str, Draw] = {
    "its row in the list": lambda record, _now, _zone: projected(record.incident, record.events[0]),
    "its status": lambda record, now, _zone: list(status.summary(record, now)),
    "its status line": lambda record, now, _zone: (
        status.one_line(record, now), status.one_line(document.veiled(record), now)
    ),
    "its details": lambda record, now, _zone: (
        list(text.whole(record, now)), json.incident(record, now)
    ),
    "its timeline": lambda record, _now, _zone: [
        json.timeline_line(record, line) for line in timeline_entries(record)
    ],
    "its runbooks": _runbooks,
    "its choices": lambda record, _now, _zone: [kind.choices(record) for kind in KINDS],
    "the positions of its responders": lambda record, _now, _zone: [
        last_position(record, who) for who in {event.who for event in record.events}
    ],
    "its attachments": lambda record, _now, _zone: list(attached_files(record)),
    "its plan": lambda record, now, _zone: (
        plan_json.plan_object(record.incident.plan), list(as_text(plan_blocks(record.incident.plan, now.date())))
    ),
}  # fmt: skip

_DOCUMENTS: dict[str, Draw] = {
    "an update": _updates,
    "a message": _texts,
    **{f"its {kind.title.lower()} ({kind.id})": kind.text for kind in DOCUMENTS.values()},
    "its adherence": _adherence,
    "its ticket": lambda record, now, _zone: [write(ticket.ticket(record, now)) for write in TRACKERS.values()],
    "its invitation": lambda record, now, _zone: (
        invitation.invitees(record, {}), invitation.review_invitation(record, now, {})
    ),
    "its follow-ups": lambda record, _now, _zone: (
        json.follow_ups(record.incident), text.follow_ups(record.incident)
    ),
}  # fmt: skip


_MOST_NAMED = 5
_LONGEST_LINE = 64 * 1024 * 1024


@click.command()
@click.argument("incident_id", metavar="ID", shell_complete=complete_incidents)
@click.argument("file")
@force_option
@common(json=False, incident=False)
def export(call: Call, incident_id: str, file: str, force: bool) -> int:
    """Export an incident as JSON Lines.

    FILE may be - for standard output.
    """
    from incident_cockpit.journal.transfer import export_lines

    with call.store() as store:
        row = call.select(store, incident_id)
        data = b"".join(line + b"\n" for line in export_lines(store.journal, row.id))
        excluded = _excluded_files(store, row.id)
    if is_stream(file):
        output.raw(data)
    else:
        write_file(Path(file), data, overwrite=force)
        output.say(f"{row.name} {row.title}: exported to {file}")
    if excluded:
        output.say(f"{row.name}: {excluded}")
    return ExitCode.OK


def _excluded_files(store: Store, incident_id: str) -> str:
    """Return a sentence about the attached files that an export leaves behind, "" where there are none."""
    try:
        count = len({file.copy for _, file in attached_files(store.record(incident_id))})
    except Refused:
        # An incident that cannot be read may be the very one that has to be exported.
        return ""
    files = counted(count, "attached file is", "attached files are")
    return f"{files} not exported, only names, sizes and hashes; copy from {store.places.evidence}" if count else ""


@click.command("import")
@click.argument("file")
@common(incident=False)
def import_(call: Call, file: str) -> int:
    """Import an incident from an export.

    FILE may be - for standard input. The file is imported whole or not at all. The incident gets a new number if its
    own is taken. Every view and document is tried first, to make sure that the incident is usable.
    """
    from incident_cockpit.cli.views import json
    from incident_cockpit.journal.transfer import import_lines

    with _source(file) as source, call.store() as store:
        check = partial(find_fault, now=store.clock.now(), zone=store.zone)
        try:
            record = import_lines(store.journal, source, check=check)
        except StoreError:
            raise
        except Refused as refused:
            raise Refused(f"{file}: {refused.why}", refused.what_to_do) from refused
        now, missing, evidence = store.clock.now(), missing_files(record, store.places), store.places.evidence
    incident = record.incident
    if call.json:
        output.json(json.incident(record, now))
    else:
        output.text(incident.name)
    output.say(f"{incident.name} {incident.title}: {counted(record.seq, 'event')} imported")
    if missing:
        files = counted(len(missing), "attached file is", "attached files are")
        names = ", ".join(f"{pinned.name} as {pinned.copy}" for pinned in missing[:_MOST_NAMED])
        more = " ..." if len(missing) > _MOST_NAMED else ""
        output.say(f"{incident.name}: {files} not on this machine ({names}{more}): copy into {evidence}")
    return ExitCode.OK


@contextmanager
def _source(file: str) -> Iterator[Iterable[bytes]]:
    hint = "use a file made with: incident export"
    try:
        if file == STREAM:
            yield _lines(sys.stdin.buffer)
        else:
            with Path(file).open("rb") as opened:
                yield _lines(opened)
    except FileNotFoundError as error:
        raise NotFound(f"File not found: {file}", hint) from error
    except OSError as error:
        raise Refused(f"cannot read {file} ({error.strerror})", hint) from error


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; raises Refused for one without end, such as that of a device."""
    while line := source.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise Refused("a line is too long", f"an exported incident has lines of at most {_LONGEST_LINE} bytes")
        yield line
