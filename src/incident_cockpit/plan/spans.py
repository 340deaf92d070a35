"""Periods as a plan says them: "15m", "2 hours", "1h30m"."""

from __future__ import annotations

import re

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SPAN = re.compile(
    r"(?:(?P<d>\d{1,4}) ?(?:d|days?))? ?(?:(?P<h>\d{1,5}) ?(?:h|hours?))? ?"
    r"(?:(?P<m>\d{1,6}) ?(?:m|min|minutes?))? ?(?:(?P<s>\d{1,7}) ?(?:s|sec|seconds?))?",
    re.ASCII,
)


def parse_span(text: str) -> int | None:
    """Return the period in seconds, or None where the text is not one; a bare number is not."""
    said = text.strip()
    found = _SPAN.fullmatch(said)
    if not said or found is None:
        return None
    return sum(int(found[unit] or 0) * seconds for unit, seconds in _UNITS.items())
