"""Shapes of JSON: the names and types that commands promise."""

from __future__ import annotations

from typing import Any

TEXT, NUMBER, YES_NO, TEXT_OR_NOTHING = str, int, bool, (str, type(None))


def check(value: Any, schema: Any, path: str = "$") -> None:
    """Compare a value with the types and names that are promised; None in the schema takes anything."""
    if isinstance(schema, dict):
        assert sorted(value) == sorted(schema), path
        for key, wanted in schema.items():
            check(value[key], wanted, f"{path}.{key}")
    elif isinstance(schema, list):
        assert value, f"{path} has nothing to check"
        for each in value:
            check(each, schema[0], f"{path}[]")
    elif schema is not None:
        assert isinstance(value, schema), f"{path}: {value!r}"
        assert schema is not NUMBER or not isinstance(value, bool), path
