"""Writing to an incident and reporting what was logged, without click, so that `incident log` starts fast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from incident_cockpit.actions.arguments.texts import ThreadArg
from incident_cockpit.actions.grammar import ParsedLine, literal, read, split_args
from incident_cockpit.actions.preview import warnings
from incident_cockpit.actions.registry import find
from incident_cockpit.cli import output
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.output import command_for, in_commands, incident_option
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
# The facts that close an incident or reopen it: after those its being closed needs no note.
_CLOSING_FACTS = (PhaseChanged, ReportDecided)


def log(
    call: Call,
    text: tuple[str, ...],
    at: str | None = None,
    note: bool = False,
    decision: bool = False,
    action: bool = False,
    ask: tuple[str, str] | None = None,
    links: tuple[str, ...] = (),
    files: tuple[str, ...] = (),
) -> int:
    """Log a line by the grammar of the entry line, or of the kind that a flag names, and report it."""
    flags = [name for name, value in (("note", note), ("decision", decision), ("action", action)) if value]
    if len(flags) + (ask is not None) > 1:
        raise Refused("--note, --decision, --action and --ask cannot be combined", "use only one", ExitCode.USAGE)
    content = _read_text() if text == (STANDARD_INPUT,) else " ".join(text)
    with call.store() as store, call.session_in(store, to_write=True) as session:
        if ask is not None:
            line = ParsedLine("ask", "ask", {"who": ask[0], "within": ask[1], "text": content})
        elif flags:
            line = ParsedLine(flags[0], flags[0], {"text": content})
        elif text == (STANDARD_INPUT,):
            line = literal(content)
        else:
            line = read(content, session.here)
            if at is not None and line.when is not None:
                raise Refused("both --at and the text give a time", "use only one, or add --note", about="at")
        if line.problem:
            raise Refused(line.problem, "nothing was logged; to log it as a note, add --note")
        when = _read_time(at, session) or (line.when.at if line.when else None)
        _check_last_act(call, store, session, line.action)
        _act(call, session, line.action, line.values, when, links=links, files=files)
    return ExitCode.OK


def do(call: Call, verb: str, words: Sequence[str], at: str | None = None) -> int:
    """Run an action of the registry with its arguments, and report it."""
    try:
        action = find(verb)
    except Refused as refused:
        refused.what_to_do = in_commands(refused.what_to_do, call.incident)
        raise
    if action.decide is None:
        command = command_for(action.name, call.incident) or f"incident open{incident_option(call.incident)}"
        raise Refused(f"`{verb}` works only in the cockpit", f"run: {command}", ExitCode.USAGE)
    values = split_args(action, joined(words, len(action.args)))
    for arg in action.args:
        if isinstance(arg, ThreadArg) and values.get(arg.name) == STANDARD_INPUT:
            values[arg.name] = _read_text()
    with call.store() as store, call.session_in(store, to_write=True) as session:
        _check_last_act(call, store, session, action.name)
        _act(call, session, action.name, values, _read_time(at, session))
    return ExitCode.OK


def act(call: Call, session: Session, name: str, values: Mapping[str, object]) -> None:
    """Run an action whose arguments need no reading, and report it."""
    _report(call, session, session.act(name, values))


def put_back(call: Call, reference: str | None) -> int:
    """Put back the events that rescue copies have and the store lacks, and report how many."""
    with call.store() as store:
        session = store.to_put_back(call.reference(reference))
        _report(call, session, session.put_back())
    return ExitCode.OK


def _check_last_act(call: Call, store: Store, session: Session, name: str) -> None:
    """Refuse to undo or redo here what was done in another incident, unless --incident names this one."""
    if name not in ("undo", "redo") or call.incident is not None:
        return
    other, incident = store.acted_elsewhere(session.record.id), session.record.incident
    if other is not None:
        raise Refused(
            f"your last action was in {other.name} {other.title}, not in {incident.name} {incident.title}",
            f"for {other.name}: incident do {name}{incident_option(other.number, call.who)}; "
            f"for {incident.name}: incident do {name}{incident_option(incident.opening.number, call.who)}",
        )


def _act(
    call: Call,
    session: Session,
    name: str,
    values: Mapping[str, str],
    when: datetime | None,
    *,
    links: Sequence[str] = (),
    files: Sequence[str] = (),
) -> None:
    """Run an action, report it, and warn of what it leaves open in the incident as it was before."""
    left_open = warnings(find(name), session.record, session.here, values)
    result = session.act(name, values, when, links=links, files=files)
    _report(call, session, result)
    sentences = [_sentence(session, event) for event in result.own]
    for warning in left_open:
        if not any(warning in sentence for sentence in sentences):
            output.say(f"{session.record.incident.name}: {warning}")


def joined(words: Sequence[str], arguments: int) -> str:
    """Return the arguments of a shell as one line that splits into the same arguments again.

    An argument with a space was quoted in the shell, so it is quoted again, except within the last argument, which
    takes the rest of the line literally. Where one was quoted and there are as many as the action takes, each word is
    an argument: decide "Roll back" errors "a minute of writes".
    """
    last = len(words) - 1
    separate = last < arguments and any(map(_is_phrase, words))
    return " ".join(
        _quoted(word) if (separate or _is_phrase(word)) and (position < arguments - 1 or position == last > 0) else word
        for position, word in enumerate(words)
    )


def _is_phrase(word: str) -> bool:
    return not word or any(map(str.isspace, word))


def _quoted(word: str) -> str:
    quote = next((quote for quote in ('"', "'") if quote not in word), "")
    return f"{quote}{word}{quote}"


def _read_text() -> str:
    """Return all of standard input as one text."""
    # A character takes at most four bytes; one more than fits is enough for the note to be marked as cut.
    data = output.read_bytes(4 * LIMIT + 4)
    if b"\0" in data:
        raise Refused("standard input is not text", "log a short description instead")
    return data.decode("utf-8", errors="replace")


def _read_time(at: str | None, session: Session) -> datetime | None:
    return parse_time(at, session.here.now, session.here.zone).at if at is not None else None


def _report(call: Call, session: Session, result: ActionResult) -> None:
    """Report the incident, what was logged and its time; JSON first, so that no script waits for sentences."""
    if call.json:
        # Late: most lines are logged for people, and the JSON views import all of an incident.
        from incident_cockpit.cli.views.json import logged_events

        output.json(logged_events(session.record, result.own))
    incident = session.record.incident
    for event in [event for event in result.own if not event.fact.quiet] or result.own[:1]:
        output.say(f"{incident.name} {incident.title}: {_sentence(session, event)}")
    if (early := suggested_start(session.record, result.own, session.here.now)) is not None:
        at, action = early
        pattern = "%H:%M UTC" if at.date() == incident.started.date() else "%Y-%m-%d %H:%M UTC"
        when = f"{at:{pattern}} is {BEFORE_START} ({incident.started:{pattern}})"
        command = in_commands(action, incident.opening.number)
        output.say(f"{incident.name}: {when}; to move the start there: {command}")
    for event in result.own:
        _report_attachment(call, event)
    say_closed(session, result)
    if result.warning:
        output.warn(result.warning)


def say_closed(session: Session, result: ActionResult) -> None:
    """Note that the incident was closed before this was written."""
    incident = session.record.incident
    closed = incident.ended if incident.dismissed else incident.milestones.get("closed")
    if closed is None or incident.live or any(isinstance(event.fact, _CLOSING_FACTS) for event in result.own):
        return
    verb = "dismissed" if incident.dismissed else "closed"
    duties = len(legal_duties_owed(incident))
    owed = f"; {counted(duties, 'legal duty', 'legal duties')} outstanding" if duties else ""
    output.say(f"note: {incident.name} was {verb} {ago(closed, session.here.now)}{owed}")


def _report_attachment(call: Call, event: Event) -> None:
    """Report an attachment that came with a line, and the place of the copy of a file."""
    pin = event.fact.now if isinstance(event.fact, AttachmentAdded) else None
    if pin is None or event.undoes is not None:
        return
    if pin.along:
        output.say(f"attached: {clean_line(pin.words, limit=_LONGEST_SENTENCE)}")
    if pin.file is not None:
        output.say(f"copy saved as {paths(call.env).evidence / pin.file.copy}")


def _sentence(session: Session, event: Event) -> str:
    line = describe(session.record, event)
    verb = "logged"
    if event.undoes is not None:
        verb = "redone" if session.record.events[event.undoes - 1].undoes is not None else "undone"
    happened = event.happened
    clock = f"{happened:%H:%M} UTC" if happened.date() == event.recorded.date() else f"{happened:%Y-%m-%d %H:%M} UTC"
    return f"{verb} {clock} {line.label}  {clean_line(line.text, limit=_LONGEST_SENTENCE)}"
