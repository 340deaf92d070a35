"""Name of the speaker: from --as, the environment, the settings, or the login."""

from __future__ import annotations

import os
from collections.abc import Mapping

from incident_cockpit.config.settings import Settings
from incident_cockpit.incident.event import LONGEST_NAME
from incident_cockpit.text.sanitize import clean_line


def speaker(env: Mapping[str, str], settings: Settings) -> str:
    """Return the name under which everything is recorded; where it is unknown, the user id."""
    return known_speaker(env, settings) or f"uid {os.getuid()}"


def known_speaker(env: Mapping[str, str], settings: Settings) -> str:
    """Return the name that is set, or the login name, "" where there is none."""
    for name in (env.get("INCIDENT_USER", ""), settings.user or ""):
        if cleaned := clean_line(name, limit=LONGEST_NAME):
            return cleaned
    return clean_line(_login_name(env), limit=LONGEST_NAME)


def _login_name(env: Mapping[str, str]) -> str:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if env.get(name):
            return env[name]
    import getpass

    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        # A container may run as a user id that is not in the password file.
        return ""
