"""What stands for what in a plan file: by which words a row is known, and which keys hold the name of another row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from msgspec import Struct

from incident_cockpit.plan.deadlines import Milestone

Row = Mapping[str, object]

MILESTONES: tuple[str, ...] = get_args(Milestone)

# The lists of tables, and the keys that tell their rows apart; the first of them is what the row is called.
IDENTITY: dict[str, tuple[str, ...]] = {
    "severities": ("id",),
    "roles": ("id",),
    "phases": ("id",),
    "cadences": ("audience",),
    "templates": ("audience", "phase"),
    "messages": ("id",),
    "types": ("id",),
    "detections": ("id",),
    "reporters": ("id",),
    "escalation": ("severity", "tell or text"),
    "triggers": ("id",),
    "notices": ("id",),
    "deadlines": ("id",),
    "closing": ("id",),
    "participants": ("who",),
    "targets": ("metric", "severities"),
    "contacts": ("name",),
    "systems": ("name",),
}
# What the words of `met_by` ask for: rows of a table, or one of a few words. "done" takes any word.
MET_BY: dict[str, str | tuple[str, ...]] = {
    "milestone": MILESTONES,
    "role": "roles",
    "phase": "phases",
    "update": "cadences",
    "review": ("scheduled", "held"),
    "followups": ("high", "all"),
}
WITH_MET_BY = ("escalation", "notices", "deadlines", "closing")
# What a row of a table is called in a complaint.
KINDS = {
    "severities": "severity",
    "roles": "role",
    "phases": "phase",
    "cadences": "audience",
    "types": "type of incident",
}


class Pointer(Struct, frozen=True):
    """A key that holds names of rows of the table `to`, as a word, a list or the keys of a table; "" is the top."""

    table: str
    key: str
    to: str


POINTERS = (
    Pointer("", "command_role", "roles"),
    Pointer("", "first_phase", "phases"),
    Pointer("", "progress_check_at", "severities"),
    Pointer("roles", "required_at", "severities"),
    Pointer("phases", "within_at", "severities"),
    Pointer("cadences", "every", "severities"),
    Pointer("cadences", "first", "severities"),
    Pointer("templates", "audience", "cadences"),
    Pointer("templates", "phase", "phases"),
    Pointer("escalation", "severity", "severities"),
    Pointer("notices", "severities", "severities"),
    Pointer("notices", "types", "types"),
    Pointer("deadlines", "severities", "severities"),
    Pointer("deadlines", "types", "types"),
    Pointer("closing", "severities", "severities"),
    Pointer("participants", "severities", "severities"),
    Pointer("postmortem", "required_at", "severities"),
    Pointer("targets", "severities", "severities"),
)


def identity(table: str, row: Row) -> tuple[object, ...]:
    """Return what tells this row from the others of its table; rows that say the same are one."""
    return tuple(_part(row, key) for key in IDENTITY[table])


def name_of(table: str, row: Row) -> str | None:
    """Return what a row is called, or None where it does not say so."""
    name = row.get(IDENTITY[table][0])
    return name if isinstance(name, str) else None


def names(raw: Row, table: str) -> list[str]:
    """Return what the rows of a table are called, in their order."""
    found = raw.get(table)
    rows = found if isinstance(found, list) else []
    return [name for row in rows if isinstance(row, Mapping) and (name := name_of(table, row)) is not None]


def _part(row: Row, key: str) -> object:
    if key == "tell or text":
        return row.get("tell", row.get("text"))
    value = row.get(key)
    return tuple(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else None
