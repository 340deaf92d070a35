"""A plan as people and programs see it: no key of a plan is left out of `plan show`, the plan page or the JSON."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from incident_cockpit.cli.views.layout import as_text
from incident_cockpit.cli.views.plan_json import plan_object
from incident_cockpit.plan.checks import plan_errors
from incident_cockpit.plan.loader import compile_plan
from incident_cockpit.plan.render import plan_blocks
from incident_cockpit.text.layout import lay_out
from support.plans import EVERY, FULL, field_at, full, value_at

TODAY = date(2026, 11, 20)
Path = tuple[str | int, ...]


def leaves(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if not isinstance(value_at(FULL, path), dict | list)]


# What a plan says that no page has room for.
HIDDEN = [path for path in leaves(EVERY) if (field := field_at(path)) is not None and not field.key.shown]
SHOWN = [path for path in leaves(EVERY) if path not in HIDDEN]
# The words of the conditions and the IDs that other keys name cannot be replaced alone.
OTHER_VALUES: dict[str, Any] = {
    "word": "zzz", "line": "zzz zzz", "text": "zzz zzz", "number": 45, "period": "25m", "wait": "25m", "days": "77d",
    "within": "25m", "within or never": "25m", "time of day": "10:45", "date": "2026-10-31", "zone": "Asia/Tokyo",
    "url": "https://zzz.example.org", "email": "zzz@example.org", "channel name": "zzz-{date}", "message": "status",
    "condition": "done zzz",
}  # fmt: skip


def changed(path: Path) -> dict[str, Any]:
    """Return the plan with another value at this place, and nowhere else but where its name is used."""
    raw = full()
    field, value = field_at(path), value_at(FULL, path)
    assert field is not None
    kind = field.key.kind
    if isinstance(value, bool):
        other: Any = not value
    elif kind.choices:
        other = next(option for option in kind.choices if option not in (value, *value_at(FULL, path[:-1])))
    elif field.key.to == "severities" and not kind.by_severity:
        other = "P2"
    elif field.key.to and not kind.by_severity:
        others = {
            "roles": "sme",
            "cadences": "zzz",
            "phases": "closed",
            "types": "breach outage".replace(value, "").strip(),
        }
        other = others[field.key.to]
    else:
        other = OTHER_VALUES[kind.name]
    value_at(raw, path[:-1])[path[-1]] = other
    return raw


def seen(raw: dict[str, Any]) -> tuple[str, str, str]:
    """Return a plan as `plan show` prints it, as the page of the cockpit draws it, and as JSON."""
    plan = compile_plan(raw)
    blocks = plan_blocks(plan, TODAY)
    page = "\n".join("".join(run.text for run in line.runs) for line in lay_out(blocks, 80))
    return "\n".join(as_text(blocks)), page, json.dumps(plan_object(plan))


BEFORE = seen(full())


@pytest.mark.parametrize("path", SHOWN, ids=str)
def test_another_value_of_a_key_is_seen_everywhere(path: Path) -> None:
    raw = changed(path)
    assert [
        name for name, before, now in zip(("show", "page", "JSON"), BEFORE, seen(raw), strict=True) if before == now
    ] == []


@pytest.mark.parametrize("path", [path for path in SHOWN if isinstance(value_at(FULL, path), str)], ids=str)
def test_text_of_a_key_is_printed_as_it_was_written(path: Path) -> None:
    field, text = field_at(path), value_at(FULL, path)
    assert field is not None
    if field.key.kind.name in ("line", "text", "url", "email", "word") and text not in ("P2",):
        assert " ".join(text.split()).casefold() in " ".join(BEFORE[0].split()).casefold()


def test_only_texts_to_copy_are_hidden() -> None:
    assert {(path[0], path[-1]) for path in HIDDEN} == {("messages", "text"), ("templates", "text")}
    assert plan_errors(copy.deepcopy(FULL)) == ()
