"""Deadlines, closing criteria and the recovery watch: what a plan requires by a time, or before closing."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.plan.declaration import CONDITION, LINE, LONG_PERIOD, TEXTS, WORD, WORDS, Key
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


class MilestoneMet(Struct, frozen=True):
    """A milestone was reached."""

    milestone: str


class RoleFilled(Struct, frozen=True):
    """A role is held by someone."""

    role: str


class PhaseLeft(Struct, frozen=True):
    """The incident moved on from a phase."""

    phase: str


class AudienceUpdated(Struct, frozen=True):
    """An update was sent to an audience."""

    audience: str


class ImpactDescribed(Struct, frozen=True):
    """The impact was described."""


class ReviewDone(Struct, frozen=True):
    """The review was "scheduled" or "held"."""

    step: str


class FollowUpsDone(Struct, frozen=True):
    """Follow-ups were done: those of "high" priority, or "all"."""

    priority: str


class Marked(Struct, frozen=True):
    """A person marked an item complete, under a word that several items may share."""

    mark: str


Condition = (
    MilestoneMet | RoleFilled | PhaseLeft | AudienceUpdated | ImpactDescribed | ReviewDone | FollowUpsDone | Marked
)
# The condition that the first word of `met_by` names; its second word is the condition's one field.
_CONDITIONS: dict[str, type[MilestoneMet | RoleFilled | PhaseLeft | AudienceUpdated | ReviewDone | FollowUpsDone]] = {
    "milestone": MilestoneMet,
    "role": RoleFilled,
    "phase": PhaseLeft,
    "update": AudienceUpdated,
    "review": ReviewDone,
    "followups": FollowUpsDone,
}


@lru_cache(maxsize=512)
def parse_condition(met_by: str) -> Condition:
    """Return the condition that the text of `met_by` means; the text of a newer version can only be marked."""
    first, _, second = met_by.partition(" ")
    if first == "impact":
        return ImpactDescribed()
    return _CONDITIONS[first](second) if first in _CONDITIONS else Marked(second or first)


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
    def condition(self) -> Condition:
        """Return the condition that completes it."""
        return parse_condition(self.met_by)

    @property
    def completion_mark(self) -> str:
        """Return the word under which people mark it complete or waive it."""
        return self.condition.mark if isinstance(self.condition, Marked) else self.id

    def is_same_duty(self, other: "Deadline") -> bool:
        """Return whether both require the same act by the same time, in any wording."""
        first, second = (replace(each, text="", within=replace(each.within, said="")) for each in (self, other))
        return first == second

    @property
    def time_limit(self) -> str:
        """Return the time limit in words, such as "30m after declaration"."""
        limit = "immediately" if self.within.said in ("immediately", "now", "0m") else self.within.said
        return f"{limit} after {AFTER[self.start]}"


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
    def condition(self) -> Condition:
        """Return the condition that meets it."""
        return parse_condition(self.met_by)

    @property
    def completion_mark(self) -> str:
        """Return the word under which people mark it complete or waive it."""
        return self.condition.mark if isinstance(self.condition, Marked) else self.id


class Watch(Struct, frozen=True):
    """The recovery watch: checks that are repeated after the resolution.

    Times are in seconds.
    """

    length: Annotated[int, Key("Length of the watch", LONG_PERIOD, toml="for", json="seconds")]
    every: Annotated[int, Key("Time between two checks", LONG_PERIOD, json="every_seconds")]
    checks: Annotated[tuple[str, ...], Key("What to check", TEXTS)] = ()
