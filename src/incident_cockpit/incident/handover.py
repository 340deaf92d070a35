"""Taking command: once everything was read back, the role changes hands, and both names stand on the timeline."""

from __future__ import annotations

from collections.abc import Sequence

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Fact, Moment
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics import roles
from incident_cockpit.incident.topics.handoff import POINTS, HandoffTaken


def take(incident: Incident, moment: Moment, although: str = "") -> Sequence[Fact]:
    """Take command that was offered; raises Refused while a point is not read back, unless a reason is given."""
    held = incident.handoff
    if held is None:
        raise Refused("command is not offered to anybody", "offer it with :handoff Kim")
    if held.left and not although:
        raise Refused(
            f"{held.incoming} has not read back: {', '.join(held.left)}",
            f"read back {held.left[0]}: {POINTS[held.left[0]]} Or say why it goes without, with :take-command REASON",
        )
    return (
        HandoffTaken(now=None, was=held, although=although if held.left else ""),
        roles.assign(incident, moment, incident.plan.command_role, held.incoming),
    )
