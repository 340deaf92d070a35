"""Front matter: the block of keys and values at the top of a file, which is no text of the runbook."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from incident_cockpit.text.clean import clean_line

_FENCES = {"---": (":", ("---", "...")), "+++": ("=", ("+++",))}
_KEY = re.compile(r"(?P<key>[\w.\"'-]+)[ \t]*(?P<sign>[:=])(?P<value>\s.*|)$")
_OTHER = re.compile(r"\s|#|- |[\]})]|$")
_ENTRY = re.compile(r"\s*- +(.*)")
_LIMIT = 400


@dataclass(slots=True)
class Front:
    """What front matter says by key, in small letters, and how many lines it takes."""

    said: dict[str, list[str]] = field(default_factory=dict)
    lines: int = 0

    def one(self, *keys: str) -> str:
        """Return the first value that one of the keys has, in one line; several entries are joined by commas."""
        return ", ".join(self.many(*keys))

    def many(self, *keys: str) -> tuple[str, ...]:
        """Return the entries of the first of the keys that has any."""
        found = next((self.said[key] for key in keys if self.said.get(key)), [])
        return tuple(words for words in (clean_line(each) for each in found) if words)


def front_matter(lines: list[str]) -> Front:
    """Return the block between two `---` (or `+++`) lines at the top, if it reads like keys and values."""
    fence = _FENCES.get(lines[0].rstrip()) if lines else None
    if fence is None:
        return Front()
    sign, ends = fence
    front = Front()
    entries: list[str] = []
    for number, raw in enumerate(lines[1:_LIMIT], 1):
        line = raw.rstrip()
        if line in ends:
            front.lines = number + 1 if front.said else 0
            return front
        match = _KEY.match(line)
        if match and match["sign"] == sign:
            entries = front.said.setdefault(match["key"].strip("\"'").lower(), [])
            entries += _entries(match["value"].strip())
            continue
        entry = _ENTRY.match(line)
        if entry:
            entries.append(_bare(entry[1]))
        elif not _OTHER.match(line):
            break
    return Front()


def _entries(value: str) -> list[str]:
    """Return a value, or those of a list in brackets."""
    if value[:1] == "[" and value[-1:] == "]":
        return [_bare(part) for part in value[1:-1].split(",")]
    return [_bare(value)] if value else []


def _bare(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
