"""Commands about response plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import click

from incident_cockpit.cli import diagnostics, looks, output, shapes
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.completing import plans as complete_plans
from incident_cockpit.cli.options import common
from incident_cockpit.config.folders import plan_folders
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.plan.model import Plan
from incident_cockpit.plan.read import list_plans, load_plan
from incident_cockpit.timewords import duration


@click.group()
def plan() -> None:
    """List response plans, show one, or check a file."""


@plan.command("list")
@common(incident=False)
def list_(call: Call) -> int:
    """List the plans that can be named.

    A * marks the one that new incidents follow.
    """
    with call.library() as library:
        found = list_plans(plan_folders(library.places))
        chosen = library.settings.plan
    if call.json:
        output.shape([{"name": name, "file": str(path), "chosen": name == chosen} for name, path in found.items()])
    else:
        rows = [("*" if name == chosen else " ", name, str(path)) for name, path in found.items()]
        output.lines(looks.columns(rows))
    return ExitCode.OK


@plan.command()
@click.argument("name", required=False, shell_complete=complete_plans)
@common(incident=False)
def show(call: Call, name: str | None) -> int:
    """Show a plan; without a name, the chosen one."""
    with call.library() as library:
        one = library.plan(name)
    if call.json:
        output.shape(shapes.plan(one))
    else:
        output.lines(_words(one))
    return ExitCode.OK


@plan.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@common(incident=False)
def check(call: Call, files: tuple[str, ...]) -> int:
    """Say everything that is wrong with plan files.

    Exits with 1 when something is.
    """
    found = [_checked(file) for file in files]
    if call.json:
        output.shape(found)
    for one in found:
        if one["errors"]:
            diagnostics.say("\n".join(one["errors"]))
        elif not call.json:
            output.text(f"{one['file']}: {one['name']}, nothing is wrong")
    return ExitCode.REFUSED if any(one["errors"] for one in found) else ExitCode.OK


def _checked(file: str) -> shapes.Shape:
    try:
        return {"file": file, "name": load_plan(Path(file).expanduser()).name, "errors": []}
    except Refused as refused:
        return {"file": file, "name": None, "errors": list(getattr(refused, "lines", (str(refused),)))}


def _words(one: Plan) -> Iterator[str]:
    yield f"{one.name} ({one.id})"
    yield one.about
    yield ""
    yield "Severities"
    yield from _indented([(each.id, each.name, each.means) for each in one.severities])
    yield "Roles"
    yield from _indented(
        [
            (each.id, each.name, f"required at {', '.join(each.required_at)}" if each.required_at else "")
            for each in one.roles
        ]
    )
    yield "Phases"
    yield from _indented([(each.id, each.public, each.means) for each in one.phases])
    yield "Updates"
    periods = [
        (each.name, ", ".join(f"{severity} every {duration(timedelta(seconds=s))}" for severity, s in each.seconds))
        for each in one.cadences
    ]
    yield from _indented(periods)
    if one.runbook:
        yield f"Runbook {one.runbook}"


def _indented(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    return (f"  {line}" for line in looks.columns(rows))
