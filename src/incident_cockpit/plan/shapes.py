"""What a plan file holds, table by table, before its words are checked against each other."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from incident_cockpit.plan.deadlines import Milestone
from incident_cockpit.plan.model import PublicStatus

Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]


class _Strict(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]


class SeverityTable(_Strict):
    """One `[[severities]]`; their order in the file is their rank."""

    id: Word
    name: Text
    means: Text
    criteria: NotRequired[list[Text]]


class RoleTable(_Strict):
    """One `[[roles]]`."""

    id: Word
    name: Text
    short: Text
    duties: NotRequired[list[Text]]
    many: NotRequired[bool]
    required_at: NotRequired[list[Word]]


class PhaseTable(_Strict):
    """One `[[phases]]`."""

    id: Word
    name: Text
    means: Text
    milestone: NotRequired[Milestone]
    public: PublicStatus
    live: NotRequired[bool]


class CadenceTable(_Strict):
    """One `[[cadences]]`; `every` holds a period by severity."""

    audience: Word
    name: Text
    every: NotRequired[dict[str, Text]]


class TemplateTable(_Strict):
    """One `[[templates]]`."""

    audience: Word
    phase: NotRequired[Word]
    text: Text


class PlanTable(_Strict):
    """The whole file."""

    id: Word
    name: Text
    about: Text
    zone: NotRequired[Text]
    command_role: Word
    first_phase: Word
    runbook: NotRequired[Text]
    severities: Annotated[list[SeverityTable], Field(min_length=1)]
    roles: Annotated[list[RoleTable], Field(min_length=1)]
    phases: Annotated[list[PhaseTable], Field(min_length=1)]
    cadences: NotRequired[list[CadenceTable]]
    templates: NotRequired[list[TemplateTable]]


TABLES: dict[str, Any] = {
    "severities": SeverityTable,
    "roles": RoleTable,
    "phases": PhaseTable,
    "cadences": CadenceTable,
    "templates": TemplateTable,
}


def shape_errors(raw: dict[str, object]) -> list[dict[str, Any]]:
    """Return every place where the file's shape is wrong, as pydantic says it."""
    try:
        TypeAdapter(PlanTable).validate_python(raw)
    except ValidationError as error:
        return [dict(each) for each in error.errors(include_url=False)]
    return []


def keys_of(table: str | None) -> tuple[str, ...]:
    """Return the keys that a table may hold; None means the top of the file."""
    return tuple((TABLES[table] if table else PlanTable).__annotations__)
