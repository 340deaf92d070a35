"""Metrics: durations between milestones, each with its definition and target."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.course import Period, periods_of
from incident_cockpit.times.format import overdue


class Metric(Struct, frozen=True):
    """A duration between two milestones; `value` is None where one of them is unknown, or a clock went back between.

    `target` is the plan's limit at its severity, None where there is none.
    """

    id: str
    name: str
    since: str
    until: str
    value: timedelta | None
    target: timedelta | None = None

    @property
    def kept(self) -> bool | None:
        """Return whether it stayed within the target, or None where there is no target or value."""
        if self.value is None or self.target is None:
            return None
        return self.value - self.target < timedelta(seconds=1)


# Definitions differ between tools (peers name seven), so ours are written beside every figure.
DEFINITIONS = (
    ("ttd", "Time to detect", "started", "detected"),
    ("tta", "Time to acknowledge", "detected", "acknowledged"),
    ("ttm", "Time to mitigate", "started", "mitigated"),
    ("ttr", "Time to resolve", "started", "resolved"),
)


def metrics(incident: Incident) -> tuple[Metric, ...]:
    """Return every figure, known or not."""
    known = []
    for key, name, since, until in DEFINITIONS:
        start, end = incident.milestones.get(since), incident.milestones.get(until)
        value = end - start if start and end and start <= end else None
        known.append(Metric(key, name, since, until, value, _target(incident, key, start, end)))
    return tuple(known)


def _target(incident: Incident, metric: str, start: datetime | None, end: datetime | None) -> timedelta | None:
    """Return the plan's target: for the severity at which it was first missed, or at which the milestone was reached.

    A later change of severity or plan changes nothing.
    """
    target = None
    for period in periods_of(incident) if incident.adopted is not None else ():
        if start is not None and period.until is not None and period.until <= start:
            continue
        over = end is not None and end <= period.since
        if start is not None and target is not None and (over or overdue(start + target, period.since)):
            break
        target = _target_in(period, metric)
    return target


def _target_in(period: Period, metric: str) -> timedelta | None:
    """Return the target at a severity; one for this severity goes before one for all."""
    targets = [target for target in period.plan.targets if target.metric == metric]
    fits = [target for target in targets if period.level in target.severities] or [
        target for target in targets if not target.severities
    ]
    return timedelta(seconds=fits[0].seconds) if fits else None
