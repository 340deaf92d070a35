"""Commands about runbook files."""

from __future__ import annotations

import click

from incident_cockpit.cli import diagnostics, output, shapes
from incident_cockpit.cli import writing as write
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.looks import counted
from incident_cockpit.cli.options import common
from incident_cockpit.cockpit.library import Library
from incident_cockpit.errors import ExitCode, Refused


@click.group()
def runbook() -> None:
    """Check runbooks, or attach one to an incident."""


@runbook.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@common(incident=False)
def check(call: Call, files: tuple[str, ...]) -> int:
    """Say what is read of runbook files.

    By which rule, how many steps, and what could not be taken as it stood.
    Exits with 1 when one of them cannot be used.
    """
    with call.library() as library:
        found = [_checked(library, file) for file in files]
    if call.json:
        output.shape(found)
    else:
        output.lines(line for one in found if one["error"] is None for line in _words(one))
    for one in found:
        if one["error"] is not None:
            diagnostics.say(f"{one['file']}: {one['error']}")
    return ExitCode.REFUSED if any(one["error"] is not None for one in found) else ExitCode.OK


@runbook.command()
@click.argument("file")
@common()
def attach(call: Call, file: str) -> int:
    """Attach a runbook to the incident.

    FILE is a Markdown file, or the name of one.
    """
    with call.session() as session:
        write.keep(call, session, "attach", {"runbook": file})
    return ExitCode.OK


def _checked(library: Library, file: str) -> shapes.Shape:
    try:
        book, _ = library.runbook(file)
    except Refused as refused:
        return shapes.runbook_refused(file, str(refused))
    return shapes.runbook_check(file, book)


def _words(one: shapes.Shape) -> list[str]:
    kinds = ", ".join(f"{count} {kind}" for kind, count in one["steps_by_kind"].items())
    steps = counted(one["steps"], "step")
    lines = [
        f"{one['file']}: {one['title']}",
        f"  {steps} ({kinds}) in {counted(one['sections'], 'section')}, {one['checked']} ticked",
        f"  {one['rule']}",
        f"  {counted(one['code_blocks'], 'code block')}, {counted(one['links'], 'link')}",
    ]
    return lines + [f"  line {warning['line']}: {warning['words']}" for warning in one["warnings"]]
