"""Who reads a text: colleagues, who may see names and causes, or people outside, who may not."""

from __future__ import annotations

from incident_cockpit.plan.model import Plan


def is_inside(plan: Plan, audience: str) -> bool:
    """Return whether the plan's audience may read names, causes and details.

    The plan says so; where it does not, only one that is called "internal..." may.
    """
    said = next((one.inside for one in plan.cadences if one.audience == audience), None)
    return audience.casefold().startswith("internal") if said is None else said
