"""The desktop: notifications, and the browser for links."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import urlsplit

from incident_cockpit.integrations.programs import Ended, find_program, run_limited
from incident_cockpit.text.sanitize import clean_line

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


# Notifications of due items: the terminal's bell or the desktop's notification.

How = Literal["bell", "desktop", "off"]

LIMIT_SECONDS = 2.0
_LONGEST = 200
_BELL = "\x07"
# The text travels as an argument: nothing in it can become a line of the script.
_SCRIPT = ("on run argv", "display notification (item 1 of argv) with title (item 2 of argv)", "end run")


def notify(
    text: str,
    *,
    how: How,
    title: str = "Incident",
    env: Mapping[str, str],
    write_terminal: Callable[[str], None] | None,
) -> How:
    """Notify as chosen and return how it was done: if the desktop does not respond, the bell rings.

    Blocks for two seconds at most: call it in a worker thread. It never raises.
    """
    if how == "off":
        return "off"
    if how == "desktop":
        command = _command(clean_line(text, limit=_LONGEST), clean_line(title, limit=60), env)
        if command is not None and run_limited(command, env=env, limit=LIMIT_SECONDS) is Ended.WORKED:
            return "desktop"
    return "bell" if _ring(write_terminal) else "off"


def _ring(write_terminal: Callable[[str], None] | None) -> bool:
    if write_terminal is None:
        return False
    try:
        write_terminal(_BELL)
    except Exception:  # a lost terminal cannot ring
        return False
    return True


def _command(text: str, title: str, env: Mapping[str, str]) -> tuple[str, ...] | None:
    if sys.platform == "darwin":
        program = find_program("osascript", env)
        lines = tuple(part for line in _SCRIPT for part in ("-e", line))
        return None if program is None else (program, *lines, text, title)
    program = find_program("notify-send", env)
    # The body is markup to most desktops, the title is not.
    body = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return None if program is None else (program, "--app-name=incident", "--", title, body)
