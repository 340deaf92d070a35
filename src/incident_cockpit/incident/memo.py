"""Reading an incident once: a screen asks for the same with every key and every second, and values never change."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

Found = TypeVar("Found")


def memoize_last(reader: Callable[[Incident], Found]) -> Callable[[Incident], Found]:
    """Memoize a reader's result for the last incident it was given."""
    # Both in one value, which another thread sees whole or not at all.
    last: tuple[Incident, Found] | None = None

    @wraps(reader)
    def read(incident: Incident) -> Found:
        nonlocal last
        known = last
        if known is None or known[0] is not incident:
            known = last = (incident, reader(incident))
        return known[1]

    return read
