"""Escalation: by the plan's levels, by a reason that the plan names, or by hand; and completion of plan items."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.declare import open_join_asks
from incident_cockpit.incident.event import Fact, Moment
from incident_cockpit.incident.facts import asks, notes, roles, timers
from incident_cockpit.incident.facts.report import acknowledgement
from incident_cockpit.incident.facts.roles import SoloHistory, SoloPeriod
from incident_cockpit.incident.facts.timers import CompletionStatus
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import open_clocks
from incident_cockpit.plan.deadlines import DeadlineKind

MarkedItems = Sequence[tuple[str, str]]


def complete_items(incident: Incident, moment: Moment, item: MarkedItems, note: str = "") -> Sequence[Fact]:
    """Complete plan items, with a note."""
    return timers.mark_items(incident, moment, item, CompletionStatus.DONE, note)


def waive_items(incident: Incident, moment: Moment, item: MarkedItems, reason: str) -> Sequence[Fact]:
    """Waive plan items, with the reason."""
    return timers.mark_items(incident, moment, item, CompletionStatus.WAIVED, reason)


def escalate(incident: Incident, moment: Moment, who: str, reason: str) -> Sequence[Fact]:
    """Log an escalation, and complete the escalation levels that name this person."""
    logged = notes.log_escalation(incident, moment, who, reason)
    return (logged, *_climbed(incident, moment, who, reason))


def trigger(incident: Incident, moment: Moment, trigger: str, who: str = "", reason: str = "") -> Sequence[Fact]:
    """Escalate for one of the plan's reasons, to the person it names or to another."""
    chosen = incident.plan.find_trigger(trigger)
    name = who or chosen.tell
    if not name:
        raise Refused(
            f'The plan names no one to notify for "{chosen.text}"', f"add a name: :trigger {chosen.id} Kim", about="who"
        )
    return escalate(incident, moment, name, f"{chosen.text}: {reason}" if reason else chosen.text)


def assign(incident: Incident, moment: Moment, role: str, who: str) -> Sequence[Fact]:
    """Assign a role; the ask to join of that role or person is answered with it.

    Who takes the role that is paged has answered the page.
    """
    changed = roles.assign(incident, moment, role, who)
    name = incident.plan.role_name(changed.role)
    answered = (
        asks.answer(incident, moment, key, f"{who} is {name}")
        for key, ask in open_join_asks(incident).items()
        if ask.who.casefold() in (name.casefold(), who.casefold())
    )
    with_it = replace(incident, crew=replace(incident.crew, held={**incident.roles, changed.role: changed.now}))
    return (changed, *answered, *_page_answered(incident, with_it, moment, who))


def toggle_solo(incident: Incident, moment: Moment) -> Sequence[Fact]:
    """Switch solo mode, in which one person holds all roles.

    A person who is asked to join by the name of a role has joined with it.
    """
    changed = roles.toggle_solo(incident, moment)
    who = roles.commander(incident) or moment.who
    role_names = {role.name.casefold() for role in incident.plan.roles} if changed.now else set()
    come = (key for key, ask in open_join_asks(incident).items() if ask.who.casefold() in role_names)
    answered = (asks.answer(incident, moment, key, f"{who} does everything") for key in come)
    alone_now = replace(incident, solo_history=SoloHistory((SoloPeriod(changed.now, changed.since),)))
    return (changed, *answered, *_page_answered(incident, alone_now, moment, who))


def _page_answered(before: Incident, after: Incident, moment: Moment, who: str) -> Sequence[Fact]:
    """Return the acknowledgement where this person has just become the one who is paged."""
    answers = before.live and not roles.answers_page(before, who) and roles.answers_page(after, who)
    return acknowledgement(after, replace(moment, who=who)) if answers else ()


def _climbed(incident: Incident, moment: Moment, who: str, reason: str) -> Sequence[Fact]:
    """Return the marks of the escalation levels that name this person, at every severity.

    A level that names no one is completed where it is due.
    """
    waits = {clock.deadline.completion_mark for clock in open_clocks(incident)}
    rungs = {
        rung.completion_mark: rung.text
        for rung in incident.plan.deadlines
        if rung.kind is DeadlineKind.ESCALATION
        and (
            rung.who.casefold() == who.casefold()
            or (rung.completion_mark == "escalate" and rung.completion_mark in waits)
        )
    }
    marked = {word for word, deed in incident.completion_marks.items() if deed.status is CompletionStatus.DONE}
    fresh = tuple((word, text) for word, text in rungs.items() if word not in marked)
    return timers.mark_items(incident, moment, fresh, CompletionStatus.DONE, reason)
