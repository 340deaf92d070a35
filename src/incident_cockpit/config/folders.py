"""Where files are looked for by name: the user's own before the shipped ones."""

from __future__ import annotations

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
