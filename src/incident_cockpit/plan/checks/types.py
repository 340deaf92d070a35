"""Types of the values in a plan file, checked by pydantic; derived from the schema."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, NotRequired

from msgspec import Struct
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from incident_cockpit.plan.declaration import ValueKind, fields_of
from incident_cockpit.plan.tables import RESOURCES, TABLES, TOP, is_list

# What a text must match, and the error if it does not.
PATTERNS = {
    r"\S": "must not be empty",
    r"^.*\S.*$": "must be text on one line",
    r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$": "must be an ID of letters, digits, - and _, at most 40 characters",
}
_SOMETHING, _ONE_LINE, _ONE_WORD = PATTERNS
_TEXT = Annotated[str, Field(min_length=1, max_length=20_000, pattern=_SOMETHING)]
_LINE = Annotated[str, Field(min_length=1, max_length=500, pattern=_ONE_LINE)]
_WORD = Annotated[str, Field(pattern=_ONE_WORD)]
_TEXTS = {"text": _TEXT, "template": _TEXT, "word": _WORD, "message": _WORD}


def type_errors(raw: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return every place of a plan file where the type is wrong, as pydantic reports it."""
    try:
        _plan_type().validate_python(dict(raw))
    except ValidationError as error:
        return [dict(detail) for detail in error.errors(include_url=False)]
    return []


@cache
def _plan_type() -> TypeAdapter[Any]:
    tables = {
        name: _presence(_list_of_rows(name) if is_list(name) else table_type(table.row), table.required)
        for name, table in TABLES.items()
        if name not in (TOP, RESOURCES)
    }
    return TypeAdapter(_typed_dict("Plan", {**_key_types(TABLES[TOP].row), **tables}))


def table_type(row: type[Struct]) -> Any:
    """Return the TypedDict of a table with the keys that its Struct declares."""
    return _typed_dict(row.__name__, _key_types(row))


def _key_types(row: type[Struct]) -> dict[str, Any]:
    return {name: _presence(_value_type(field.key.kind), field.required) for name, field in fields_of(row).items()}


def _typed_dict(name: str, types: dict[str, Any]) -> Any:
    # Called under another name: a type checker takes only what is written out.
    make: Any = TypedDict
    table = make(name, types)
    table.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)
    return table


def _presence(value: Any, required: bool) -> Any:
    return value if required else NotRequired[value]


def _list_of_rows(name: str) -> Any:
    rows: Any = list[table_type(TABLES[name].row)]  # type: ignore[misc]
    return Annotated[rows, Field(min_length=1)] if TABLES[name].required else rows


def _value_type(kind: ValueKind) -> Any:
    if kind.row is not None:
        return list[table_type(kind.row)]  # type: ignore[misc]
    value: Any = _TEXTS.get(kind.name, _LINE)
    if kind.name == "flag":
        value = bool
    elif kind.name == "number":
        value = Annotated[int, Field(ge=kind.least, le=kind.most)]
    elif kind.choices:
        value = Literal[kind.choices]
    if kind.by_severity:
        return dict[str, value]
    if not kind.many:
        return value
    fewest = 1 if kind.choices else None
    return Annotated[list[value], Field(min_length=fewest, max_length=kind.most or None)]
