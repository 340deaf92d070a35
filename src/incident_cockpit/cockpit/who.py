"""Who is speaking: said on the command line, in the environment, in the settings, or the login name."""

from __future__ import annotations

from collections.abc import Mapping

from incident_cockpit.config.settings import Settings
from incident_cockpit.text.clean import clean_line


def speaker(env: Mapping[str, str], settings: Settings) -> str:
    """Return the name under which everything is recorded; never empty."""
    named = clean_line(env.get("INCIDENT_USER", "")) or clean_line(settings.user or "")
    return named or clean_line(_login(env)) or "somebody"


def _login(env: Mapping[str, str]) -> str:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if env.get(name):
            return env[name]
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run as a user id that no password file knows.
        return ""
