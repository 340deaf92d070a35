"""Every error of a plan file at once, one line each: the key, its value and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incident_cockpit.plan.checks import lifecycle, names, values
from incident_cockpit.plan.checks.errors import PlanSource, allowed, shown
from incident_cockpit.plan.checks.types import PATTERNS, type_errors
from incident_cockpit.plan.tables import keys_beside, table_at

_EXPECTED = {
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "dict_type": "must be a table",
    "too_short": "must have at least one item",
}


def plan_errors(raw: Mapping[str, object], numbers: Mapping[tuple[str, int], str] | None = None) -> tuple[str, ...]:
    """Return the errors of a plan's tables, types first, then values that do not fit together.

    `numbers` says how rows without a name are counted where they come from several files.
    """
    source = PlanSource(raw, numbers or {})
    errors = [_type_error(source, error) for error in type_errors(raw)]
    for check in (*values.CHECKS, *names.CHECKS, *lifecycle.CHECKS):
        errors.extend(check(source))
    return tuple(dict.fromkeys(errors))


def _type_error(source: PlanSource, error: dict[str, Any]) -> str:
    loc, kind = error["loc"], error["type"]
    where = source.path(*loc)
    if kind == "missing":
        return f"{where}: missing"
    if kind == "extra_forbidden":
        return f"{where}: unknown key{allowed(str(loc[-1]), keys_beside(table_at(loc)))}"
    return f"{where} = {shown(error['input'])}: {_expected(kind, error)}"


def _expected(kind: str, error: dict[str, Any]) -> str:
    detail = error.get("ctx", {})
    match kind:
        case "literal_error":
            return f"must be one of {detail['expected'].replace(' or ', ', ')}"
        case "string_pattern_mismatch":
            return PATTERNS[detail["pattern"]]
        case "string_too_long":
            return f"is too long, at most {detail['max_length']} characters"
        case "too_long":
            return f"has too many items, at most {detail['max_length']}"
        case "greater_than_equal":
            return f"must be at least {detail['ge']}"
        case "less_than_equal":
            return f"must be at most {detail['le']}"
    return _EXPECTED.get(kind) or str(error["msg"])
