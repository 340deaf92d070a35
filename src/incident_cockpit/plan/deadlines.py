"""Deadlines, closing criteria and the recovery watch: what a plan requires by a time, or before closing."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, get_args

from msgspec import Struct

from incident_cockpit.plan.keys import CONDITION, LINE, LONG_PERIOD, TEXTS, WORD, WORDS, Key
from incident_cockpit.times.business_calendar import Within

Milestone = Literal[
    "started", "detected", "acknowledged", "aware", "confirmed", "declared", "mitigated", "resolved", "closed"
]
MILESTONES: tuple[str, ...] = get_args(Milestone)
# The event of each milestone, as in "30m after declaration".
AFTER: Mapping[str, str] = {
    "started": "the start of impact",
    "detected": "detection",
    "acknowledged": "acknowledgement",
    "aware": "becoming aware",
    "confirmed": "confirmation",
    "declared": "declaration",
    "mitigated": "mitigation",
    "resolved": "resolution",
    "closed": "closing",
}


class DeadlineKind(StrEnum):
    """The kind of a deadline; it decides how long it applies and how it is worded."""

    TARGET = "target"
    NOTICE = "notice"
    ESCALATION = "rung"
    ROLE = "role"
    WINDOW = "window"
    DEADLINE = "deadline"


class Deadline(Struct, frozen=True):
    """An act that the plan requires within a time from a milestone.

    `met_by` is the condition that completes it, one of "milestone NAME", "role ID", "phase ID" (that phase was left),
    "update AUDIENCE", "impact", "review scheduled", "review held", "followups high", "followups all", or "done WORD": a
    completion mark, shared by all that name it. No `severities` or no `types` means all of them.
    """

    id: str
    kind: DeadlineKind
    text: str
    start: Milestone
    within: Within
    met_by: str
    severities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    who: str = ""
    route: str = ""
    contains: tuple[str, ...] = ()
    message: str = ""
    optional: bool = False

    @property
    def completion_mark(self) -> str:
        """Return the word under which people mark it done or not needed."""
        condition, _, mark = self.met_by.partition(" ")
        return mark if condition == "done" else self.id


class ClosingGate(Struct, frozen=True):
    """A closing criterion: closing without it needs a reason.

    `met_by` is a condition as for a deadline.
    """

    id: Annotated[str, Key("ID", WORD)]
    text: Annotated[str, Key("The criterion, such as The review was held", LINE, label="")]
    met_by: Annotated[
        str,
        Key("Completed by a condition as in `escalation` (default: marked by hand)", CONDITION, label="Completed by"),
    ] = ""
    severities: Annotated[
        tuple[str, ...], Key("Severities for which it holds (default: all)", WORDS, to="severities")
    ] = ()

    @property
    def completion_mark(self) -> str:
        """Return the word under which people mark it done or not needed."""
        condition, _, mark = self.met_by.partition(" ")
        return mark if condition == "done" else self.id


class Watch(Struct, frozen=True):
    """The recovery watch: checks that are repeated after the resolution.

    Times are in seconds.
    """

    length: Annotated[int, Key("Length of the watch", LONG_PERIOD, toml="for", json="seconds")]
    every: Annotated[int, Key("Time between two checks", LONG_PERIOD, json="every_seconds")]
    checks: Annotated[tuple[str, ...], Key("What to check", TEXTS)] = ()
