"""From words to what they mean: a step by its number, an ask by the person's name, a duration, a time."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from incident_cockpit.actions.action import Action, Arg, Kind
from incident_cockpit.actions.chat.thread import thread
from incident_cockpit.actions.options import Option, options
from incident_cockpit.errors import Refused
from incident_cockpit.incident.clocks import unmet
from incident_cockpit.incident.due import due_items
from incident_cockpit.incident.envelope import LONGEST_NAME
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.timeline import words
from incident_cockpit.incident.topics.roles import role_called
from incident_cockpit.plan.calendar import closing
from incident_cockpit.text.clean import clean, clean_line
from incident_cockpit.timeahead import read_ahead
from incident_cockpit.timewords import parse_duration, read_when

# What is named by an id or part of its words.
_NAMED = frozenset(
    (
        Kind.STEP, Kind.GATE, Kind.ASK, Kind.TIMER, Kind.HYPOTHESIS, Kind.FOLLOW_UP, Kind.MILESTONE, Kind.ATTACHED,
        Kind.FIELD, Kind.EVIDENCE, Kind.PRIORITY, Kind.DECISION, Kind.TAKEN, Kind.NEED, Kind.POINT,
        Kind.TYPE_HELD,
    )
)  # fmt: skip
# What a rule can be given as nothing at all.
_WORDS = frozenset((Kind.TEXT, Kind.PERSON, Kind.PEOPLE, Kind.TAKER))


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
    whole = arg.kind in (Kind.TEXT, Kind.THREAD, Kind.PINNED)
    text = clean(given).strip() if whole else clean_line(given, limit=LONGEST_NAME * 4)
    if not text:
        # The rules of the topics say best what a missing text is needed for.
        if arg.required and arg.kind not in _WORDS:
            raise Refused(f"'{action.name}' needs {_article(arg.kind)}", f"it is used so: :{action.usage}")
        return {arg.name: text if arg.kind in _WORDS else None}
    if arg.kind is Kind.DUE:
        return _due_item(record, text, arg.name)
    if arg.kind is Kind.LINE:
        return _line(record, text, arg.name)
    if arg.kind is Kind.ENTRY:
        return {arg.name: _entry(record, text)}
    if arg.kind is Kind.DEED:
        return {arg.name: _deeds(record.incident, text)}
    return {arg.name: _value(arg.kind, record, here, text)}


def _article(kind: Kind) -> str:
    return f"an {kind.value}" if kind.value[0] in "aeiou" else f"a {kind.value}"


def _value(kind: Kind, record: Record, here: Here, text: str) -> Any:
    match kind:
        case Kind.THREAD:
            return thread(text, here.now, here.zone)
        case Kind.PEOPLE:
            return tuple(dict.fromkeys(person(record, name.strip()) for name in text.split(",") if name.strip(" @")))
        case Kind.PERSON:
            return person(record, text)
        case Kind.TAKER:
            return _taker(record, text)
        case kind if kind in _NAMED:
            return named(kind, record.incident, text)
        case Kind.DURATION:
            return _duration(text)
        case Kind.CADENCE:
            return None if text.casefold() == "off" else _duration(text)
        case Kind.TIME:
            return read_when(text, here.now, here.zone).at
        case Kind.FUTURE:
            return read_ahead(text, here.now, here.zone).at
        case Kind.DAY:
            return _by_day(record.incident, here, text)
        case Kind.FOLLOW_UP_KIND:
            # A plan without kinds takes any.
            return named(kind, record.incident, text) if options(kind, record.incident) else text
        case _:
            return text


def named(kind: Kind, incident: Incident, text: str) -> str:
    """Return the id of what a text names; raises Refused where it names nothing, or several."""
    offered = options(kind, incident)
    if text in _once_named(kind, incident) and all(one.id != text for one in offered):
        # It was chosen while it stood, and somebody else was quicker: its rule knows what became of it.
        return text
    return _one(offered, text, kind.value)


def _once_named(kind: Kind, incident: Incident) -> Container[str]:
    """Return the ids of what can come to an end, ended or not."""
    match kind:
        case Kind.ASK:
            return incident.asks
        case Kind.TIMER:
            return incident.timers.timers
        case Kind.NEED:
            return incident.needs
        case Kind.FOLLOW_UP:
            return incident.followups
    return ()


def _by_day(incident: Incident, here: Here, text: str) -> datetime:
    """Return a time to come; a day alone lasts until the organisation closes on it."""
    plan = incident.plan
    return read_ahead(text, here.now, here.zone, lambda day: closing(day, plan.hours, plan.zone)).at


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
    found = next((event for event in record.standing() if event.seq == int(text[1:])), None)
    if found is None:
        raise Refused(f"there is no line {text} on the timeline", "name a line that is there, or say it in words")
    said = words(record, found)
    return {name: f"{said.sort}: {said.text}", "line": found.seq}


def _entry(record: Record, text: str) -> int:
    """Return the seq of the line that is meant, by "#12", by "12" (a shell takes # for a comment) or by its words."""
    number = text.removeprefix("#")
    lines = {f"#{event.seq}": event for event in record.standing()}
    if number.isdecimal() and (f"#{number}" in lines or text != number):
        return int(number)
    said = ((key, words(record, event)) for key, event in lines.items())
    found = [Option(key, " ".join(line.text.split())) for key, line in said]
    return int(_one(found, text, Kind.ENTRY.value).removeprefix("#"))


def _deeds(incident: Incident, text: str) -> tuple[tuple[str, str], ...]:
    """Return the words and texts of what the plan asks for, as it is due or as it stands before the closing.

    Where one item stands for several, as "tell these three, now", the words of one of them mean that one alone: nobody
    is marked as told who was not.
    """
    asked = {item.key: item.deeds for item in due_items(incident) if item.deeds}
    asked |= {f"gate:{gate.id}": ((gate.deed, gate.text),) for gate in unmet(incident)}
    try:
        together = asked[named(Kind.DEED, incident, text)]
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
    words += [f"done {one.deed}" for one in plan.closing if one.id == word]
    for sort, _, deed in (met_by.partition(" ") for met_by in words):
        found = incident.deeds.get(deed) if sort == "done" else None
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
    return role_called(record.incident.plan, text.lstrip("@")) or person(record, text)


def people(record: Record) -> tuple[str, ...]:
    """Return everyone the incident knows: role holders first, then who was given something, then who wrote."""
    incident = record.incident
    names = [holding.who for held in incident.roles.values() for holding in held]
    names += [ask.who for ask in incident.asks.values()]
    names += [given for given in incident.steps.given.values() if not given.startswith("@")]
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
