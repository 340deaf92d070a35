"""What an action is: one declaration from which key, footer, palette, help, entry line, CLI and docs are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.declare import RunbookRequest
from incident_cockpit.incident.event import Fact, Moment, PendingFact
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident

if TYPE_CHECKING:
    from incident_cockpit.actions.arguments import Here

Decide = Callable[..., Sequence[PendingFact]]
Brings = Callable[[Incident, Mapping[str, Any]], Sequence[RunbookRequest]]
Warns = Callable[[Incident, Mapping[str, Any]], Sequence[str]]
Fit = Callable[["Arg", Incident, Mapping[str, Any], "Here"], "Arg"]


class ArgKind(StrEnum):
    """What an argument names; it decides how a word is read and which picker the screen offers."""

    TEXT = "text"
    PERSON = "person"
    ROLE = "role"
    SEVERITY = "severity"
    PHASE = "phase"
    STEP = "step"
    ASK = "ask"
    TIMER = "timer"
    HYPOTHESIS = "hypothesis"
    FOLLOW_UP = "follow-up"
    FOLLOW_UP_KIND = "kind of follow-up"
    PRIORITY = "priority"
    DUE = "due item"
    AUDIENCE = "audience"
    MILESTONE = "milestone"
    DURATION = "duration"
    CADENCE = "duration or off"
    TIME = "time"
    FUTURE = "time to come"
    DAY = "day to come"
    RUNBOOK = "runbook"
    RULE = "rule of reading"
    ATTACHED = "attached runbook"
    GATE = "gate"
    TAKER = "person or role"
    DEED = "duty of the plan"
    TRIGGER = "reason to escalate"
    PLAN = "plan"
    TYPE = "type of incident"
    TYPE_HELD = "type of this incident"
    DETECTION = "way of detection"
    REPORTER = "sort of reporter"
    INCIDENT = "incident"
    FIELD = "field of the breach record"
    EVIDENCE = "piece of evidence"
    MESSAGE = "message"
    DECISION = "decision"
    TAKEN = "action"
    NEED = "need"
    SYSTEM = "system"
    HEALTH = "status of a system"
    VERDICT = "effect"
    POINT = "point of the read-back"
    LINE = "line of the timeline"
    ENTRY = "timeline line"
    PINNED = "link or file"
    PEOPLE = "person or several"
    THREAD = "chat thread"
    SCRIPT = "script"


class Scope(StrEnum):
    """Where a key works: everywhere in the cockpit, or only while one pane has the focus."""

    EVERYWHERE = "everywhere"
    RUNBOOK = "runbook"
    TIMELINE = "timeline"
    DUE = "due"
    PEOPLE = "people"
    HYPOTHESES = "hypotheses"
    LIST = "list"


class Arg(Struct, frozen=True):
    """One thing an action needs; `ask` is the question the screen puts, `default` a word that stands for silence.

    `fit` asks for it anew in one incident, by what was said before it: what is needed only there, in words of there,
    with what fits best in place of silence; then `note` says what is in the way of the action.
    """

    name: str
    kind: ArgKind
    ask: str
    required: bool = True
    default: str = ""
    fit: Fit | None = None
    note: str = ""


def text(name: str, ask: str, required: bool = True, fit: Fit | None = None) -> Arg:
    """Return an argument of free words."""
    return Arg(name, ArgKind.TEXT, ask, required, fit=fit)


def needed(arg: Arg, ask: str) -> Arg:
    """Return the argument as one that cannot stay empty, with another question; as it is where there is none."""
    return replace(arg, ask=ask, required=True) if ask else arg


class Action(Struct, frozen=True):
    """Something a person can do.

    `name` is its word in the entry line, the CLI, the palette and the keymap; `about` one sentence for the help;
    `keys` the default keys within `scope`; `sign` its short form at the start of an entry line; `decide` its rule, or
    None when it belongs to the screen; `grave` marks what cannot be taken back lightly: it takes a second, other key;
    `brings` says which runbooks come along with it: then the rule takes them too, as `brought`;
    `warns` says of the incident and the same values what it leaves open, which stops nobody; `unsaid` is what a program
    of ours does and nobody says: no list offers it, and its name is no word;
    `early` marks what may have happened before the incident started.
    """

    name: str
    about: str
    group: str
    args: tuple[Arg, ...] = ()
    keys: tuple[str, ...] = ()
    scope: Scope = Scope.EVERYWHERE
    sign: str = ""
    label: str = ""
    decide: Decide | None = None
    grave: bool = False
    brings: Brings | None = None
    warns: Warns | None = None
    unsaid: bool = False
    early: bool = False

    @property
    def usage(self) -> str:
        """Return how it is typed: `severity SEVERITY REASON`."""
        words = [arg.name.upper() if arg.required else f"[{arg.name.upper()}]" for arg in self.args]
        return " ".join([self.name, *words])


def rule(decide: Callable[..., Fact | Sequence[Fact]]) -> Decide:
    """Lift a topic's rule, which knows only the incident, to one over the record, which is what an action is given."""

    def lifted(record: Record, moment: Moment, **values: Any) -> Sequence[PendingFact]:
        decided = decide(record.incident, moment, **values)
        facts = (decided,) if isinstance(decided, Fact) else decided
        return [PendingFact(fact) for fact in facts]

    return lifted
