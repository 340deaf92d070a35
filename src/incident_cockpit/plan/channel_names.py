"""IDs and channel names made of free text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime

VARIABLES = {
    "date": "date in the plan's time zone, such as 2026-11-21",
    "number": "number of the incident",
    "severity": "ID of the severity",
    "title": "title of the incident, as one word",
}
LONGEST = 80  # the limit of Slack
_LONGEST_TITLE = 40
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_NOT_ALLOWED = re.compile(r"[^a-z0-9_-]+")
_DASHES = re.compile(r"-{2,}")


def slug(text: str) -> str:
    """Return text as one word of lower-case letters, digits and hyphens in any script; "" if it has neither."""
    joined = "".join(char if char.isalnum() else "-" for char in text.casefold())
    return "-".join(part for part in joined.split("-") if part)


def plain_slug(text: str) -> str:
    """Return text as one word of a to z, digits and hyphens, without accents and other characters."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_PLAIN.sub("-", letters).strip("-")


def unfilled(pattern: str) -> tuple[str, tuple[str, ...]]:
    """Return the literal characters of a pattern, and the names of its variables."""
    return _VARIABLE.sub("", pattern), tuple(_VARIABLE.findall(pattern))


def channel_name(
    pattern: str, at: datetime, number: int, severity: str, title: str, taken: Collection[str] = ()
) -> str:
    """Return a free name that Slack accepts: lower-case letters, digits, - and _, at most 80, never empty.

    `at` is in the plan's time zone. A name that is taken gets "-2". A title adds letters and nothing else.
    """
    values = {
        "date": at.strftime("%Y-%m-%d"),
        "number": str(number),
        "severity": plain_slug(severity),
        "title": _shortened(plain_slug(title[:500])),
    }
    filled = _VARIABLE.sub(lambda variable: values.get(variable[1], ""), pattern)
    plain = _DASHES.sub("-", _NOT_ALLOWED.sub("-", filled.casefold())).strip("-_")
    return _free(plain[:LONGEST].rstrip("-_") or f"incident-{number}", {name.lstrip("#").casefold() for name in taken})


def _shortened(title: str) -> str:
    """Return as many whole words as fit, or the start of a first word that is longer."""
    cut = title[:_LONGEST_TITLE]
    whole = title == cut or title[_LONGEST_TITLE] == "-"
    return cut if whole else cut.rpartition("-")[0] or cut


def _free(name: str, taken: Collection[str]) -> str:
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        ending = f"-{count}"
        candidate = name[: LONGEST - len(ending)].rstrip("-_") + ending
    return candidate
