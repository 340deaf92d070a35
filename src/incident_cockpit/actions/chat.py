"""A chat thread that was copied, as timed and authored lines; what belongs to nobody is kept apart and never lost."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from incident_cockpit.incident.envelope import AHEAD
from incident_cockpit.text.clean import clean

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LONGEST_THREAD = 2_000


class ChatLine(Struct, frozen=True):
    """Somebody said something at a time, aware UTC."""

    who: str
    at: datetime
    text: str


class Thread(Struct, frozen=True):
    """The lines of a thread in its order, and what of the copied text is none of them.

    `before` stood above the first; `unsaid` are rows below it with a time and no name, and heads with nothing said;
    `noise` counts the rows that no person writes, as reactions and joins; `cut` those that were too many to read.
    """

    lines: tuple[ChatLine, ...]
    before: str
    unsaid: tuple[str, ...] = ()
    noise: int = 0
    cut: int = 0


def thread(text: str, now: datetime, zone: ZoneInfo) -> Thread:
    """Read a thread copied at `now`, with clock times in `zone`; where no names and times are, there are no lines."""
    # Late: most commands read no thread, and its patterns take long to compile.
    from incident_cockpit.actions.chat_reading import Reading
    from incident_cockpit.actions.chat_times import instants

    rows = clean(text).split("\n")
    reading = Reading(rows[:LONGEST_THREAD])
    lines, unsaid = [], reading.unsaid
    for one, at in zip(reading.said, instants(reading.stamps, now, AHEAD, zone), strict=True):
        if words := one.words:
            lines.append(ChatLine(one.who, at, words))
        else:
            unsaid.append(one.head)
    before = "\n".join(reading.before).strip()
    cut = sum(bool(row.strip()) for row in rows[LONGEST_THREAD:])
    return Thread(tuple(lines), before, tuple(unsaid), reading.noise, cut)
