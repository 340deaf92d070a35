"""What a module must not load: imports that are late are invisible to linters, so each is tried in a new process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "incident_cockpit"

SCREEN = {"textual", "rich"}
STORE = {"sqlite3", "sqlite_utils"}
# None of these is needed to declare, log or read; each costs as much as everything we do ourselves.
HEAVY = SCREEN | {
    "sqlite_utils",
    "pendulum",
    "pydantic",
    "markdown_it",
    "jinja2",
    "platformdirs",
    "pyperclip",
    "click",
    "slack_sdk",
}
MODEL = HEAVY | {"sqlite3", "asyncio", "logging", "urllib.request", "email"}

_LOADED = "import sys, json, importlib; {}; json.dump([name for name in {} if name in sys.modules], sys.stdout)"


def _loaded(code: str, forbidden: Iterable[str]) -> list[str]:
    """Return which of the forbidden modules are loaded after the code ran in a new interpreter."""
    run = subprocess.run(
        [sys.executable, "-c", _LOADED.format(code, sorted(forbidden))], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found: list[str] = json.loads(run.stdout.splitlines()[-1])
    return found


def _modules(room: str) -> list[str]:
    """Return the names of the modules of a room, or of one module at the root."""
    folder = PACKAGE / room
    files = folder.rglob("*.py") if folder.is_dir() else [folder.with_suffix(".py")]
    names = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in files]
    return sorted(name.removesuffix(".__init__") for name in names)


def _all_of(room: str) -> str:
    return f"[importlib.import_module(name) for name in {_modules(room)}]"


@pytest.mark.parametrize(
    "room", ["text", "incident", "actions", "errors", "clock", "ids", "resources", "files", "times"]
)
def test_the_model_loads_nothing_heavy_and_no_disk(room: str) -> None:
    assert _loaded(_all_of(room), MODEL) == []


@pytest.mark.parametrize(
    "room", ["runbook", "journal", "config", "documents", "integrations", "service/store", "service/session"]
)
def test_a_room_loads_nothing_heavy_before_it_needs_it(room: str) -> None:
    assert _loaded(_all_of(room), HEAVY) == []


@pytest.mark.parametrize(
    "room", ["plan/schema", "times/spans", "times/business_calendar", "plan/channel_names", "plan/checklist"]
)
def test_a_plan_that_was_adopted_needs_no_checking(room: str) -> None:
    assert _loaded(_all_of(room), MODEL) == []


@pytest.mark.parametrize("words", [["log", "5xx at 8%"], ["log", "-1m @Raj 10m replica lag?"], ["status", "--line"]])
def test_logging_and_the_prompt_line_load_nothing_heavy(words: list[str]) -> None:
    """They run while hands are full, or every few seconds in a prompt; click alone would double their cost."""
    main = "from incident_cockpit.cli.main import main"
    assert _loaded(f"{main}; assert main(['new', 'Checkout is down', '--started', '-20m']) == 0", SCREEN) == []
    assert _loaded(f"{main}; assert main({words!r}) == 0", HEAVY | {"dataclasses", "difflib"}) == []


def test_only_the_screen_loads_the_screen() -> None:
    rooms = [path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name not in {"tui", "__pycache__"}]
    code = "; ".join(_all_of(room) for room in sorted(rooms))
    assert _loaded(code, SCREEN) == []


def test_everything_can_be_loaded_alone() -> None:
    """A module that only loads behind another hides a circle of imports."""
    names = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in PACKAGE.rglob("*.py")]
    code = (
        "import importlib, sys\n"
        f"for name in {sorted(name.removesuffix('.__init__') for name in names)!r}:\n"
        "    for loaded in [each for each in sys.modules if each.startswith('incident_cockpit')]:\n"
        "        del sys.modules[loaded]\n"
        "    importlib.import_module(name)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
