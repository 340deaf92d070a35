"""Whether only some may know what it is about: then a codename stands for the title in what leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from incident_cockpit.incident.envelope import Change
from incident_cockpit.incident.topics.topic import Line, Topic

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Restricted(Change, frozen=True):
    """The incident goes by this codename, or is open to all again where it is empty."""

    kind: ClassVar[str] = "incident.restricted"
    now: str
    was: str


def _fold(state: str, fact: Restricted) -> str:
    return fact.now


def _words(fact: Restricted, incident: Incident) -> Line:
    return Line("restricted", f"codename {fact.now}" if fact.now else "open to all again")


TOPIC = Topic("codename", "", (Restricted,), _fold, _words)
