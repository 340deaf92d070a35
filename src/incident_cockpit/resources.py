"""Finds the files that are shipped with the program: themes, plans, runbooks, the sample incident."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(*parts: str) -> Path:
    """Return the path of a shipped file or folder, such as `shipped("themes")`.

    In a wheel the folders stand inside the package; in a checkout and an editable install, two levels up.
    """
    inside = _PACKAGE.joinpath(*parts)
    return inside if inside.exists() else _PACKAGE.parents[1].joinpath(*parts)
