"""Tables of a plan file: what tells their rows apart, and the references between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from incident_cockpit.plan.deadlines import MILESTONES, ClosingGate, Watch
from incident_cockpit.plan.declaration import CONDITION, fields_of
from incident_cockpit.plan.schema import (
    Cadence,
    Channel,
    Contact,
    DeadlineRow,
    Detection,
    EscalationLevel,
    HoursTable,
    IncidentType,
    Message,
    Notice,
    Participant,
    Phase,
    Plan,
    PostmortemRules,
    Reporter,
    Resource,
    ReviewRules,
    Role,
    Severity,
    System,
    Target,
    TriagePolicy,
    Trigger,
    UpdateTemplate,
    Upkeep,
)

Row = Mapping[str, Any]
Loc = tuple[str | int, ...]

# The keys above all tables, and the tables within a system.
TOP = ""
RESOURCES = "systems.resources"


class Table(Struct, frozen=True):
    """A table of a plan file: the Struct of its keys, and what tells its rows apart.

    `identity` holds the keys that tell rows apart, the first of which names a row; it is empty for a table that a plan
    has once. The order of `ordered` rows has a meaning, so a plan that has such rows has them all. `noun` is what a row
    is called in an error.
    """

    row: type[Struct]
    title: str = ""
    identity: tuple[str, ...] = ("id",)
    ordered: bool = False
    required: bool = False
    noun: str = ""
    twice: str = ""

    @property
    def single(self) -> bool:
        """Return whether a plan has the table once."""
        return not self.identity

    @property
    def means(self) -> str:
        """Return what a row of the table is, for people."""
        return (self.row.__doc__ or "").partition("\n")[0].rstrip(".")


# Every table of a plan file by its name, in the order of the reference; "" holds the keys above all tables.
TABLES: Mapping[str, Table] = {
    TOP: Table(Plan, identity=()),
    "hours": Table(HoursTable, "Business hours", identity=()),
    "severities": Table(Severity, "Severities", ordered=True, required=True, noun="severity"),
    "types": Table(IncidentType, "Incident types", noun="incident type"),
    "detections": Table(Detection, "Detection"),
    "reporters": Table(Reporter, "Reporters"),
    "triage": Table(TriagePolicy, "Triage", identity=()),
    "roles": Table(Role, "Roles", required=True, noun="role"),
    "phases": Table(Phase, "Phases", ordered=True, required=True, noun="phase"),
    "channel": Table(Channel, "Channel", identity=()),
    "participants": Table(Participant, "Must join", identity=("who",)),
    "escalation": Table(
        EscalationLevel,
        "Escalation",
        ("severity", "tell or text"),
        twice="duplicate level: same severity, same contact",
    ),
    "triggers": Table(Trigger, "Reasons to escalate"),
    "notices": Table(Notice, "Notifications"),
    "deadlines": Table(DeadlineRow, "Deadlines"),
    "cadences": Table(Cadence, "Update cadence", identity=("audience",), noun="audience"),
    "messages": Table(Message, "Messages"),
    "templates": Table(
        UpdateTemplate, "Templates", ("audience", "phase"), twice="duplicate template: same audience, same phase"
    ),
    "watch": Table(Watch, "Recovery watch", identity=()),
    "closing": Table(ClosingGate, "Closing criteria"),
    "postmortem": Table(PostmortemRules, "Postmortem", identity=()),
    "review": Table(ReviewRules, "Review", identity=()),
    "targets": Table(
        Target, "Targets", ("metric", "severities"), twice="duplicate target: same metric, same severities"
    ),
    "contacts": Table(Contact, "Contacts", identity=("name",)),
    "systems": Table(System, "Systems", identity=("name",)),
    RESOURCES: Table(Resource),
    "upkeep": Table(Upkeep, "Upkeep", identity=()),
}

# What the conditions of `met_by` name: rows of a table, or one of a few words. "done" takes any word.
CONDITIONS: Mapping[str, str | tuple[str, ...]] = {
    "milestone": MILESTONES,
    "role": "roles",
    "phase": "phases",
    "update": "cadences",
    "review": ("scheduled", "held"),
    "followups": ("high", "all"),
}
# The tables whose rows are completed by a condition.
WITH_CONDITION = tuple(
    name
    for name, table in TABLES.items()
    if any(field.key.kind is CONDITION for field in fields_of(table.row).values())
)


class Reference(Struct, frozen=True):
    """A key that names rows of the table `to`: as a word, a list or the keys of a table."""

    table: str
    key: str
    to: str


REFERENCES = tuple(
    Reference(name, field.toml, field.key.to)
    for name, table in TABLES.items()
    for field in fields_of(table.row).values()
    if field.key.to
)


def keys_beside(name: str) -> tuple[str, ...]:
    """Return the keys that a table may have; those above all tables include the tables themselves."""
    tables = [table for table in TABLES if table not in (TOP, RESOURCES)] if name == TOP else []
    return (*fields_of(TABLES[name].row), *tables)


def table_at(loc: Loc) -> str:
    """Return the name of the table that holds a place in a plan file."""
    return TOP if len(loc) < 2 else RESOURCES if "resources" in loc[1:-1] else str(loc[0])


def rows(raw: Row, table: str) -> Iterator[tuple[Loc, dict[str, Any]]]:
    """Yield the rows of a table with their places; what is not a table is reported by the check of types."""
    if table == TOP:
        yield (), dict(raw)
    elif table == RESOURCES:
        for loc, system in rows(raw, "systems"):
            yield from _list_rows(system.get("resources"), (*loc, "resources"))
    elif TABLES[table].single:
        if isinstance(row := raw.get(table), dict):
            yield (table,), row
    else:
        yield from _list_rows(raw.get(table), (table,))


def _list_rows(value: object, loc: Loc) -> Iterator[tuple[Loc, dict[str, Any]]]:
    for index, row in enumerate(value if isinstance(value, list) else ()):
        if isinstance(row, dict):
            yield (*loc, index), row


def identity(table: str, row: Row) -> tuple[object, ...]:
    """Return what tells this row from the others of its table."""
    return tuple(_part(row, key) for key in TABLES[table].identity)


def name_of(table: str, row: Row) -> str | None:
    """Return the name of a row, or None if it has none."""
    name = row.get(TABLES[table].identity[0])
    return name if isinstance(name, str) else None


def names(raw: Row, table: str) -> list[str]:
    """Return the names of a table's rows, in their order."""
    return [name for _, row in rows(raw, table) if (name := name_of(table, row)) is not None]


def is_list(table: str) -> bool:
    """Return whether a plan may have several rows of the table."""
    return table in TABLES and not TABLES[table].single and table != RESOURCES


def _part(row: Row, key: str) -> object:
    if key == "tell or text":
        return row.get("tell", row.get("text"))
    value = row.get(key)
    return tuple(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else None
