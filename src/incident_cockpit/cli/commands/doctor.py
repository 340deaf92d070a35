"""What works here and what does not: each finding is one line with what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from incident_cockpit.config.contacts import load_contacts
from incident_cockpit.config.paths import Paths, paths, plan_folders, runbook_folders, theme_folders
from incident_cockpit.config.settings import Settings, load_settings
from incident_cockpit.errors import Refused
from incident_cockpit.files import is_there
from incident_cockpit.text.plurals import counted


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `works` is None where it is only good to know."""

    name: str
    works: bool | None
    words: str


def examine(env: Mapping[str, str]) -> Iterator[Finding]:
    """Yield every finding; nothing is created, and whatever is broken is a finding and never an error."""
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
        yield Finding("config", True, str(places.config_file) if is_there(places.config_file) else "none, defaults")
    except Refused as refused:
        yield Finding("config", False, str(refused))
    yield _tried("contacts", lambda: counted(len(load_contacts(places.contacts)), "contact"))
    yield from _speaker(env, settings)
    yield from _store(places)
    yield from _plans(places, settings)
    yield from _runbooks(places)
    yield from _themes(places, settings)
    yield from _keymap(settings)
    yield from _terminal(env)
    yield from _clipboard(env)


def _speaker(env: Mapping[str, str], settings: Settings) -> Iterator[Finding]:
    from incident_cockpit.service.identity import known_speaker, speaker
    from incident_cockpit.times.parse import parse_zone

    unknown = "" if known_speaker(env, settings) else ": your name is not known, set INCIDENT_USER"
    yield Finding("who", None, f"{speaker(env, settings)}{unknown}")
    yield _tried("time zone", lambda: str(parse_zone(settings.zone)))


def _store(places: Paths) -> Iterator[Finding]:
    from incident_cockpit.ids import RandomIds
    from incident_cockpit.incident.integrity import complaints
    from incident_cockpit.journal.database import loss
    from incident_cockpit.journal.journal import Journal

    try:
        if not places.store.is_symlink() and not (is_there(places.store) and places.store.stat().st_size):
            lost = loss(places.store, places.rescue)
            said = f"{places.store} will be made with the first incident"
            yield Finding("store", None, said) if lost is None else Finding("store", False, str(lost))
            return
        with Journal(places.store, places.rescue, RandomIds()) as journal:
            count, wrong, newer = len(journal.incidents()), journal.verify(complaints), journal.database.newer
    except OSError as error:
        yield Finding("store", False, f"{places.store} cannot be looked at ({error.strerror})")
        return
    except Refused as refused:
        yield Finding("store", False, str(refused))
        return
    yield from (Finding("store", False, complaint) for complaint in wrong)
    if any("put-back" not in complaint for complaint in wrong):
        ways = "incident restore; if an incident stays wrong, take it out: incident remove ID --reason TEXT"
        yield Finding("store", None, f"to rebuild what is damaged: {ways}")
    if newer is not None:
        yield Finding("store", False, f"{places.store} was made by a newer version: it can be read, not written")
    elif not os.access(places.store, os.W_OK) or not os.access(places.data, os.W_OK):
        said = f"{places.store} or its folder can be read but not written: chmod u+w {places.store} {places.data}"
        yield Finding("store", False, said)
    elif not wrong:
        yield Finding("store", True, f"{places.store}: {counted(count, 'incident')}, nothing is wrong")


def _plans(places: Paths, settings: Settings) -> Iterator[Finding]:
    from incident_cockpit.plan.loader import find_plan, list_plans

    for name, path in list_plans(plan_folders(places)).items():
        yield _tried(f"plan {name}", partial(_plan_name, path, plan_folders(places)))
    yield _tried("plan chosen", lambda: str(find_plan(settings.plan, plan_folders(places))))


def _runbooks(places: Paths) -> Iterator[Finding]:
    from incident_cockpit.runbook.reader import SUFFIXES

    for folder in runbook_folders(places):
        for path in sorted(folder.glob("*")):
            if path.suffix in SUFFIXES:
                yield _tried(f"runbook {path.stem}", partial(_steps, path))


def _plan_name(path: Path, folders: Iterable[Path]) -> str:
    from incident_cockpit.plan.loader import load_plan

    return load_plan(path, folders).name


def _steps(path: Path) -> str:
    from incident_cockpit.runbook.reader import load_runbook

    return counted(len(load_runbook(path)[0].steps), "step")


def _themes(places: Paths, settings: Settings) -> Iterator[Finding]:
    from incident_cockpit.config.themes import load_themes

    themes, complaints = load_themes(theme_folders(places))
    yield from (Finding("theme", False, complaint) for complaint in complaints)
    names = [theme.name for theme in themes]
    known = settings.theme in names
    yield Finding("themes", known, ", ".join(names) if known else f"there is no theme '{settings.theme}': {names}")


def _keymap(settings: Settings) -> Iterator[Finding]:
    from incident_cockpit.actions.aliases import by_current_name
    from incident_cockpit.actions.registry import ACTIONS, SCRIPT_ACTION
    from incident_cockpit.config.keymap import check_keymap

    off = () if settings.scripts else (SCRIPT_ACTION,)
    own = {name: action.keys for name, action in ACTIONS.items() if name not in off}
    scopes = {name: ACTIONS[name].scope.value for name in own}
    chosen = {name: keys for name, keys in by_current_name(settings.keymap).items() if name not in off}
    yield _tried("keys", lambda: f"{sum(map(len, check_keymap(chosen, own, scopes).values()))} keys, no clash")


def _terminal(env: Mapping[str, str]) -> Iterator[Finding]:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Finding("terminal", None, "this is none, so the cockpit cannot be opened here; the commands work")
        return
    size = shutil.get_terminal_size()
    inside = "tmux" if env.get("TMUX") else "screen" if env.get("STY") else ""
    colour = "no colour (NO_COLOR)" if env.get("NO_COLOR") else env.get("COLORTERM") or "256 colours or fewer"
    parts = (env.get("TERM", "TERM is not set"), f"{size.columns}x{size.lines}", colour, inside)
    wide = size.columns >= 80 and size.lines >= 24
    words = ", ".join(part for part in parts if part) + ("" if wide else "; the cockpit is whole from 80x24 on")
    yield Finding("terminal", True if wide else None, words)
    if "utf" not in (sys.stdout.encoding or "").lower():
        yield Finding("encoding", False, f"{sys.stdout.encoding} shows ? for many signs: set LANG to a UTF-8 locale")


def _clipboard(env: Mapping[str, str]) -> Iterator[Finding]:
    from incident_cockpit.integrations.clipboard import routes

    for route in routes(env):
        yield Finding(f"clipboard {route.name}", True if route.available else None, route.why)


def _tried(name: str, work: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, work())
    except Refused as refused:
        return Finding(name, False, str(refused))


def wrong(findings: Iterable[Finding]) -> bool:
    """Return whether something that should work does not."""
    return any(finding.works is False for finding in findings)
