"""Who is hurt and how, in words, as it stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.standing import Standing
from incident_cockpit.incident.topics.topic import Line, Topic

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class ImpactSet(Change, frozen=True):
    """The impact as it is known from here on."""

    kind: ClassVar[str] = "impact.set"
    told: ClassVar[bool] = True
    now: Standing | None
    was: Standing | None


def describe(incident: Incident, moment: Moment, impact: str) -> ImpactSet:
    """Say who is hurt and how; raises Refused when nothing is said."""
    if not impact:
        raise Refused("the impact is empty", "say who is hurt and how, as in :impact 8% of EU card payments fail")
    return ImpactSet(now=Standing(impact, moment.happened), was=incident.impact)


def _fold(state: Standing | None, fact: ImpactSet) -> Standing | None:
    return fact.now


def _words(fact: ImpactSet, incident: Incident) -> Line:
    return Line("impact", fact.now.value if fact.now else "not known")


TOPIC = Topic("impact", None, (ImpactSet,), _fold, _words)
