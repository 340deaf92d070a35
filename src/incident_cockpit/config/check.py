"""Checks shared by the user's TOML files: every error at once, each with its file and key."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from incident_cockpit.errors import Refused
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.sanitize import is_clean
from incident_cockpit.text.suggest import did_you_mean

LARGEST_FILE = 1_000_000
_LONGEST_VALUE = 60
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class ConfigErrors(Refused):
    """The errors of one configuration file; `lines` has one sentence for each."""

    def __init__(self, path: Path, errors: Iterable[str]) -> None:
        """Count and list the errors, each with the name of the file."""
        self.lines = tuple(f"{path}: {error}" for error in errors)
        super().__init__(f"{path} has {counted(len(self.lines), 'error')}", "\n".join(self.lines))


def unknown_key(key: str, known: Iterable[str]) -> str:
    """Return the error for a key that no table of this kind has."""
    names = list(known)
    hint = did_you_mean(key, names, f"the keys are {', '.join(names)}")
    return f"{toml_key(key)}: unknown key, {hint}"


def text_error(value: object) -> str:
    """Return why a value is not a text, or an empty string."""
    if not isinstance(value, str) or not value.strip():
        return "must be text in quotes, not empty"
    return "contains a control character" if "\n" in value or "\t" in value or not is_clean(value) else ""


def flag_error(value: object) -> str:
    """Return why a value is not true or false, or an empty string."""
    return "" if isinstance(value, bool) else "must be true or false"


def shown(value: object) -> str:
    """Return a value as TOML writes it, short enough for an error."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."


def toml_key(key: str) -> str:
    """Return a key as TOML writes it: in quotes where it needs them."""
    return key if _BARE_KEY.fullmatch(key) else quoted(key)


def quoted(text: str) -> str:
    """Return a text as a basic TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub("[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04x}", escaped) + '"'
