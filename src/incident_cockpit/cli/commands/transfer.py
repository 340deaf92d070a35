"""Commands that move incidents between stores, and that check the store itself."""

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
from incident_cockpit.cli.options import common
from incident_cockpit.errors import ExitCode, NotFound, Refused, StoreError
from incident_cockpit.files import write_file
from incident_cockpit.incident.integrity import complaints
from incident_cockpit.service.evidence import Checked, check, elsewhere, files
from incident_cockpit.service.store import Store
from incident_cockpit.text.plurals import counted

_STREAM = "-"
_MOST_NAMED = 5
_LONGEST_LINE = 64 * 1024 * 1024


@click.command()
@click.argument("incident_id", metavar="ID", shell_complete=complete_incidents)
@click.argument("file")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common(json=False, incident=False)
def export(call: Call, incident_id: str, file: str, force: bool) -> int:
    """Write one incident, whole, as JSON Lines.

    FILE may be - for standard output.
    """
    from incident_cockpit.journal.transfer import export_lines

    with call.store() as store:
        one = call.meant(store, incident_id)
        data = b"".join(line + b"\n" for line in export_lines(store.journal, one.id))
        staying = _staying(store, one.id)
    if file == _STREAM:
        output.raw(data)
    else:
        write_file(Path(file), data, overwrite=force)
        output.say(f"{one.name} {one.title}: exported to {file}")
    if staying:
        output.say(f"{one.name}: {staying}")
    return ExitCode.OK


def _staying(store: Store, incident_id: str) -> str:
    """Return a sentence about the pinned files that do not travel, "" where there are none."""
    try:
        count = len({pinned.copy for _, pinned in files(store.record(incident_id))})
    except Refused:
        # What cannot be read here may be just what has to get out.
        return ""
    told = counted(count, "pinned file stays", "pinned files stay")
    return f"{told} in {store.places.evidence}; names, sizes and hashes go along" if count else ""


@click.command("import")
@click.argument("file")
@common(incident=False)
def import_(call: Call, file: str) -> int:
    """Read one incident that `export` wrote.

    FILE may be - for standard input. All of it is read or nothing; it gets a new number where its own is taken. Every
    view and document of it is tried first, so that what was imported can be worked on.
    """
    from incident_cockpit.cli.import_check import first_fault
    from incident_cockpit.cli.views import json
    from incident_cockpit.journal.transfer import import_lines

    with _source(file) as source, call.store() as store:
        check = partial(first_fault, now=store.clock.now(), zone=store.zone)
        try:
            record = import_lines(store.journal, source, check=check)
        except StoreError:
            raise
        except Refused as refused:
            raise Refused(f"{file}: {refused.why}", refused.what_to_do) from refused
        now, missing, evidence = store.clock.now(), elsewhere(record, store.places), store.places.evidence
    if call.json:
        output.shape(json.incident(record, now))
    else:
        output.text(record.incident.name)
    output.say(f"{record.incident.name} {record.incident.title}: {counted(record.seq, 'event')} read")
    if missing:
        told = counted(len(missing), "pinned file is", "pinned files are")
        names = ", ".join(f"{one.name} as {one.copy}" for one in missing[:_MOST_NAMED])
        more = " ..." if len(missing) > _MOST_NAMED else ""
        output.say(f"{record.incident.name}: {told} not on this machine ({names}{more}): copy into {evidence}")
    return ExitCode.OK


@click.command()
@common(incident=False)
def verify(call: Call) -> int:
    """Check the store and every event in it.

    It looks at the file, the chain of hashes, the list, the rescue copies and the pinned files, and exits with 4 when
    something is wrong. A file that was pinned on another machine is missing here, which is said and is no fault.

    The chain finds damage. It proves nothing against an owner who rewrites all of it.
    """
    with call.store() as store:
        wrong = store.journal.verify(complaints)
        path = store.places.store
        count: int | None = None
        pinned = Checked()
        try:
            count = len(store.incidents())
            pinned = check(store.journal, store.places)
        except Refused as refused:
            # What keeps the list from being read is among what is wrong already, mostly in more detail.
            wrong = wrong or [refused.why]
    wrong += pinned.altered
    if call.json:
        kept = {"whole": pinned.whole, "missing": pinned.missing, "altered": pinned.altered}
        output.shape({"store": str(path), "incidents": count, "complaints": wrong, "pinned_files": kept})
    elif count is not None and not wrong:
        whole = f", {counted(pinned.whole, 'pinned file')} unchanged" if pinned.whole else ""
        output.text(f"{path}: {counted(count, 'incident')}{whole}, nothing is wrong")
    for sentence in (*wrong, *pinned.missing):
        output.say(sentence)
    return ExitCode.STORE if wrong else ExitCode.OK


@click.command("put-back")
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@common()
def put_back(call: Call, incident_id: str | None) -> int:
    """Put back the events that the store lost when it was replaced.

    They are read from the rescue copies and appended, with who logged them and when they happened; each is marked. An
    incident that the store lacks altogether is read whole; ID is its number or the start of its id.
    """
    from incident_cockpit.cli.entries import put_back as put_back_and_tell

    return put_back_and_tell(call, incident_id)


@contextmanager
def _source(file: str) -> Iterator[Iterable[bytes]]:
    try:
        if file == _STREAM:
            yield _lines(sys.stdin.buffer)
        else:
            with Path(file).open("rb") as opened:
                yield _lines(opened)
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {file}", "give a file that was made with: incident export") from error
    except OSError as error:
        raise Refused(f"{file} cannot be read ({error.strerror})", "give a file made with: incident export") from error


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; raises Refused for one without end, such as that of a device."""
    while line := source.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise Refused(
                "a line of the file is too long", f"an exported incident has lines of at most {_LONGEST_LINE} bytes"
            )
        yield line
