"""Commands about response plans."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from msgspec import Struct

from incident_cockpit.cli import diagnostics, looks, output, plan_keys, plan_shapes, plan_words
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.completing import plan_tables as complete_tables
from incident_cockpit.cli.completing import plans as complete_plans
from incident_cockpit.cli.options import common
from incident_cockpit.config.folders import plan_folders, runbook_folders
from incident_cockpit.config.paths import paths
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.files import is_there
from incident_cockpit.plan.model import Plan
from incident_cockpit.plan.read import find_plan, list_plans, load_plan
from incident_cockpit.text.count import counted
from incident_cockpit.timewords import zone_of


class Tried(Struct, frozen=True):
    """A plan file that was read: the plan, or every reason why it is none."""

    plan: Plan | None
    errors: tuple[str, ...] = ()


@click.group()
def plan() -> None:
    """Read response plans, and check a file of your own."""


@plan.command("list")
@common(incident=False)
def list_(call: Call) -> int:
    """List the plans that can be named.

    A * marks the one that new incidents follow, a ! one that is wrong and cannot be.
    """
    with call.library() as library:
        folders = plan_folders(library.places)
        chosen = library.settings.plan
    found = {name: (path, _tried(str(path), folders)) for name, path in list_plans(folders).items()}
    if call.json:
        output.shape(
            [
                plan_shapes.listed(name, str(path), name == chosen, one.plan, one.errors)
                for name, (path, one) in found.items()
            ]
        )
    else:
        rows = [(_sign(name == chosen, one), name, _title(one), str(path)) for name, (path, one) in found.items()]
        output.lines(looks.columns(rows))
    return ExitCode.OK


@plan.command()
@click.argument("name", required=False, shell_complete=complete_plans)
@common(incident=False)
def show(call: Call, name: str | None) -> int:
    """Show a plan; without a name, the chosen one.

    NAME is one of those that `incident plan list` names, or a file.
    """
    with call.library() as library:
        one = library.plan(name)
        now = library.clock.now()
    if call.json:
        output.shape(plan_shapes.plan(one))
    else:
        output.lines(plan_words.lines(one, now.astimezone(zone_of(one.zone)).date()))
    return ExitCode.OK


@plan.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@common(incident=False)
def check(call: Call, files: tuple[str, ...]) -> int:
    """Say everything that is wrong with plan files.

    A line each: the file, the key, its value, what is allowed there. FILE is a file, or the name of a plan. Exits with
    1 when something is wrong.
    """
    # Not by the library: a plan can be checked where the settings are wrong.
    folders = plan_folders(paths(call.env))
    found = {file: _tried(file, folders) for file in files}
    if call.json:
        output.shape(
            [
                {"file": file, "name": one.plan.name if one.plan else None, "errors": list(one.errors)}
                for file, one in found.items()
            ]
        )
    for file, one in found.items():
        if one.errors:
            diagnostics.say("\n".join(one.errors))
        elif one.plan:
            missing = _missing_runbooks(one.plan, call)
            for name in missing:
                diagnostics.say(f"{file}: runbook = {name!r}: there is none yet, incidents will begin without it")
            if not call.json:
                output.text(f"{file}: {one.plan.name}, nothing {'else ' if missing else ''}is wrong")
    return ExitCode.REFUSED if any(one.errors for one in found.values()) else ExitCode.OK


@plan.command("keys")
@click.argument("table", required=False, shell_complete=complete_tables)
@common(incident=False)
def keys_(call: Call, table: str | None) -> int:
    """Say what may stand in a plan file, table by table.

    Or in one TABLE alone, as in: incident plan keys notices. A * marks what has to be there, in the file itself or in
    the plan that it extends.
    """
    found = plan_keys.described(table)
    if call.json:
        output.shape([plan_keys.shape(one) for one in found])
    else:
        output.lines(plan_keys.lines(found))
    return ExitCode.OK


def _missing_runbooks(one: Plan, call: Call) -> tuple[str, ...]:
    """Return the runbooks that the plan names and nobody can find here; a plan may be checked before they are there."""
    from incident_cockpit.runbook.document import find

    folders, missing = runbook_folders(paths(call.env)), []
    for name in dict.fromkeys(name for name in (one.runbook, *(sort.runbook for sort in one.types)) if name):
        try:
            find(name, folders)
        except Refused:
            missing.append(name)
    return tuple(missing)


def _tried(said: str, folders: Sequence[Path]) -> Tried:
    """Read the plan in a file, or the one of that name where there is no such file."""
    try:
        return Tried(load_plan(Path(said) if said and is_there(Path(said)) else find_plan(said, folders), folders))
    except Refused as refused:
        return Tried(None, tuple(getattr(refused, "lines", (str(refused),))))


def _sign(chosen: bool, one: Tried) -> str:
    return "!" if one.errors else "*" if chosen else " "


def _title(one: Tried) -> str:
    if one.plan is None:
        return f"wrong, {counted(len(one.errors), 'error')}: incident plan check says which"
    return one.plan.name + (f", extends {one.plan.extends}" if one.plan.extends else "")
