"""Opening an address, only http and https, and only in a browser with a window of its own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

from incident_cockpit.integrations.programs import Ended, find_program, run_limited

# A text browser would take over the cockpit's own terminal, so only the desktop's way is used.
_SECONDS = 3.0


def can_open(url: str, env: Mapping[str, str]) -> bool:
    """Return whether the address is one for a browser, and there is a desktop to open it on."""
    return urlsplit(url).scheme in ("http", "https") and _program(env) is not None


def open_address(url: str, env: Mapping[str, str]) -> str:
    """Hand the address to the desktop and say how that went; blocks for a few seconds at most."""
    program = _program(env)
    if program is None or not can_open(url, env):
        return f"not opened: {url}"
    ended = run_limited([program, url], env=env, limit=_SECONDS)
    # A desktop that is slow has usually taken it; one that says no has not.
    return f"opened: {url}" if ended in (Ended.WORKED, Ended.TOO_SLOW) else f"the desktop did not open {url}"


def _program(env: Mapping[str, str]) -> str | None:
    if sys.platform == "darwin":
        return find_program("open", env)
    if env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        return find_program("xdg-open", env)
    return None
