"""`incident doctor`: a check of the installation, one finding a line with what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import click
from msgspec import Struct

from incident_cockpit.cli import output
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import common
from incident_cockpit.cli.views.text import columns
from incident_cockpit.config.contacts import load_contacts
from incident_cockpit.config.paths import Paths, paths, plan_folders, runbook_folders, theme_folders
from incident_cockpit.config.settings import Settings, load_settings
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.files import is_there
from incident_cockpit.text.plurals import counted

_MARKS = {True: "ok", False: "wrong", None: "-"}


class Finding(Struct, frozen=True):
    """One check; `works` is None for information that is neither right nor wrong."""

    name: str
    works: bool | None
    words: str


@click.command()
@common(incident=False)
def doctor(call: Call) -> int:
    """Check the installation.

    It checks settings, store, plans, runbooks, themes, keys, terminal and clipboard, and exits with 4 when something is
    wrong.
    """
    findings = list(examine(call.env))
    if call.json:
        output.json([{"name": item.name, "works": item.works, "words": item.words} for item in findings])
    else:
        output.lines(columns([(_MARKS[item.works], item.name, item.words) for item in findings]))
    return ExitCode.STORE if any(item.works is False for item in findings) else ExitCode.OK


def examine(env: Mapping[str, str]) -> Iterator[Finding]:
    """Yield every finding; nothing is created, and an error is a finding."""
    try:
        places = paths(env)
    except Refused as refused:
        yield Finding("home", False, str(refused))
        return
    if places.warning:
        yield Finding("home", False, places.warning)
    settings = Settings()
    try:
        settings = load_settings(places.config_file)
        file = str(places.config_file) if is_there(places.config_file) else "not found, using defaults"
        yield Finding("config", True, file)
    except Refused as refused:
        yield Finding("config", False, str(refused))
    yield _check("contacts", lambda: counted(len(load_contacts(places.contacts)), "contact"))
    yield from _speaker(env, settings)
    yield from _store(places)
    yield from _plans(places, settings)
    yield from _runbooks(places)
    yield from _themes(places, settings)
    yield _keymap(settings)
    yield from _terminal(env)
    yield from _clipboard(env)


def _check(name: str, work: Callable[[], str]) -> Finding:
    """Return what the work returns as a finding, or its refusal."""
    try:
        return Finding(name, True, work())
    except Refused as refused:
        return Finding(name, False, str(refused))


def _speaker(env: Mapping[str, str], settings: Settings) -> Iterator[Finding]:
    from incident_cockpit.service.identity import known_speaker, speaker
    from incident_cockpit.times.parse import parse_zone

    hint = "" if known_speaker(env, settings) else ": your name is unknown; set INCIDENT_USER"
    yield Finding("who", None, f"{speaker(env, settings)}{hint}")
    yield _check("time zone", lambda: str(parse_zone(settings.zone)))


def _store(places: Paths) -> Iterator[Finding]:
    from incident_cockpit.ids import RandomIds
    from incident_cockpit.incident.integrity import complaints
    from incident_cockpit.journal.database import loss
    from incident_cockpit.journal.journal import Journal

    try:
        if not places.store.is_symlink() and not (is_there(places.store) and places.store.stat().st_size):
            lost = loss(places.store, places.rescue)
            new = f"{places.store}: created with the first incident"
            yield Finding("store", None, new) if lost is None else Finding("store", False, str(lost))
            return
        with Journal(places.store, places.rescue, RandomIds()) as journal:
            count, errors, newer = len(journal.incidents()), journal.verify(complaints), journal.database.newer
    except OSError as error:
        yield Finding("store", False, f"cannot read {places.store} ({error.strerror})")
        return
    except Refused as refused:
        yield Finding("store", False, str(refused))
        return
    yield from (Finding("store", False, error) for error in errors)
    if any("put-back" not in error for error in errors):
        commands = "incident restore; if an incident is still damaged, remove it: incident remove ID --reason TEXT"
        yield Finding("store", None, f"to repair: {commands}")
    if newer is not None:
        yield Finding("store", False, f"{places.store} was created by a newer version: read-only here")
    elif not os.access(places.store, os.W_OK) or not os.access(places.data, os.W_OK):
        read_only = f"{places.store} or its folder is read-only; run: chmod u+w {places.store} {places.data}"
        yield Finding("store", False, read_only)
    elif not errors:
        yield Finding("store", True, f"{places.store}: {counted(count, 'incident')}, OK")


def _plans(places: Paths, settings: Settings) -> Iterator[Finding]:
    from incident_cockpit.plan.loader import find_plan, list_plans, load_plan

    folders = plan_folders(places)

    def plan_name(path: Path) -> str:
        return load_plan(path, folders).name

    for name, path in list_plans(folders).items():
        yield _check(f"plan {name}", partial(plan_name, path))
    yield _check("plan chosen", lambda: str(find_plan(settings.plan, folders)))


def _runbooks(places: Paths) -> Iterator[Finding]:
    from incident_cockpit.runbook.reader import SUFFIXES, load_runbook

    def steps(path: Path) -> str:
        return counted(len(load_runbook(path)[0].steps), "step")

    for folder in runbook_folders(places):
        for path in sorted(folder.glob("*")):
            if path.suffix in SUFFIXES:
                yield _check(f"runbook {path.stem}", partial(steps, path))


def _themes(places: Paths, settings: Settings) -> Iterator[Finding]:
    from incident_cockpit.config.themes import load_themes

    themes, errors = load_themes(theme_folders(places))
    yield from (Finding("theme", False, error) for error in errors)
    names = ", ".join(theme.name for theme in themes)
    known = settings.theme in (theme.name for theme in themes)
    yield Finding("themes", known, names if known else f'unknown theme "{settings.theme}": use one of {names}')


def _keymap(settings: Settings) -> Finding:
    from incident_cockpit.actions.aliases import by_current_name
    from incident_cockpit.actions.registry import ACTIONS, SCRIPT_ACTION
    from incident_cockpit.config.keymap import check_keymap

    off = () if settings.scripts else (SCRIPT_ACTION,)
    default = {name: action.keys for name, action in ACTIONS.items() if name not in off}
    scopes = {name: ACTIONS[name].scope.value for name in default}
    chosen = {name: keys for name, keys in by_current_name(settings.keymap).items() if name not in off}
    return _check("keys", lambda: f"{sum(map(len, check_keymap(chosen, default, scopes).values()))} keys, no conflicts")


def _terminal(env: Mapping[str, str]) -> Iterator[Finding]:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Finding("terminal", None, "not a terminal: the cockpit cannot be opened here; commands work")
        return
    size = shutil.get_terminal_size()
    inside = "tmux" if env.get("TMUX") else "screen" if env.get("STY") else ""
    colour = "no colour (NO_COLOR)" if env.get("NO_COLOR") else env.get("COLORTERM") or "256 colours or fewer"
    parts = (env.get("TERM", "TERM is not set"), f"{size.columns}x{size.lines}", colour, inside)
    large = size.columns >= 80 and size.lines >= 24
    words = ", ".join(part for part in parts if part) + ("" if large else "; the cockpit needs at least 80x24")
    yield Finding("terminal", True if large else None, words)
    if "utf" not in (sys.stdout.encoding or "").lower():
        encoding = f"{sys.stdout.encoding} shows ? for many characters: set LANG to a UTF-8 locale"
        yield Finding("encoding", False, encoding)


def _clipboard(env: Mapping[str, str]) -> Iterator[Finding]:
    from incident_cockpit.integrations.clipboard import routes

    for route in routes(env):
        yield Finding(f"clipboard {route.name}", True if route.available else None, route.why)
