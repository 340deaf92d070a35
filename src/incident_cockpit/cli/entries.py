"""What writes to an incident and says where it went; free of click, because `incident log` must not wait for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from incident_cockpit.actions.arguments.texts import ThreadArg
from incident_cockpit.actions.grammar import ParsedLine, literal, read, split_args
from incident_cockpit.actions.preview import warnings
from incident_cockpit.actions.registry import find
from incident_cockpit.cli import output, streams
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.output import in_commands, instead, named
from incident_cockpit.config.paths import paths
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.attachments import AttachmentAdded
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.report import ReportDecided
from incident_cockpit.incident.views.legal_duties import legal_duties_owed
from incident_cockpit.incident.views.timeline import BEFORE_START, describe, suggested_start
from incident_cockpit.service.session import ActionResult, Session
from incident_cockpit.service.store import Store
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.sanitize import LIMIT, clean_line
from incident_cockpit.times.format import ago
from incident_cockpit.times.parse import parse_time

STANDARD_INPUT = "-"
_LONGEST_SENTENCE = 200
# What closes an incident or opens it again, so that nobody has to be told.
_ENDS = (PhaseChanged, ReportDecided)


class Entry(Struct, frozen=True):
    """A line to log: its words, and what flags say about it; `sort` takes the words as they stand.

    `links` and `files` are pinned to it.
    """

    words: tuple[str, ...]
    at: str | None = None
    sort: str | None = None
    ask: tuple[str, str] | None = None
    links: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def log(call: Call, entry: Entry) -> int:
    """Log a line by the grammar of the entry line, or as the flags say, and say where it went."""
    text = _text(entry.words)
    with call.store() as store, call.opened(store, to_write=True) as session:
        reading = _reading(entry, text, session)
        if reading.problem:
            raise Refused(reading.problem, "nothing was logged; to keep it as it stands use --note")
        when = _when(entry.at, session) or (reading.when.at if reading.when else None)
        _check_last_act(call, store, session, reading.action)
        _do(call, session, reading.action, reading.values, when, entry)
    return ExitCode.OK


def act(call: Call, verb: str, words: Sequence[str], at: str | None = None) -> int:
    """Do an action of the registry by its words, and say where it went."""
    try:
        action = find(verb)
    except Refused as refused:
        refused.what_to_do = in_commands(refused.what_to_do, call.incident)
        raise
    if action.decide is None:
        way_on = instead(action.name, call.incident)
        raise Refused(
            f"`{verb}` works only in the cockpit",
            f"here it is: {way_on}" if way_on else f"open the cockpit: incident open{named(call.incident)}",
            ExitCode.USAGE,
        )
    values = split_args(action, joined(words, len(action.args)))
    for arg in action.args:
        if isinstance(arg, ThreadArg) and values.get(arg.name) == STANDARD_INPUT:
            values[arg.name] = _piped()
    with call.store() as store, call.opened(store, to_write=True) as session:
        _check_last_act(call, store, session, action.name)
        _do(call, session, action.name, values, _when(at, session))
    return ExitCode.OK


def keep(call: Call, session: Session, name: str, values: Mapping[str, object]) -> None:
    """Do an action whose words need no reading, and say where it went."""
    _tell(call, session, session.act(name, values))


def put_back(call: Call, word: str | None) -> int:
    """Put back what the rescue copies of an incident hold and the store lacks, and say how much that was."""
    with call.store() as store:
        session = store.to_put_back(call.named(word))
        _tell(call, session, session.put_back())
    return ExitCode.OK


def _check_last_act(call: Call, store: Store, session: Session, name: str) -> None:
    """Refuse to undo or redo here what was done in another incident, unless this one is named on the command line."""
    if name not in ("undo", "redo") or call.incident is not None:
        return
    other, incident = store.acted_elsewhere(session.record.id), session.record.incident
    if other is not None:
        raise Refused(
            f"what you did last was in {other.name} {other.title}, and this is {incident.name} {incident.title}",
            f"there it is: incident do {name}{named(other.number, call.who)}; "
            f"here it is: incident do {name}{named(incident.opening.number, call.who)}",
        )


def _do(
    call: Call,
    session: Session,
    name: str,
    values: Mapping[str, str],
    when: datetime | None,
    entry: Entry | None = None,
) -> None:
    """Do an action, say where it went, and what it leaves open as it stood before."""
    left = warnings(find(name), session.record, session.here, values)
    links, files = (entry.links, entry.files) if entry is not None else ((), ())
    done = session.act(name, values, when, links=links, files=files)
    _tell(call, session, done)
    told = [_sentence(session, event) for event in done.own]
    for sentence in left:
        if not any(sentence in each for each in told):
            output.say(f"{session.record.incident.name}: {sentence}")


def joined(words: Sequence[str], arguments: int) -> str:
    """Return words of a shell as one line that splits into the same words again.

    A word with a space in it was quoted in the shell, so it is quoted anew, except within the last argument, which
    takes the rest of the line as it stands. Where one was quoted and there is an argument for each, all of them are
    meant one by one: decide "Roll back" errors "a minute of writes".
    """
    last = len(words) - 1
    apart = last < arguments and any(map(_is_phrase, words))
    return " ".join(
        _quoted(word) if (apart or _is_phrase(word)) and (place < arguments - 1 or place == last > 0) else word
        for place, word in enumerate(words)
    )


def _is_phrase(word: str) -> bool:
    return not word or any(map(str.isspace, word))


def _quoted(word: str) -> str:
    quote = next((quote for quote in ('"', "'") if quote not in word), "")
    return f"{quote}{word}{quote}"


def _text(words: tuple[str, ...]) -> str:
    return _piped() if words == (STANDARD_INPUT,) else " ".join(words)


def _piped() -> str:
    """Return what came on standard input, as one text."""
    # A sign takes at most four bytes; one more than fits is enough for the note to say that it was cut.
    data = streams.data(4 * LIMIT + 4)
    if b"\0" in data:
        raise Refused("standard input is not text", "log a few words about it instead")
    return data.decode("utf-8", errors="replace")


def _reading(entry: Entry, text: str, session: Session) -> ParsedLine:
    if entry.ask is not None:
        who, within = entry.ask
        return ParsedLine("ask", "ask", {"who": who, "within": within, "text": text})
    if entry.sort is not None:
        return ParsedLine(entry.sort, entry.sort, {"text": text})
    if entry.words == (STANDARD_INPUT,):
        return literal(text)
    reading = read(text, session.here)
    if entry.at is not None and reading.when is not None:
        raise Refused("two times are given: --at and at the start of the text", "leave one, or add --note")
    return reading


def _when(at: str | None, session: Session) -> datetime | None:
    return parse_time(at, session.here.now, session.here.zone).at if at is not None else None


def _tell(call: Call, session: Session, done: ActionResult) -> None:
    """Say which incident it went to, what was kept, and as what time; data first, so that no script waits for words."""
    if call.json:
        # Late: most lines are logged for people, and the shapes know all of an incident.
        from incident_cockpit.cli.views import json

        output.shape(json.kept(session.record, done.own))
    incident = session.record.incident
    for event in [event for event in done.own if not event.fact.quiet] or done.own[:1]:
        output.say(f"{incident.name} {incident.title}: {_sentence(session, event)}")
    if (early := suggested_start(session.record, done.own, session.here.now)) is not None:
        at, line = early
        shown = "%H:%M UTC" if at.date() == incident.started.date() else "%Y-%m-%d %H:%M UTC"
        when = f"{at:{shown}} is {BEFORE_START} ({incident.started:{shown}})"
        output.say(f"{incident.name}: {when}; if it began then: {in_commands(line, incident.opening.number)}")
    for event in done.own:
        _tell_pin(call, event)
    say_closed(session, done)
    if done.warning:
        output.warn(done.warning)


def say_closed(session: Session, done: ActionResult) -> None:
    """Say that what was written went into an incident that was closed before."""
    incident = session.record.incident
    at = incident.milestones.get("closed") if not incident.dismissed else incident.ended
    if at is None or incident.live or any(isinstance(event.fact, _ENDS) for event in done.own):
        return
    did = "dismissed" if incident.dismissed else "closed"
    owed = len(legal_duties_owed(incident))
    owes = f", and owes {counted(owed, 'legal duty', 'legal duties')}" if owed else ""
    output.say(f"note: {incident.name} was {did} {ago(at, session.here.now)}{owes}")


def _tell_pin(call: Call, event: Event) -> None:
    """Say what came along with a line, and where the copy of a file lies."""
    pin = event.fact.now if isinstance(event.fact, AttachmentAdded) else None
    if pin is None or event.undoes is not None:
        return
    if pin.along:
        output.say(f"pinned to it: {clean_line(pin.words, limit=_LONGEST_SENTENCE)}")
    if pin.file is not None:
        output.say(f"a copy is kept in {paths(call.env).evidence / pin.file.copy}")


def _sentence(session: Session, event: Event) -> str:
    said = describe(session.record, event)
    did = "logged"
    if event.undoes is not None:
        did = "brought back" if session.record.events[event.undoes - 1].undoes is not None else "took back"
    happened = event.happened
    clock = f"{happened:%H:%M} UTC" if happened.date() == event.recorded.date() else f"{happened:%Y-%m-%d %H:%M} UTC"
    return f"{did} {clock} {said.sort}  {clean_line(said.text, limit=_LONGEST_SENTENCE)}"
