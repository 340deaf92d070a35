"""Numbers with their nouns, and sizes of files."""

from __future__ import annotations

_KILO = 1024


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return "1 incident" or "2 incidents"; `plural` is for nouns that do not just add an s."""
    return f"{number} {singular}" if number == 1 else f"{number} {plural or singular + 's'}"


def sized(size: int) -> str:
    """Return the size of a file: "812 bytes", "14 KB", "1.2 MB"."""
    if size < _KILO:
        return counted(size, "byte")
    if size < _KILO**2:
        return f"{round(size / _KILO)} KB"
    return f"{size / _KILO**2:.1f} MB" if size < _KILO**3 else f"{size / _KILO**3:.1f} GB"
