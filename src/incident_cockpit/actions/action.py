"""An action: one declaration for key, footer, palette, help, entry line, command line and manual."""

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

    `name` identifies it in the entry line, `incident do` and the keymap. `description` starts with the verb of what the
    user does; a semicolon separates details from the title. `keys` are the default keys within `scope`, `prefix` is its
    short form at the start of an entry line, `label` its word in the footer.

    `decide` is its rule, None if only the screen does it. `grave` actions have to be confirmed with another key.
    `brings` returns the runbooks that the rule gets as `brought`; `warns` returns what the action leaves open, which
    does not prevent it. `hidden` actions are done by programs only: no list offers them. `early` ones may have
    happened before the incident started.

    `command` is the command line that does the same, with {} for the option that names the incident; that of an action
    with a rule is followed by its argument as one word.
    """

    name: str
    description: str
    group: str
    args: tuple[Arg, ...] = ()
    keys: tuple[str, ...] = ()
    scope: Scope = Scope.EVERYWHERE
    prefix: str = ""
    label: str = ""
    decide: Decide | None = None
    grave: bool = False
    brings: Brings | None = None
    warns: Warns | None = None
    hidden: bool = False
    early: bool = False
    command: str = ""

    @property
    def title(self) -> str:
        """The description without its details, as in the palette and above a form."""
        return self.description.partition(";")[0]

    @property
    def usage(self) -> str:
        """How it is typed: `severity SEVERITY REASON`."""
        words = [arg.name.upper() if arg.required else f"[{arg.name.upper()}]" for arg in self.args]
        return " ".join([self.name, *words])


def rule(decide: Callable[..., Fact | Sequence[Fact]]) -> Decide:
    """Lift a rule over an incident to one over its record, as an action needs it."""

    def lifted(record: Record, moment: Moment, **values: Any) -> Sequence[PendingFact]:
        decided = decide(record.incident, moment, **values)
        facts = (decided,) if isinstance(decided, Fact) else decided
        return [PendingFact(fact) for fact in facts]

    # For `inspect.signature`: the registry's test compares the rule's parameters with the arguments.
    lifted.__wrapped__ = decide  # type: ignore[attr-defined]
    return lifted
