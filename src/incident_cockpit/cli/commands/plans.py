"""What may stand in a plan file, for whoever writes one: each table, each key, and which of them have to be there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import click
from msgspec import Struct

from incident_cockpit.cli import output
from incident_cockpit.cli.completion import plan_tables as complete_tables
from incident_cockpit.cli.completion import plans as complete_plans
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import common
from incident_cockpit.cli.views import plan_json, plan_text, text
from incident_cockpit.cli.views.layout import WIDTH, table, wrapped
from incident_cockpit.config.paths import paths, plan_folders, runbook_folders
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.files import is_there
from incident_cockpit.plan.key_meanings import RESOURCES, TABLES, TIMES, TOP
from incident_cockpit.plan.loader import find_plan, list_plans, load_plan
from incident_cockpit.plan.schema import Plan
from incident_cockpit.plan.templates import VARIABLES
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.parse import parse_zone

# The words between {{ and }}, which stand behind the tables as one of their own.
_WORDS = "variables"
_INDENT = "  "
_ROOM = WIDTH - len(_INDENT)


class Key(Struct, frozen=True):
    """A key of a table, whether it has to be there, and what it means."""

    name: str
    needed: bool
    means: str


class Described(Struct, frozen=True):
    """A table of a plan file: its name, how it is headed there, whether it has to be, what it is for, and its keys."""

    name: str
    heading: str
    needed: bool
    about: str
    keys: tuple[Key, ...]


def names() -> tuple[str, ...]:
    """Return what can be asked for by name."""
    return (*filter(None, TABLES), _WORDS)


def described(name: str | None = None) -> tuple[Described, ...]:
    """Return all tables in the order of a file, or the one of that name; raises NotFound where there is none such."""
    if name is None:
        return tuple(_described(each) for each in (TOP, *names()))
    plain = name.strip("[]")
    if plain not in names():
        near = get_close_matches(plain, names(), 1)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise NotFound(f"a plan has no table '{name}'", f"{hint}there are {', '.join(names())}")
    return (_described(plain),)


def lines(found: Sequence[Described]) -> Iterator[str]:
    """Yield each table with its keys, for people."""
    if len(found) > 1:
        yield from wrapped(TIMES)
    for place, one in enumerate(found):
        if place or len(found) > 1:
            yield ""
        yield from wrapped(one.about, first=f"{one.heading}{_mark(one.needed)}  " if one.heading else "")
        rows = [(f"{key.name}{_mark(key.needed)}", key.means) for key in one.keys]
        yield from (f"{_INDENT}{line}" for line in table(rows, _ROOM))


def shape(one: Described) -> dict[str, object]:
    """Return a table as JSON has it."""
    keys = [{"key": key.name, "needed": key.needed, "means": key.means} for key in one.keys]
    return {"table": one.name, "heading": one.heading, "needed": one.needed, "about": one.about, "keys": keys}


def _described(name: str) -> Described:
    if name == _WORDS:
        keys = tuple(Key(word, False, means) for word, means in VARIABLES.items())
        return Described(name, "{{ }}", False, "what the texts of messages and templates can say", keys)
    # Late: the shapes bring pydantic along.
    from incident_cockpit.plan.shapes import SINGLE, PlanTable, has_to_be_there, shape_of

    there, needed = TABLES[name], has_to_be_there(shape_of(name))
    heading = f"[{name}]" if name in SINGLE else name if name in (TOP, RESOURCES) else f"[[{name}]]"
    keys = tuple(Key(key, key in needed, means) for key, means in there.keys.items())
    return Described(name, heading, name in has_to_be_there(PlanTable), there.about, keys)


def _mark(needed: bool) -> str:
    return " *" if needed else ""


# -- plans: Commands about response plans.


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
    with call.store() as store:
        folders = plan_folders(store.places)
        chosen = store.settings.plan
    found = {name: (path, _tried(str(path), folders)) for name, path in list_plans(folders).items()}
    if call.json:
        output.shape(
            [
                plan_json.listed(name, str(path), name == chosen, one.plan, one.errors)
                for name, (path, one) in found.items()
            ]
        )
    else:
        rows = [(_sign(name == chosen, one), name, _title(one), str(path)) for name, (path, one) in found.items()]
        output.lines(text.columns(rows))
    return ExitCode.OK


@plan.command()
@click.argument("name", required=False, shell_complete=complete_plans)
@common(incident=False)
def show(call: Call, name: str | None) -> int:
    """Show a plan; without a name, the chosen one.

    NAME is one of those that `incident plan list` names, or a file.
    """
    with call.store() as store:
        one = store.plan(name)
        now = store.clock.now()
    if call.json:
        output.shape(plan_json.plan(one))
    else:
        output.lines(plan_text.lines(one, now.astimezone(parse_zone(one.zone)).date()))
    return ExitCode.OK


@plan.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@common(incident=False)
def check(call: Call, files: tuple[str, ...]) -> int:
    """Say everything that is wrong with plan files.

    A line each: the file, the key, its value, what is allowed there. FILE is a file, or the name of a plan. Exits with
    1 when something is wrong.
    """
    # Not by the store: a plan can be checked where the settings are wrong.
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
            output.say("\n".join(one.errors))
        elif one.plan:
            missing = _missing_runbooks(one.plan, call)
            for name in missing:
                output.say(f"{file}: runbook = {name!r}: there is none yet, incidents will begin without it")
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
    found = described(table)
    if call.json:
        output.shape([shape(one) for one in found])
    else:
        output.lines(lines(found))
    return ExitCode.OK


def _missing_runbooks(one: Plan, call: Call) -> tuple[str, ...]:
    """Return the runbooks that the plan names and nobody can find here; a plan may be checked before they are there."""
    from incident_cockpit.runbook.reader import find_runbook

    folders, missing = runbook_folders(paths(call.env)), []
    for name in dict.fromkeys(name for name in (one.runbook, *(sort.runbook for sort in one.types)) if name):
        try:
            find_runbook(name, folders)
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
