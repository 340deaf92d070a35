"""Commands about response plans: list, show and check them, and the reference of the plan file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from msgspec import Struct

from incident_cockpit.cli import output
from incident_cockpit.cli.completion import plan_tables as complete_tables
from incident_cockpit.cli.completion import plans as complete_plans
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import common
from incident_cockpit.cli.views import plan_json, text
from incident_cockpit.cli.views.layout import WIDTH, as_text, table, wrapped
from incident_cockpit.config.paths import paths, plan_folders, runbook_folders
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.files import is_there
from incident_cockpit.plan.declaration import fields_of
from incident_cockpit.plan.loader import find_plan, list_plans, load_plan
from incident_cockpit.plan.render import plan_blocks
from incident_cockpit.plan.schema import Plan
from incident_cockpit.plan.tables import RESOURCES, TABLES, TOP
from incident_cockpit.plan.templates import VARIABLES
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.suggest import did_you_mean
from incident_cockpit.times.parse import parse_zone

TIMES = (
    'Times are written "30m", "2 hours" or "1h30m". A deadline can also be "immediately", within "2 business hours", '
    'on the "next business day", within "2 business days", or two of these with "or" between; then the later counts.'
)

# The variables of templates, shown after the tables as one of their own.
_VARIABLES = "variables"
_INDENT = "  "


class KeyReference(Struct, frozen=True):
    """A key of a table, whether it is required, and its meaning."""

    name: str
    required: bool
    means: str


class TableReference(Struct, frozen=True):
    """A table of a plan file: its name, its heading in the file, whether it is required, its meaning and its keys."""

    name: str
    heading: str
    required: bool
    means: str
    keys: tuple[KeyReference, ...]


def table_names() -> tuple[str, ...]:
    """Return the tables that have a reference of their own."""
    return (*(name for name in TABLES if name != TOP), _VARIABLES)


def reference(name: str | None = None) -> tuple[TableReference, ...]:
    """Return the reference of all tables in the order of a file, or of one; raises NotFound if there is none."""
    if name is None:
        return tuple(_reference(table) for table in (TOP, *table_names()))
    plain = name.strip("[]")
    if plain not in table_names():
        hint = did_you_mean(plain, table_names())
        known = f"the tables are {', '.join(table_names())}"
        raise NotFound(f"a plan file has no table '{name}'", f"{hint} {known}".strip(), about="table")
    return (_reference(plain),)


def reference_lines(tables: Sequence[TableReference]) -> Iterator[str]:
    """Yield each table with its keys, for people."""
    if len(tables) > 1:
        yield from wrapped(TIMES)
    for place, part in enumerate(tables):
        if place or len(tables) > 1:
            yield ""
        yield from wrapped(part.means, first=f"{part.heading}{_mark(part.required)}  " if part.heading else "")
        rows = [(f"{key.name}{_mark(key.required)}", key.means) for key in part.keys]
        yield from (f"{_INDENT}{line}" for line in table(rows, WIDTH - len(_INDENT)))


def reference_object(part: TableReference) -> dict[str, object]:
    """Return a table as JSON has it."""
    keys = [{"key": key.name, "needed": key.required, "means": key.means} for key in part.keys]
    return {"table": part.name, "heading": part.heading, "needed": part.required, "about": part.means, "keys": keys}


def _reference(name: str) -> TableReference:
    if name == _VARIABLES:
        keys = tuple(KeyReference(word, False, means) for word, means in VARIABLES.items())
        return TableReference(name, "{{ }}", False, "Variables in the texts of messages and templates", keys)
    part = TABLES[name]
    keys = tuple(
        KeyReference(key, field.required, field.key.means + (f"; needs {field.key.needs}" if field.key.needs else ""))
        for key, field in fields_of(part.row).items()
    )
    if name == TOP:
        return TableReference(name, "", False, "Top-level keys", keys)
    heading = name if name == RESOURCES else f"[{name}]" if part.single else f"[[{name}]]"
    return TableReference(name, heading, part.required, part.means, keys)


def _mark(required: bool) -> str:
    return " *" if required else ""


class PlanFile(Struct, frozen=True):
    """A plan file that was read: the plan, or every error of it."""

    plan: Plan | None
    errors: tuple[str, ...] = ()


@click.group()
def plan() -> None:
    """List, show and check response plans."""


@plan.command("list")
@common(incident=False)
def list_(call: Call) -> int:
    """List the plans.

    A * marks the plan of new incidents, a ! a plan with errors.
    """
    with call.store() as store:
        folders = plan_folders(store.places)
        chosen = store.settings.plan
    files = {name: (path, _read(str(path), folders)) for name, path in list_plans(folders).items()}
    if call.json:
        output.json(
            [
                plan_json.listed_plan(name, str(path), name == chosen, file.plan, file.errors)
                for name, (path, file) in files.items()
            ]
        )
    else:
        rows = []
        for name, (path, file) in files.items():
            if file.plan is None:
                title = f"{counted(len(file.errors), 'error')}, run: incident plan check"
            else:
                title = file.plan.name + (f", extends {file.plan.extends}" if file.plan.extends else "")
            rows.append(("!" if file.errors else "*" if name == chosen else "", name, title, str(path)))
        output.lines(text.columns(rows))
    return ExitCode.OK


@plan.command()
@click.argument("name", required=False, shell_complete=complete_plans)
@common(incident=False)
def show(call: Call, name: str | None) -> int:
    """Show a plan (default: the plan of new incidents).

    NAME is one that `incident plan list` shows, or a file.
    """
    with call.store() as store:
        chosen = store.plan(name)
        now = store.clock.now()
    if call.json:
        output.json(plan_json.plan_object(chosen))
    else:
        output.lines(as_text(plan_blocks(chosen, now.astimezone(parse_zone(chosen.zone)).date())))
    return ExitCode.OK


@plan.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@common(incident=False)
def check(call: Call, files: tuple[str, ...]) -> int:
    """Validate plan files.

    Each error has a line: the file, the key, its value and what is allowed. FILE is a file, or the name of a plan.
    Exits with 1 if there are errors.
    """
    # Not by the store: a plan can be checked where the settings are wrong.
    folders = plan_folders(paths(call.env))
    plans = {file: _read(file, folders) for file in files}
    if call.json:
        output.json(
            [
                {"file": file, "name": checked.plan.name if checked.plan else None, "errors": list(checked.errors)}
                for file, checked in plans.items()
            ]
        )
    for file, checked in plans.items():
        if checked.errors:
            output.say("\n".join(checked.errors))
        elif checked.plan:
            for name in _missing_runbooks(checked.plan, call):
                output.say(f"{file}: runbook = {name!r}: not found, incidents will start without it")
            if not call.json:
                output.text(f"{file}: OK, {checked.plan.name}")
    return ExitCode.REFUSED if any(checked.errors for checked in plans.values()) else ExitCode.OK


@plan.command("keys")
@click.argument("table", required=False, shell_complete=complete_tables)
@common(incident=False)
def keys_(call: Call, table: str | None) -> int:
    """Plan file reference: every table and key.

    With a TABLE, that table alone, as in: incident plan keys notices. A * marks what is required, in the file or in the
    plan that it extends.
    """
    tables = reference(table)
    if call.json:
        output.json([reference_object(part) for part in tables])
    else:
        output.lines(reference_lines(tables))
    return ExitCode.OK


def _missing_runbooks(checked: Plan, call: Call) -> tuple[str, ...]:
    """Return the runbooks that the plan names and that are not found; a plan may be written before them."""
    from incident_cockpit.runbook.reader import find_runbook

    folders, missing = runbook_folders(paths(call.env)), []
    for name in dict.fromkeys(filter(None, (checked.runbook, *(kind.runbook for kind in checked.types)))):
        try:
            find_runbook(name, folders)
        except Refused:
            missing.append(name)
    return tuple(missing)


def _read(name: str, folders: Sequence[Path]) -> PlanFile:
    """Read the plan in a file, or the plan of that name if there is no such file."""
    try:
        path = Path(name) if name and is_there(Path(name)) else find_plan(name, folders)
        return PlanFile(load_plan(path, folders))
    except Refused as refused:
        return PlanFile(None, tuple(getattr(refused, "lines", (str(refused),))))
