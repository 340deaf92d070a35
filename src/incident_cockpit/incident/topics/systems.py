"""Which systems are affected, and how each of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, one_of, put, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Health(StrEnum):
    """How a system stands; the words are those of public status pages, from bad to good."""

    MAJOR_OUTAGE = "major outage"
    PARTIAL_OUTAGE = "partial outage"
    DEGRADED = "degraded"
    RESTORED = "restored"
    NOT_AFFECTED = "not affected"


class Affected(Struct, frozen=True):
    """A system, how it stands since when, and what was said of it."""

    name: str
    health: Health
    since: datetime
    by: str
    note: str = ""


class SystemChanged(Change, frozen=True):
    """A system stands differently; it is named by its words in small letters."""

    kind: ClassVar[str] = "system.changed"
    told: ClassVar[bool] = True
    names: ClassVar[str] = "system"
    system: str
    now: Affected | None
    was: Affected | None

    @property
    def is_progress(self) -> bool:
        """Return whether it shows progress: a system is known to be better or worse."""
        return True


def stands(incident: Incident, moment: Moment, system: str, health: str, note: str = "") -> SystemChanged:
    """Say how a system stands; raises Refused without a name, and for a word that is no status."""
    name = " ".join(system.split())
    if not name:
        raise Refused("no system was named", "say which, as in :system checkout degraded")
    status = one_of(health, Health, "status of a system")
    key = name.casefold()
    was = incident.systems.get(key)
    if was is not None and was.health is status and was.note == note:
        raise Refused(f"{was.name} is {status.value} already", "leave it, or say what is new")
    now = Affected(was.name if was else name, status, moment.happened, moment.who, note)
    return SystemChanged(system=key, now=now, was=was)


def affected(incident: Incident) -> tuple[Affected, ...]:
    """Return the systems that are not well now, the worst first."""
    order = list(Health)
    ill = [one for one in incident.systems.values() if one.health not in (Health.RESTORED, Health.NOT_AFFECTED)]
    return tuple(sorted(ill, key=lambda one: (order.index(one.health), one.name.casefold())))


def _fold(state: Mapping[str, Affected], fact: SystemChanged) -> Mapping[str, Affected]:
    return put(state, fact.system, fact.now)


def _words(fact: SystemChanged, incident: Incident) -> Line:
    one = said(fact.now, fact.was)
    return Line("system", f"{one.name}: {one.health.value}" + (f" ({one.note})" if one.note else ""))


TOPIC = Topic("systems", {}, (SystemChanged,), _fold, _words)
