"""Numbers with their nouns, because "1 steps" makes a tired reader doubt the number."""

from __future__ import annotations


def counted(number: int, one: str, several: str = "") -> str:
    """Return "1 incident" or "2 incidents"; `several` is the plural where an s does not make it."""
    return f"{number} {one}" if number == 1 else f"{number} {several or one + 's'}"
