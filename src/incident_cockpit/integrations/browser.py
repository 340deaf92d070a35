"""Opening of http and https URLs in the desktop's browser."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

from incident_cockpit.integrations.programs import Ended, find_program, run_limited

# A text browser would take over the cockpit's terminal, so only the desktop's opener is used.
_SECONDS = 3.0


def can_open(url: str, env: Mapping[str, str]) -> bool:
    """Return whether the URL is for a browser and a desktop can open it."""
    return urlsplit(url).scheme in ("http", "https") and _program(env) is not None


def open_address(url: str, env: Mapping[str, str]) -> str:
    """Open the URL on the desktop and return the result as text; blocks for a few seconds at most."""
    program = _program(env)
    if program is None or not can_open(url, env):
        return f"not opened: {url}"
    ended = run_limited([program, url], env=env, limit=_SECONDS)
    # A slow desktop has usually accepted it; one that refuses has not.
    return f"opened: {url}" if ended in (Ended.WORKED, Ended.TOO_SLOW) else f"the desktop did not open {url}"


def _program(env: Mapping[str, str]) -> str | None:
    if sys.platform == "darwin":
        return find_program("open", env)
    if env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        return find_program("xdg-open", env)
    return None
