"""Commands about runbooks: `check` files, `attach`, `update`, `export` as worked, and `redline` for their owners."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from msgspec import Struct

from incident_cockpit.actions.arguments.of_incident import AttachedRunbookArg
from incident_cockpit.cli import entries, output
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.delivery import is_stream
from incident_cockpit.cli.options import AliasedGroup, check_exclusive, common, file_option, force_option
from incident_cockpit.cli.views import json
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.files import write_file
from incident_cockpit.incident.state import Incident
from incident_cockpit.runbook.model import StepFormat
from incident_cockpit.runbook.reader import SUFFIXES, step_formats
from incident_cockpit.runbook.tasks import TASKS
from incident_cockpit.service.store import Store
from incident_cockpit.text.plurals import counted

_attached_option = click.option(
    "--runbook", "name", metavar="NAME", help="Attached runbook: its file, title or id. [default: the only one]"
)


@click.group(cls=AliasedGroup)
def runbook() -> None:
    """Validate, attach, update and export runbooks."""


@runbook.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@common(incident=False)
def check(call: Call, files: tuple[str, ...]) -> int:
    """Validate runbook files.

    It shows the step format, the number of steps, and warnings. FILE is a file, the name of a runbook, a folder, or a
    pattern such as 'runbooks/*.md'. Exits with 1 when a file cannot be used, with 3 when files are only missing.
    """
    with call.store() as store:
        results = [_check_file(store, file) for pattern in files for file in _files(pattern)]
    if call.json:
        output.json([result.data for result in results])
    else:
        output.lines(line for result in results if result.error is None for line in _summary(result))
    errors = [result.error for result in results if result.error is not None]
    for result in results:
        if result.error is not None:
            output.say(f"{result.data['file']}: {result.error}")
    if errors and all(isinstance(refused, NotFound) for refused in errors):
        return ExitCode.NOT_FOUND
    return ExitCode.REFUSED if errors else ExitCode.OK


@runbook.command()
@click.argument("file")
@click.option("--rule", metavar="NAME", help="Step format. [default: the first that finds steps]")
@common()
def attach(call: Call, file: str, rule: str | None) -> int:
    """Attach a runbook to the incident.

    FILE is a Markdown file, or the name of a runbook. `incident runbook check FILE` lists its step formats.
    """
    with call.session(to_write=True) as session:
        entries.act(call, session, "attach", {"runbook": file, "rule": rule or ""})
    return ExitCode.OK


@runbook.command()
@click.argument("file")
@_attached_option
@common()
def update(call: Call, file: str, name: str | None) -> int:
    """Update an attached runbook from a newer file, keeping ticks.

    FILE is a Markdown file, or the name of a runbook. Steps that are in both versions keep their status. Of several
    attached runbooks, the one with the same file name is updated.
    """
    with call.session(to_write=True) as session:
        key = _attached(session.record.incident, name, like=file)
        entries.act(call, session, "update-runbook", {"runbook": key, "newer": file})
        steps = session.record.incident.steps
        for step in steps.gone.get(key, ()):
            if steps.closed(f"{key}.{step.key}"):
                output.say(f"note: removed from the runbook, kept in the record: {step.text}")
    return ExitCode.OK


@runbook.command()
@_attached_option
@file_option()
@force_option
@common(json=False)
def export(call: Call, name: str | None, file: str | None, force: bool) -> int:
    """Write an attached runbook with its ticks.

    Done is [x], skipped is [-]; every other byte is unchanged. Numbered steps and bullets get checkboxes where one of
    them has a status.
    """
    from incident_cockpit.incident.views.redline import step_marks
    from incident_cockpit.runbook.write_back import write_marks

    with call.session() as session:
        incident = session.record.incident
        key = _attached(incident, name)
        book = incident.steps.runbooks[key]
        data = write_marks(session.source(book), book, step_marks(incident, key))
    _deliver(data, file, force=force)
    if not is_stream(file):
        output.say(f"Saved {file} ({incident.name} {incident.title}: {book.name})")
    return ExitCode.OK


@runbook.command()
@_attached_option
@file_option()
@force_option
@common()
def redline(call: Call, name: str | None, file: str | None, force: bool) -> int:
    """Write proposed edits for the runbook owner, as a diff.

    Comments beside the steps say which were skipped and why, left open, slow, done out of order, or removed since.
    Apply them with `git apply` or `patch -p1`. People are not named and secrets are redacted.
    """
    from incident_cockpit.incident.views.redline import as_diff
    from incident_cockpit.incident.views.redline import redline as propose

    check_exclusive(("--json", call.json), ("--output", not is_stream(file)))
    with call.session() as session:
        incident = session.record.incident
        proposed = propose(session.record, _attached(incident, name))
        if call.json:
            output.json(json.redline(proposed))
            return ExitCode.OK
        text = as_diff(proposed, session.source(proposed.runbook), proposed.runbook.name)
    if not text:
        output.say(f"{incident.name} {incident.title}: no proposed edits for {proposed.runbook.name}")
    _deliver(text.encode("utf-8", errors="surrogateescape"), file, force=force)
    if text and not is_stream(file):
        output.say(f"Saved {file} ({incident.name} {incident.title}: proposed edits for {proposed.runbook.name})")
    return ExitCode.OK


def _attached(incident: Incident, name: str | None, like: str = "") -> str:
    """Return the id of the attached runbook with this name, with the file name of `like`, or the only one."""
    books = incident.steps.runbooks
    if not books:
        raise Refused(f"{incident.name} has no runbook attached", "attach one with :attach FILE")
    if name is not None:
        return AttachedRunbookArg.named(name, incident)
    same_file = [key for key, book in books.items() if like and Path(book.name).stem == Path(like).stem]
    if len(books) == 1 or len(same_file) == 1:
        return (same_file or list(books))[0]
    rows = "\n".join(f"  {key}  {book.name}  {book.title}" for key, book in books.items())
    raise Refused(f"{len(books)} runbooks are attached:\n{rows}", "choose one with --runbook", ExitCode.USAGE)


def _deliver(data: bytes, file: str | None, *, force: bool) -> None:
    """Write bytes to the file, or unchanged to standard output; on a terminal, control sequences are made visible."""
    if file is not None and not is_stream(file):
        write_file(Path(file), data, overwrite=force)
    elif sys.stdout.isatty():
        output.text(data.decode(errors="replace"))
    else:
        output.raw(data)


class CheckResult(Struct, frozen=True):
    """The result of checking a file: its figures, the other step formats that find steps in it, or its error."""

    data: json.Json
    title: str = ""
    other_formats: tuple[StepFormat, ...] = ()
    error: Refused | None = None


def _files(pattern: str) -> list[str]:
    """Return the files of a folder or pattern; a word that matches none is returned as it is."""
    files: list[Path] = []
    try:
        path = Path(pattern).expanduser()
        if path.is_dir():
            files = [file for file in path.iterdir() if file.suffix.lower() in SUFFIXES]
        elif any(wildcard in pattern for wildcard in "*?[") and not path.exists():
            root = Path(path.anchor)
            files = list(root.glob(str(path.relative_to(root))))
        return sorted(str(file) for file in files if file.is_file()) or [pattern]
    except (OSError, RuntimeError, ValueError):
        # No file can have such a name; opening it reports that.
        return [pattern]


def _check_file(store: Store, file: str) -> CheckResult:
    try:
        book, data = store.runbook(file)
        formats = () if book.rule == TASKS else step_formats(data, book.name)
    except Refused as refused:
        return CheckResult(json.runbook_refused(file, refused.why), error=refused)
    return CheckResult(json.runbook_check(file, book), book.title, formats)


def _summary(result: CheckResult) -> list[str]:
    data = result.data
    kinds = ", ".join(f"{count} {kind}" for kind, count in data["steps_by_kind"].items() if count)
    others = ", ".join(f"{other.rule} ({other.steps})" for other in result.other_formats if other.rule != data["rule"])
    lines = [
        f"{data['file']}: {result.title}",
        f"  {counted(data['steps'], 'step')} ({kinds}) in {counted(data['sections'], 'section')}, "
        f"{data['checked']} ticked",
        f"  step format: {data['rule']}" + (f"; other formats: {others}" if others else ""),
        f"  {counted(data['code_blocks'], 'code block')}, {counted(data['links'], 'link')}",
    ]
    return lines + [f"  line {warning['line']}: {warning['words']}" for warning in data["warnings"]]
