"""Roles and their holders, solo mode, and the handoff of command."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Fact, Moment
from incident_cockpit.incident.facts.topic import Line, Topic, put, value_of
from incident_cockpit.plan.deadlines import MilestoneMet
from incident_cockpit.plan.schema import Plan, Role

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


# Not within an address of mail.
# The condition of a deadline by which the plan pages a role.
_ANSWERED = MilestoneMet("acknowledged")
_ROLE = re.compile(r"(?<![\w.+-])@([A-Za-z][A-Za-z0-9_-]{0,60})")


class Holding(Struct, frozen=True):
    """One person in a role, since when."""

    who: str
    since: datetime


Holders = tuple[Holding, ...]


class Crew(Struct, frozen=True):
    """The holders of roles, and since when a role is vacant that was left."""

    held: Mapping[str, Holders] = field(default_factory=dict)
    left: Mapping[str, datetime] = field(default_factory=dict)


class RoleChanged(Change, frozen=True):
    """The holders of a role changed; `left` is since when it is vacant, where someone left it."""

    kind: ClassVar[str] = "role.changed"
    names: ClassVar[str] = "role"
    role: str
    now: Holders
    was: Holders
    left: datetime | None = None
    was_left: datetime | None = None

    def inverse(self) -> RoleChanged:
        """Return the fact that restores the former holders, or the vacancy."""
        return replace(self, now=self.was, was=self.now, left=self.was_left, was_left=self.left)


def assign(incident: Incident, moment: Moment, role: str, who: str) -> RoleChanged:
    """Assign a role: one with a single holder changes hands, one for several gains a holder."""
    if not who:
        raise Refused("Name required", "for example: :assign scribe Mio", about="who")
    chosen = incident.plan.find_role(role)
    holders = incident.roles.get(chosen.id, ())
    if any(holding.who == who for holding in holders):
        raise Refused(f"{chosen.name} is already {who}", "choose another person or role", about="who")
    taken = Holding(who, moment.happened)
    now = (*holders, taken) if chosen.many else (taken,)
    return RoleChanged(role=chosen.id, now=now, was=holders, was_left=incident.crew.left.get(chosen.id))


def unassign(incident: Incident, moment: Moment, role: str, who: str = "") -> RoleChanged:
    """Unassign a role, or one of its holders; command can only be handed off."""
    chosen = incident.plan.find_role(role)
    holders = incident.roles.get(chosen.id, ())
    if not holders:
        raise Refused(
            f"{chosen.name} is already unassigned", f"to assign it, run :assign {chosen.id} NAME", about="role"
        )
    if chosen.id == incident.plan.command_role:
        raise Refused(
            f"{chosen.name} cannot be left unassigned",
            f"assign it to another person with :assign {chosen.id} NAME",
            about="role",
        )
    left = tuple(holding for holding in holders if who and holding.who != who)
    if left == holders:
        raise Refused(
            f"{who} is not {chosen.name}", "assigned: " + ", ".join(holding.who for holding in holders), about="who"
        )
    return RoleChanged(role=chosen.id, now=left, was=holders, left=None if left else moment.happened)


def commander(incident: Incident) -> str:
    """Return the incident commander, "" before there is one."""
    holders = incident.roles.get(incident.plan.command_role, ())
    return holders[0].who if holders else ""


def answers_page(incident: Incident, who: str) -> bool:
    """Return whether this person is the one who is paged: they hold that role, or solo mode is on.

    The plan pages a role by a deadline that the milestone `acknowledged` meets. Where it pages none, the first person
    to work on the incident acknowledges it.
    """
    plan = incident.plan
    paged = {deadline.who.casefold() for deadline in plan.deadlines if deadline.condition == _ANSWERED and deadline.who}
    called = [role.id for role in plan.roles if role.name.casefold() in paged]
    holders = (holding.who for role in called for holding in incident.roles.get(role, ()))
    return not called or incident.solo or who in holders


def vacant_roles(incident: Incident) -> tuple[Role, ...]:
    """Return the vacant roles that the severity requires; none after the resolution or in solo mode."""
    if incident.solo:
        return ()
    level = incident.severity.value if incident.severity else ""
    required = (role for role in incident.plan.roles if level in role.required_at) if incident.live else ()
    return tuple(role for role in required if not incident.roles.get(role.id))


def filled_roles(incident: Incident) -> frozenset[str]:
    """Return the names of the assigned roles in lower case; in solo mode, of all."""
    everything = incident.solo
    return frozenset(role.name.casefold() for role in incident.plan.roles if everything or incident.roles.get(role.id))


def assignee_name(incident: Incident, assignee: str) -> str:
    """Return an assignee as people read it: a name, or a role with its present holder."""
    named = assignee_label(incident, assignee)
    holders = (
        ", ".join(holding.who for holding in incident.roles.get(assignee[1:], ())) if assignee.startswith("@") else ""
    )
    return f"{named} ({holders})" if holders else named


def assignee_label(incident: Incident, assignee: str) -> str:
    """Return an assignee as assigned: a name, or the name of a role."""
    roles = (role.name for role in incident.plan.roles if f"@{role.id}" == assignee)
    return next(roles, assignee.removeprefix("@"))


def find_mention(plan: Plan, text: str) -> str:
    """Return "@" and the id of the role with this text as its id, short form or name, or ""."""
    wanted_name = _plain(text)
    matches = (
        role.id for role in plan.roles if wanted_name in (_plain(role.id), _plain(role.short), _plain(role.name))
    )
    return next((f"@{role}" for role in matches), "")


def _plain(text: str) -> str:
    return text.casefold().replace("-", " ").replace("_", " ")


def first_mention(plan: Plan | None, text: str) -> str:
    """Return "@" and the id of the first role that a step's text mentions as `@role`, or ""."""
    mentions = _ROLE.findall(text) if plan is not None and "@" in text else ()
    return next((role for word in mentions if plan is not None and (role := find_mention(plan, word))), "")


def without_mention(plan: Plan, text: str) -> str:
    """Return a step's text without the `@role` at its end, which names its assignee."""
    before, _, word = text.rpartition(" @")
    return before.rstrip() if before and find_mention(plan, word) else text


def _words(fact: RoleChanged, incident: Incident) -> Line:
    role = incident.plan.role_name(fact.role)
    now, was = (", ".join(holding.who for holding in holders) or "unassigned" for holders in (fact.now, fact.was))
    return Line("role", f"{role}: {was} → {now}" if fact.was else f"{role}: {now}")


TOPIC = Topic(
    "crew",
    Crew(),
    (RoleChanged,),
    lambda crew, fact: Crew(put(crew.held, fact.role, fact.now or None), put(crew.left, fact.role, fact.left)),
    _words,
)


# Solo mode


class SoloPeriod(Struct, frozen=True):
    """Whether solo mode was on, and since when; None from the beginning."""

    solo: bool = False
    since: datetime | None = None


class SoloHistory(Struct, frozen=True):
    """The periods with and without solo mode, the last being the present one; role deadlines look back."""

    turns: tuple[SoloPeriod, ...] = ()

    @property
    def last(self) -> SoloPeriod:
        """Return the present period."""
        return self.turns[-1] if self.turns else SoloPeriod()

    @property
    def solo(self) -> bool:
        """Return whether solo mode is on."""
        return self.last.solo


class SoloChanged(Change, frozen=True):
    """Solo mode was switched on or off."""

    kind: ClassVar[str] = "solo.changed"
    now: bool
    was: bool
    since: datetime | None = None
    was_since: datetime | None = None

    def inverse(self) -> SoloChanged:
        """Return the fact that restores the former mode, since when it was on or off."""
        return replace(self, now=self.was, was=self.now, since=self.was_since, was_since=self.since)


def toggle_solo(incident: Incident, moment: Moment) -> SoloChanged:
    """Switch solo mode on or off; role reminders are suspended in it."""
    if not incident.live:
        raise Refused("The incident is resolved", "solo mode applies only during the response")
    last = incident.solo_history.last
    return SoloChanged(now=not last.solo, was=last.solo, since=moment.happened, was_since=last.since)


def _solo_fold(state: SoloHistory, fact: SoloChanged) -> SoloHistory:
    turn = SoloPeriod(fact.now, fact.since)
    before = state.turns[-2] if len(state.turns) > 1 else SoloPeriod()
    return SoloHistory(state.turns[:-1] if state.turns and turn == before else (*state.turns, turn))


SOLO_TOPIC = Topic(
    "solo_history",
    SoloHistory(),
    (SoloChanged,),
    _solo_fold,
    lambda fact, _: Line("role", "solo mode on" if fact.now else "solo mode off"),
)


# Handoff

# What whoever takes over says back, and the question that makes them say it.
READ_BACK_POINTS = {
    "impact": "What is the impact, in your own words?",
    "asks": "Which asks are open: who, what, by when?",
    "promise": "Which update is due next, to whom, at what time?",
}


class Handoff(Struct, frozen=True):
    """An offer of command: from whom to whom, since when, and the points read back with their text."""

    outgoing: str
    incoming: str
    offered: datetime
    read_back: tuple[tuple[str, str], ...] = ()

    @property
    def left(self) -> tuple[str, ...]:
        """Return the points that are not read back yet."""
        done = {point for point, _ in self.read_back}
        return tuple(point for point in READ_BACK_POINTS if point not in done)


class Command(Struct, frozen=True):
    """The open offer of command, if there is one, and the last that was taken."""

    offer: Handoff | None = None
    taken: Handoff | None = None


class HandoffChange(Change, frozen=True):
    """Change of the handoff."""

    subject_kind: ClassVar[str] = "handoff"
    now: Handoff | None
    was: Handoff | None


class HandoffOffered(HandoffChange, frozen=True):
    """Command was offered."""

    kind: ClassVar[str] = "handoff.offered"


class ReadBack(HandoffChange, frozen=True):
    """The incoming commander read a point back."""

    kind: ClassVar[str] = "handoff.read_back"


class HandoffTaken(HandoffChange, frozen=True):
    """Command was taken, and the role with it; `although` is the reason where the read-back was not complete."""

    kind: ClassVar[str] = "handoff.taken"
    although: str = ""


class HandoffWithdrawn(HandoffChange, frozen=True):
    """The offer was withdrawn."""

    kind: ClassVar[str] = "handoff.withdrawn"


def offer_command(incident: Incident, moment: Moment, who: str) -> HandoffOffered:
    """Offer command; raises Refused for the present commander, and while another offer is open."""
    if not who:
        raise Refused("New commander required", "for example: :handoff Kim", about="who")
    now = commander(incident)
    if who == now:
        raise Refused(f"{who} is already in command", "enter another person", about="who")
    if incident.handoff is not None:
        raise Refused(
            f"Command is already offered to {incident.handoff.incoming}", "take it, or keep command", about="who"
        )
    return HandoffOffered(now=Handoff(now, who, moment.happened), was=None)


def read_back(incident: Incident, moment: Moment, point: str, words: str) -> ReadBack:
    """Read a point back; raises Refused without text, and for a point that is read back."""
    offer = _offered(incident)
    if point not in READ_BACK_POINTS:
        raise Refused(
            f'No read-back point matches "{point}"', f"use one of: {', '.join(READ_BACK_POINTS)}", about="point"
        )
    if point not in offer.left:
        left = f"left: {', '.join(offer.left)}" if offer.left else "nothing is left: take it with :take-command"
        raise Refused(f"{point} is already read back", left, about="point")
    if not words:
        raise Refused("Read-back required", READ_BACK_POINTS[point], about="words")
    return ReadBack(now=replace(offer, read_back=(*offer.read_back, (point, words))), was=offer)


def withdraw_offer(incident: Incident, moment: Moment, reason: str = "") -> HandoffWithdrawn:
    """Keep command."""
    return HandoffWithdrawn(now=None, was=_offered(incident))


def _offered(incident: Incident) -> Handoff:
    if incident.handoff is None:
        raise Refused("Command is not offered", "for example: :handoff Kim")
    return incident.handoff


def _handoff_words(fact: HandoffChange, incident: Incident) -> Line:
    offer = value_of(fact.now, fact.was)
    match fact:
        case ReadBack():
            point, text = offer.read_back[-1] if offer.read_back else ("", "")
            return Line("hand-over", f"{offer.incoming} read back {point}: {text}")
        case HandoffTaken():
            without = f" (not read back: {', '.join(offer.left)}; {fact.although})" if fact.although else ""
            giver = f", from {offer.outgoing}" if offer.outgoing else ""
            return Line("hand-over", f"{offer.incoming} has command{giver}{without}")
        case HandoffWithdrawn():
            if offer.outgoing:
                return Line("hand-over", f"{offer.outgoing} keeps command")
            return Line("hand-over", f"command is no longer offered to {offer.incoming}")
    # A report in triage may have nobody in command.
    if offer.outgoing:
        return Line("hand-over", f"{offer.outgoing} offers command to {offer.incoming}")
    return Line("hand-over", f"command is offered to {offer.incoming}")


HANDOFF_TOPIC = Topic(
    "command",
    Command(),
    (HandoffOffered, ReadBack, HandoffTaken, HandoffWithdrawn),
    lambda state, fact: Command(fact.now, fact.was if isinstance(fact, HandoffTaken) else state.taken),
    _handoff_words,
)


# Taking command


def take_command(incident: Incident, moment: Moment, reason: str = "") -> Sequence[Fact]:
    """Take command; raises Refused while a point is not read back, unless a reason is given."""
    offer = incident.handoff
    if offer is None:
        raise Refused("Command is not offered", "for example: :handoff Kim")
    if offer.left and not reason:
        raise Refused(
            f"Not read back by {offer.incoming}: {', '.join(offer.left)}",
            f"read back {offer.left[0]}: {READ_BACK_POINTS[offer.left[0]]} Or give a reason: :take-command REASON",
            about="reason",
        )
    return (
        HandoffTaken(now=None, was=offer, although=reason if offer.left else ""),
        assign(incident, moment, incident.plan.command_role, offer.incoming),
    )
