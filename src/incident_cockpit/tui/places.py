"""Where a cursor can stand among rows: over headings and blanks it steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, runtime_checkable

from incident_cockpit.tui.rows import Row

# So many rows around the cursor's stay in sight.
_CONTEXT = 2
# Which row comes to the top, where now another does, so that the one at an index is in sight among so many lines.
Placing = Callable[[Sequence[Row], int, int, int], int]


@runtime_checkable
class FindsKeys(Protocol):
    """What a long lazy sequence of rows should also offer, so that finding the cursor's row builds no rows."""

    def index_of(self, key: str) -> int | None:
        """Return where the row with the key stands, or None."""


def selectable(rows: Sequence[Row], indexes: Iterable[int]) -> int | None:
    """Return the first of the indexes the cursor may stand on."""
    return next((index for index in indexes if rows[index].key is not None), None)


def nearest(rows: Sequence[Row], index: int) -> int | None:
    """Return the place at the index or behind it, else the one before it."""
    size, at = len(rows), max(0, index)
    found = selectable(rows, range(at, size))
    return found if found is not None else selectable(rows, range(min(at, size) - 1, -1, -1))


def natural(rows: Sequence[Row], at_end: bool) -> int | None:
    """Return where a cursor begins: at the first place, or at the newest."""
    size = len(rows)
    return selectable(rows, range(size - 1, -1, -1) if at_end else range(size))


def is_last(rows: Sequence[Row], index: int) -> bool:
    """Return whether there is no place behind the index."""
    return selectable(rows, range(index + 1, len(rows))) is None


def find(rows: Sequence[Row], likely: int, key: str) -> int | None:
    """Return where the row with the key stands, looking first where it is likely."""
    if 0 <= likely < len(rows) and rows[likely].key == key:
        return likely
    if isinstance(rows, FindsKeys):
        return rows.index_of(key)
    return next((index for index in range(len(rows)) if rows[index].key == key), None)


def paged(rows: Sequence[Row], at: int, *, forward: bool) -> int | None:
    """Return the place at the index or beyond it; behind the end of the rows, the place nearest to that end."""
    size = len(rows)
    if forward:
        found = selectable(rows, range(min(at, size), size))
        return selectable(rows, range(size - 1, -1, -1)) if found is None else found
    found = selectable(rows, range(max(at, -1), -1, -1))
    return selectable(rows, range(size)) if found is None else found


def lead_for(rows: Sequence[Row], index: int, top: int, height: int) -> int:
    """Return which row should stand at the top for somebody who is led there: from out of sight, what follows too."""
    return top_for(rows, index, top, height) if index in range(top, top + height) else index - _CONTEXT


def top_for(rows: Sequence[Row], index: int, top: int, height: int) -> int:
    """Return which row should stand at the top, so that the one at the index is in sight with some around it."""
    context = min(_CONTEXT, (height - 1) // 2)
    # Headings above the first place are seen only if the list goes right to its top.
    above = 0 if selectable(rows, range(index)) is None and index < height else index - context
    return max(min(top, above), index + context - height + 1)
