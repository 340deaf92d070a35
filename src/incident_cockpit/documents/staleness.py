"""Age of each field of an update, and which of them are stale and need a review before they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from msgspec import Struct

from incident_cockpit.documents.changes_since import decision_text, last_update_seq
from incident_cockpit.documents.render import time_with_zone
from incident_cockpit.documents.variables import WORKAROUND
from incident_cockpit.incident.facts.clock import ClockWentBack
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.severity import affected_systems
from incident_cockpit.incident.facts.updates import current_interval
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.times.format import ago

_PROGRESS = (NoteKind.ACTION, NoteKind.FINDING)
# The variables of a template that show a field.
_SHOWN_BY: Mapping[str, frozenset[str]] = {
    "severity": frozenset(("severity", "severity_means", "why")),
    "phase": frozenset(("phase", "public")),
    "impact": frozenset(("impact", "highest")),
    "systems": frozenset(("systems",)),
    "workaround": frozenset(("workaround",)),
    "actions": frozenset(("actions", "changes", "findings")),
    "decisions": frozenset(("decisions", "changes", "next_steps")),
    "hypotheses": frozenset(("hypotheses", "cause")),
    "needs": frozenset(("needs", "lacking")),
}
_SINCE_LAST = frozenset(("changes", "actions", "decisions"))
# Fields that can change without being logged; all others are as old as their last entry, and right.
_CHANGE_UNSEEN = ("impact", "systems", "workaround")
# Without room for all of them, the last are left out.
_ORDER = (
    "impact", "update", "systems", "workaround", "severity", "phase", "decisions", "actions", "hypotheses", "needs",
)  # fmt: skip


class Age(Struct, frozen=True):
    """The age of a field, as shown; a `stale` one needs a review. The field "update" is the last update sent."""

    field: str
    words: str
    stale: bool = False


def ages(record: Record, audience: str, now: datetime, names: frozenset[str]) -> Mapping[str, timedelta]:
    """Return by field how long ago it last changed, in the order of a text; without fields that were never set.

    `names` are the variables that the text is made of. "update" is the last update to these readers.
    """
    return {field: max(now - at, timedelta(0)) for field, at in _last_changes(record, audience, names).items()}


def _last_changes(record: Record, audience: str, names: frozenset[str]) -> Mapping[str, datetime]:
    """Return by field when it last changed."""
    incident = record.incident
    changes: dict[str, datetime | None] = {
        "severity": incident.severity.since if incident.severity else None,
        "phase": incident.phase.since if incident.phase else None,
        "impact": incident.impact.since if incident.impact else None,
        "systems": max((system.since for system in affected_systems(incident)), default=None),
        "workaround": None,
        "actions": None,
        "decisions": None,
        "hypotheses": max((each.since for each in incident.hypotheses.values()), default=None),
        "needs": max((need.met or need.raised for need in incident.needs.values()), default=None),
    }
    for event in record.effective():
        note = event.fact.now if isinstance(event.fact, Logged) else None
        if note is not None and note.sort in _PROGRESS:
            changes["actions"] = event.happened
        if note is not None and WORKAROUND.match(note.text):
            changes["workaround"] = event.happened
        if decision_text(event.fact):
            changes["decisions"] = event.happened
    shown = {field: at for field, at in changes.items() if _SHOWN_BY[field] & names}
    sent = last_update_seq(record, audience)
    if sent:
        shown["update"] = record.events[sent - 1].happened
    return {field: at for field, at in shown.items() if at is not None}


def aged(
    record: Record,
    audience: str,
    now: datetime,
    zone: tzinfo,
    names: frozenset[str],
    written: datetime | None = None,
) -> Sequence[Age]:
    """Return the ages as shown, the most important first; `written` is when the text was written.

    A field is stale if it is older than the time between two updates and may have changed without being logged, or if
    it changed since the text was written.
    """
    changes, limit = _last_changes(record, audience, names), _interval(record.incident, audience)
    written, shown = _comparable(record, written, now), []
    for field, at in sorted(changes.items(), key=lambda change: _ORDER.index(change[0])):
        age = max(now - at, timedelta(0))
        # A time ahead is from before the clock went back: whether the text has it is unknown.
        newer = written is not None and written < at <= now
        if field == "update" and newer:
            sender = record.events[last_update_seq(record, audience) - 1].who
            shown.append(Age(field, f"{sender} has sent one since", stale=True))
        elif field == "update":
            label = "changes since" if _SINCE_LAST & names else "last one sent"
            shown.append(Age(field, f"{label} {time_with_zone(now - age, now, zone)}"))
        elif newer:
            shown.append(Age(field, f"{field} newer than this text", stale=True))
        else:
            stale = limit is not None and age > limit and field in _CHANGE_UNSEEN
            shown.append(Age(field, f"{field} {ago(now - age, now).removesuffix(' ago')}", stale))
    return sorted(shown, key=lambda age: not age.stale)


def _comparable(record: Record, written: datetime | None, now: datetime) -> datetime | None:
    """Return when a text was written; what was recorded since the clock went back is newer than a text before it."""
    if written is None or written <= now:
        return written
    steps = (event.fact.now for event in reversed(record.events) if isinstance(event.fact, ClockWentBack))
    step = next(steps, None)
    return written if step is None else step - timedelta.resolution


def _interval(incident: Incident, audience: str) -> timedelta | None:
    """Return the update interval of an audience; one without a clock of its own goes by the shortest of the others."""
    own = current_interval(incident, audience)
    others = (current_interval(incident, cadence.audience) for cadence in incident.plan.cadences)
    return own or min(filter(None, others), default=None)
