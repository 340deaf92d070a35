"""When a plan itself has to be gone through again."""

from __future__ import annotations

from datetime import date, timedelta

from incident_cockpit.plan.reference import Upkeep


def review_due(upkeep: Upkeep) -> date | None:
    """Return the day on which the plan should be gone through again, None where it does not say how often."""
    if not upkeep.reviewed or upkeep.review_days is None:
        return None
    return date.fromisoformat(upkeep.reviewed) + timedelta(days=upkeep.review_days)
