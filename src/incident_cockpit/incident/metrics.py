"""How long things took, from milestones alone, each figure with its definition beside it."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from incident_cockpit.incident.state import Incident


class Metric(Struct, frozen=True):
    """A duration between two milestones; `value` is None where one of them is not known, or a clock went back between.

    `target` is what the plan wants it to stay under at this severity, None where it says nothing.
    """

    id: str
    name: str
    since: str
    until: str
    value: timedelta | None
    target: timedelta | None = None

    @property
    def kept(self) -> bool | None:
        """Return whether it stayed within the target, or None where there is no target or it is not known yet."""
        return None if self.value is None or self.target is None else self.value <= self.target


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
    value = end - start if start and end and start <= end else None
    return Metric(key, name, since, until, value, _target(incident, key))


def _target(incident: Incident, metric: str) -> timedelta | None:
    """Return the plan's target for the severity that holds; one that names it goes before one for all."""
    if incident.adopted is None:
        return None
    level = incident.severity.value if incident.severity else ""
    said = [one for one in incident.plan.targets if one.metric == metric]
    fits = [one for one in said if level in one.severities] or [one for one in said if not one.severities]
    return timedelta(seconds=fits[0].seconds) if fits else None
