"""Words made of free text: ids of what a plan names, and names of channels."""

from __future__ import annotations

import re
import unicodedata

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
