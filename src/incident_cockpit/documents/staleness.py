"""How old each thing is that an update tells: what is stale is looked at again before it is told once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from msgspec import Struct

from incident_cockpit.documents.changes_since import decision_text, last_update_seq
from incident_cockpit.documents.phrasing import time_with_zone
from incident_cockpit.documents.variables import WORKAROUND
from incident_cockpit.incident.facts.clock import ClockWentBack
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.severity import affected_systems
from incident_cockpit.incident.facts.updates import current_interval
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.times.format import ago

_DONE = (NoteKind.ACTION, NoteKind.FINDING)
# What in a template tells of a field.
_TELL: Mapping[str, frozenset[str]] = {
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
# What changes out there without anybody saying so; all else is as old as the last word on it, and right.
_CHANGES_UNSEEN = ("impact", "systems", "workaround")
# Where there is no room for all of them, the last give way.
_ORDER = (
    "impact", "update", "systems", "workaround", "severity", "phase", "decisions", "actions", "hypotheses", "needs",
)  # fmt: skip


class Age(Struct, frozen=True):
    """How old a field is, in words; `stale` where it should be looked at again. "update" is the one before."""

    field: str
    words: str
    stale: bool = False


def ages(record: Record, audience: str, now: datetime, names: frozenset[str]) -> Mapping[str, timedelta]:
    """Return by field how long ago it was last said, in the order of a text; what was never said is not in it.

    `names` are the variables that the text is made of. "update" is the last update to these readers.
    """
    return {field: max(now - at, timedelta(0)) for field, at in _said(record, audience, names).items()}


def _said(record: Record, audience: str, names: frozenset[str]) -> Mapping[str, datetime]:
    """Return by field when it was last said."""
    incident = record.incident
    said: dict[str, datetime | None] = {
        "severity": incident.severity.since if incident.severity else None,
        "phase": incident.phase.since if incident.phase else None,
        "impact": incident.impact.since if incident.impact else None,
        "systems": max((one.since for one in affected_systems(incident)), default=None),
        "workaround": None,
        "actions": None,
        "decisions": None,
        "hypotheses": max((one.since for one in incident.hypotheses.values()), default=None),
        "needs": max((one.met or one.raised for one in incident.needs.values()), default=None),
    }
    for event in record.effective():
        note = event.fact.now if isinstance(event.fact, Logged) else None
        if note is not None and note.sort in _DONE:
            said["actions"] = event.happened
        if note is not None and WORKAROUND.match(note.text):
            said["workaround"] = event.happened
        if decision_text(event.fact):
            said["decisions"] = event.happened
    told = {field: at for field, at in said.items() if _TELL[field] & names}
    sent = last_update_seq(record, audience)
    if sent:
        told["update"] = record.events[sent - 1].happened
    return {field: at for field, at in told.items() if at is not None}


def aged(
    record: Record,
    audience: str,
    now: datetime,
    zone: tzinfo,
    names: frozenset[str],
    written: datetime | None = None,
) -> Sequence[Age]:
    """Return the ages as a person reads them, what matters most first; `written` is when the text was made.

    Stale is what is older than the time between two updates and may have changed without anybody saying so, and what
    somebody has said or sent since the text was made.
    """
    found, limit = _said(record, audience, names), _rhythm(record.incident, audience)
    made, worded = _made(record, written, now), []
    for field, at in sorted(found.items(), key=lambda one: _ORDER.index(one[0])):
        age = max(now - at, timedelta(0))
        # What seems to be ahead is from before the clock went back: it does not say whether the text knows it.
        newer = made is not None and made < at <= now
        if field == "update" and newer:
            who = record.events[last_update_seq(record, audience) - 1].who
            worded.append(Age(field, f"{who} has sent one since", stale=True))
        elif field == "update":
            said = (
                f"{'changes since' if _SINCE_LAST & names else 'last one sent'} {time_with_zone(now - age, now, zone)}"
            )
            worded.append(Age(field, said))
        elif newer:
            worded.append(Age(field, f"{field} newer than this text", stale=True))
        else:
            stale = limit is not None and age > limit and field in _CHANGES_UNSEEN
            worded.append(Age(field, f"{field} {ago(now - age, now).removesuffix(' ago')}", stale))
    return sorted(worded, key=lambda one: not one.stale)


def _made(record: Record, written: datetime | None, now: datetime) -> datetime | None:
    """Return when a text was made; what was recorded since the clock went back is newer than one made before."""
    if written is None or written <= now:
        return written
    steps = (event.fact.now for event in reversed(record.events) if isinstance(event.fact, ClockWentBack))
    step = next(steps, None)
    return written if step is None else step - timedelta.resolution


def _rhythm(incident: Incident, audience: str) -> timedelta | None:
    """Return how often these readers hear from us; who has no clock of their own goes by the quickest of the others."""
    own = current_interval(incident, audience)
    others = (current_interval(incident, one.audience) for one in incident.plan.cadences)
    return own or min(filter(None, others), default=None)
