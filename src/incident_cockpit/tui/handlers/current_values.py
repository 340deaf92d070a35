"""Current values, with which a form that changes something opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.incident.facts.updates import current_interval
from incident_cockpit.incident.state import Incident
from incident_cockpit.times.format import duration

Given = Mapping[str, str]


def current(action: str, arg: str, given: Given, incident: Incident, zone: tzinfo) -> str | None:
    """Return the value that this argument would change, in the form it is typed; None if there is none.

    `given` are the answers before it: which system, which follow-up.
    """
    find = _CURRENT.get((action, arg))
    return find(incident, given, zone) if find is not None else None


def _follow_up(value: Callable[[FollowUp], str]) -> Callable[[Incident, Given, tzinfo], str | None]:
    def find(incident: Incident, given: Given, _zone: tzinfo) -> str | None:
        held = incident.followups.get(given.get("follow_up", ""))
        return (value(held) or None) if held is not None else None

    return find


def _follow_up_due(incident: Incident, given: Given, zone: tzinfo) -> str | None:
    held = incident.followups.get(given.get("follow_up", ""))
    return _minute(held.due, zone) if held is not None and held.due is not None else None


def _breach(incident: Incident, given: Given, _zone: tzinfo) -> str | None:
    held = incident.breach.get(given.get("field", ""))
    return held.value if held is not None else None


def _health(incident: Incident, given: Given, _zone: tzinfo) -> str | None:
    held = incident.systems.get(" ".join(given.get("system", "").split()).casefold())
    return held.health.value if held is not None else None


def _system_note(incident: Incident, given: Given, zone: tzinfo) -> str | None:
    held = incident.systems.get(" ".join(given.get("system", "").split()).casefold())
    # A note belongs to the status it was given with.
    return held.note if held is not None and _health(incident, given, zone) == given.get("health") else None


def _verdict(incident: Incident, given: Given, _zone: tzinfo) -> str | None:
    held = incident.effects.get(given.get("action", ""))
    return held.verdict.value if held is not None else None


def _found(incident: Incident, given: Given, zone: tzinfo) -> str | None:
    held = incident.effects.get(given.get("action", ""))
    return held.found if held is not None and _verdict(incident, given, zone) == given.get("verdict") else None


def _cadence(incident: Incident, given: Given, _zone: tzinfo) -> str | None:
    audience = given.get("audience", "")
    if all(one.audience != audience for one in incident.plan.cadences):
        return None
    every = current_interval(incident, audience)
    return duration(every) if every is not None else "off"


def _milestone(incident: Incident, given: Given, zone: tzinfo) -> str | None:
    at = incident.milestones.get(given.get("name", ""))
    return _minute(at, zone) if at is not None else None


def _answer(incident: Incident, given: Given, _zone: tzinfo) -> str | None:
    mark = incident.steps.marks.get(given.get("step", ""))
    return (mark.answer or None) if mark is not None else None


def _said_back(incident: Incident, given: Given, _zone: tzinfo) -> str | None:
    return dict(incident.handoff.read_back).get(given.get("point", "")) if incident.handoff is not None else None


def _minute(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


_CURRENT: Mapping[tuple[str, str], Callable[[Incident, Given, tzinfo], str | None]] = {
    ("impact", "impact"): lambda one, _given, _zone: one.impact.value if one.impact else None,
    ("title", "title"): lambda one, _given, _zone: one.title,
    ("severity", "severity"): lambda one, _given, _zone: one.severity.value if one.severity else None,
    ("restrict", "codename"): lambda one, _given, _zone: one.codename or None,
    ("breach", "text"): _breach,
    ("system", "health"): _health,
    ("system", "note"): _system_note,
    ("effect", "verdict"): _verdict,
    ("effect", "found"): _found,
    ("cadence", "every"): _cadence,
    ("milestone", "at"): _milestone,
    ("answer-step", "answer"): _answer,
    ("read-back", "words"): _said_back,
    ("follow-up-priority", "priority"): _follow_up(lambda held: held.priority),
    ("follow-up-success", "success"): _follow_up(lambda held: held.success),
    ("follow-up-due", "due"): _follow_up_due,
    ("schedule-review", "at"): lambda one, _given, zone: _minute(one.review.at, zone) if one.review else None,
    ("schedule-review", "minutes"): lambda one, _given, _zone: f"{one.review.minutes}m" if one.review else None,
    ("schedule-review", "where"): lambda one, _given, _zone: one.review.where if one.review else None,
}
