"""Phrasing that all texts share: one line of text, a time with its zone, internal and external audiences."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from incident_cockpit.plan.schema import Plan
from incident_cockpit.text.redact import redact
from incident_cockpit.times.format import clock, zone_label

LONGEST_LINE = 300


def one_line(text: str) -> str:
    """Return the text on one line of at most LONGEST_LINE characters.

    Secrets are redacted before a cut, because half a secret would not be detected as one.
    """
    flat = " ".join(text.split())
    if len(flat) > LONGEST_LINE:
        flat = redact(flat)[0]
    return flat if len(flat) <= LONGEST_LINE else flat[: LONGEST_LINE - 1].rstrip() + "…"


def time_with_zone(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Return the time for readers elsewhere: with its zone and in UTC, and with its date unless that is today."""
    local, label = at.astimezone(zone), zone_label(zone, at)
    day = "" if local.date() == now.astimezone(zone).date() else f"{local:%Y-%m-%d} "
    return f"{day}{clock(at, zone)} {label}" + (f" ({clock(at, UTC)} UTC)" if label != "UTC" else "")


def is_internal(plan: Plan, audience: str) -> bool:
    """Return whether the audience are colleagues, who may read names, causes and details.

    An audience without the key `inside` in the plan is internal if its name begins with "internal".
    """
    inside = next((cadence.inside for cadence in plan.cadences if cadence.audience == audience), None)
    return audience.casefold().startswith("internal") if inside is None else inside
