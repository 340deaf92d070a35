"""A plan's tables, once they are right, made into the plan: its times read, its clocks and gates in one list each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from os.path import normpath, realpath
from pathlib import Path
from typing import Any

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.files import UnreadableFileError, read_text, toml_tables
from incident_cockpit.plan.channel_names import slug
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind, Watch
from incident_cockpit.plan.schema import (
    Cadence,
    Channel,
    Contact,
    Detection,
    IncidentType,
    Message,
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
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.business_calendar import Hours, Within
from incident_cockpit.times.spans import clock_minutes, parse_span, parse_wait, parse_within

Raw = Mapping[str, Any]

_DAY = 86_400
_JOIN_WITHIN = "5m"


def compile_plan(raw: Raw) -> Plan:
    """Return the plan of tables that have passed every check and extend nothing any more."""
    return Plan(
        id=raw["id"],
        name=raw["name"],
        about=raw["about"].strip(),
        extends=raw.get("extends", ""),
        zone=raw.get("zone", "UTC"),
        command_role=raw["command_role"],
        first_phase=raw["first_phase"],
        severities=tuple(_severity(row, rank) for rank, row in enumerate(raw["severities"], start=1)),
        roles=tuple(_role(row) for row in raw["roles"]),
        phases=tuple(_phase(row) for row in raw["phases"]),
        cadences=tuple(_cadence(row) for row in raw.get("cadences", ())),
        templates=tuple(
            UpdateTemplate(row["audience"], row.get("phase"), row["text"]) for row in raw.get("templates", ())
        ),
        runbook=raw.get("runbook"),
        deadlines=tuple(_deadlines(raw)),
        closing=tuple(_gate(row) for row in raw.get("closing", ())),
        hours=_hours(raw.get("hours", {})),
        types=tuple(_type(row) for row in raw.get("types", ())),
        detections=tuple(Detection(row["id"], row["name"], row.get("route", "")) for row in raw.get("detections", ())),
        reporters=tuple(Reporter(row["id"], row["name"], row.get("route", "")) for row in raw.get("reporters", ())),
        triage=_triage(raw.get("triage", {})),
        triggers=tuple(Trigger(row["id"], row["text"], row.get("tell", "")) for row in raw.get("triggers", ())),
        channel=_channel(raw.get("channel")),
        participants=tuple(_participant(row) for row in raw.get("participants", ())),
        messages=tuple(Message(row["id"], row["name"], row["text"]) for row in raw.get("messages", ())),
        progress=_seconds(raw.get("progress_check")),
        progress_at=_several(raw, "progress_check_at"),
        confirmers=_several(raw, "confirmers"),
        watch=_watch(raw.get("watch")),
        postmortem=_postmortem(raw.get("postmortem", {})),
        review=_review(raw.get("review", {})),
        follow_up_kinds=_several(raw, "follow_up_kinds"),
        jargon=_several(raw, "jargon"),
        targets=tuple(_target(row) for row in raw.get("targets", ())),
        contacts=tuple(
            Contact(row["name"], row.get("reach", ""), row.get("mail", "")) for row in raw.get("contacts", ())
        ),
        systems=tuple(_system(row) for row in raw.get("systems", ())),
        upkeep=_upkeep(raw.get("upkeep", {})),
    )


def _several(row: Raw, key: str) -> tuple[str, ...]:
    return tuple(row.get(key, ()))


def _seconds(said: str | None) -> int | None:
    return None if said is None else parse_span(said)


def _periods(said: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    read = ((severity, parse_wait(period)) for severity, period in said.items())
    return tuple((severity, seconds) for severity, seconds in read if seconds is not None)


def _severity(row: Raw, rank: int) -> Severity:
    return Severity(
        id=row["id"],
        name=row["name"],
        means=row["means"],
        criteria=_several(row, "criteria"),
        rank=rank,
        respond=_of_severity(row, "respond"),
        escalate=_of_severity(row, "escalate"),
        tell=_several(row, "tell"),
        round_the_clock=row.get("hours") != "business",
        notes=_several(row, "notes"),
    )


def _of_severity(row: Raw, key: str) -> Within | None:
    """Return a time of a severity, which passes in business hours alone where the severity waits for them."""
    return parse_within(row[key], business=row.get("hours") == "business") if key in row else None


def _role(row: Raw) -> Role:
    return Role(
        id=row["id"],
        name=row["name"],
        short=row["short"],
        duties=_several(row, "duties"),
        many=row.get("many", False),
        required_at=_several(row, "required_at"),
        criteria=_several(row, "criteria"),
    )


def _phase(row: Raw) -> Phase:
    return Phase(
        id=row["id"],
        name=row["name"],
        means=row["means"],
        milestone=row.get("milestone"),
        public=row["public"],
        live=row.get("live", True),
        checklist=_several(row, "checklist"),
    )


def _cadence(row: Raw) -> Cadence:
    return Cadence(
        audience=row["audience"],
        name=row["name"],
        seconds=_periods(row.get("every", {})),
        inside=row.get("inside"),
        first=_periods(row.get("first", {})),
        start=row.get("from", "declared"),
        until=row.get("until", "resolved"),
        route=row.get("route", ""),
        guide=_several(row, "guide"),
        format=row.get("format", "slack"),
    )


def _deadlines(raw: Raw) -> Iterator[Deadline]:
    """Yield everything with a clock: targets, rungs, roles, windows, notices and the plan's own deadlines."""
    climbed = {row["severity"] for row in raw.get("escalation", ())}
    for row in raw["severities"]:
        yield from _targets(row, escalates=row["id"] not in climbed)
    yield from (_rung(row) for row in raw.get("escalation", ()))
    for row in raw["roles"]:
        if (within := _within(row, "required_within")) is not None:
            yield Deadline(
                f"role-{row['id']}", DeadlineKind.ROLE, f"Fill {row['name']}", "declared", within, f"role {row['id']}",
                severities=_several(row, "required_at"),
            )  # fmt: skip
    for row in raw["phases"]:
        if (within := _within(row, "within")) is not None:
            yield Deadline(
                f"phase-{row['id']}", DeadlineKind.WINDOW, f"{row['name']} should be over", "detected", within,
                f"phase {row['id']}", severities=_several(row, "within_at"),
            )  # fmt: skip
    yield from (_asked(row, DeadlineKind.NOTICE) for row in raw.get("notices", ()))
    yield from (_asked(row, DeadlineKind.DEADLINE) for row in raw.get("deadlines", ()))


def _targets(row: Raw, *, escalates: bool) -> Iterator[Deadline]:
    respond, escalate = _of_severity(row, "respond"), _of_severity(row, "escalate")
    if respond is not None:
        yield Deadline(
            f"respond-{row['id']}", DeadlineKind.TARGET, "Respond", "detected", respond, "milestone acknowledged",
            severities=(row["id"],),
        )  # fmt: skip
    if escalate is not None and escalates:
        yield Deadline(
            f"escalate-{row['id']}", DeadlineKind.ESCALATION, "Escalate: it is not resolved", "declared", escalate,
            "done escalate", severities=(row["id"],),
        )  # fmt: skip


def _rung(row: Raw) -> Deadline:
    """Return a rung of the ladder; who is told at two severities is told once, so both share the deed."""
    tell, text = row.get("tell", ""), row.get("text", "")
    return Deadline(
        id=f"rung-{row['severity']}-{slug(tell or text)}",
        kind=DeadlineKind.ESCALATION,
        text=text or f"Tell {tell}",
        start="declared",
        within=_needed(row, "after"),
        met_by=row.get("met_by") or (f"done tell-{slug(tell)}" if tell else f"done {slug(text)}"),
        severities=(row["severity"],),
        who=tell,
        route=row.get("route", ""),
        optional=row.get("optional", False),
    )


def _asked(row: Raw, kind: DeadlineKind) -> Deadline:
    return Deadline(
        id=row["id"],
        kind=kind,
        text=row["text"],
        start=row.get("from", "declared"),
        within=_needed(row, "within"),
        met_by=row.get("met_by") or f"done {row['id']}",
        severities=_several(row, "severities"),
        types=_several(row, "types"),
        who=row.get("who", ""),
        route=row.get("route", ""),
        contains=_several(row, "contains"),
        message=row.get("message", ""),
        optional=row.get("optional", False),
    )


def _within(row: Raw, key: str) -> Within | None:
    return parse_within(row[key]) if key in row else None


def _needed(row: Raw, key: str) -> Within:
    within = parse_within(row[key])
    if within is None:
        raise ValueError(f"{key} was not checked")
    return within


def _gate(row: Raw) -> ClosingGate:
    return ClosingGate(
        row["id"], row["text"], row.get("met_by") or f"done {row['id']}", severities=_several(row, "severities")
    )


def _hours(row: Raw) -> Hours:
    usual = Hours()
    opens, closes = clock_minutes(row.get("opens", "")), clock_minutes(row.get("closes", ""))
    return Hours(
        days=tuple(dict.fromkeys(row.get("days", usual.days))),
        opens=usual.opens if opens is None else opens,
        closes=usual.closes if closes is None else closes,
        holidays=_several(row, "holidays"),
    )


def _type(row: Raw) -> IncidentType:
    return IncidentType(
        id=row["id"],
        name=row["name"],
        means=row.get("means", ""),
        steps=_several(row, "steps"),
        runbook=row.get("runbook"),
        restricted=row.get("restricted", False),
        aware=row.get("aware", False),
        breach=row.get("breach", False),
    )


def _triage(row: Raw) -> TriagePolicy:
    return TriagePolicy(
        first=row.get("first", False),
        validate_within=_seconds(row.get("validate_within")),
        answer_within=_seconds(row.get("answer_within")),
        investigate_within=_seconds(row.get("investigate_within")),
        owner=row.get("owner", ""),
        route=row.get("route", ""),
        false_alarm_follow_up=row.get("false_alarm_follow_up", ""),
    )


def _channel(row: Raw | None) -> Channel | None:
    return None if row is None else Channel(row["name"], row.get("call", ""))


def _participant(row: Raw) -> Participant:
    within = parse_wait(row.get("within", _JOIN_WITHIN))
    return Participant(row["who"], within or 0, _several(row, "severities"))


def _watch(row: Raw | None) -> Watch | None:
    if row is None:
        return None
    return Watch(_seconds(row["for"]) or 0, _seconds(row["every"]) or 0, _several(row, "checks"))


def _postmortem(row: Raw) -> PostmortemRules:
    return PostmortemRules(
        _several(row, "required_at"), _several(row, "sections"), row.get("sign_off", ""), _several(row, "principles")
    )


def _review(row: Raw) -> ReviewRules:
    return ReviewRules(row.get("minutes", ReviewRules().minutes), _several(row, "invite"), _several(row, "agenda"))


def _target(row: Raw) -> Target:
    return Target(row["metric"], _seconds(row["within"]) or 0, _several(row, "severities"))


def _system(row: Raw) -> System:
    resources = tuple(Resource(one["name"], one["url"]) for one in row.get("resources", ()))
    return System(row["name"], row.get("owner", ""), resources)


def _upkeep(row: Raw) -> Upkeep:
    review, drill = _seconds(row.get("review_every")), _seconds(row.get("drill_every"))
    return Upkeep(
        reviewed=row.get("reviewed", ""),
        review_days=None if review is None else review // _DAY,
        drill_days=None if drill is None else drill // _DAY,
        notes=_several(row, "notes"),
    )


# -- read: Reads response plans from TOML files: a plan that is not right is refused whole, with every reason.

# Finds the plan that another extends: the word that names it and the source that says so, to its source and its text.
# Raises Refused.
Parents = Callable[[str, str], tuple[str, str]]

_LARGEST = 1_000_000
_DEEPEST = 5


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
        lines = (*made.wrong, *plan_errors(made.raw, made.numbers))
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
