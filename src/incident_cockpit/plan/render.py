"""A response plan as blocks, for `incident plan show` and the cockpit's plan page; derived from the schema.

Everything with a clock is laid out by hand, everything else by the kind of its keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, get_args

from msgspec import NODEFAULT, Struct

from incident_cockpit.plan.channel_names import slug
from incident_cockpit.plan.deadlines import AFTER, MILESTONES, Deadline, DeadlineKind
from incident_cockpit.plan.declaration import KeyField, fields_of
from incident_cockpit.plan.schema import Cadence, Plan, Upkeep
from incident_cockpit.plan.tables import RESOURCES, TABLES, TOP
from incident_cockpit.plan.templates import MOMENTS
from incident_cockpit.text.blocks import Block, Blocks, entry, heading, items, link, paragraph, quote, strong
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.business_calendar import Weekday, Within
from incident_cockpit.times.format import duration

# Texts beside a row, such as "now", by its table and ID.
Marks = Mapping[tuple[str, str], str]

_METRICS = {"ttd": "Time to detect", "tta": "Time to acknowledge", "ttm": "Time to mitigate", "ttr": "Time to resolve"}
# A list with longer texts, and longer in all, is shown item by item.
_LONGEST_WORDS, _LONGEST_LIST = 30, 60


def plan_blocks(plan: Plan, today: date, marks: Marks | None = None) -> Blocks:
    """Return the whole plan but the texts of its messages and templates; `today` is the date in its time zone."""
    return tuple(_blocks(plan, today, marks or {}))


def _blocks(plan: Plan, today: date, marks: Marks) -> Iterator[Block]:
    yield entry(f"{plan.name} ({plan.id})", plan.about)
    yield from _entries(plan, ("id", "name", "about"))
    hours = plan.hours
    opens, closes = (f"{minute // 60:02}:{minute % 60:02}" for minute in (hours.opens, hours.closes))
    closed = f", except {', '.join(hours.holidays)}" if hours.holidays else ""
    yield entry("Business hours", f"{_days(hours.days)}, {opens} to {closes}{closed}")
    for name, table in TABLES.items():
        if name in (TOP, RESOURCES, "hours", "templates"):
            continue
        if section := tuple(_section(plan, name, today, marks)):
            yield heading(table.title)
            yield from section


def _section(plan: Plan, name: str, today: date, marks: Marks) -> Iterator[Block]:
    match name:
        case "escalation":
            yield from _escalation(plan)
            return
        case "notices":
            yield from _deadlines(plan, (DeadlineKind.NOTICE,))
            return
        case "deadlines":
            kinds = (DeadlineKind.TARGET, DeadlineKind.ROLE, DeadlineKind.WINDOW, DeadlineKind.DEADLINE)
            yield from _deadlines(plan, kinds)
            return
    value = getattr(plan, name)
    if isinstance(value, tuple):
        for row in value:
            yield from _row(plan, name, row, marks)
    elif value is not None:
        yield from _entries(value)
    match name:
        case "messages" if plan.messages:
            others = [moment for moment in MOMENTS if moment not in {message.id for message in plan.messages}]
            yield entry("Built-in texts", ", ".join(others))
        case "postmortem" if not plan.postmortem.required_at:
            yield entry("Required at", "optional")
        case "upkeep" if (due := review_due(plan.upkeep)) is not None:
            yield entry("Next review", f"{due}, {_days_from(due, today)}")


def _entries(table: Struct, without: Sequence[str] = ()) -> Iterator[Block]:
    """Yield the keys of a table that a plan has once."""
    for field in fields_of(type(table)).values():
        value = getattr(table, field.name)
        if field.name in without or not _is_set(field, value):
            continue
        if isinstance(value, bool):
            yield paragraph(_flag(field, value))
        elif isinstance(value, tuple) and _is_long(value):
            yield entry(field.label)
            yield items(value, level=1)
        else:
            yield entry(field.label, _worded(field, value))


def _row(plan: Plan, table: str, row: Struct, marks: Marks) -> Iterator[Block]:
    name = getattr(row, TABLES[table].identity[0])
    mark = marks.get((table, name), "")
    label = _title(table, row) + (f" ({mark})" if mark else "")
    description = ", ".join(
        str(getattr(row, field.name)) for field in _shown(row) if not field.label and not field.key.kind.many
    )
    yield entry(label, description) if description else paragraph(strong(label))
    facts = []
    if isinstance(row, Cadence):
        phases = [template.phase for template in plan.templates if template.audience == row.audience]
        named = ", ".join("all phases" if phase is None else plan.phase_name(phase) for phase in phases)
        facts = [f"Templates: {named}" if named else "", "" if row.seconds or row.first else "On demand"]
    yield from row_details(row, *facts)


def row_details(row: Struct, *more: str) -> Iterator[Block]:
    """Yield what a row says besides its name and its description: lists, then everything short on one line."""
    facts: list[str] = []
    for field in _shown(row):
        value = getattr(row, field.name)
        if field.key.kind.row is not None:
            yield items([(f"{page.name}  ", link(page.url)) for page in value], level=1)
        elif isinstance(value, tuple) and field.key.kind.many and not field.label:
            yield items(value, level=1)
        elif isinstance(value, tuple) and field.key.kind.many and _is_long(value):
            yield quote(f"{field.label}:")
            yield items(value, level=1)
        elif isinstance(value, bool):
            facts.append(_flag(field, value))
        elif field.label:
            facts.append(f"{field.label}: {_worded(field, value)}")
    if line := " · ".join(filter(None, (*facts, *more))):
        yield quote(line)


def _shown(row: Struct) -> Iterator[KeyField]:
    """Yield the keys of a row that are set, without its name."""
    for field in fields_of(type(row)).values():
        if field.stored and field.key.shown and field.name not in _TITLES and _is_set(field, getattr(row, field.name)):
            yield field


# The keys that name a row.
_TITLES = ("id", "name", "audience", "who", "metric")


def _title(table: str, row: Any) -> str:
    row_id = getattr(row, TABLES[table].identity[0])
    if table == "targets":
        return _METRICS[row_id]
    name = getattr(row, "name", row_id)
    if name == row_id:
        return str(name)
    return f"{row_id} {name}" if table == "severities" else f"{name} ({row_id})"


def _is_set(field: KeyField, value: object) -> bool:
    """Return whether a value is worth showing; a flag and a milestone are if they differ from the default."""
    if not field.stored or value is None or value in ("", ()):
        return False
    if field.key.kind.choices == MILESTONES and value == field.default:
        return False
    return not isinstance(value, bool) or value is not (False if field.default is NODEFAULT else field.default)


def _flag(field: KeyField, value: bool) -> str:
    return field.label if value else field.key.off


def _worded(field: KeyField, value: Any) -> str:
    """Return a value in words."""
    kind = field.key.kind
    if kind.by_severity:
        return ", ".join(f"{severity} {_span(seconds)}" for severity, seconds in value)
    if isinstance(value, tuple):
        return _joined(value)
    if isinstance(value, Within):
        return _within(value)
    match kind.name:
        case "period" | "wait":
            return _span(value)
        case "days":
            return counted(value, "day")
        case "number":
            return str(value)
    return str(value)


def _is_long(values: Sequence[str]) -> bool:
    return max(map(len, values)) > _LONGEST_WORDS and len(_joined(values)) > _LONGEST_LIST


def _joined(values: Sequence[str]) -> str:
    return ("; " if any("," in value for value in values) else ", ").join(values)


def _span(seconds: int) -> str:
    return duration(timedelta(seconds=seconds)) if seconds else "immediately"


def _within(within: Within) -> str:
    at_once = within.seconds == 0 and within.working is None and within.days is None
    return "immediately" if at_once else within.said


def _days(days: Sequence[Weekday]) -> str:
    """Return "mon to fri" for days that follow each other, and otherwise each."""
    week = get_args(Weekday)
    order = [day for day in week if day in days]
    consecutive = week.index(order[-1]) - week.index(order[0]) == len(order) - 1
    return f"{order[0]} to {order[-1]}" if consecutive and len(order) > 2 else ", ".join(order)


def _escalation(plan: Plan) -> Iterator[Block]:
    """Yield the escalation levels of each severity."""
    levels = [deadline for deadline in plan.deadlines if deadline.kind is DeadlineKind.ESCALATION]
    for severity in plan.severities:
        if mine := [level for level in levels if severity.id in level.severities]:
            yield paragraph(strong(severity.id))
            lines = []
            for level in mine:
                facts = " · ".join(_deadline_facts(level))
                lines.append(f"{_within(level.within)}: {level.text}" + (f" ({facts})" if facts else ""))
            yield items(lines, level=1)


def _deadlines(plan: Plan, kinds: Sequence[DeadlineKind]) -> Iterator[Block]:
    """Yield deadlines in the order of their milestones; those that differ by severity alone are one."""
    groups: dict[tuple[str, str, str, str], list[Deadline]] = {}
    chosen = [deadline for deadline in plan.deadlines if deadline.kind in kinds]
    for deadline in sorted(chosen, key=lambda deadline: MILESTONES.index(deadline.start)):
        own = deadline.id if deadline.kind in (DeadlineKind.NOTICE, DeadlineKind.DEADLINE) else ""
        groups.setdefault((own, deadline.text, deadline.start, deadline.met_by), []).append(deadline)
    for (own, text, start, _), group in groups.items():
        times: dict[str, list[str]] = {}
        for deadline in group:
            times.setdefault(_within(deadline.within), []).extend(deadline.severities)
        worded = ", ".join(f"{time} ({', '.join(where)})" if where else time for time, where in times.items())
        yield entry(f"{text} ({own})" if own else text, f"{worded} after {AFTER[start]}")
        first = group[0]
        if first.contains:
            yield quote("Must include:")
            yield items(first.contains, level=1)
        if facts := " · ".join(_deadline_facts(first)):
            yield quote(facts)


def _deadline_facts(deadline: Deadline) -> Iterator[str]:
    if deadline.types:
        yield f"Types: {', '.join(deadline.types)}"
    if deadline.who and deadline.who.casefold() not in deadline.text.casefold():
        yield f"Who: {deadline.who}"
    if deadline.route:
        yield f"Channel: {deadline.route}"
    if deadline.message:
        yield f"Message: {deadline.message}"
    by_hand = (deadline.id, f"tell-{slug(deadline.who)}", slug(deadline.text), "escalate")
    if deadline.met_by not in [f"done {mark}" for mark in by_hand]:
        yield f"Completed by: {deadline.met_by}"
    if deadline.optional:
        yield "If needed"


def review_due(upkeep: Upkeep) -> date | None:
    """Return the date of the plan's next review, None if the plan sets no time between reviews."""
    if not upkeep.reviewed or upkeep.review_days is None:
        return None
    return date.fromisoformat(upkeep.reviewed) + timedelta(days=upkeep.review_days)


def _days_from(due: date, today: date) -> str:
    days = (due - today).days
    if not days:
        return "today"
    return f"in {counted(days, 'day')}" if days > 0 else f"{counted(-days, 'day')} overdue"
