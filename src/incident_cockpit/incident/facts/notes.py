"""Log entries: notes, actions with outcomes, decisions with rationales, escalations, risks and captured commands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.topic import Line, Topic, fold_by_name, parse_choice, put, value_of
from incident_cockpit.times.format import duration

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class NoteKind(StrEnum):
    """Kind of a log entry."""

    NOTE = "note"
    ACTION = "action"
    DECISION = "decision"
    FINDING = "finding"
    ESCALATION = "escalation"
    RISK = "risk"


class Note(Struct, frozen=True):
    """A log entry: its kind, text, time and author."""

    sort: NoteKind
    text: str
    happened: datetime
    by: str


class Logged(Change, frozen=True):
    """An entry was logged."""

    kind: ClassVar[str] = "note.logged"
    names: ClassVar[str] = "note"
    note: str
    now: Note | None
    was: Note | None

    @property
    def is_progress(self) -> bool:
        """Return whether it shows progress: a finding or an action."""
        return self.now is not None and self.now.sort in (NoteKind.FINDING, NoteKind.ACTION)


def log(incident: Incident, moment: Moment, text: str, sort: NoteKind = NoteKind.NOTE) -> Logged:
    """Log an entry; raises Refused where it is empty."""
    if not text.strip():
        raise Refused("Text required", "enter what happened", about="text")
    return Logged(note=f"n{moment.seq}", now=Note(sort, text.strip(), moment.happened, moment.who), was=None)


def log_escalation(incident: Incident, moment: Moment, who: str, reason: str) -> Logged:
    """Log an escalation and its reason; raises Refused without a name or a reason."""
    if not who:
        raise Refused("Name required", "for example: :escalate Kim the database is beyond us", about="who")
    if not reason:
        raise Refused("Reason required", f"for example: :escalate {who} the database is beyond us", about="reason")
    return log(incident, moment, f"{who}: {reason}", NoteKind.ESCALATION)


class Notebook(Struct, frozen=True):
    """The number of entries, and the actions and decisions by id, which have a state of their own.

    All other entries are read from the journal, so that ten thousand fold in linear time.
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


# Decisions


class Rationale(Struct, frozen=True):
    """The rationale of one decision; `revisit` is when its review is due, `reversed` why it was reversed."""

    text: str
    why: str = ""
    risk: str = ""
    who: str = ""
    objections: str = ""
    revisit: datetime | None = None
    reversed: str = ""


class DecisionGrounded(Change, frozen=True):
    """The rationale of a decision changed, or it was reversed; `decision` is the id of its entry."""

    kind: ClassVar[str] = "decision.grounded"
    names: ClassVar[str] = "decision"
    decision: str
    now: Rationale | None
    was: Rationale | None

    @property
    def quiet(self) -> bool:
        """Return whether it came with the decision's own entry."""
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
    """Log a decision with its rationale; by default the person who acts decided."""
    line = log(incident, moment, text, NoteKind.DECISION)
    at = moment.happened + revisit if revisit is not None else None
    if not (why or risk or who or at):
        return (line,)
    ground = Rationale(text.strip(), why, risk, who or moment.who, revisit=at)
    return (line, DecisionGrounded(decision=line.note, now=ground, was=None))


def record_objection(incident: Incident, moment: Moment, decision: str, objection: str) -> DecisionGrounded:
    """Record an objection to a decision, or that there is none; raises Refused without text."""
    if not objection:
        raise Refused("Objection required", "enter who objects and why, or: none", about="objection")
    ground, former = _ground(incident, decision)
    objections = f"{ground.objections}; {objection}" if ground.objections else objection
    return DecisionGrounded(decision=decision, now=replace(ground, objections=objections), was=former)


def schedule_revisit(incident: Incident, moment: Moment, decision: str, within: timedelta | None) -> DecisionGrounded:
    """Schedule a decision review, or end it: keeping the decision at its review is that, too."""
    ground, former = _ground(incident, decision)
    at = moment.happened + within if within is not None else None
    if at is None and ground.revisit is None:
        raise Refused(f'No review of "{ground.text}" is scheduled', "enter a time, such as 30m", about="within")
    return DecisionGrounded(decision=decision, now=replace(ground, revisit=at), was=former)


def reverse_decision(incident: Incident, moment: Moment, decision: str, reason: str) -> DecisionGrounded:
    """Reverse a decision; raises Refused without the reason, because others acted on it."""
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


DECISIONS_TOPIC = Topic("decisions", {}, (DecisionGrounded,), fold_by_name, _decisions_words)


# Outcomes of actions


class ActionOutcome(StrEnum):
    """Outcome of an action."""

    HELPED = "helped"
    NO_CHANGE = "no change"
    WORSE = "worse"


class Effect(Struct, frozen=True):
    """The outcome of an action, its evidence, author and time; `text` is the action."""

    verdict: ActionOutcome
    text: str
    found: str
    by: str
    when: datetime


class EffectSeen(Change, frozen=True):
    """The outcome of an action was recorded; `action` is the id of its entry."""

    kind: ClassVar[str] = "effect.seen"
    names: ClassVar[str] = "action"
    action: str
    now: Effect | None
    was: Effect | None

    @property
    def is_progress(self) -> bool:
        """Return True: the outcome of an action is known."""
        return True


def record_outcome(incident: Incident, moment: Moment, action: str, outcome: str, evidence: str = "") -> EffectSeen:
    """Record the outcome of an action; raises Refused for an unknown outcome."""
    note = incident.notes.actions.get(action)
    if note is None:
        raise Refused(f'No action matches "{action}"', "use its words", about="action")
    chosen = parse_choice(outcome, ActionOutcome, "outcome")
    return EffectSeen(
        action=action,
        now=Effect(chosen, note.text, evidence, moment.who, moment.happened),
        was=incident.effects.get(action),
    )


def actions_without_outcome(incident: Incident) -> dict[str, str]:
    """Return the actions without outcome, by id, oldest first."""
    return {key: note.text for key, note in incident.notes.actions.items() if key not in incident.effects}


def _effects_words(fact: EffectSeen, incident: Incident) -> Line:
    effect = value_of(fact.now, fact.was)
    return Line("effect", f"{effect.text}  {effect.verdict.value}" + (f": {effect.found}" if effect.found else ""))


EFFECTS_TOPIC = Topic("effects", {}, (EffectSeen,), fold_by_name, _effects_words)


# Captured commands


class CommandRun(Struct, frozen=True):
    """A captured command: its command line, exit code, time in seconds and the redacted end of its output.

    `file` is the path of the whole output on the machine it ran on, `size` its bytes.
    """

    command: str
    code: int
    seconds: float
    tail: str
    file: str
    size: int


class CommandLogged(Change, frozen=True):
    """A command was run and its output saved."""

    kind: ClassVar[str] = "command.run"
    names: ClassVar[str] = "command"
    command: str
    now: CommandRun | None
    was: CommandRun | None


def log_command(incident: Incident, moment: Moment, run: CommandRun) -> CommandLogged:
    """Log a captured command."""
    return CommandLogged(command=f"c{moment.seq}", now=run, was=None)


def _commands_words(fact: CommandLogged, incident: Incident) -> Line:
    run = value_of(fact.now, fact.was)
    ended = "" if run.code == 0 else f", exit {run.code}"
    took = duration(timedelta(seconds=round(run.seconds))) if run.seconds >= 1 else "under 1s"
    tail = f"\n{run.tail}" if run.tail else ""
    return Line("command", f"$ {run.command}  ({took}{ended}){tail}")


COMMANDS_TOPIC = Topic("commands", {}, (CommandLogged,), fold_by_name, _commands_words)
