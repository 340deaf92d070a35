"""What an argument of each kind can name now: for reading, completing and picking. One line a kind."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from incident_cockpit.actions.action import Action, Arg, ArgKind
from incident_cockpit.errors import Refused
from incident_cockpit.importers.chat import read_thread
from incident_cockpit.incident.event import LONGEST_NAME
from incident_cockpit.incident.facts.asks import open_asks, open_needs
from incident_cockpit.incident.facts.classification import held_types, type_name
from incident_cockpit.incident.facts.followups import PRIORITIES
from incident_cockpit.incident.facts.milestones import MILESTONES
from incident_cockpit.incident.facts.notes import ActionOutcome
from incident_cockpit.incident.facts.roles import READ_BACK_POINTS, find_mention
from incident_cockpit.incident.facts.runbooks import gate_question
from incident_cockpit.incident.facts.security import BREACH_FIELDS
from incident_cockpit.incident.facts.severity import Health
from incident_cockpit.incident.facts.timers import TimerStatus
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import unmet_gates
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.timeline import describe
from incident_cockpit.text.sanitize import clean, clean_line
from incident_cockpit.times.business_calendar import closing
from incident_cockpit.times.future import parse_future
from incident_cockpit.times.parse import parse_duration, parse_time


class Option(Struct, frozen=True):
    """Something an argument can name: its id, and the words that find it."""

    id: str
    words: str


def options(kind: ArgKind, incident: Incident) -> list[Option]:
    """Return what an argument of this kind can name now; nothing where any words will do."""
    find = _FINDERS.get(kind)
    return [Option(key, words) for key, words in find(incident)] if find is not None else []


Pairs = Iterable[tuple[str, str]]


def _steps(incident: Incident) -> Pairs:
    for runbook in incident.steps.runbooks:
        yield from ((f"{runbook}.{step.key}", step.text) for step in incident.steps.of(runbook))


def _gates(incident: Incident) -> Pairs:
    for key, runbook in incident.steps.runbooks.items():
        yield from ((f"{key}.{gate.key}", gate_question(gate)) for gate in runbook.gates)


def _deeds(incident: Incident) -> Pairs:
    yield from ((item.key, item.text) for item in due_items(incident) if item.completion_marks)
    yield from ((f"gate:{gate.id}", gate.text) for gate in unmet_gates(incident))


def _timers(incident: Incident) -> Pairs:
    timers = incident.timers.timers.items()
    return ((key, timer.text) for key, timer in timers if timer.status is TimerStatus.RUNNING)


def _messages(incident: Incident) -> Pairs:
    from incident_cockpit.plan.templates import MOMENTS, SCRIPT

    named = {one.id: one.name for one in incident.plan.messages if not one.id.startswith(SCRIPT)}
    return (MOMENTS | named).items()


def _scripts(_: Incident) -> Pairs:
    from incident_cockpit.plan.templates import SCRIPT, SCRIPTS

    return ((word.removeprefix(SCRIPT), about) for word, about in SCRIPTS.items())


def _rules(_: Incident) -> Pairs:
    # Late: the parser of Markdown comes with it.
    from incident_cockpit.runbook.tasks import RULES

    return ((rule, rule) for rule in RULES)


def _systems(incident: Incident) -> Pairs:
    names = (*(one.name for one in incident.systems.values()), *(one.name for one in incident.plan.systems))
    return ((name, name) for name in dict.fromkeys(names))


_FINDERS: Mapping[ArgKind, Callable[[Incident], Pairs]] = {
    ArgKind.STEP: _steps,
    ArgKind.GATE: _gates,
    ArgKind.ATTACHED: lambda one: ((key, f"{book.name}: {book.title}") for key, book in one.steps.runbooks.items()),
    ArgKind.RULE: _rules,
    ArgKind.ASK: lambda one: ((key, f"{ask.who}: {ask.text}") for key, ask in open_asks(one).items()),
    ArgKind.TIMER: _timers,
    ArgKind.DUE: lambda one: ((item.key, item.text) for item in due_items(one)),
    ArgKind.DEED: _deeds,
    ArgKind.HYPOTHESIS: lambda one: ((key, held.text) for key, held in one.hypotheses.items()),
    ArgKind.FOLLOW_UP: lambda one: ((key, held.text) for key, held in one.followups.items() if not held.done),
    ArgKind.FOLLOW_UP_KIND: lambda one: ((word, word) for word in one.plan.follow_up_kinds),
    ArgKind.PRIORITY: lambda _: ((word, word) for word in PRIORITIES),
    ArgKind.MILESTONE: lambda _: ((name, name) for name in MILESTONES),
    ArgKind.DECISION: lambda one: ((key, note.text) for key, note in one.notes.decisions.items()),
    ArgKind.TAKEN: lambda one: ((key, note.text) for key, note in one.notes.actions.items()),
    ArgKind.NEED: lambda one: ((key, need.text) for key, need in open_needs(one).items()),
    ArgKind.POINT: lambda _: READ_BACK_POINTS.items(),
    ArgKind.SYSTEM: _systems,
    ArgKind.HEALTH: lambda _: ((health.value, health.value) for health in Health),
    ArgKind.VERDICT: lambda _: ((verdict.value, verdict.value) for verdict in ActionOutcome),
    ArgKind.SEVERITY: lambda one: ((level.id, f"{level.name}: {level.means}") for level in one.plan.severities),
    ArgKind.PHASE: lambda one: ((phase.id, f"{phase.name}: {phase.means}") for phase in one.plan.phases),
    ArgKind.ROLE: lambda one: ((role.id, role.name) for role in one.plan.roles),
    ArgKind.TAKER: lambda one: ((f"@{role.id}", role.name) for role in one.plan.roles),
    ArgKind.AUDIENCE: lambda one: ((cadence.audience, cadence.name) for cadence in one.plan.cadences),
    ArgKind.MESSAGE: _messages,
    ArgKind.SCRIPT: _scripts,
    ArgKind.TYPE_HELD: lambda one: ((type_id, type_name(one, type_id)) for type_id in held_types(one)),
    ArgKind.TYPE: lambda one: ((sort.id, f"{sort.name}: {sort.means}".rstrip(": ")) for sort in one.plan.types),
    ArgKind.DETECTION: lambda one: ((way.id, way.name) for way in one.plan.detections),
    ArgKind.REPORTER: lambda one: ((sort.id, sort.name) for sort in one.plan.reporters),
    ArgKind.FIELD: lambda _: BREACH_FIELDS.items(),
    ArgKind.EVIDENCE: lambda one: ((key, kept.text) for key, kept in one.evidence.items()),
    ArgKind.TRIGGER: lambda one: ((trigger.id, trigger.text) for trigger in one.plan.triggers),
}


# -- refs: From words to what they mean: a step by its number, an ask by the person's name, a duration, a time.

# What is named by an id or part of its words.
_NAMED = frozenset(
    (
        ArgKind.STEP, ArgKind.GATE, ArgKind.ASK, ArgKind.TIMER, ArgKind.HYPOTHESIS, ArgKind.FOLLOW_UP,
        ArgKind.MILESTONE, ArgKind.ATTACHED,
        ArgKind.FIELD, ArgKind.EVIDENCE, ArgKind.PRIORITY, ArgKind.DECISION, ArgKind.TAKEN, ArgKind.NEED, ArgKind.POINT,
        ArgKind.TYPE_HELD,
    )
)  # fmt: skip
# What a rule can be given as nothing at all.
_WORDS = frozenset((ArgKind.TEXT, ArgKind.PERSON, ArgKind.PEOPLE, ArgKind.TAKER))


class Here(Struct, frozen=True):
    """Where and when words are read: the present, and the zone in which clock times are meant."""

    now: datetime
    zone: ZoneInfo


def resolve(action: Action, record: Record, here: Here, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values an action's rule takes; raises Refused naming the argument that is missing or not understood.

    Text is read by its kind; what is no text (a runbook that was read, a time that was computed) passes as it is.
    """
    unknown = set(values) - {arg.name for arg in action.args}
    if unknown:
        raise Refused(f"'{action.name}' takes no {', '.join(sorted(unknown))}", f"it is used so: :{action.usage}")
    resolved: dict[str, Any] = {}
    for arg in action.args:
        given = values.get(arg.name) or arg.default
        if isinstance(given, str):
            resolved.update(_read(arg, record, here, given, action))
        else:
            resolved[arg.name] = given
    return resolved


def fitted(action: Action, arg: Arg, record: Record, here: Here, values: Mapping[str, Any]) -> Arg:
    """Return an argument as it is asked for in this incident, once those before it have these values."""
    if arg.fit is None:
        return arg
    known: dict[str, Any] = {}
    try:
        for before in action.args[: action.args.index(arg)]:
            known.update(_read(before, record, here, values.get(before.name) or before.default, action))
        return arg.fit(arg, record.incident, known, here)
    except Refused:
        # What is wrong with the words before it is said when it is tried.
        return arg


def unreadable(action: Action, arg: Arg, record: Record, here: Here, word: str) -> str:
    """Return why a word cannot be read as this argument, or nothing; what it leads to is another matter."""
    try:
        _read(arg, record, here, word, action)
    except Refused as refused:
        return str(refused)
    return ""


def _read(arg: Arg, record: Record, here: Here, given: str, action: Action) -> dict[str, Any]:
    whole = arg.kind in (ArgKind.TEXT, ArgKind.THREAD, ArgKind.PINNED)
    text = clean(given).strip() if whole else clean_line(given, limit=LONGEST_NAME * 4)
    if not text:
        # The rules of the topics say best what a missing text is needed for.
        if arg.required and arg.kind not in _WORDS:
            raise Refused(f"'{action.name}' needs {_article(arg.kind)}", f"it is used so: :{action.usage}")
        return {arg.name: text if arg.kind in _WORDS else None}
    if arg.kind is ArgKind.DUE:
        return _due_item(record, text, arg.name)
    if arg.kind is ArgKind.LINE:
        return _line(record, text, arg.name)
    if arg.kind is ArgKind.ENTRY:
        return {arg.name: _entry(record, text)}
    if arg.kind is ArgKind.DEED:
        return {arg.name: _refs_deeds(record.incident, text)}
    return {arg.name: _value(arg.kind, record, here, text)}


def _article(kind: ArgKind) -> str:
    return f"an {kind.value}" if kind.value[0] in "aeiou" else f"a {kind.value}"


def _value(kind: ArgKind, record: Record, here: Here, text: str) -> Any:
    match kind:
        case ArgKind.THREAD:
            return read_thread(text, here.now, here.zone)
        case ArgKind.PEOPLE:
            return tuple(dict.fromkeys(person(record, name.strip()) for name in text.split(",") if name.strip(" @")))
        case ArgKind.PERSON:
            return person(record, text)
        case ArgKind.TAKER:
            return _taker(record, text)
        case kind if kind in _NAMED:
            return named(kind, record.incident, text)
        case ArgKind.DURATION:
            return _duration(text)
        case ArgKind.CADENCE:
            return None if text.casefold() == "off" else _duration(text)
        case ArgKind.TIME:
            return parse_time(text, here.now, here.zone).at
        case ArgKind.FUTURE:
            return parse_future(text, here.now, here.zone).at
        case ArgKind.DAY:
            return _by_day(record.incident, here, text)
        case ArgKind.FOLLOW_UP_KIND:
            # A plan without kinds takes any.
            return named(kind, record.incident, text) if options(kind, record.incident) else text
        case _:
            return text


def named(kind: ArgKind, incident: Incident, text: str) -> str:
    """Return the id of what a text names; raises Refused where it names nothing, or several."""
    offered = options(kind, incident)
    if text in _once_named(kind, incident) and all(one.id != text for one in offered):
        # It was chosen while it stood, and somebody else was quicker: its rule knows what became of it.
        return text
    return _one(offered, text, kind.value)


def _once_named(kind: ArgKind, incident: Incident) -> Container[str]:
    """Return the ids of what can come to an end, ended or not."""
    match kind:
        case ArgKind.ASK:
            return incident.asks
        case ArgKind.TIMER:
            return incident.timers.timers
        case ArgKind.NEED:
            return incident.needs
        case ArgKind.FOLLOW_UP:
            return incident.followups
    return ()


def _by_day(incident: Incident, here: Here, text: str) -> datetime:
    """Return a time to come; a day alone lasts until the organisation closes on it."""
    plan = incident.plan
    return parse_future(text, here.now, here.zone, lambda day: closing(day, plan.hours, plan.zone)).at


def _duration(text: str) -> timedelta:
    within = parse_duration(text)
    if within is None:
        raise Refused(f"'{text}' is no duration", "write it like 10m, 90s or 1h30m")
    return within


def _due_item(record: Record, text: str, name: str) -> dict[str, Any]:
    items = {item.key: item for item in due_items(record.incident)}
    key = _one([Option(item.key, item.text) for item in items.values()], text, "due item")
    return {name: key, "text": items[key].text, "at": items[key].at}


def _line(record: Record, text: str, name: str) -> dict[str, Any]:
    """Return the words, and with "#12" the line of the timeline they are; raises Refused where there is none such."""
    if not text.startswith("#") or not text[1:].isdigit():
        return {name: text}
    found = next((event for event in record.effective() if event.seq == int(text[1:])), None)
    if found is None:
        raise Refused(f"there is no line {text} on the timeline", "name a line that is there, or say it in words")
    said = describe(record, found)
    return {name: f"{said.sort}: {said.text}", "line": found.seq}


def _entry(record: Record, text: str) -> int:
    """Return the seq of the line that is meant, by "#12", by "12" (a shell takes # for a comment) or by its words."""
    number = text.removeprefix("#")
    lines = {f"#{event.seq}": event for event in record.effective()}
    if number.isdecimal() and (f"#{number}" in lines or text != number):
        return int(number)
    said = ((key, describe(record, event)) for key, event in lines.items())
    found = [Option(key, " ".join(line.text.split())) for key, line in said]
    return int(_one(found, text, ArgKind.ENTRY.value).removeprefix("#"))


def _refs_deeds(incident: Incident, text: str) -> tuple[tuple[str, str], ...]:
    """Return the words and texts of what the plan asks for, as it is due or as it stands before the closing.

    Where one item stands for several, as "tell these three, now", the words of one of them mean that one alone: nobody
    is marked as told who was not.
    """
    asked = {item.key: item.completion_marks for item in due_items(incident) if item.completion_marks}
    asked |= {f"gate:{gate.id}": ((gate.completion_mark, gate.text),) for gate in unmet_gates(incident)}
    try:
        together = asked[named(ArgKind.DEED, incident, text)]
    except Refused:
        _not_twice(incident, text)
        raise
    parts = [Option(word, words) for word, words in together if text.casefold() in words.casefold()]
    if not parts or len(parts) == len(together):
        return together
    alone = _one(parts, text, "duty of the plan")
    return tuple(part for part in together if part[0] == alone)


def _not_twice(incident: Incident, text: str) -> None:
    """Refuse by its id what is dealt with: somebody else was quicker, or this is the second time."""
    word = text.rpartition(":")[2]
    plan = incident.plan
    words = [one.met_by for one in plan.deadlines if one.id == word]
    words += [f"done {one.completion_mark}" for one in plan.closing if one.id == word]
    for sort, _, deed in (met_by.partition(" ") for met_by in words):
        found = incident.completion_marks.get(deed) if sort == "done" else None
        if found is not None:
            raise Refused(
                f"'{found.text}' is {found.status.value} already: {found.who} at {found.when:%H:%M} UTC",
                "leave it; if that is wrong, whoever said it can undo it",
            )


def person(record: Record, text: str) -> str:
    """Return the name as it is written already in this incident, so that "raj" is Raj; new names are taken as typed."""
    name = text.lstrip("@")
    if len(name) > LONGEST_NAME:
        raise Refused(f"a name of {len(name)} characters is too long", f"use at most {LONGEST_NAME}")
    return next((known for known in people(record) if known.casefold() == name.casefold()), name)


def _taker(record: Record, text: str) -> str:
    """Return "@" and a role's id where the words are a role's, else the person."""
    return find_mention(record.incident.plan, text.lstrip("@")) or person(record, text)


def people(record: Record) -> tuple[str, ...]:
    """Return everyone the incident knows: role holders first, then who was given something, then who wrote."""
    incident = record.incident
    names = [holding.who for held in incident.roles.values() for holding in held]
    names += [ask.who for ask in incident.asks.values()]
    names += [given for given in incident.steps.assignees.values() if not given.startswith("@")]
    names += [one.tester for one in incident.hypotheses.values() if one.tester]
    names += [event.who for event in record.events]
    return tuple(dict.fromkeys(names))


def _one(among: Iterable[Option], text: str, kind: str) -> str:
    """Return the id that the text means: an id, a part of one, or words that only one has.

    The part is the end of a step's ("s12", "12"), or what stands behind the kind of a due item: "tell-cto" of
    "deadline:tell-cto", as the plan itself calls it.
    """
    found = list(among)
    wanted = text.casefold()
    for fits in (
        [one for one in found if one.id == text],
        [one for one in found if one.id.rpartition(".")[2] in (text, f"s{text}", f"g{text}")],
        [one for one in found if text in one.id.split(":")[1:2]],
        [one for one in found if one.words.casefold() == wanted],
        [one for one in found if one.words.casefold().startswith(wanted)],
        [one for one in found if wanted in one.words.casefold()],
    ):
        if len(fits) == 1:
            return fits[0].id
        if fits:
            shown = "; ".join(f"{one.id} {one.words}" for one in fits[:5])
            raise Refused(f"'{text}' fits {len(fits)} of them", f"say which: {shown}")
    if not found:
        raise Refused(f"there is no {kind} to name", "there is none in this incident now")
    raise Refused(f"no {kind} has the words '{text}'", "say part of its words, or its id")
