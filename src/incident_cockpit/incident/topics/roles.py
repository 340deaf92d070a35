"""Who holds which role, since when, and which role words mean; the command of the incident is one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put
from incident_cockpit.plan.model import Plan, Role

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


# Not within an address of mail.
_ROLE = re.compile(r"(?<![\w.+-])@([A-Za-z][A-Za-z0-9_-]{0,60})")


class Holding(Struct, frozen=True):
    """One person in a role, since when."""

    who: str
    since: datetime


Holders = tuple[Holding, ...]


class Crew(Struct, frozen=True):
    """Who holds which role, and since when a role is empty that somebody has left."""

    held: Mapping[str, Holders] = field(default_factory=dict)
    left: Mapping[str, datetime] = field(default_factory=dict)


class RoleChanged(Change, frozen=True):
    """The holders of a role changed, by the plan's role id; `left` is since when it is empty where somebody left it."""

    kind: ClassVar[str] = "role.changed"
    names: ClassVar[str] = "role"
    role: str
    now: Holders
    was: Holders
    left: datetime | None = None
    was_left: datetime | None = None

    def inverse(self) -> RoleChanged:
        """Return the fact that gives the role back to those who had it, or leaves it as empty as it was."""
        return replace(self, now=self.was, was=self.now, left=self.was_left, was_left=self.left)


def assign(incident: Incident, moment: Moment, role: str, who: str) -> RoleChanged:
    """Give a role to a person: a role for one changes hands, a role for several gains one more."""
    if not who:
        raise Refused("nobody was named", "say who takes the role, as in :assign scribe Mio")
    chosen = incident.plan.find_role(role)
    held = incident.roles.get(chosen.id, ())
    if any(holding.who == who for holding in held):
        raise Refused(f"{who} is {chosen.name} already", "choose another person or another role")
    taken = Holding(who, moment.happened)
    now = (*held, taken) if chosen.many else (taken,)
    return RoleChanged(role=chosen.id, now=now, was=held, was_left=incident.crew.left.get(chosen.id))


def release(incident: Incident, moment: Moment, role: str, who: str = "") -> RoleChanged:
    """Free a role, or one person from a role that several hold; command is handed on, never dropped."""
    chosen = incident.plan.find_role(role)
    held = incident.roles.get(chosen.id, ())
    if not held:
        raise Refused(f"nobody is {chosen.name}", "there is nothing to release")
    if chosen.id == incident.plan.command_role:
        raise Refused(f"{chosen.name} cannot stay empty", f"hand it on with :assign {chosen.id} NAME")
    left = tuple(holding for holding in held if who and holding.who != who)
    if left == held:
        raise Refused(f"{who} is not {chosen.name}", "held by " + ", ".join(holding.who for holding in held))
    return RoleChanged(role=chosen.id, now=left, was=held, left=None if left else moment.happened)


def commander(incident: Incident) -> str:
    """Return who is in command, or an empty string before anyone is."""
    held = incident.roles.get(incident.plan.command_role, ())
    return held[0].who if held else ""


def answers_page(incident: Incident, who: str) -> bool:
    """Return whether this person's work answers a page: they hold the role that is paged, or do everything.

    The plan pages a role by a deadline for it that the milestone `acknowledged` meets. Where it pages none, whoever
    takes the incident up acknowledges it.
    """
    plan = incident.plan
    paged = {one.who.casefold() for one in plan.deadlines if one.met_by == "milestone acknowledged" and one.who}
    called = [role.id for role in plan.roles if role.name.casefold() in paged]
    held = (holding.who for role in called for holding in incident.roles.get(role, ()))
    return not called or incident.solo or who in held


def missing(incident: Incident) -> tuple[Role, ...]:
    """Return the roles that the severity requires and nobody holds; none once it is over, or where one does it all."""
    if incident.solo:
        return ()
    level = incident.severity.value if incident.severity else ""
    wanted = (role for role in incident.plan.roles if level in role.required_at) if incident.live else ()
    return tuple(role for role in wanted if not incident.roles.get(role.id))


def filled(incident: Incident) -> frozenset[str]:
    """Return the names of the roles that somebody holds, in small letters; whoever does everything holds them all."""
    everything = incident.solo
    return frozenset(role.name.casefold() for role in incident.plan.roles if everything or incident.roles.get(role.id))


def taker(incident: Incident, given: str) -> str:
    """Return who something is with, as people read it: a name, or a role with whoever holds it now."""
    named = as_given(incident, given)
    held = ", ".join(one.who for one in incident.roles.get(given[1:], ())) if given.startswith("@") else ""
    return f"{named} ({held})" if held else named


def as_given(incident: Incident, given: str) -> str:
    """Return who something was given to as it was said: a name, or a role, whoever holds it today."""
    roles = (role.name for role in incident.plan.roles if f"@{role.id}" == given)
    return next(roles, given.removeprefix("@"))


def role_called(plan: Plan, words: str) -> str:
    """Return "@" and the id of the role with these words as its id, its short form or its name, or an empty string."""
    meant = _plain(words)
    found = (role.id for role in plan.roles if meant in (_plain(role.id), _plain(role.short), _plain(role.name)))
    return next((f"@{role}" for role in found), "")


def _plain(words: str) -> str:
    return words.casefold().replace("-", " ").replace("_", " ")


def role_named(plan: Plan | None, text: str) -> str:
    """Return "@" and the id of the first role that a step's words name as `@role`, or an empty string."""
    words = _ROLE.findall(text) if plan is not None and "@" in text else ()
    return next((role for word in words if plan is not None and (role := role_called(plan, word))), "")


def without_role(plan: Plan, text: str) -> str:
    """Return a step's words without the `@role` that ends them: it says who does the step and is no part of it."""
    before, _, word = text.rpartition(" @")
    return before.rstrip() if before and role_called(plan, word) else text


def _fold(state: Crew, fact: RoleChanged) -> Crew:
    return Crew(put(state.held, fact.role, fact.now or None), put(state.left, fact.role, fact.left))


def _words(fact: RoleChanged, incident: Incident) -> Line:
    role = incident.plan.role_name(fact.role)
    now, was = (", ".join(holding.who for holding in held) or "nobody" for held in (fact.now, fact.was))
    return Line("role", f"{role}: {was} → {now}" if fact.was else f"{role}: {now}")


TOPIC = Topic("crew", Crew(), (RoleChanged,), _fold, _words)
