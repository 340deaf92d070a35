"""What a plan file holds, table by table, before its words are checked against each other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Literal, NotRequired, get_origin, get_type_hints

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from incident_cockpit.plan.deadlines import Milestone
from incident_cockpit.plan.schema import PastedInto, PublicStatus
from incident_cockpit.times.business_calendar import Weekday

# What a value that does not fit should have been, by the pattern it does not fit.
PATTERNS = {
    r"\S": "must not be empty",
    r"^.*\S.*$": "must be words on one line",
    r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$": "must be one word of letters, digits, - and _, at most 40 of them",
}
_SOMETHING, _ONE_LINE, _ONE_WORD = PATTERNS

Text = Annotated[str, Field(min_length=1, max_length=20_000, pattern=_SOMETHING)]
Line = Annotated[str, Field(min_length=1, max_length=500, pattern=_ONE_LINE)]
Word = Annotated[str, Field(pattern=_ONE_WORD)]
Texts = list[Text]
Lines = list[Line]
Words = list[Word]
Minutes = Annotated[int, Field(ge=5, le=480)]

# Keys that Python keeps for itself.
_From = TypedDict("_From", {"from": NotRequired[Milestone]})
_For = TypedDict("_For", {"for": Line})


class _Strict(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]


class SeverityTable(_Strict):
    """One `[[severities]]`; their order in the file is their rank."""

    id: Word
    name: Line
    means: Text
    criteria: NotRequired[Texts]
    respond: NotRequired[Line]
    escalate: NotRequired[Line]
    tell: NotRequired[Lines]
    hours: NotRequired[Literal["always", "business"]]
    notes: NotRequired[Lines]


class RoleTable(_Strict):
    """One `[[roles]]`."""

    id: Word
    name: Line
    short: Line
    duties: NotRequired[Texts]
    many: NotRequired[bool]
    required_at: NotRequired[Words]
    required_within: NotRequired[Line]
    criteria: NotRequired[Lines]


class PhaseTable(_Strict):
    """One `[[phases]]`; their order in the file is the way through the incident."""

    id: Word
    name: Line
    means: Text
    milestone: NotRequired[Milestone]
    public: PublicStatus
    live: NotRequired[bool]
    within: NotRequired[Line]
    within_at: NotRequired[Words]
    checklist: NotRequired[Lines]


class CadenceTable(_Strict, _From):
    """One `[[cadences]]`; `every` and `first` hold a period by severity."""

    audience: Word
    name: Line
    every: NotRequired[dict[str, Line]]
    inside: NotRequired[bool]
    first: NotRequired[dict[str, Line]]
    until: NotRequired[Milestone]
    route: NotRequired[Line]
    guide: NotRequired[Lines]
    format: NotRequired[PastedInto]


class TemplateTable(_Strict):
    """One `[[templates]]`."""

    audience: Word
    phase: NotRequired[Word]
    text: Text


class MessageTable(_Strict):
    """One `[[messages]]`."""

    id: Word
    name: Line
    text: Text


class TypeTable(_Strict):
    """One `[[types]]`."""

    id: Word
    name: Line
    means: NotRequired[Text]
    steps: NotRequired[Lines]
    runbook: NotRequired[Line]
    restricted: NotRequired[bool]
    aware: NotRequired[bool]
    breach: NotRequired[bool]


class RouteTable(_Strict):
    """One `[[detections]]` or `[[reporters]]`."""

    id: Word
    name: Line
    route: NotRequired[Line]


class TriageTable(_Strict):
    """The `[triage]` table."""

    first: NotRequired[bool]
    validate_within: NotRequired[Line]
    answer_within: NotRequired[Line]
    investigate_within: NotRequired[Line]
    owner: NotRequired[Line]
    route: NotRequired[Line]
    false_alarm_follow_up: NotRequired[Line]


class EscalationTable(_Strict):
    """One `[[escalation]]`: a rung of the ladder of one severity."""

    severity: Word
    after: Line
    tell: NotRequired[Line]
    text: NotRequired[Line]
    route: NotRequired[Line]
    met_by: NotRequired[Line]
    optional: NotRequired[bool]


class TriggerTable(_Strict):
    """One `[[triggers]]`."""

    id: Word
    text: Line
    tell: NotRequired[Line]


class DeadlineTable(_Strict, _From):
    """One `[[deadlines]]`."""

    id: Word
    text: Line
    within: Line
    severities: NotRequired[Words]
    types: NotRequired[Words]
    who: NotRequired[Line]
    met_by: NotRequired[Line]
    message: NotRequired[Word]
    optional: NotRequired[bool]


class NoticeTable(DeadlineTable):
    """One `[[notices]]`."""

    route: NotRequired[Line]
    contains: NotRequired[Lines]


class ClosingTable(_Strict):
    """One `[[closing]]`."""

    id: Word
    text: Line
    met_by: NotRequired[Line]
    severities: NotRequired[Words]


class ParticipantTable(_Strict):
    """One `[[participants]]`."""

    who: Line
    within: NotRequired[Line]
    severities: NotRequired[Words]


class TargetTable(_Strict):
    """One `[[targets]]`."""

    metric: Literal["ttd", "tta", "ttm", "ttr"]
    within: Line
    severities: NotRequired[Words]


class ContactTable(_Strict):
    """One `[[contacts]]`."""

    name: Line
    reach: NotRequired[Line]
    mail: NotRequired[Line]


class ResourceTable(_Strict):
    """One of the `resources` of a system."""

    name: Line
    url: Line


class SystemTable(_Strict):
    """One `[[systems]]`."""

    name: Line
    owner: NotRequired[Line]
    resources: NotRequired[list[ResourceTable]]


class HoursTable(_Strict):
    """The `[hours]` table."""

    days: NotRequired[Annotated[list[Weekday], Field(min_length=1)]]
    opens: NotRequired[Line]
    closes: NotRequired[Line]
    holidays: NotRequired[Annotated[Lines, Field(max_length=1_000)]]


class ChannelTable(_Strict):
    """The `[channel]` table."""

    name: Line
    call: NotRequired[Line]


class WatchTable(_Strict, _For):
    """The `[watch]` table."""

    every: Line
    checks: NotRequired[Lines]


class PostmortemTable(_Strict):
    """The `[postmortem]` table."""

    required_at: NotRequired[Words]
    sections: NotRequired[Lines]
    sign_off: NotRequired[Line]
    principles: NotRequired[Lines]


class ReviewTable(_Strict):
    """The `[review]` table."""

    minutes: NotRequired[Minutes]
    invite: NotRequired[Lines]
    agenda: NotRequired[Lines]


class UpkeepTable(_Strict):
    """The `[upkeep]` table."""

    reviewed: NotRequired[Line]
    review_every: NotRequired[Line]
    drill_every: NotRequired[Line]
    notes: NotRequired[Lines]


class PlanTable(_Strict):
    """The whole file."""

    id: Word
    name: Line
    about: Text
    extends: NotRequired[Line]
    drop: NotRequired[Lines]
    zone: NotRequired[Text]
    command_role: Word
    first_phase: Word
    runbook: NotRequired[Line]
    progress_check: NotRequired[Line]
    progress_check_at: NotRequired[Words]
    confirmers: NotRequired[Lines]
    follow_up_kinds: NotRequired[Lines]
    jargon: NotRequired[Lines]
    hours: NotRequired[HoursTable]
    severities: Annotated[list[SeverityTable], Field(min_length=1)]
    types: NotRequired[list[TypeTable]]
    detections: NotRequired[list[RouteTable]]
    reporters: NotRequired[list[RouteTable]]
    triage: NotRequired[TriageTable]
    roles: Annotated[list[RoleTable], Field(min_length=1)]
    phases: Annotated[list[PhaseTable], Field(min_length=1)]
    cadences: NotRequired[list[CadenceTable]]
    escalation: NotRequired[list[EscalationTable]]
    triggers: NotRequired[list[TriggerTable]]
    notices: NotRequired[list[NoticeTable]]
    deadlines: NotRequired[list[DeadlineTable]]
    closing: NotRequired[list[ClosingTable]]
    channel: NotRequired[ChannelTable]
    participants: NotRequired[list[ParticipantTable]]
    messages: NotRequired[list[MessageTable]]
    templates: NotRequired[list[TemplateTable]]
    watch: NotRequired[WatchTable]
    postmortem: NotRequired[PostmortemTable]
    review: NotRequired[ReviewTable]
    targets: NotRequired[list[TargetTable]]
    contacts: NotRequired[list[ContactTable]]
    systems: NotRequired[list[SystemTable]]
    upkeep: NotRequired[UpkeepTable]


TABLES: dict[str, Any] = {
    "severities": SeverityTable,
    "roles": RoleTable,
    "phases": PhaseTable,
    "cadences": CadenceTable,
    "templates": TemplateTable,
    "messages": MessageTable,
    "types": TypeTable,
    "detections": RouteTable,
    "reporters": RouteTable,
    "escalation": EscalationTable,
    "triggers": TriggerTable,
    "notices": NoticeTable,
    "deadlines": DeadlineTable,
    "closing": ClosingTable,
    "participants": ParticipantTable,
    "targets": TargetTable,
    "contacts": ContactTable,
    "systems": SystemTable,
}
SINGLE: dict[str, Any] = {
    "hours": HoursTable,
    "triage": TriageTable,
    "channel": ChannelTable,
    "watch": WatchTable,
    "postmortem": PostmortemTable,
    "review": ReviewTable,
    "upkeep": UpkeepTable,
}


@cache
def _adapter() -> TypeAdapter[PlanTable]:
    return TypeAdapter(PlanTable)


def shape_errors(raw: dict[str, object]) -> list[dict[str, Any]]:
    """Return every place where the file's shape is wrong, as pydantic says it."""
    try:
        _adapter().validate_python(raw)
    except ValidationError as error:
        return [dict(each) for each in error.errors(include_url=False)]
    return []


def keys_beside(loc: Sequence[str | int]) -> tuple[str, ...]:
    """Return the keys that may stand where the last part of this path does."""
    name = "" if len(loc) < 2 else "systems.resources" if "resources" in loc[1:-1] else str(loc[0])
    return tuple(shape_of(name).__annotations__)


def shape_of(name: str) -> Any:
    """Return the shape of a table by its name; "" is the whole file, "systems.resources" the table inside a table."""
    return {"": PlanTable, "systems.resources": ResourceTable, **TABLES, **SINGLE}[name]


def has_to_be_there(shape: Any) -> frozenset[str]:
    """Return the keys that a table cannot do without."""
    hints = get_type_hints(shape, include_extras=True)
    return frozenset(key for key, hint in hints.items() if get_origin(hint) is not NotRequired)
