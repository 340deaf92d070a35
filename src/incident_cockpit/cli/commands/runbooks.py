"""Commands that take a newer runbook in, and give runbooks back to those who keep them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from incident_cockpit.actions.arguments.of_incident import AttachedRunbookArg
from incident_cockpit.cli import entries as write
from incident_cockpit.cli import output
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import common
from incident_cockpit.cli.views import json
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.files import write_file
from incident_cockpit.incident.state import Incident
from incident_cockpit.runbook.model import StepFormat
from incident_cockpit.runbook.reader import SUFFIXES, step_formats
from incident_cockpit.runbook.tasks import TASKS
from incident_cockpit.service.store import Store
from incident_cockpit.text.plurals import counted

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
        write.keep(call, session, "update-runbook", {"runbook": meant, "newer": file})
        steps = session.record.incident.steps
        for step in steps.gone.get(meant, ()):
            if steps.closed(f"{meant}.{step.key}"):
                output.say(f"note: gone, and stays in the record: {step.text}")
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
    from incident_cockpit.incident.views.redline import step_marks
    from incident_cockpit.runbook.write_back import write_marks

    with call.session() as session:
        incident = session.record.incident
        key = _attached(incident, word)
        book = incident.steps.runbooks[key]
        data = write_marks(session.source(book), book, step_marks(incident, key))
    _give(data, file, force=force)
    if not _to_stream(file):
        output.say(f"{incident.name} {incident.title}: {book.name} written to {file}")
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
    from incident_cockpit.incident.views.redline import as_diff
    from incident_cockpit.incident.views.redline import redline as found_in

    with call.session() as session:
        incident = session.record.incident
        found = found_in(session.record, _attached(incident, word))
        if call.json:
            if not _to_stream(file):
                raise Refused("both --json and --output are given", "give one of them", ExitCode.USAGE)
            output.shape(json.redline(found))
            return ExitCode.OK
        text = as_diff(found, session.source(found.runbook), found.runbook.name)
    if not text:
        output.say(f"{incident.name} {incident.title}: nothing to say about {found.runbook.name}")
    _give(text.encode("utf-8", errors="surrogateescape"), file, force=force)
    if text and not _to_stream(file):
        output.say(f"{incident.name} {incident.title}: remarks on {found.runbook.name} written to {file}")
    return ExitCode.OK


def _attached(incident: Incident, word: str | None, like: str = "") -> str:
    """Return the id of the attached runbook that is meant: the named one, the one of that file, or the only one."""
    books = incident.steps.runbooks
    if not books:
        raise Refused(f"no runbook is attached to {incident.name}", "attach one with :attach FILE")
    if word is not None:
        return AttachedRunbookArg.named(word, incident)
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
        write_file(Path(file), data, overwrite=force)
    elif sys.stdout.isatty():
        output.text(data.decode(errors="replace"))
    else:
        output.raw(data)


# -- runbooks: Commands about runbook files.


@click.group()
def runbook() -> None:
    """Check runbooks, attach them, and give them back as done."""


for _command in (merge, export, redline):
    runbook.add_command(_command)


@runbook.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@common(incident=False)
def check(call: Call, files: tuple[str, ...]) -> int:
    """Say what is read of runbook files.

    By which rule, how many steps, and what could not be taken as it stood. FILE is a file, the name of a runbook,
    a folder or a pattern such as 'runbooks/*.md'. Exits with 1 when one of them cannot be used, with 3 when all that
    is wrong is that one is not there.
    """
    with call.store() as store:
        found = [_checked(store, file) for name in files for file in _meant(name)]
    if call.json:
        output.shape([one.shape for one in found])
    else:
        output.lines(line for one in found if one.wrong is None for line in _words(one))
    wrong = [one.wrong for one in found if one.wrong is not None]
    for one in found:
        if one.wrong is not None:
            output.say(f"{one.shape['file']}: {one.wrong}")
    if wrong and all(isinstance(refused, NotFound) for refused in wrong):
        return ExitCode.NOT_FOUND
    return ExitCode.REFUSED if wrong else ExitCode.OK


@runbook.command()
@click.argument("file")
@click.option("--rule", metavar="NAME", help="How its steps are found. [default: the first rule that finds any]")
@common()
def attach(call: Call, file: str, rule: str | None) -> int:
    """Attach a runbook to the incident.

    FILE is a Markdown file, or the name of one. `incident runbook check FILE` says which rules find steps in it.
    """
    with call.session(to_write=True) as session:
        write.keep(call, session, "attach", {"runbook": file, "rule": rule or ""})
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Checked:
    """What is said of one file: its figures, the other rules that find steps in it, or what is wrong with it."""

    shape: json.Shape
    title: str = ""
    others: tuple[StepFormat, ...] = ()
    wrong: Refused | None = None


def _meant(name: str) -> list[str]:
    """Return the files that a word on the command line means; a word that means none stays as it is."""
    found: list[Path] = []
    try:
        path = Path(name).expanduser()
        if path.is_dir():
            found = [file for file in path.iterdir() if file.suffix.lower() in SUFFIXES]
        elif any(sign in name for sign in "*?[") and not path.exists():
            root = Path(path.anchor)
            found = list(root.glob(str(path.relative_to(root))))
        return sorted(str(file) for file in found if file.is_file()) or [name]
    except (OSError, RuntimeError, ValueError):
        # No file can have such a name: whoever opens it says so.
        return [name]


def _checked(store: Store, file: str) -> _Checked:
    try:
        book, data = store.runbook(file)
        others = () if book.rule == TASKS else step_formats(data, book.name)
    except Refused as refused:
        return _Checked(json.runbook_refused(file, refused.why), wrong=refused)
    return _Checked(json.runbook_check(file, book), book.title, others)


def _words(one: _Checked) -> list[str]:
    shape = one.shape
    kinds = ", ".join(f"{count} {kind}" for kind, count in shape["steps_by_kind"].items() if count)
    others = ", ".join(f"{each.rule} ({each.steps})" for each in one.others if each.rule != shape["rule"])
    lines = [
        f"{shape['file']}: {one.title}",
        f"  {counted(shape['steps'], 'step')} ({kinds}) in {counted(shape['sections'], 'section')}, "
        f"{shape['checked']} ticked",
        f"  read by: {shape['rule']}" + (f"; other rules: {others}" if others else ""),
        f"  {counted(shape['code_blocks'], 'code block')}, {counted(shape['links'], 'link')}",
    ]
    return lines + [f"  line {warning['line']}: {warning['words']}" for warning in shape["warnings"]]
