"""Where files are looked for by name: the user's own before the shipped ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from incident_cockpit.config.paths import Paths
from incident_cockpit.resources import shipped


def plan_folders(places: Paths) -> list[Path]:
    """Return the folders of response plans."""
    return [places.plans, shipped("sample_data", "plans")]


def runbook_folders(places: Paths) -> list[Path]:
    """Return the folders of runbooks."""
    return [places.runbooks, shipped("sample_data", "runbooks")]


def theme_folders(places: Paths) -> list[Path]:
    """Return the folders of themes."""
    return [places.themes, shipped("themes")]


def runbook_names(places: Paths) -> list[str]:
    """Return the names under which runbooks are found, in order; folders that cannot be read have none."""
    return _names(runbook_folders(places), (".md", ".markdown", ".txt"))


def plan_names(places: Paths) -> list[str]:
    """Return the names under which plans are found, in order; folders that cannot be read have none."""
    return _names(plan_folders(places), (".toml",))


def _names(folders: Iterable[Path], endings: Collection[str]) -> list[str]:
    names: set[str] = set()
    for folder in folders:
        with suppress(OSError):
            names.update(path.stem for path in folder.iterdir() if path.suffix in endings)
    return sorted(names)
