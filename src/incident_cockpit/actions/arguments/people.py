"""Arguments that name people and roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from incident_cockpit.actions.arguments.argument import NOTHING_OUTSIDE, Arg, Choice, Here, Outside, View, help_blocks
from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import LONGEST_NAME
from incident_cockpit.incident.facts.roles import find_mention
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueItem, DueKind
from incident_cockpit.incident.views.history import tenures
from incident_cockpit.plan.deadlines import RoleFilled
from incident_cockpit.plan.schema import Role
from incident_cockpit.text.blocks import Blocks
from incident_cockpit.times.format import clock


def people(record: Record) -> tuple[str, ...]:
    """Return everyone the incident knows: role holders first, then assignees, then authors."""
    incident = record.incident
    names = [holding.who for holdings in incident.roles.values() for holding in holdings]
    names += [ask.who for ask in incident.asks.values()]
    names += [assignee for assignee in incident.steps.assignees.values() if not assignee.startswith("@")]
    names += [hypothesis.tester for hypothesis in incident.hypotheses.values() if hypothesis.tester]
    names += [event.who for event in record.events]
    return tuple(dict.fromkeys(names))


def person(record: Record, text: str) -> str:
    """Return a name as the incident already has it, so that "raj" is Raj; a new name is taken as typed."""
    name = text.lstrip("@")
    if len(name) > LONGEST_NAME:
        raise Refused(f"Name of {len(name)} characters is too long", f"use at most {LONGEST_NAME}")
    return next((known for known in people(record) if known.casefold() == name.casefold()), name)


class NameArg(Arg, frozen=True):
    """The base of arguments that name people: known to the incident, or new."""

    word = "person"
    empty: ClassVar[object] = ""
    free = True
    placeholder = "name"

    @classmethod
    def choices(cls, record: Record, outside: Outside = NOTHING_OUTSIDE) -> Sequence[Choice]:  # noqa: ARG003
        """Return everyone the incident knows."""
        return [Choice(name, name) for name in people(record)]

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:  # noqa: ARG003
        """Return the selection criteria and duties of the role that is to be assigned."""
        role = _role(values.get("role", ""), view)
        return help_blocks((*role.criteria, *role.duties), _holders(role, view)) if role is not None else ()


class PersonArg(NameArg, frozen=True):
    """A person."""

    def read(self, text: str, record: Record, here: Here) -> str:  # noqa: ARG002
        """Return the name as the incident has it."""
        return person(record, text)


class PeopleArg(NameArg, frozen=True):
    """One person, or several with commas between them."""

    value = Sequence[str]
    empty = ()

    def read(self, text: str, record: Record, here: Here) -> tuple[str, ...]:  # noqa: ARG002
        """Return their names, each once."""
        names = (name.strip() for name in text.split(","))
        return tuple(dict.fromkeys(person(record, name) for name in names if name.strip(" @")))


class RoleArg(Arg, frozen=True):
    """A role of the plan."""

    word = "role"
    due = DueKind.ROLE

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the roles of the plan."""
        return (Choice(role.id, role.name) for role in incident.plan.roles)

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:  # noqa: ARG003
        """Return the duties of the role, and who has held it."""
        role = _role(key, view)
        return help_blocks(role.duties, _holders(role, view)) if role is not None else ()

    @classmethod
    def in_due_item(cls, item: DueItem) -> str | None:
        """Return the role that is to be assigned."""
        return item.condition.role if isinstance(item.condition, RoleFilled) else None


class AssigneeArg(NameArg, frozen=True):
    """A person, or a role as "@" and its id."""

    word = "person or role"

    def read(self, text: str, record: Record, here: Here) -> str:  # noqa: ARG002
        """Return the role if the words are one's, else the person."""
        return find_mention(record.incident.plan, text.lstrip("@")) or person(record, text)

    @classmethod
    def choices(cls, record: Record, outside: Outside = NOTHING_OUTSIDE) -> Sequence[Choice]:  # noqa: ARG003
        """Return the roles, then everyone the incident knows."""
        roles = (Choice(f"@{role.id}", role.name) for role in record.incident.plan.roles)
        return [*roles, *super().choices(record)]

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:
        """Return the duties of the role, and who has held it."""
        return RoleArg.help(key, view, values)


def _role(key: str, view: View) -> Role | None:
    role_id = key.removeprefix("@")
    return next((role for role in view.record.incident.plan.roles if role.id == role_id), None)


def _holders(role: Role, view: View) -> str:
    """Return who has held the role, and from when to when."""
    spans = [
        f"{tenure.who} since {clock(tenure.since, view.zone, view.now)}"
        if tenure.until is None
        else f"{tenure.who} {clock(tenure.since, view.zone, view.now)} to {clock(tenure.until, view.zone, view.now)}"
        for tenure in tenures(view.record)
        if tenure.role == role.id
    ]
    return f"Held by {', '.join(spans)}" if spans else ""
