"""Who holds which role, since when; the command of the incident is one of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put
from incident_cockpit.plan.model import Role

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Holding(Struct, frozen=True):
    """One person in a role, since when."""

    who: str
    since: datetime


Holders = tuple[Holding, ...]


class RoleChanged(Change, frozen=True):
    """The holders of a role changed; the role is the plan's role id."""

    kind: ClassVar[str] = "role.changed"
    names: ClassVar[str] = "role"
    role: str
    now: Holders
    was: Holders


def assign(incident: Incident, moment: Moment, role: str, who: str) -> RoleChanged:
    """Give a role to a person: a role for one changes hands, a role for several gains one more."""
    if not who:
        raise Refused("nobody was named", "say who takes the role: assign scribe Mio")
    chosen = incident.plan.find_role(role)
    held = incident.roles.get(chosen.id, ())
    if any(holding.who == who for holding in held):
        raise Refused(f"{who} is {chosen.name} already", "choose another person or another role")
    taken = Holding(who, moment.happened)
    return RoleChanged(role=chosen.id, now=(*held, taken) if chosen.many else (taken,), was=held)


def release(incident: Incident, moment: Moment, role: str, who: str = "") -> RoleChanged:
    """Free a role, or one person from a role that several hold; command is handed on, never dropped."""
    chosen = incident.plan.find_role(role)
    held = incident.roles.get(chosen.id, ())
    if not held:
        raise Refused(f"nobody is {chosen.name}", "there is nothing to release")
    if chosen.id == incident.plan.command_role:
        raise Refused(f"{chosen.name} cannot stay empty", f"hand it on: assign {chosen.id} NAME")
    left = tuple(holding for holding in held if who and holding.who != who)
    if left == held:
        raise Refused(f"{who} is not {chosen.name}", "held by " + ", ".join(holding.who for holding in held))
    return RoleChanged(role=chosen.id, now=left, was=held)


def commander(incident: Incident) -> str:
    """Return who is in command, or an empty string before anyone is."""
    held = incident.roles.get(incident.plan.command_role, ())
    return held[0].who if held else ""


def missing(incident: Incident) -> tuple[Role, ...]:
    """Return the roles that the severity requires and nobody holds; none once the response is over."""
    level = incident.severity.value if incident.severity else ""
    wanted = (role for role in incident.plan.roles if level in role.required_at) if incident.live else ()
    return tuple(role for role in wanted if not incident.roles.get(role.id))


def _fold(state: Mapping[str, Holders], fact: RoleChanged) -> Mapping[str, Holders]:
    return put(state, fact.role, fact.now or None)


def _words(fact: RoleChanged, incident: Incident) -> Line:
    role = incident.plan.role_name(fact.role)
    now, was = (", ".join(holding.who for holding in held) or "nobody" for held in (fact.now, fact.was))
    return Line("role", f"{role}: {was} → {now}" if fact.was else f"{role}: {now}")


TOPIC = Topic("roles", {}, (RoleChanged,), _fold, _words)
