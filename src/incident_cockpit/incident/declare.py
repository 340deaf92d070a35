"""Declaration of an incident: its first facts, its types, and the inputs of rules from outside the incident."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import CLOCK_TOLERANCE, Fact, Moment, PendingFact
from incident_cockpit.incident.facts import asks, classification, milestones, roles, runbooks
from incident_cockpit.incident.facts import severity as severities
from incident_cockpit.incident.facts.asks import Ask, AskAnswered, AskMade, AskStatus, open_asks
from incident_cockpit.incident.facts.classification import CallSet, ChannelSet, Meeting, TypeChanged, meeting_place
from incident_cockpit.incident.facts.milestones import MilestoneReached
from incident_cockpit.incident.facts.opening import IncidentOpened, Opening, check_title
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.plan import Adoption, PlanAdopted
from incident_cockpit.incident.facts.roles import Holding, RoleChanged
from incident_cockpit.incident.facts.severity import DatedValue, SeverityChanged
from incident_cockpit.incident.state import EMPTY, Incident
from incident_cockpit.incident.views.clocks import ends_with_type
from incident_cockpit.plan.channel_names import channel_name
from incident_cockpit.plan.schema import IncidentType, Plan
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.text.redact import redact
from incident_cockpit.times.parse import parse_zone


class RunbookRequest(Struct, frozen=True):
    """A runbook to attach: a file by its name, or, with a `text`, one that is made from the plan.

    `chosen` marks one that a person named, which must exist. One that only the plan names blocks nothing if missing.
    """

    name: str
    text: str = ""
    chosen: bool = False


class RuleInputs(Struct, frozen=True):
    """Inputs of a rule from outside the incident: runbooks to attach, in order, and channel names in use."""

    runbooks: tuple[Runbook, ...] = ()
    channels: frozenset[str] = frozenset()


NO_INPUTS = RuleInputs()


def runbooks_for_report(
    plan: Plan, runbook: str | None, types: Sequence[IncidentType] = ()
) -> tuple[RunbookRequest, ...]:
    """Return the runbooks of a report: the plan's, where triage comes first, and those of its types.

    A `runbook` that a person chose goes before them; an empty one means none.
    """
    usual = plan.runbook if plan.triage.first else None
    named = _file(usual) if runbook is None else _file(runbook, chosen=True)
    return (*named, *runbooks_for_types(types))


def runbooks_for_declaration(
    plan: Plan, runbook: str | None, types: Sequence[IncidentType], known: Collection[str] = ()
) -> tuple[RunbookRequest, ...]:
    """Return the runbooks of a declaration: the chosen one or the plan's, its checklists, and those of the types.

    An empty `runbook` means no file; of the others, those that are `known` stay as they are.
    """
    named = _new(_file(plan.runbook), known) if runbook is None else _file(runbook, chosen=True)
    return (*named, *_new(_checklists(plan), known), *runbooks_for_types(types, known))


def runbooks_for_types(types: Sequence[IncidentType], known: Collection[str] = ()) -> tuple[RunbookRequest, ...]:
    """Return the runbooks of incident types, each once: first steps and runbook files."""
    requests = (request for each in types for request in (*_first_steps(each), *_file(each.runbook)))
    return _new(tuple(dict.fromkeys(requests)), known)


def runbooks_on_declaring(
    incident: Incident, runbook: str | None, types: Sequence[IncidentType]
) -> tuple[RunbookRequest, ...]:
    """Return the runbooks that declaring a report adds to those of the report; none where it was declared before."""
    if incident.declared:
        return ()
    known = attached_names(incident)
    came = incident.plan.triage.first and bool(known)
    return runbooks_for_declaration(incident.plan, "" if came and runbook is None else runbook, types, known)


def attached_names(incident: Incident) -> frozenset[str]:
    """Return the names of the runbooks that are attached, as a plan names them."""
    return frozenset(PurePath(book.name).stem for book in incident.steps.runbooks.values())


def _new(requests: Sequence[RunbookRequest], known: Collection[str]) -> tuple[RunbookRequest, ...]:
    return tuple(request for request in requests if PurePath(request.name).stem not in known)


def _file(name: str | None, chosen: bool = False) -> tuple[RunbookRequest, ...]:
    return (RunbookRequest(name, chosen=chosen),) if name else ()


def _checklists(plan: Plan) -> tuple[RunbookRequest, ...]:
    if not any(phase.checklist for phase in plan.phases):
        return ()
    # Late: only a declaration needs it.
    from incident_cockpit.plan.checklist import phase_runbook

    return (RunbookRequest(f"{plan.id}-phases.md", phase_runbook(plan) or ""),)


def _first_steps(sort: IncidentType) -> tuple[RunbookRequest, ...]:
    if not sort.steps:
        return ()
    from incident_cockpit.plan.checklist import type_runbook

    return (RunbookRequest(f"{sort.id}-first-steps.md", type_runbook(sort) or ""),)


# Declaration

# How an ask to come to the channel or the call begins, and its answer where nobody says more.
_JOIN = "join "
JOINED = "joined"


class Declaration(Struct, frozen=True):
    """The input of a declaration, in the plan's words; only the severity is required."""

    severity: str
    why: str = ""
    types: tuple[str, ...] = ()
    found_by: str = ""


def declare(
    number: int,
    moment: Moment,
    title: str,
    severity: str,
    plan: Plan,
    runbook: Runbook | None,
    *,
    said: Declaration | None = None,
    brought: RuleInputs = NO_INPUTS,
) -> tuple[PendingFact, ...]:
    """Return the first facts of a declared incident; the person who declares is in command until the handoff.

    `moment.happened` is when the impact started; the declaration itself is now. `said` holds more than the severity.
    Raises Refused for an empty title, a word the plan does not have, and a start in the future.
    """
    opening, incident = opening_facts(number, moment, title, plan, moment.happened)
    books = (runbook, *brought.runbooks) if runbook is not None else brought.runbooks
    declared = declaration_facts(
        incident,
        replace(moment, happened=moment.now),
        said or Declaration(severity),
        replace(brought, runbooks=books),
    )
    return tuple(PendingFact(fact) for fact in (*opening, *declared))


def opening_facts(
    number: int, moment: Moment, title: str, plan: Plan, started: datetime
) -> tuple[tuple[Fact, ...], Incident]:
    """Return the facts that every incident begins with and their state; `started` is when the impact started.

    Raises Refused for an empty title and a start in the future.
    """
    if started > moment.now + CLOCK_TOLERANCE:
        raise Refused(
            f"{started:%H:%M} UTC is in the future", "enter when the impact started: --started -20m", about="started"
        )
    title, started = check_title(title), min(started, moment.now)
    facts = (
        IncidentOpened(number=number, title=title),
        PlanAdopted(now=plan, was=None),
        MilestoneReached(name="started", now=started, was=None),
    )
    incident = replace(EMPTY, opening=Opening(number, title), adoption=Adoption(plan), milestones={"started": started})
    return facts, incident


def declaration_facts(
    incident: Incident, moment: Moment, details: Declaration, brought: RuleInputs
) -> tuple[Fact, ...]:
    """Return all facts of a declaration, by the plan, for an incident that has a title and no severity yet."""
    plan, at = incident.plan, moment.happened
    severity = plan.find_severity(details.severity)
    # A report may have been given a type already.
    unknown = [word for word in details.types if plan.find_type(word).id not in classification.held_types(incident)]
    added, types = type_changes(incident, moment, unknown)
    detection = (classification.set_detection(incident, moment, details.found_by),) if details.found_by else ()
    command = RoleChanged(role=plan.command_role, now=(Holding(moment.who, at),), was=())
    return (
        milestones.milestone_fact(incident, "declared", at),
        SeverityChanged(now=DatedValue(severity.id, at, details.why), was=incident.severity),
        PhaseChanged(now=DatedValue(plan.first_phase, at), was=None),
        *(() if incident.roles.get(plan.command_role) else (command,)),
        *_reached(incident, moment),
        *added,
        *awareness_facts(incident, moment, types),
        *detection,
        *_meeting(incident, moment, severity.id, types, brought.channels),
        *attach_runbooks(incident, moment, brought.runbooks),
    )


def add_type(incident: Incident, moment: Moment, type: str, brought: RuleInputs) -> tuple[Fact, ...]:  # noqa: A002 - the argument's word
    """Add a type of incident, with its first steps, its runbook and the clocks of the law.

    Setting the type of a breach means becoming aware of it (GDPR, article 33).
    """
    return type_facts(incident, moment, (type,), brought)


def type_facts(
    incident: Incident, moment: Moment, names: Sequence[str], brought: RuleInputs = NO_INPUTS
) -> tuple[Fact, ...]:
    """Return the facts of adding these types: the types, the moment of becoming aware, first steps and runbooks."""
    added, types = type_changes(incident, moment, names)
    return (*added, *awareness_facts(incident, moment, types), *attach_runbooks(incident, moment, brought.runbooks))


def type_changes(
    incident: Incident, moment: Moment, names: Sequence[str]
) -> tuple[tuple[TypeChanged, ...], tuple[IncidentType, ...]]:
    """Return the facts that add the types these words name, each once, and all types that the incident has then."""
    named = dict.fromkeys(incident.plan.find_type(word).id for word in names)
    added = tuple(classification.add_type(incident, moment, type_id) for type_id in named)
    return added, (*classification.types_of(incident), *(incident.plan.find_type(type_id) for type_id in named))


def remove_type(incident: Incident, moment: Moment, type: str, reason: str) -> TypeChanged:  # noqa: A002 - the argument's word
    """Remove a type for a reason; the record keeps which duties are no longer required because of it."""
    return classification.remove_type(incident, moment, type, reason, _duties_of(incident, type))


def duties_ended_by_type(incident: Incident, type: str) -> tuple[str, ...]:  # noqa: A002 - the argument's word
    """Return the sentence that names the duties which end with a type, none where there are none."""
    return classification.no_longer_required(_duties_of(incident, type))


def _duties_of(incident: Incident, type_id: str) -> tuple[str, ...]:
    return tuple(clock.deadline.text for clock in ends_with_type(incident, type_id))


def change_severity(incident: Incident, moment: Moment, severity: str, reason: str) -> tuple[Fact, ...]:
    """Change the severity, and ask the participants that the plan adds at the new one to join."""
    changed = severities.change_severity(incident, moment, severity, reason)
    return (changed, *asks_to_join(incident, moment, changed.now.value if changed.now else ""))


def awareness_facts(incident: Incident, moment: Moment, types: Sequence[IncidentType]) -> tuple[Fact, ...]:
    """Return the milestone of becoming aware where a type sets it; it has an entry, because a clock runs from it."""
    if not any(each.aware for each in types) or "aware" in incident.milestones:
        return ()
    return (replace(milestones.milestone_fact(incident, "aware", moment.happened), by_hand=True),)


def attach_runbooks(incident: Incident, moment: Moment, books: Sequence[Runbook]) -> Iterator[Fact]:
    """Yield the facts of attaching runbooks, each once, and none that is attached already."""
    there = {book.sha256 for book in incident.steps.runbooks.values()}
    fresh = {book.sha256: book for book in books if book.sha256 not in there}
    for place, book in enumerate(fresh.values()):
        # Each has at least one fact of its own, so that ids counted on from the first never meet those of a later one.
        yield from runbooks.attach_runbook(incident, replace(moment, seq=moment.seq + place), book)


def asks_to_join(incident: Incident, moment: Moment, severity: str) -> tuple[AskMade, ...]:
    """Return the asks to join for the plan's participants at this severity who neither joined nor were asked."""
    place = meeting_place(incident.meeting)
    asked = {ask.who.casefold() for ask in incident.asks.values() if ask.text.startswith(_JOIN)}
    known = asked | roles.filled_roles(incident)
    participants = (
        participant
        for participant in incident.plan.participants
        if not participant.severities or severity in participant.severities
    )
    fresh = (participant for participant in participants if participant.who.casefold() not in known)
    at = moment.happened
    requests = (
        Ask(participant.who, f"{_JOIN}{place}", moment.who, at, at + timedelta(seconds=participant.within))
        for participant in fresh
    )
    return tuple(AskMade(ask=f"a{moment.seq + number}", now=ask, was=None) for number, ask in enumerate(requests))


def set_channel(incident: Incident, moment: Moment, name: str) -> tuple[Fact, ...]:
    """Set the channel, and point the open asks to join to it."""
    named = classification.set_channel(incident, moment, name)
    return (named, *_elsewhere(incident, replace(incident.meeting, channel=named.now)))


def set_call(incident: Incident, moment: Moment, link: str) -> tuple[Fact, ...]:
    """Set the call, and point the open asks to join to it where there was no other place."""
    called = classification.set_call(incident, moment, link)
    return (called, *_elsewhere(incident, replace(incident.meeting, call=called.now)))


def awaited_names(incident: Incident) -> tuple[str, ...]:
    """Return who was asked to join and has not answered yet."""
    return tuple(ask.who for ask in open_join_asks(incident).values())


def present_names(incident: Incident) -> frozenset[str]:
    """Return who has joined, in lower case: assigned roles, and who answered an ask to join."""
    answered = {
        ask.who.casefold()
        for ask in incident.asks.values()
        if ask.text.startswith(_JOIN) and ask.status is AskStatus.ANSWERED
    }
    return roles.filled_roles(incident) | answered


def open_join_asks(incident: Incident) -> dict[str, Ask]:
    """Return the open asks to join, by id."""
    return {key: ask for key, ask in open_asks(incident).items() if ask.text.startswith(_JOIN)}


def answer_ask(incident: Incident, moment: Moment, ask: str, answer: str) -> AskAnswered:
    """Answer an ask; an empty answer to an ask to join means that the person has joined."""
    came = not answer and ask in open_join_asks(incident)
    return asks.answer(incident, moment, ask, JOINED if came else answer)


def _elsewhere(incident: Incident, meeting: Meeting) -> Iterator[AskMade]:
    """Yield the open asks to join with the new place; the entry that names the place is enough."""
    text = f"{_JOIN}{meeting_place(meeting)}"
    for key, ask in open_join_asks(incident).items():
        if ask.text == f"{_JOIN}{meeting_place(incident.meeting)}" != text:
            yield AskMade(ask=key, now=replace(ask, text=text), was=ask, with_line=True)


def _reached(incident: Incident, moment: Moment) -> Iterator[Fact]:
    """Yield the milestones of a declaration: that of the first phase, the acknowledgement and the confirmation.

    A milestone of a later phase waits for that phase, and a page for those who are paged.
    """
    plan = incident.plan
    first = plan.phase(plan.first_phase).milestone
    later = {phase.milestone for phase in plan.phases if phase.id != plan.first_phase}
    names = (first, *(name for name in ("acknowledged", "confirmed") if name not in later))
    known = {"declared", *incident.milestones}
    if not roles.answers_page(incident, moment.who):
        known.add("acknowledged")
    for name in dict.fromkeys(names):
        if name is not None and name not in known:
            yield milestones.milestone_fact(incident, name, moment.happened)


def _meeting(
    incident: Incident, moment: Moment, severity: str, types: Sequence[IncidentType], taken: frozenset[str]
) -> Iterator[Fact]:
    """Yield the call, the channel and the asks to join by the plan; the channel's entry names who was asked."""
    plan, meeting = incident.plan, incident.meeting
    if plan.channel is not None and plan.channel.call and not meeting.call:
        meeting = replace(meeting, call=plan.channel.call)
        yield CallSet(now=meeting.call, was="")
    if plan.channel is None or meeting.channel:
        yield from asks_to_join(replace(incident, meeting=meeting), moment, severity)
        return
    at = moment.happened.astimezone(parse_zone(plan.zone))
    # Everybody reads the names of channels, so what only some may know is not in them, nor what nobody may.
    secret = incident.codename or any(each.restricted for each in types)
    title = incident.codename if secret else incident.title
    name = channel_name(plan.channel.name, at, incident.opening.number, severity, redact(title)[0], taken)
    asks = asks_to_join(replace(incident, meeting=replace(meeting, channel=name)), moment, severity)
    yield ChannelSet(now=name, was="", invited=tuple(ask.now.who for ask in asks if ask.now))
    yield from (replace(ask, with_line=True) for ask in asks)
