"""What holds for every test: the same surroundings on every machine, and a home of its own."""

from __future__ import annotations

import os
import time
from importlib.metadata import version
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

import incident_cockpit
from support.corpus import SHARED

ROOT = Path(__file__).resolve().parents[1]

_NUMBERS = count()

settings.register_profile("here", deadline=None)
# The same examples on every run, so that a red run is about the change that was made.
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to test another copy, and to write snapshots with a Textual that is not the pinned one."""
    if not Path(incident_cockpit.__file__).is_relative_to(ROOT / "src"):
        raise pytest.UsageError(f"{incident_cockpit.__file__} would be tested, not this tree: pip install -e '.[dev]'")
    wanted = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    if config.getoption("update_snapshots", default=False) and f'"textual=={version("textual")}"' not in wanted:
        raise pytest.UsageError("snapshots are written with the pinned Textual only: pip install -e '.[dev]'")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Take away what makes programs behave differently from machine to machine, and keep the user's own files out."""
    for name in tuple(os.environ):
        if name.startswith("TEXTUAL_SNAPSHOT"):
            continue  # where the snapshot plugin leaves notes for its own report
        if name.startswith(("INCIDENT", "TEXTUAL", "LC_")) or name in {"NO_COLOR", "FORCE_COLOR", "TMUX", "STY"}:
            monkeypatch.delenv(name)
    home = tmp_path_factory.getbasetemp() / f"home-{next(_NUMBERS)}"
    pinned = {"LANG": "C.UTF-8", "TZ": "UTC", "INCIDENT_HOME": str(home), "COLUMNS": "120", "LINES": "40"}
    for name, value in pinned.items():
        monkeypatch.setenv(name, value)
    time.tzset()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of runbooks, alerts and postmortems written by others; skips where it is not."""
    return _beside("corpus")


@pytest.fixture(scope="session")
def seeds() -> Path:
    """Return the folder of the documents this program was first written for; skips where it is not."""
    return _beside("seeds")


def _beside(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"no {name} beside this checkout")
    return folder
