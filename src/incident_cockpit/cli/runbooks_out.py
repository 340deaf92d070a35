"""Commands that take a newer runbook in, and give runbooks back to those who keep them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from incident_cockpit.actions.action import Kind
from incident_cockpit.actions.refs import named
from incident_cockpit.cli import diagnostics, output, shapes
from incident_cockpit.cli import writing as write
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.files import write_file
from incident_cockpit.cli.options import common
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.incident.state import Incident

_STREAM = "-"
_which = click.option(
    "--runbook", "word", metavar="NAME", help="Which attached runbook: its file, title or id. [default: the only one]"
)
_to_file = click.option("-o", "--output", "file", metavar="FILE", help="Write it to a file instead of standard output.")
_force = click.option("--force", is_flag=True, help="Write over a file that is there.")


@click.command()
@click.argument("file")
@_which
@common()
def merge(call: Call, file: str, word: str | None) -> int:
    """Put a newer file in the place of an attached runbook.

    FILE is a Markdown file, or the name of one. Steps that are in both keep what was done to them; of several
    attached runbooks the one with the same file name is meant.
    """
    with call.session(to_write=True) as session:
        meant = _attached(session.record.incident, word, like=file)
        write.keep(call, session, "merge-runbook", {"runbook": meant, "newer": file})
        steps = session.record.incident.steps
        for step in steps.gone.get(meant, ()):
            if steps.closed(f"{meant}.{step.key}"):
                diagnostics.say(f"note: gone, and stays in the record: {step.text}")
    return ExitCode.OK


@click.command()
@_which
@_to_file
@_force
@common(json=False)
def export(call: Call, word: str | None, file: str | None, force: bool) -> int:
    """Write an attached runbook as it was read, with its ticks.

    Done is [x], skipped is [-]; every other byte is that of the file. Numbered steps and bullets get a box as soon as
    one of them has something to say.
    """
    from incident_cockpit.incident.redline import ticks
    from incident_cockpit.runbook.weave import weave

    with call.session() as session:
        incident = session.record.incident
        key = _attached(incident, word)
        book = incident.steps.runbooks[key]
        data = weave(session.source(book), book, ticks(incident, key))
    _give(data, file, force=force)
    if not _to_stream(file):
        diagnostics.say(f"{incident.name} {incident.title}: {book.name} written to {file}")
    return ExitCode.OK


@click.command()
@_which
@_to_file
@_force
@common()
def redline(call: Call, word: str | None, file: str | None, force: bool) -> int:
    """Write a diff with what its owner should know of a runbook.

    Steps skipped and why, left open, slow, done out of order, gone since: comments beside the steps. `git apply` or
    `patch -p1` puts them into the file. Nobody is named in it and secrets are redacted.
    """
    from incident_cockpit.incident.redline import as_diff
    from incident_cockpit.incident.redline import redline as found_in

    with call.session() as session:
        incident = session.record.incident
        found = found_in(session.record, _attached(incident, word))
        if call.json:
            if not _to_stream(file):
                raise Refused("both --json and --output are given", "give one of them", ExitCode.USAGE)
            output.shape(shapes.redline(found))
            return ExitCode.OK
        text = as_diff(found, session.source(found.runbook), found.runbook.name)
    if not text:
        diagnostics.say(f"{incident.name} {incident.title}: nothing to say about {found.runbook.name}")
    _give(text.encode("utf-8", errors="surrogateescape"), file, force=force)
    if text and not _to_stream(file):
        diagnostics.say(f"{incident.name} {incident.title}: remarks on {found.runbook.name} written to {file}")
    return ExitCode.OK


def _attached(incident: Incident, word: str | None, like: str = "") -> str:
    """Return the id of the attached runbook that is meant: the named one, the one of that file, or the only one."""
    books = incident.steps.runbooks
    if not books:
        raise Refused(f"no runbook is attached to {incident.name}", "attach one with :attach FILE")
    if word is not None:
        return named(Kind.ATTACHED, incident, word)
    same = [key for key, book in books.items() if like and Path(book.name).stem == Path(like).stem]
    if len(books) == 1 or len(same) == 1:
        return (same or list(books))[0]
    listed = "\n".join(f"  {key}  {book.name}  {book.title}" for key, book in books.items())
    raise Refused(
        f"{len(books)} runbooks are attached and none was named:\n{listed}",
        "name one with --runbook",
        ExitCode.USAGE,
    )


def _to_stream(file: str | None) -> bool:
    return file is None or file == _STREAM


def _give(data: bytes, file: str | None, *, force: bool) -> None:
    """Write bytes to the file, or as they are to standard output; a terminal is shown what it must not obey."""
    if file is not None and file != _STREAM:
        write_file(Path(file), data, force=force)
    elif sys.stdout.isatty():
        output.text(data.decode(errors="replace"))
    else:
        output.raw(data)
