"""Current values of arguments, with which a form that changes something opens.

Each function takes the incident, the values before the argument, such as the system, and the zone in which times are
shown. It returns the value as it is typed, or None if there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.incident.facts.severity import Affected
from incident_cockpit.incident.facts.updates import current_interval
from incident_cockpit.incident.state import Incident
from incident_cockpit.times.format import duration

Values = Mapping[str, str]


def impact(incident: Incident, _values: Values, _zone: tzinfo) -> str | None:
    """Return the impact."""
    return incident.impact.value if incident.impact else None


def title(incident: Incident, _values: Values, _zone: tzinfo) -> str | None:
    """Return the title."""
    return incident.title


def severity(incident: Incident, _values: Values, _zone: tzinfo) -> str | None:
    """Return the severity."""
    return incident.severity.value if incident.severity else None


def codename(incident: Incident, _values: Values, _zone: tzinfo) -> str | None:
    """Return the codename."""
    return incident.codename or None


def breach_field(incident: Incident, values: Values, _zone: tzinfo) -> str | None:
    """Return the text of the field of the breach record."""
    field = incident.breach.get(values.get("field", ""))
    return field.value if field is not None else None


def _system(incident: Incident, values: Values) -> Affected | None:
    return incident.systems.get(" ".join(values.get("system", "").split()).casefold())


def system_health(incident: Incident, values: Values, _zone: tzinfo) -> str | None:
    """Return the status of the system."""
    system = _system(incident, values)
    return system.health.value if system is not None else None


def system_note(incident: Incident, values: Values, _zone: tzinfo) -> str | None:
    """Return the note on the system; a note belongs to the status it was logged with."""
    system = _system(incident, values)
    return system.note if system is not None and system.health.value == values.get("health") else None


def outcome(incident: Incident, values: Values, _zone: tzinfo) -> str | None:
    """Return the outcome of the action."""
    effect = incident.effects.get(values.get("action", ""))
    return effect.verdict.value if effect is not None else None


def outcome_evidence(incident: Incident, values: Values, _zone: tzinfo) -> str | None:
    """Return the evidence of the action's outcome."""
    effect = incident.effects.get(values.get("action", ""))
    return effect.found if effect is not None and effect.verdict.value == values.get("outcome") else None


def update_interval(incident: Incident, values: Values, _zone: tzinfo) -> str | None:
    """Return the interval of the updates to the audience."""
    audience = values.get("audience", "")
    if all(cadence.audience != audience for cadence in incident.plan.cadences):
        return None
    every = current_interval(incident, audience)
    return duration(every) if every is not None else "off"


def milestone_time(incident: Incident, values: Values, zone: tzinfo) -> str | None:
    """Return the time of the milestone."""
    reached = incident.milestones.get(values.get("name", ""))
    return _minute(reached, zone) if reached is not None else None


def step_answer(incident: Incident, values: Values, _zone: tzinfo) -> str | None:
    """Return the answer of the question step."""
    mark = incident.steps.marks.get(values.get("step", ""))
    return (mark.answer or None) if mark is not None else None


def read_back_point(incident: Incident, values: Values, _zone: tzinfo) -> str | None:
    """Return the text that was read back for the point."""
    return dict(incident.handoff.read_back).get(values.get("point", "")) if incident.handoff is not None else None


def follow_up(value: Callable[[FollowUp], str]) -> Callable[[Incident, Values, tzinfo], str | None]:
    """Return the function that returns this value of the follow-up."""

    def read(incident: Incident, values: Values, _zone: tzinfo) -> str | None:
        item = incident.followups.get(values.get("follow_up", ""))
        return (value(item) or None) if item is not None else None

    return read


def follow_up_due(incident: Incident, values: Values, zone: tzinfo) -> str | None:
    """Return the due date of the follow-up."""
    item = incident.followups.get(values.get("follow_up", ""))
    return _minute(item.due, zone) if item is not None and item.due is not None else None


def review_time(incident: Incident, _values: Values, zone: tzinfo) -> str | None:
    """Return the time of the review."""
    return _minute(incident.review.at, zone) if incident.review else None


def review_duration(incident: Incident, _values: Values, _zone: tzinfo) -> str | None:
    """Return the duration of the review."""
    return f"{incident.review.minutes}m" if incident.review else None


def review_place(incident: Incident, _values: Values, _zone: tzinfo) -> str | None:
    """Return the place of the review."""
    return incident.review.where if incident.review else None


def _minute(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
