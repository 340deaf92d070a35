"""Who is speaking: said on the command line, in the environment, in the settings, or the login name."""

from __future__ import annotations

import os
from collections.abc import Mapping

from incident_cockpit.config.settings import Settings
from incident_cockpit.incident.event import LONGEST_NAME
from incident_cockpit.text.sanitize import clean_line


def speaker(env: Mapping[str, str], settings: Settings) -> str:
    """Return the name under which everything is recorded; never empty, where it is unknown the user's number."""
    return known_speaker(env, settings) or f"uid {os.getuid()}"


def known_speaker(env: Mapping[str, str], settings: Settings) -> str:
    """Return the name that was set or that the user logs in with, "" where there is none."""
    said = (env.get("INCIDENT_USER", ""), settings.user or "")
    named = next((name for name in (clean_line(each, limit=LONGEST_NAME) for each in said) if name), "")
    return named or clean_line(_login(env), limit=LONGEST_NAME)


def _login(env: Mapping[str, str]) -> str:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if env.get(name):
            return env[name]
    import getpass

    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        # A container may run as a user id that no password file knows.
        return ""
