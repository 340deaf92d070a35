"""How bad it is, since when, and why that was said; what it was before stays, because the plan's clocks look back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.report import check_declared
from incident_cockpit.incident.topics.standing import Standing
from incident_cockpit.incident.topics.topic import Line, Topic, followed

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class SeverityChanged(Change, frozen=True):
    """The severity was set or changed; `now.value` is the plan's severity id."""

    kind: ClassVar[str] = "severity.changed"
    told: ClassVar[bool] = True
    now: Standing | None
    was: Standing | None


def change(incident: Incident, moment: Moment, severity: str, reason: str) -> SeverityChanged:
    """Change the severity; raises Refused for one the plan does not have, the one that holds, and a missing reason."""
    check_declared(incident)
    chosen = incident.plan.find_severity(severity)
    if incident.severity is not None and incident.severity.value == chosen.id:
        raise Refused(f"the severity is {chosen.id} already", "choose another, or leave it")
    if incident.severity is not None and not reason:
        raise Refused(
            "a change of severity needs a reason", f"say why, as in :severity {chosen.id} all EU payments fail"
        )
    return SeverityChanged(now=Standing(chosen.id, moment.happened, reason), was=incident.severity)


def _fold(state: tuple[Standing, ...], fact: SeverityChanged) -> tuple[Standing, ...]:
    return followed(state, fact.now)


def _words(fact: SeverityChanged, incident: Incident) -> Line:
    now = fact.now.value if fact.now else "none"
    change = f"{fact.was.value} → {now}" if fact.was else now
    reason = fact.now.reason if fact.now else ""
    return Line("severity", f"{change}: {reason}" if reason else change)


TOPIC = Topic("severities", (), (SeverityChanged,), _fold, _words)
