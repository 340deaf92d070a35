"""What a pane is shown: the record and the present; it reads and draws, and never writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from incident_cockpit.cockpit.overview import LateItems
from incident_cockpit.config.contacts import Reachable
from incident_cockpit.incident.prompts import Prompt, prompts
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident

_TAKING_OVER = ("read-back", "take-command")


@dataclass(frozen=True, slots=True)
class View:
    """One incident at one instant, as one person sees it.

    `words` are what the timeline is filtered by, `contacts` how this person reaches others, `elsewhere` what is late in
    other open incidents.
    """

    record: Record
    now: datetime
    zone: tzinfo
    who: str
    words: str = ""
    contacts: tuple[Reachable, ...] = ()
    elsewhere: LateItems = field(default_factory=list)

    @property
    def incident(self) -> Incident:
        """The incident as it stands."""
        return self.record.incident

    @property
    def waiting(self) -> tuple[Prompt, ...]:
        """What waits, the most pressing first; for whoever is offered command that comes before all else."""
        found = prompts(self.incident, self.now)
        offered = self.incident.handoff
        if offered is None or offered.incoming.casefold() != self.who.casefold():
            return found
        return tuple(sorted(found, key=lambda one: one.action not in _TAKING_OVER))
