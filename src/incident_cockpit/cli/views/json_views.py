"""Views: the objects in JSON whose names differ from the model.

A text that may be missing is `str | None`; an empty one is null then. Names are stable, new ones may be added.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from msgspec import Struct


class JsonView(Struct):
    """An object whose names in JSON differ from the model; a text that may be missing is `str | None`."""

    @classmethod
    def from_model(cls, source: object, **values: object) -> Self:
        """Return a view with the fields of the same name in `source`; `values` are the others."""
        return cls(
            **{name: values[name] if name in values else getattr(source, name) for name in cls.__struct_fields__}
        )


class DueView(JsonView):
    """A due item; `in_seconds` is negative once it is late."""

    key: str
    kind: str
    text: str
    detail: str
    who: str | None
    at: datetime
    in_seconds: timedelta
    urgency: str
    put_off: bool


class PromptView(JsonView):
    """The next action."""

    text: str
    urgency: str
    action: str
    about: str | None


class StatusView(JsonView):
    """The status of an incident in a few values, for a prompt, a status bar or a bot."""

    number: int
    name: str
    title: str
    severity: str | None
    phase: str | None
    triage: str | None
    live: bool
    commander: str | None
    elapsed_seconds: timedelta
    steps_done: int
    steps: int
    next: PromptView | None
    more: int
    due: list[DueView]


class PeakView(JsonView):
    """The highest impact of one kind."""

    text: str
    amount: float
    percent: bool
    of: str | None
    whole: float | None
    since: datetime
    past: bool


class SystemView(JsonView):
    """A system and its status."""

    name: str
    status: str
    since: datetime
    by: str
    note: str | None


class ActionView(JsonView):
    """An action taken, with its outcome."""

    text: str
    by: str
    happened: datetime
    effect: str | None
    found: str | None
    seen_by: str | None
    seen: datetime | None


class DecisionView(JsonView):
    """A decision with its rationale."""

    text: str
    by: str
    happened: datetime
    decided_by: str
    why: str | None
    risk: str | None
    objections: str | None
    revisit: datetime | None
    stands: bool
    reversed: str | None


class HandoffView(JsonView, rename={"outgoing": "from", "incoming": "to"}):
    """An offered handoff, and the points that were read back."""

    outgoing: str
    incoming: str
    offered: datetime
    read_back: dict[str, str]
    left: tuple[str, ...]


class CommandView(JsonView):
    """A captured command."""

    command: str
    exit_code: int
    seconds: float
    tail: str
    file: str
    size: int


class PinView(JsonView):
    """A link or file attached to a line; `copy` is its name in the evidence folder."""

    line: int
    link: str | None
    file: Struct | None
    by: str
    when: datetime


class ReportView(JsonView):
    """A report and its triage."""

    outcome: str
    by: str | None
    kind: str | None
    via: str | None
    text: str
    at: datetime
    answered: datetime | None
    answer: str | None
    investigator: str | None
    reason: str | None
    same_as: str | None
    decided: datetime | None


class TimerView(JsonView):
    """A timer."""

    text: str
    by: str
    set: datetime
    due: datetime
    status: str


class StepView(JsonView):
    """A step of a runbook."""

    id: str
    section: str
    text: str
    status: str
    who: str | None
    when: datetime | None
    reason: str | None
    answer: str | None
    given_to: str | None
    due: datetime | None
    added: bool


class GateView(JsonView):
    """A decision point of a runbook, and the branch that was chosen."""

    id: str
    text: str
    choices: list[str]
    chosen: str | None
    to: str | None
    who: str | None
    when: datetime | None


class RunbookView(JsonView):
    """An attached runbook."""

    id: str
    name: str
    title: str
    sha256: str
    steps: list[StepView]
    gates: list[GateView]


class OverviewView(JsonView):
    """A row of the list; `owed` is what a closed incident still owes."""

    id: str
    number: int
    name: str
    title: str
    severity: str | None
    phase: str | None
    triage: str | None
    legal_duties_owed: int
    live: bool
    opened: datetime
    ended: datetime | None
    commander: str | None
    updated: datetime
    group: str
    closed: datetime | None
    late: int
    worst_late_seconds: timedelta | None
    next: DueView | None
    owed: str | None
    unreadable: str | None


class LineView(JsonView):
    """A line of the timeline; `recorded` is set only where it was recorded clearly later."""

    incident: str
    seq: int
    happened: datetime
    recorded: datetime | None
    before_start: bool
    sort: str
    text: str
    who: str
    pinned: list[PinView]


class PlanItemView(JsonView):
    """A plan item and how it was complied with; `by_seconds` is negative where it was early or there is time left."""

    id: str
    kind: str
    text: str
    who: str | None
    verdict: str
    due: datetime | None
    met: datetime | None
    by_seconds: timedelta | None
    why: str | None
    former: bool
