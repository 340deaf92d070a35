"""Lookup of a row of a plan: by its exact ID, or by a word that a person typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from incident_cockpit.errors import Refused


class _Row(Protocol):
    @property
    def id(self) -> str: ...


_AnyRow = TypeVar("_AnyRow", bound=_Row)


def exact(rows: Sequence[_AnyRow], row_id: str, noun: str, plan_id: str) -> _AnyRow:
    """Return the row with this ID; raises Refused."""
    for row in rows:
        if row.id == row_id:
            return row
    raise Refused(f'Plan {plan_id} has no {noun} "{row_id}"', f"it has {', '.join(row.id for row in rows)}", about=noun)


def match_name(names: Sequence[tuple[str, ...]], word: str, noun: str) -> int:
    """Return the index of the row that `word` means; the ID comes first among the names of a row."""
    if not names:
        raise Refused(f"The plan has no {noun}", "choose another plan, or add one to your plan file", about=noun)
    typed = " ".join(word.split()).casefold()
    folded = [tuple(name.casefold() for name in row) for row in names]
    # From the strictest reading to the loosest; a reading that fits several rows is never resolved by a looser one.
    readings = (
        [i for i, row in enumerate(folded) if typed == row[0]],
        [i for i, row in enumerate(folded) if typed in row],
        [i for i, row in enumerate(folded) if typed.isdigit() and re.fullmatch(r"\D+" + typed, row[0])],
        [i for i, row in enumerate(folded) if any(name.startswith(typed) for name in row)],
        [i for i, row in enumerate(folded) if any(part.startswith(typed) for name in row for part in name.split())],
    )
    matches: list[int] = next((reading for reading in readings if reading), []) if typed else []
    if len(matches) == 1:
        return matches[0]
    listed = ", ".join(
        row[0] if row[0].casefold() == row[-1].casefold() else f"{row[0]} ({row[-1]})"
        for row in ([names[i] for i in matches] or names)
    )
    if matches:
        raise Refused(f'"{word}" matches more than one {noun}', f"choose one: {listed}", about=noun)
    why = f'No {noun} matches "{word}"' if typed else f"{noun.capitalize()} required"
    raise Refused(why, f"the plan has {listed}", about=noun)
