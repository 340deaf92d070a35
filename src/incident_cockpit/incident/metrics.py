"""How long things took, from milestones alone, each figure with its definition beside it."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from incident_cockpit.incident.state import Incident


class Metric(Struct, frozen=True):
    """A duration between two milestones; `value` is None where one of them is not known."""

    id: str
    name: str
    since: str
    until: str
    value: timedelta | None


# Definitions differ between tools (peers name seven), so ours are written beside every figure.
DEFINITIONS = (
    ("ttd", "Time to detect", "started", "detected"),
    ("tta", "Time to acknowledge", "detected", "acknowledged"),
    ("ttm", "Time to mitigate", "started", "mitigated"),
    ("ttr", "Time to resolve", "started", "resolved"),
)


def metrics(incident: Incident) -> tuple[Metric, ...]:
    """Return every figure, known or not."""
    return tuple(_metric(incident, *definition) for definition in DEFINITIONS)


def _metric(incident: Incident, key: str, name: str, since: str, until: str) -> Metric:
    start, end = incident.milestones.get(since), incident.milestones.get(until)
    return Metric(key, name, since, until, end - start if start and end else None)
