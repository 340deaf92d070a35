"""Tables in which scribes keep a timeline: "| 14:05 | Ana | hello |", with or without a heading."""

from __future__ import annotations

import re

from msgspec.structs import replace

from incident_cockpit.actions.chat.times import DAY, Written, find_time, zone_of

_MOST_CELLS = 12
_RULE = re.compile(r"\|[\s:|-]{3,300}\|?")
_TIMES = frozenset(("time", "timestamp", "when", "clock", "at", "hour"))
_DAYS = frozenset(("date", "day"))
_NAMES = frozenset(("who", "name", "author", "by", "person", "actor", "speaker", "user", "from", "owner", "reporter"))


class Table:
    """The heading of the table that is being read, as far as there is one."""

    def __init__(self) -> None:
        """Begin without a heading."""
        self.end()

    def end(self) -> None:
        """Forget the heading: what comes is no row of its table."""
        self._columns: dict[str, int] = {}
        self._zone = ""

    def read(self, row: str) -> tuple[Written, str, str, bool] | None:
        """Return time, name and text of a row, and whether a heading says that it is a name; None for other rows."""
        cells = _cells(row)
        time_at, name_at = self._columns.get("time", 0), self._columns.get("name")
        day = self._columns.get("day")
        if not self._columns and re.fullmatch(DAY, cells[0][:40], re.I):
            day, time_at = 0, 1
        if time_at >= len(cells) or (self._columns and name_at is None):
            return None
        written = cells[time_at] if day is None or day >= len(cells) else f"{cells[day]} {cells[time_at]}"
        found = find_time(written[:80])
        if found is None or found[1].group() != written:
            return None
        when = found[0]
        if when.zone is None and self._zone:
            when = replace(when, zone=zone_of(self._zone))
        who = time_at + 1 if name_at is None else name_at
        told = [cell for at, cell in enumerate(cells) if at not in (time_at, day, who) and cell]
        return (when, cells[who], " | ".join(told), name_at is not None) if who < len(cells) else None

    def frames(self, row: str) -> bool:
        """Take a heading; return whether the row is one of a table with times and names, or the rule below it."""
        if self._columns:
            return "name" in self._columns and bool(_RULE.fullmatch(row))
        cells = _cells(row)
        first = [re.split(r"\W", cell.casefold(), maxsplit=1)[0] for cell in cells]
        if not any(word in _TIMES or word in _DAYS for word in first) or any(re.search(r"\d", cell) for cell in cells):
            return False
        self._columns = {}
        for at, word in enumerate(first):
            sort = "time" if word in _TIMES else "day" if word in _DAYS else "name" if word in _NAMES else ""
            if sort:
                self._columns.setdefault(sort, at)
        zone = re.search(r"\b(?:UTC|GMT)\b", " ".join(cells))
        self._zone = zone.group() if zone else ""
        return "name" in self._columns


def _cells(row: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", row.strip("|"), maxsplit=_MOST_CELLS)
    return [cell.replace("\\|", "|").strip(" *_`") for cell in cells]
