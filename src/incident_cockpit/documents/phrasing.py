"""How texts that leave say things: on one line, and a time with its zone."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from incident_cockpit.plan.schema import Plan
from incident_cockpit.text.redact import redact
from incident_cockpit.times.format import clock, zone_label

LONGEST_LINE = 300


def one_line(text: str) -> str:
    """Return the text on one line, cut where nobody reads on; half a secret would no longer be known as one."""
    flat = " ".join(text.split())
    if len(flat) > LONGEST_LINE:
        flat = redact(flat)[0]
    return flat if len(flat) <= LONGEST_LINE else flat[: LONGEST_LINE - 1].rstrip() + "…"


def time_with_zone(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Return the time as readers far away need it: with its zone and UTC, with its date where that is not today's."""
    local, label = at.astimezone(zone), zone_label(zone, at)
    day = "" if local.date() == now.astimezone(zone).date() else f"{local:%Y-%m-%d} "
    return f"{day}{clock(at, zone)} {label}" + (f" ({clock(at, UTC)} UTC)" if label != "UTC" else "")


# -- audience: Who reads a text: colleagues, who may see names and causes, or people outside, who may not.


def is_internal(plan: Plan, audience: str) -> bool:
    """Return whether the plan's audience may read names, causes and details.

    The plan says so; where it does not, only one that is called "internal..." may.
    """
    said = next((one.inside for one in plan.cadences if one.audience == audience), None)
    return audience.casefold().startswith("internal") if said is None else said
