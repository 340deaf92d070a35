"""Response plans read from TOML files: a plan with errors is refused as a whole, with every reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from os.path import normpath, realpath
from pathlib import Path
from typing import Any, TypeVar

from msgspec import NODEFAULT, Struct
from msgspec.structs import asdict, replace

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.files import UnreadableFileError, read_text, toml_tables
from incident_cockpit.plan.channel_names import slug
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind
from incident_cockpit.plan.keys import ValueKind, fields_of
from incident_cockpit.plan.schema import DeadlineRow, EscalationLevel, HoursTable, Plan, Severity
from incident_cockpit.plan.tables import TABLES, is_list
from incident_cockpit.text.plurals import counted
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
    closing = tuple(_gate(gate) for gate in tables.pop("closing", ()))
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
                f"role-{row['id']}", DeadlineKind.ROLE, f"Fill {row['name']}", "declared",
                _within(row["required_within"]), f"role {row['id']}", required_at,
            )  # fmt: skip
    for row in raw["phases"]:
        if "within" in row:
            yield Deadline(
                f"phase-{row['id']}", DeadlineKind.WINDOW, f"{row['name']} should be over", "detected",
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
            f"escalate-{severity.id}", DeadlineKind.ESCALATION, "Escalate: it is not resolved", "declared",
            severity.escalate, "done escalate", levels,
        )  # fmt: skip


def _level(level: EscalationLevel) -> Deadline:
    """Return the deadline of an escalation level; a contact's levels share one completion mark."""
    word = slug(level.tell or level.text)
    return Deadline(
        id=f"rung-{level.severity}-{word}",
        kind=DeadlineKind.ESCALATION,
        text=level.text or f"Tell {level.tell}",
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


def _gate(gate: ClosingGate) -> ClosingGate:
    return replace(gate, met_by=gate.met_by or f"done {gate.id}")


def _within(text: str) -> Within:
    within = parse_within(text)
    if within is None:
        raise ValueError(f"{text!r} was not checked")
    return within


class PlanErrors(Refused):
    """A plan that cannot be adopted; `lines` holds one sentence for each thing that is wrong, with its file."""

    def __init__(self, source: str, lines: tuple[str, ...], behind: tuple[str, ...] = ()) -> None:
        """Say how many errors the file has and list them; those `behind` it name a file of their own."""
        self.lines = (*(f"{source}: {line}" for line in lines), *behind)
        count = counted(len(self.lines), "error")
        super().__init__(f"The plan {source} has {count}", "\n".join(self.lines))


class _EndlessError(PlanErrors):
    """Plans that extend each other without end; one line says so for all of them."""


def read_plan(text: str, source: str, parents: Parents | None = None) -> Plan:
    """Return the plan a TOML text holds; `source` names it in errors; raises PlanErrors with every one.

    `parents` finds the plan that it extends; without, it can extend none.
    """
    return compile_plan(_checked(text, (source,), parents or _no_parents))


def load_plan(path: Path, folders: Iterable[Path] = ()) -> Plan:
    """Return the plan in a file; one that it extends is looked for beside it, then in the folders.

    Raises NotFound, Refused where a file cannot be read, PlanErrors where it is wrong.
    """
    return read_plan(_text_of(path), str(path), _parents_in(tuple(folders)))


def list_plans(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the plan files of the folders by name, sorted; the first folder that has a name keeps it."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in folder.glob("*.toml"):
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def find_plan(name: str, folders: Iterable[Path]) -> Path:
    """Return the file a plan's name or path means; raises NotFound with the plans there are."""
    if name.endswith(".toml"):
        return _path(name)
    known = list_plans(folders)
    if name in known:
        return known[name]
    raise NotFound(f"There is no plan {name!r}", _there_are(name, known))


def _there_are(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}there are: {', '.join(known) or 'none'}"


def _checked(text: str, chain: tuple[str, ...], parents: Parents) -> dict[str, Any]:
    """Return the tables of a plan and of all it extends, once nothing is wrong; `chain` begins with the plan itself."""
    # Late: pydantic and jinja2 are slow to load and needed only when a plan is checked or adopted.
    from incident_cockpit.plan.checks import plan_errors
    from incident_cockpit.plan.inheritance import extended

    source = chain[0]
    raw = _tables(text, source)
    if "extends" not in raw:
        lines = plan_errors(raw)
    elif lines := tuple(line for line in plan_errors({"extends": raw["extends"]}) if line.startswith("extends")):
        # What it extends cannot be found, so nothing else can be said of it.
        raise PlanErrors(source, lines)
    else:
        made = extended(_parent(raw["extends"], chain, parents), raw)
        lines = (*made.errors, *plan_errors(made.raw, made.numbers))
        raw = made.raw
    if lines:
        raise PlanErrors(source, tuple(dict.fromkeys(lines)))
    return raw


def _parent(word: str, chain: tuple[str, ...], parents: Parents) -> dict[str, Any]:
    """Return the tables of the plan that the first of the chain extends; raises PlanErrors in its name."""
    source, said = chain[0], f"extends = {word!r}"
    try:
        found, text = parents(word, source)
    except Refused as refused:
        raise PlanErrors(source, (f"{said}: {_one_line(refused)}",)) from refused
    if found in chain:
        ring = " extends ".join((*reversed(chain[: chain.index(found) + 1]), found))
        raise _EndlessError(source, (f"{said}: goes round in a ring, {ring}",))
    if len(chain) > _DEEPEST:
        raise _EndlessError(source, (f"{said}: plans extend each other more than {_DEEPEST} deep",))
    try:
        return _checked(text, (found, *chain), parents)
    except _EndlessError:
        raise
    except PlanErrors as errors:
        raise PlanErrors(source, (f"{said}: that plan is wrong itself",), errors.lines) from errors


def _one_line(refused: Refused) -> str:
    return " ".join(f"{refused.why}: {refused.what_to_do}".split())


def _tables(text: str, source: str) -> dict[str, Any]:
    try:
        return toml_tables(text)
    except UnreadableFileError as error:
        raise PlanErrors(source, (str(error),)) from error


def _text_of(path: Path) -> str:
    try:
        return read_text(path, _LARGEST)
    except FileNotFoundError as error:
        raise NotFound(f"There is no plan file {path}", "name an existing one") from error
    except UnreadableFileError as error:
        raise Refused(f"The plan file {path} {error}", "a plan is a TOML file in UTF-8") from error


def _no_parents(word: str, _: str) -> tuple[str, str]:
    raise NotFound(f"There is no plan {word!r}", "a plan can extend another where it is read from a file")


def _parents_in(folders: Sequence[Path]) -> Parents:
    def find(word: str, source: str) -> tuple[str, str]:
        child = Path(source)
        if word.endswith(".toml"):
            path = Path(normpath(child.parent / _path(word)))
            return str(path), _text_of(path)
        around = (child.parent, *folders)
        for folder in around:
            path = list_plans((folder,)).get(word, child)
            # A plan of one's own may have the name of the one it changes.
            if not _same(path, child):
                return str(path), _text_of(path)
        if child.stem == word:
            raise Refused("a plan cannot extend itself", "name another one")
        raise NotFound(f"There is no plan {word!r}", _there_are(word, list_plans(around)))

    return find


def _path(said: str) -> Path:
    try:
        return Path(said).expanduser()
    except RuntimeError as error:  # "~nobody"
        raise NotFound(f"There is no plan file {said}", "its home folder is not known; name it in full") from error


def _same(one: Path, other: Path) -> bool:
    # Unlike `Path.resolve`, this takes links that lead round in a circle.
    return realpath(one) == realpath(other)
