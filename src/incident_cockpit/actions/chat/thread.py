"""A chat thread that was copied, as timed and authored lines; what belongs to nobody is kept apart and never lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from incident_cockpit.incident.envelope import AHEAD
from incident_cockpit.text.clean import clean
from incident_cockpit.text.count import counted

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from incident_cockpit.incident.state import Incident

LONGEST_THREAD = 2_000
_SHOWN = 80


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

    @property
    def left_out(self) -> tuple[str, ...]:
        """Return the rows that have no name and time, or no words, in their order."""
        return (*(row.strip() for row in self.before.split("\n") if row.strip()), *self.unsaid)


def thread(text: str, now: datetime, zone: ZoneInfo) -> Thread:
    """Read a thread copied at `now`, with clock times in `zone`; where no names and times are, there are no lines."""
    # Late: most commands read no thread, and its patterns take long to compile.
    from incident_cockpit.actions.chat.reading import Reading
    from incident_cockpit.actions.chat.times import instants

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


def warns(_incident: Incident, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what of a thread is not brought in."""
    found: Thread = values["thread"]
    left, told = found.left_out, []
    if left:
        told.append(f"left out {counted(len(left), 'row')} without name, time or words: {left[0][:_SHOWN]}")
    if found.cut:
        told.append(f"left out {counted(found.cut, 'row')} beyond {LONGEST_THREAD:,}: bring them in apart")
    return tuple(told)
