"""What a plan asks for by a time: targets, notices, rungs, roles, windows and deadlines, and what closing needs."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from incident_cockpit.times.business_calendar import Within

Milestone = Literal[
    "started", "detected", "acknowledged", "aware", "confirmed", "declared", "mitigated", "resolved", "closed"
]


class DeadlineKind(StrEnum):
    """What sort of thing a plan asks for; it decides how long it is asked for and in which words."""

    TARGET = "target"
    NOTICE = "notice"
    ESCALATION = "rung"
    ROLE = "role"
    WINDOW = "window"
    DEADLINE = "deadline"


class Deadline(Struct, frozen=True):
    """Something the plan asks for within a time from a milestone.

    `met_by` is what satisfies it, one of "milestone NAME", "role ID", "phase ID" (that phase was left), "update
    AUDIENCE", "impact", "review scheduled", "review held", "followups high", "followups all", or "done WORD": a deed
    that a person marks, shared by all that name it. No `severities` or no `types` means all of them.
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
        sort, _, what = self.met_by.partition(" ")
        return what if sort == "done" else self.id


class ClosingGate(Struct, frozen=True):
    """Something that has to be true before the incident is closed; `met_by` as for a deadline."""

    id: str
    text: str
    met_by: str
    severities: tuple[str, ...] = ()

    @property
    def completion_mark(self) -> str:
        """Return the word under which people mark it done or not needed."""
        sort, _, what = self.met_by.partition(" ")
        return what if sort == "done" else self.id


class Watch(Struct, frozen=True):
    """How long and how often to look after the resolution, in seconds, and at what."""

    length: int
    every: int
    checks: tuple[str, ...]
