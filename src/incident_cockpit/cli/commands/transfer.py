"""Commands that move incidents between stores: `export` and `import`, and the check of what is imported."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from incident_cockpit.cli import output
from incident_cockpit.cli.completion import incidents as complete_incidents
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.delivery import STREAM, is_stream
from incident_cockpit.cli.options import common, force_option
from incident_cockpit.errors import ExitCode, NotFound, Refused, StoreError
from incident_cockpit.files import write_file
from incident_cockpit.service.evidence import attached_files, missing_files
from incident_cockpit.service.store import Store
from incident_cockpit.text.plurals import counted

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
    from incident_cockpit.cli.import_check import find_fault
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
