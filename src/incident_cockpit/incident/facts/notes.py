"""What people write down: notes, actions taken, decisions, findings, escalations and risks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.topic import Line, Topic, parse_choice, put, value_of
from incident_cockpit.times.format import duration

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class NoteKind(StrEnum):
    """What a written line is; the word stands in the timeline's second column."""

    NOTE = "note"
    ACTION = "action"
    DECISION = "decision"
    FINDING = "finding"
    ESCALATION = "escalation"
    RISK = "risk"


class Note(Struct, frozen=True):
    """One written line, what it is, and when it happened."""

    sort: NoteKind
    text: str
    happened: datetime
    by: str


class Logged(Change, frozen=True):
    """A line was written."""

    kind: ClassVar[str] = "note.logged"
    names: ClassVar[str] = "note"
    note: str
    now: Note | None
    was: Note | None

    @property
    def is_progress(self) -> bool:
        """Return whether it shows progress: a finding or an action, and no mere note."""
        return self.now is not None and self.now.sort in (NoteKind.FINDING, NoteKind.ACTION)


def log(incident: Incident, moment: Moment, text: str, sort: NoteKind = NoteKind.NOTE) -> Logged:
    """Write a line; raises Refused when it is empty."""
    if not text.strip():
        raise Refused("Text required", "enter what happened", about="text")
    return Logged(note=f"n{moment.seq}", now=Note(sort, text.strip(), moment.happened, moment.who), was=None)


def log_escalation(incident: Incident, moment: Moment, who: str, reason: str) -> Logged:
    """Write down that somebody was brought in and why; raises Refused when either is missing."""
    if not who:
        raise Refused("Name required", "for example: :escalate Kim the database is beyond us", about="who")
    if not reason:
        raise Refused("Reason required", f"for example: :escalate {who} the database is beyond us", about="reason")
    return log(incident, moment, f"{who}: {reason}", NoteKind.ESCALATION)


class Notebook(Struct, frozen=True):
    """How much was written, and the actions and decisions by id, which come to an end of their own.

    All other lines are read from the journal, so that ten thousand fold in linear time.
    """

    lines: int = 0
    actions: Mapping[str, Note] = field(default_factory=dict)
    decisions: Mapping[str, Note] = field(default_factory=dict)


def _fold(state: Notebook, fact: Logged) -> Notebook:
    note = value_of(fact.now, fact.was)
    lines = state.lines + (fact.now is not None) - (fact.was is not None)
    match note.sort:
        case NoteKind.ACTION:
            return replace(state, lines=lines, actions=put(state.actions, fact.note, fact.now))
        case NoteKind.DECISION:
            return replace(state, lines=lines, decisions=put(state.decisions, fact.note, fact.now))
    return replace(state, lines=lines)


def _words(fact: Logged, incident: Incident) -> Line:
    note = value_of(fact.now, fact.was)
    ground = incident.decisions.get(fact.note) if note.sort is NoteKind.DECISION else None
    if ground is None:
        return Line(note.sort.value, note.text)
    # Whoever reads an old line must not take for decided what no longer holds.
    gone = f"  reversed: {ground.reversed}" if ground.reversed else ""
    parts = [
        f"because {ground.why}" if ground.why else "",
        f"risk: {ground.risk}" if ground.risk else "",
        f"decided by {ground.who}" if ground.who and ground.who != note.by else "",
    ]
    grounds = "; ".join(part for part in parts if part)
    return Line(note.sort.value, note.text + (f"  ({grounds})" if grounds else "") + gone)


TOPIC = Topic("notes", Notebook(), (Logged,), _fold, _words)


# -- decisions: What stands behind a decision: why, at what risk, whose it is, who objected, when it is looked at again.


class Rationale(Struct, frozen=True):
    """The grounds of one decision; `revisit` is when it is looked at again, `reversed` why it no longer holds."""

    text: str
    why: str = ""
    risk: str = ""
    who: str = ""
    objections: str = ""
    revisit: datetime | None = None
    reversed: str = ""


class DecisionGrounded(Change, frozen=True):
    """What stands behind a decision was said, or it was reversed; `decision` is the id of its line."""

    kind: ClassVar[str] = "decision.grounded"
    names: ClassVar[str] = "decision"
    decision: str
    now: Rationale | None
    was: Rationale | None

    @property
    def quiet(self) -> bool:
        """Return whether it came with the decision's own line."""
        return self.was is None and self.now is not None and not self.now.reversed and not self.now.objections


def log_decision(
    incident: Incident,
    moment: Moment,
    text: str,
    why: str = "",
    risk: str = "",
    who: str = "",
    revisit: timedelta | None = None,
) -> tuple[Change, ...]:
    """Log a decision with its grounds; whoever acts decided where nobody is named."""
    line = log(incident, moment, text, NoteKind.DECISION)
    at = moment.happened + revisit if revisit is not None else None
    if not (why or risk or who or at):
        return (line,)
    ground = Rationale(text.strip(), why, risk, who or moment.who, revisit=at)
    return (line, DecisionGrounded(decision=line.note, now=ground, was=None))


def record_objection(incident: Incident, moment: Moment, decision: str, objection: str) -> DecisionGrounded:
    """Note an objection to a decision, or that nobody had one; raises Refused when nothing is said."""
    if not objection:
        raise Refused("Objection required", "enter who objects and why, or: none", about="objection")
    ground, former = _ground(incident, decision)
    objections = f"{ground.objections}; {objection}" if ground.objections else objection
    return DecisionGrounded(decision=decision, now=replace(ground, objections=objections), was=former)


def schedule_revisit(incident: Incident, moment: Moment, decision: str, within: timedelta | None) -> DecisionGrounded:
    """Look at a decision again in this time, or no more; looking at it now and keeping it is that, too."""
    ground, former = _ground(incident, decision)
    at = moment.happened + within if within is not None else None
    if at is None and ground.revisit is None:
        raise Refused(f'No review of "{ground.text}" is scheduled', "enter a time, such as 30m", about="within")
    return DecisionGrounded(decision=decision, now=replace(ground, revisit=at), was=former)


def reverse_decision(incident: Incident, moment: Moment, decision: str, reason: str) -> DecisionGrounded:
    """Say that a decision no longer holds; raises Refused without the reason, because others acted on it."""
    ground, former = _ground(incident, decision)
    if not reason:
        raise Refused("Reason required", "enter why the decision is reversed", about="reason")
    if ground.reversed:
        raise Refused(f'"{ground.text}" is already reversed', "log a new decision, or undo", about="decision")
    return DecisionGrounded(decision=decision, now=replace(ground, reversed=reason, revisit=None), was=former)


def _ground(incident: Incident, decision: str) -> tuple[Rationale, Rationale | None]:
    note = incident.notes.decisions.get(decision)
    if note is None:
        raise Refused(f'No decision matches "{decision}"', "use its words", about="decision")
    former = incident.decisions.get(decision)
    return former or Rationale(note.text, who=note.by), former


def _decisions_fold(state: Mapping[str, Rationale], fact: DecisionGrounded) -> Mapping[str, Rationale]:
    return put(state, fact.decision, fact.now)


def _decisions_words(fact: DecisionGrounded, incident: Incident) -> Line:
    rationale, was = value_of(fact.now, fact.was), fact.was
    if rationale.reversed:
        return Line("decision", f"reversed: {rationale.text} ({rationale.reversed})")
    if was is not None and rationale.objections == was.objections:
        return Line(
            "decision",
            f"{rationale.text}: " + (f"review at {rationale.revisit:%H:%M} UTC" if rationale.revisit else "reviewed"),
        )
    if rationale.objections:
        return Line("decision", f"{rationale.text}: objections: {rationale.objections}")
    return Line("decision", f"{rationale.text}: {rationale.why}")


DECISIONS_TOPIC = Topic("decisions", {}, (DecisionGrounded,), _decisions_fold, _decisions_words)


# -- effects: What an action led to: it helped, changed nothing or made things worse, with what showed it.


class ActionOutcome(StrEnum):
    """What came of an action."""

    HELPED = "helped"
    NO_CHANGE = "no change"
    WORSE = "worse"


class Effect(Struct, frozen=True):
    """What came of an action, what showed it, who saw it and when; `text` is the action."""

    verdict: ActionOutcome
    text: str
    found: str
    by: str
    when: datetime


class EffectSeen(Change, frozen=True):
    """What an action led to was seen; `action` is the id of its line."""

    kind: ClassVar[str] = "effect.seen"
    names: ClassVar[str] = "action"
    action: str
    now: Effect | None
    was: Effect | None

    @property
    def is_progress(self) -> bool:
        """Return whether it shows progress: what an action led to is known."""
        return True


def record_outcome(incident: Incident, moment: Moment, action: str, verdict: str, found: str = "") -> EffectSeen:
    """Close an action with its effect (seed 004, remediation); raises Refused for a word that is no effect."""
    note = incident.notes.actions.get(action)
    if note is None:
        raise Refused(f'No action matches "{action}"', "use its words", about="action")
    chosen = parse_choice(verdict, ActionOutcome, "verdict")
    return EffectSeen(
        action=action,
        now=Effect(chosen, note.text, found, moment.who, moment.happened),
        was=incident.effects.get(action),
    )


def actions_without_outcome(incident: Incident) -> dict[str, str]:
    """Return the actions whose effect nobody has told yet, by id, oldest first."""
    return {key: note.text for key, note in incident.notes.actions.items() if key not in incident.effects}


def _effects_fold(state: Mapping[str, Effect], fact: EffectSeen) -> Mapping[str, Effect]:
    return put(state, fact.action, fact.now)


def _effects_words(fact: EffectSeen, incident: Incident) -> Line:
    effect = value_of(fact.now, fact.was)
    return Line("effect", f"{effect.text}  {effect.verdict.value}" + (f": {effect.found}" if effect.found else ""))


EFFECTS_TOPIC = Topic("effects", {}, (EffectSeen,), _effects_fold, _effects_words)


# -- commands: Commands that were run as evidence: what was run, how it ended, how long it took, and the end of what
# it said.


class CommandRun(Struct, frozen=True):
    """One command: its words as a shell takes them, its exit code, its time in seconds, the redacted end of its output.

    `file` is where the whole output lies on the machine it ran on, `size` how many bytes that is.
    """

    command: str
    code: int
    seconds: float
    tail: str
    file: str
    size: int


class CommandLogged(Change, frozen=True):
    """A command was run and its end kept."""

    kind: ClassVar[str] = "command.run"
    names: ClassVar[str] = "command"
    command: str
    now: CommandRun | None
    was: CommandRun | None


def log_command(incident: Incident, moment: Moment, run: CommandRun) -> CommandLogged:
    """Keep what came of a command."""
    return CommandLogged(command=f"c{moment.seq}", now=run, was=None)


def _commands_fold(state: Mapping[str, CommandRun], fact: CommandLogged) -> Mapping[str, CommandRun]:
    return put(state, fact.command, fact.now)


def _commands_words(fact: CommandLogged, incident: Incident) -> Line:
    run = value_of(fact.now, fact.was)
    ended = "" if run.code == 0 else f", exit {run.code}"
    took = duration(timedelta(seconds=round(run.seconds))) if run.seconds >= 1 else "under 1s"
    tail = f"\n{run.tail}" if run.tail else ""
    return Line("command", f"$ {run.command}  ({took}{ended}){tail}")


COMMANDS_TOPIC = Topic("commands", {}, (CommandLogged,), _commands_fold, _commands_words)
