"""What an action is: one declaration from which key, footer, palette, help, entry line, CLI and docs are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from incident_cockpit.actions.arguments.argument import Arg
from incident_cockpit.incident.declare import RunbookRequest
from incident_cockpit.incident.event import Fact, Moment, PendingFact
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident

Decide = Callable[..., Sequence[PendingFact]]
Brings = Callable[[Incident, Mapping[str, Any]], Sequence[RunbookRequest]]
Warns = Callable[[Incident, Mapping[str, Any]], Sequence[str]]


class Scope(StrEnum):
    """Where a key works: everywhere in the cockpit, or only while one pane has the focus."""

    EVERYWHERE = "everywhere"
    RUNBOOK = "runbook"
    TIMELINE = "timeline"
    DUE = "due"
    PEOPLE = "people"
    HYPOTHESES = "hypotheses"
    LIST = "list"


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

    # For `inspect.signature`: the registry's test compares the rule's parameters with the arguments.
    lifted.__wrapped__ = decide  # type: ignore[attr-defined]
    return lifted
