"""Response plans read from TOML files: a plan with errors is refused as a whole, with every reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os.path import normpath, realpath
from pathlib import Path
from typing import Any, TypeVar

from msgspec import NODEFAULT, Struct
from msgspec.structs import asdict, replace

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.files import UnreadableFileError, read_text, toml_tables
from incident_cockpit.plan.channel_names import slug
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind
from incident_cockpit.plan.declaration import ValueKind, fields_of
from incident_cockpit.plan.schema import DeadlineRow, EscalationLevel, HoursTable, Plan, Severity
from incident_cockpit.plan.tables import TABLES, is_list
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.suggest import did_you_mean
from incident_cockpit.times.business_calendar import Hours, Within
from incident_cockpit.times.spans import clock_minutes, parse_span, parse_wait, parse_within

Raw = Mapping[str, Any]
_RowT = TypeVar("_RowT", bound=Struct)

# Finds the plan that another extends: its name and the source of the other, to its source and its text. Raises Refused.
Parents = Callable[[str, str], tuple[str, str]]

_DAY = 86_400
_LARGEST = 1_000_000
_DEEPEST = 5


def compile_plan(raw: Raw) -> Plan:
    """Return the plan of tables that have passed every check, and no longer extend a plan."""
    tables = {name: _table(name, raw[name]) for name in TABLES if name in raw}
    deadlines = tuple(_deadlines(raw, tables))
    hours = tables.pop("hours", HoursTable())
    gates: tuple[ClosingGate, ...] = tables.pop("closing", ())
    closing = tuple(replace(gate, met_by=gate.met_by or f"done {gate.id}") for gate in gates)
    for name in ("escalation", "notices", "deadlines"):
        tables.pop(name, None)
    plan = _build(Plan, raw, **tables, hours=Hours(**asdict(hours)), closing=closing, deadlines=deadlines)
    return replace(plan, about=plan.about.strip())


def _table(name: str, value: Any) -> Any:
    row_type = TABLES[name].row
    if not is_list(name):
        return _build(row_type, value)
    if row_type is not Severity:
        return tuple(_build(row_type, row) for row in value)
    return tuple(
        _build(Severity, row, rank=rank, round_the_clock=row.get("hours") != "business")
        for rank, row in enumerate(value, start=1)
    )


def _build(row_type: type[_RowT], row: Raw, **others: Any) -> _RowT:
    """Return a table as its Struct; `others` are the fields that are not read from a key of their own."""
    values: dict[str, Any] = {}
    for key, field in fields_of(row_type).items():
        if field.stored and field.name not in others:
            if key in row:
                values[field.name] = _read(field.key.kind, row[key], row)
            elif field.default is NODEFAULT:
                values[field.name] = None
    return row_type(**values, **others)


def _read(kind: ValueKind, value: Any, row: Raw) -> Any:
    """Return a value of a plan file as it is stored."""
    if kind.row is not None:
        return tuple(_build(kind.row, inner) for inner in value)
    if kind.many:
        return tuple(value)
    if kind.by_severity:
        return tuple((severity, parse_wait(period)) for severity, period in value.items())
    match kind.name:
        case "period":
            return parse_span(value)
        case "wait":
            return parse_wait(value)
        case "days":
            return (parse_span(value) or 0) // _DAY
        case "within" | "within or never":
            return parse_within(value, business=row.get("hours") == "business")
        case "time of day":
            return clock_minutes(value)
    return value


def _deadlines(raw: Raw, tables: Mapping[str, Any]) -> Iterator[Deadline]:
    """Yield everything with a clock: targets, escalation levels, roles, phases, notifications and other deadlines."""
    levels: tuple[EscalationLevel, ...] = tables.get("escalation", ())
    with_levels = {level.severity for level in levels}
    for severity in tables["severities"]:
        yield from _targets(severity, escalates=severity.id not in with_levels)
    yield from (_level(level) for level in levels)
    for row in raw["roles"]:
        if "required_within" in row:
            required_at = tuple(row["required_at"])
            yield Deadline(
                f"role-{row['id']}", DeadlineKind.ROLE, f"Assign {row['name']}", "declared",
                _within(row["required_within"]), f"role {row['id']}", required_at,
            )  # fmt: skip
    for row in raw["phases"]:
        if "within" in row:
            yield Deadline(
                f"phase-{row['id']}", DeadlineKind.WINDOW, f"{row['name']} time limit", "detected",
                _within(row["within"]), f"phase {row['id']}", tuple(row.get("within_at", ())),
            )  # fmt: skip
    yield from (_deadline(row, DeadlineKind.NOTICE) for row in tables.get("notices", ()))
    yield from (_deadline(row, DeadlineKind.DEADLINE) for row in tables.get("deadlines", ()))


def _targets(severity: Severity, *, escalates: bool) -> Iterator[Deadline]:
    levels = (severity.id,)
    if severity.respond is not None:
        yield Deadline(
            f"respond-{severity.id}", DeadlineKind.TARGET, "Respond", "detected", severity.respond,
            "milestone acknowledged", levels,
        )  # fmt: skip
    if severity.escalate is not None and escalates:
        yield Deadline(
            f"escalate-{severity.id}", DeadlineKind.ESCALATION, "Escalate (not resolved)", "declared",
            severity.escalate, "done escalate", levels,
        )  # fmt: skip


def _level(level: EscalationLevel) -> Deadline:
    """Return the deadline of an escalation level; a contact's levels share one completion mark."""
    word = slug(level.tell or level.text)
    return Deadline(
        id=f"rung-{level.severity}-{word}",
        kind=DeadlineKind.ESCALATION,
        text=level.text or f"Notify {level.tell}",
        start="declared",
        within=level.after,
        met_by=level.met_by or (f"done tell-{word}" if level.tell else f"done {word}"),
        severities=(level.severity,),
        who=level.tell,
        route=level.route,
        optional=level.optional,
    )


def _deadline(row: DeadlineRow, kind: DeadlineKind) -> Deadline:
    met_by = row.met_by or f"done {row.id}"
    return Deadline(**{**asdict(row), "met_by": met_by}, kind=kind)


def _within(text: str) -> Within:
    within = parse_within(text)
    if within is None:
        raise ValueError(f"{text!r} was not checked")
    return within


class PlanErrors(Refused):
    """A plan with errors; `lines` has one sentence for each, with its file."""

    def __init__(self, source: str, lines: tuple[str, ...], of_parent: tuple[str, ...] = ()) -> None:
        """Count and list the errors of the file; those `of_parent` name a file of their own."""
        self.lines = (*(f"{source}: {line}" for line in lines), *of_parent)
        count = counted(len(self.lines), "error")
        super().__init__(f"The plan {source} has {count}", "\n".join(self.lines))


class _EndlessError(PlanErrors):
    """Plans that extend each other without end; one line reports it for all of them."""


def read_plan(text: str, source: str, parents: Parents | None = None) -> Plan:
    """Return the plan in a TOML text; `source` names it in errors; raises PlanErrors with all errors.

    `parents` finds the plan that it extends; without it the plan can extend none.
    """
    return compile_plan(_checked(text, (source,), parents or _no_parents))


def load_plan(path: Path, folders: Iterable[Path] = ()) -> Plan:
    """Return the plan in a file; one that it extends is searched for in the same folder, then in the folders.

    Raises NotFound, Refused if a file cannot be read, PlanErrors if it has errors.
    """
    return read_plan(_text_of(path), str(path), _parents_in(tuple(folders)))


def list_plans(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the plan files of the folders by name, sorted; the first folder with a name wins."""
    plans: dict[str, Path] = {}
    for folder in folders:
        for path in folder.glob("*.toml"):
            plans.setdefault(path.stem, path)
    return dict(sorted(plans.items()))


def find_plan(name: str, folders: Iterable[Path]) -> Path:
    """Return the file of a plan's name or path; raises NotFound with the plans there are."""
    if name.endswith(".toml"):
        return _path(name)
    known = list_plans(folders)
    if name in known:
        return known[name]
    raise _no_plan(name, known)


def _no_plan(name: str, known: Iterable[str]) -> NotFound:
    remedy = f"{did_you_mean(name, known)} the plans are: {', '.join(known) or 'none'}".strip()
    return NotFound(f'No plan matches "{name}"', remedy, about="plan")


def _checked(text: str, chain: tuple[str, ...], parents: Parents) -> dict[str, Any]:
    """Return the tables of a plan, merged with those it extends, if they have no errors.

    `chain` starts with the plan itself and ends with the one that was asked for.
    """
    # Late: pydantic and jinja2 are slow to load and needed only when a plan is checked or adopted.
    from incident_cockpit.plan.checks import plan_errors
    from incident_cockpit.plan.inheritance import extended

    source = chain[0]
    try:
        raw = toml_tables(text)
    except UnreadableFileError as error:
        raise PlanErrors(source, (str(error),)) from error
    if "extends" not in raw:
        lines = plan_errors(raw)
    elif lines := tuple(line for line in plan_errors({"extends": raw["extends"]}) if line.startswith("extends")):
        # The plan that it extends cannot be found, so nothing else can be checked.
        raise PlanErrors(source, lines)
    else:
        merged = extended(_parent(raw["extends"], chain, parents), raw)
        lines = (*merged.errors, *plan_errors(merged.raw, merged.numbers))
        raw = merged.raw
    if lines:
        raise PlanErrors(source, tuple(dict.fromkeys(lines)))
    return raw


def _parent(name: str, chain: tuple[str, ...], parents: Parents) -> dict[str, Any]:
    """Return the tables of the plan that the first of the chain extends; raises PlanErrors with that one's file."""
    source, where = chain[0], f"extends = {name!r}"
    try:
        parent, text = parents(name, source)
    except Refused as refused:
        reason = " ".join(f"{refused.why}: {refused.what_to_do}".split())
        raise PlanErrors(source, (f"{where}: {reason}",)) from refused
    if parent in chain:
        cycle = " extends ".join((*reversed(chain[: chain.index(parent) + 1]), parent))
        raise _EndlessError(source, (f"{where}: the plans extend each other, {cycle}",))
    if len(chain) > _DEEPEST:
        raise _EndlessError(source, (f"{where}: plans extend each other more than {_DEEPEST} deep",))
    try:
        return _checked(text, (parent, *chain), parents)
    except _EndlessError:
        raise
    except PlanErrors as errors:
        raise PlanErrors(source, (f"{where}: that plan has errors",), errors.lines) from errors


def _text_of(path: Path) -> str:
    try:
        return read_text(path, _LARGEST)
    except FileNotFoundError as error:
        raise NotFound(f"No plan file {path}", "name an existing file", about="plan") from error
    except UnreadableFileError as error:
        raise Refused(f"The plan file {path} {error}", "a plan is a TOML file in UTF-8", about="plan") from error


def _no_parents(name: str, _: str) -> tuple[str, str]:
    raise NotFound(f'No plan matches "{name}"', "only a plan file can extend another plan", about="extends")


def _parents_in(folders: Sequence[Path]) -> Parents:
    def find(name: str, source: str) -> tuple[str, str]:
        child = Path(source)
        if name.endswith(".toml"):
            path = Path(normpath(child.parent / _path(name)))
            return str(path), _text_of(path)
        searched = (child.parent, *folders)
        for folder in searched:
            path = list_plans((folder,)).get(name, child)
            # A plan may have the name of the one it extends. Unlike `Path.resolve`, `realpath` takes circular links.
            if realpath(path) != realpath(child):
                return str(path), _text_of(path)
        if child.stem == name:
            raise Refused("a plan cannot extend itself", "name another plan", about="extends")
        raise _no_plan(name, list_plans(searched))

    return find


def _path(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError as error:  # "~nobody"
        raise NotFound(f"No plan file {name}", "unknown home folder; give the full path", about="plan") from error
