"""Words made of free text: ids of what a plan names, and names of channels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Return text as one word of small letters, digits and hyphens in any script; "" where it holds neither."""
    joined = "".join(char if char.isalnum() else "-" for char in text.casefold())
    return "-".join(part for part in joined.split("-") if part)


def plain_slug(text: str) -> str:
    """Return text as one word of a to z, digits and hyphens: accents go, and what has no plain letter goes too."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in parted if not unicodedata.combining(char))
    return _NOT_PLAIN.sub("-", letters).strip("-")


# -- channel: Names for the channel of an incident, made of the plan's pattern.

VARIABLES = {
    "date": "the day in the plan's zone, such as 2026-11-21",
    "number": "the incident's number",
    "severity": "the severity's id",
    "title": "what is wrong, as one word",
}
LONGEST = 80  # what Slack allows
_LONGEST_TITLE = 40
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_NOT_ALLOWED = re.compile(r"[^a-z0-9_-]+")
_DASHES = re.compile(r"-{2,}")


def unfilled(pattern: str) -> tuple[str, tuple[str, ...]]:
    """Return what of a pattern stands as it is, and the names of its variables."""
    return _VARIABLE.sub("", pattern), tuple(_VARIABLE.findall(pattern))


def channel_name(
    pattern: str, at: datetime, number: int, severity: str, title: str, taken: Collection[str] = ()
) -> str:
    """Return a name that Slack accepts and nobody has: small letters, digits, - and _, at most 80, never empty.

    `at` is in the plan's zone. The second of a name gets "-2"; whatever is in a title, it adds letters and no more.
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


def _shortened(slug: str) -> str:
    """Return as many whole words as there is room for, or the beginning of a first one that is longer."""
    cut = slug[:_LONGEST_TITLE]
    whole = slug == cut or slug[_LONGEST_TITLE] == "-"
    return cut if whole else cut.rpartition("-")[0] or cut


def _free(name: str, taken: Collection[str]) -> str:
    tried, count = name, 1
    while tried in taken:
        count += 1
        ending = f"-{count}"
        tried = name[: LONGEST - len(ending)].rstrip("-_") + ending
    return tried
