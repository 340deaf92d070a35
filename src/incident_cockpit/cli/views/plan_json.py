"""A response plan as JSON; scripts rely on these names, so they are added to and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from incident_cockpit.plan.declaration import fields_of
from incident_cockpit.plan.render import review_due
from incident_cockpit.plan.schema import Plan
from incident_cockpit.plan.tables import RESOURCES, TABLES, TOP
from incident_cockpit.times.business_calendar import Within

JsonObject = dict[str, Any]

# Tables of the file that are stored as deadlines, and what is no table of its own in JSON.
_NOT_STORED = ("escalation", "notices", RESOURCES, TOP)
_NAMES = {"cadences": "audiences"}


def plan_object(plan: Plan) -> JsonObject:
    """Return a response plan without the texts of its templates and messages."""
    tables = {_NAMES.get(name, name): _value(getattr(plan, name)) for name in TABLES if name not in _NOT_STORED}
    opens, closes = (f"{minute // 60:02}:{minute % 60:02}" for minute in (plan.hours.opens, plan.hours.closes))
    tables["hours"] = {**asdict(plan.hours), "opens": opens, "closes": closes}
    tables["deadlines"] = [
        {"from" if name == "start" else name: _value(value) for name, value in asdict(deadline).items()}
        for deadline in plan.deadlines
    ]
    due = review_due(plan.upkeep)
    tables["upkeep"]["due"] = str(due) if due else None
    return {**_table(plan), **tables}


def listed_plan(name: str, file: str, chosen: bool, plan: Plan | None, errors: Sequence[str]) -> JsonObject:
    """Return one line of the list of plans; a plan with errors has no title."""
    return {
        "name": name,
        "file": file,
        "chosen": chosen,
        "title": plan.name if plan else None,
        "extends": (plan.extends or None) if plan else None,
        "errors": list(errors),
    }


def _table(table: Struct) -> JsonObject:
    """Return the keys of a table under the names that JSON has for them."""
    keys: JsonObject = {}
    for field in fields_of(type(table)).values():
        if field.stored and field.key.shown:
            value = getattr(table, field.name)
            keys[field.key.json or field.name] = dict(value) if field.key.kind.by_severity else _value(value)
    return keys


def _value(value: Any) -> Any:
    """Return a value as JSON has it; an empty text is null."""
    match value:
        case "":
            return None
        case Within():
            return _within(value)
        case Struct():
            return _table(value)
        case tuple():
            return [_value(item) for item in value]
    return value


def _within(within: Within) -> JsonObject:
    return {
        "said": within.said,
        "seconds": within.seconds,
        "business_seconds": within.working,
        "business_days": within.days,
    }
