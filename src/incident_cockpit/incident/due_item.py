"""One thing with a clock, and how pressing it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

NEAR = timedelta(minutes=5)
# So long what is due at once is no alarm: neither red nor a bell. How late it is, is said to the second all the same.
GRACE = timedelta(minutes=1)
HORIZON = timedelta(hours=1)


class Urgency(StrEnum):
    """How a due item stands to the present; late is red, near is amber."""

    LATE = "late"
    NEAR = "near"
    AHEAD = "ahead"


class DueKind(StrEnum):
    """What sort of thing is due."""

    UPDATE = "update"
    ASK = "ask"
    TIMER = "timer"
    STEP = "step"
    TARGET = "target"
    NOTICE = "notice"
    RUNG = "rung"
    ROLE = "role"
    WINDOW = "window"
    DEADLINE = "deadline"
    REPORT = "report"
    CHECK = "check"
    DECISION = "decision"


# What somebody here set up, beside what the plan asks for.
OURS = (DueKind.UPDATE, DueKind.ASK, DueKind.TIMER, DueKind.STEP)


class DueItem(Struct, frozen=True):
    """Something with a clock.

    `key` is "<kind>:<id>", such as "ask:a12" or "update:internal:3" (the update after the third); `at` is when it is
    due, `since` when the clock began where that is kept, as for all but a step; `detail` says where the time comes
    from.

    What the plan asks for says more: `deeds` are the words and texts that are marked when somebody says it is done,
    `met_by` what satisfies it without that, `message` the text to copy, `route` the way, `contains` what to say. What
    is `at_once` became due in the moment in which it was asked for.
    """

    key: str
    kind: DueKind
    at: datetime
    text: str
    detail: str
    since: datetime | None = None
    who: str = ""
    put_off: bool = False
    deeds: tuple[tuple[str, str], ...] = ()
    met_by: str = ""
    message: str = ""
    route: str = ""
    optional: bool = False
    contains: tuple[str, ...] = ()
    at_once: bool = False

    @property
    def subject(self) -> str:
        """Return the id of what is due: an audience, an ask, a timer or a step."""
        return self.key.split(":")[1]


def urgency(item: DueItem, now: datetime) -> Urgency:
    """Return how the item stands to the present."""
    if item.at + (GRACE if item.at_once and not item.put_off else timedelta(0)) <= now:
        return Urgency.LATE
    return Urgency.NEAR if item.at - now <= NEAR else Urgency.AHEAD
