"""Commands that move incidents between stores, and that check the store itself."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from incident_cockpit.cli import diagnostics, output
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.completing import incidents as complete_incidents
from incident_cockpit.cli.files import write_file
from incident_cockpit.cli.options import common
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.text.count import counted

_STREAM = "-"


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

    with call.library() as library:
        one = library.meant(call.named(incident_id))
        data = b"".join(line + b"\n" for line in export_lines(library.journal, one.id))
    if file == _STREAM:
        output.raw(data)
    else:
        write_file(Path(file), data, force=force)
        diagnostics.say(f"{one.name} {one.title}: exported to {file}")
    return ExitCode.OK


@click.command("import")
@click.argument("file")
@common(incident=False)
def import_(call: Call, file: str) -> int:
    """Read one incident that `export` wrote.

    FILE may be - for standard input. All of it is read or nothing; it gets a new number where its own is taken.
    """
    from incident_cockpit.cli import shapes
    from incident_cockpit.journal.transfer import import_lines

    with _source(file) as source, call.library() as library:
        record = import_lines(library.journal, source)
        now = library.clock.now()
    if call.json:
        output.shape(shapes.incident(record, now))
    else:
        output.text(record.incident.name)
    diagnostics.say(f"{record.incident.name} {record.incident.title}: {counted(record.seq, 'event')} read")
    return ExitCode.OK


@click.command()
@common(incident=False)
def verify(call: Call) -> int:
    """Check the store and every event in it.

    It looks at the file, the chain of hashes, the list and the rescue copies, and exits with 4 when something is wrong.
    The chain finds damage. It proves nothing against an owner who rewrites all of it.
    """
    with call.library() as library:
        count = len(library.incidents())
        wrong = library.journal.verify()
        path = library.places.store
    if call.json:
        output.shape({"store": str(path), "incidents": count, "complaints": wrong})
    elif not wrong:
        output.text(f"{path}: {counted(count, 'incident')}, nothing is wrong")
    for complaint in wrong:
        diagnostics.say(complaint)
    return ExitCode.STORE if wrong else ExitCode.OK


@contextmanager
def _source(file: str) -> Iterator[Iterable[bytes]]:
    if file == _STREAM:
        yield sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as opened:
            yield opened
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {file}", "give a file that was made with: incident export") from error
    except OSError as error:
        raise Refused(f"{file} cannot be read ({error.strerror})", "give a file made with: incident export") from error
