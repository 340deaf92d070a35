"""What the IC should think of next: one queue of prompts, the most pressing first, shared by everything that nudges."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.facts import opening, security
from incident_cockpit.incident.facts.notes import actions_without_outcome
from incident_cockpit.incident.facts.roles import READ_BACK_POINTS, vacant_roles, without_mention
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.checklist import is_phase_checklist, next_open_step
from incident_cockpit.incident.views.clocks import unmet_gates
from incident_cockpit.incident.views.due import HORIZON, NEAR, DueItem, DueKind, Urgency, due_items, urgency
from incident_cockpit.incident.views.legal_duties import legal_duties_owed
from incident_cockpit.plan.deadlines import ClosingGate
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import countdown, duration


class Prompt(Struct, frozen=True):
    """One thing to do: what it says, how pressing it is, and the action that does it.

    `action` is a name in the registry, `about` what it is about (a due item's subject, a role, a step id), `verb` the
    words beside the key, `tail` the end of the text that has to be read where the rest is cut: how late it is.
    """

    text: str
    urgency: Urgency
    action: str
    about: str
    verb: str
    tail: str = ""


_ACTION = {
    DueKind.UPDATE: ("update", "write it"),
    DueKind.ASK: ("answer", "answer it"),
    DueKind.TIMER: ("done", "done"),
    DueKind.STEP: ("tick-off", "tick it"),
    DueKind.DECISION: ("revisit", "look again"),
}
# How long an action has to show what it does before anybody asks, and for how long it is asked: then the checklist goes
# on, and only the postmortem still wants to know.
TIME_TO_WORK = timedelta(minutes=5)
TIME_TO_TELL = timedelta(minutes=15)
# So long whoever took command is greeted by what waits for them.
GREETING = timedelta(minutes=2)
# When anybody thinks of rest.
LONG_IN_COMMAND = timedelta(hours=2)

# What satisfies something the plan asks for, by the first word of `met_by`: the action, and the words beside its key.
_MEETS = {
    "update": ("update", "write it"),
    "role": ("assign", "assign"),
    "milestone": ("mark", "say so"),
    "phase": ("phase", "go on"),
    "impact": ("impact", "describe it"),
}


def prompts(incident: Incident, now: datetime) -> tuple[Prompt, ...]:
    """Return what is pressing, then what is missing, then the next open step; empty when all is done."""
    if incident.adopted is None or incident.dismissed:
        return ()
    pressing = sorted((item for item in due_items(incident) if _presses(item, now)), key=_is_awaited)
    said = {item.met_by for item in pressing}
    own = tuple(_phase_step(incident))
    waiting = (
        *(_due(item, now) for item in pressing),
        *_verdict(incident),
        *_handing_over(incident),
        *_missing(incident, said),
        *_effects(incident, now),
        *_long_in_command(incident, now),
        *_secrecy(incident),
        *_soon_after_the_end(incident, now),
        *own,
        *_gates(incident, now),
        *(() if own else _on_the_way(incident)),
        *_closable(incident),
    )
    return _greeting(incident, now, waiting)


def _presses(item: DueItem, now: datetime) -> bool:
    """Return whether it comes before all else; the time of a phase is no work, so it says nothing until it is over."""
    stands = urgency(item, now)
    return stands is Urgency.LATE if item.kind is DueKind.WINDOW else stands is not Urgency.AHEAD


def _is_awaited(item: DueItem) -> bool:
    """Return whether others do it, such as answering the page: what is to be done here goes before it."""
    return item.met_by == "milestone acknowledged"


def action_for(item: DueItem) -> tuple[str, str, str]:
    """Return the action that deals with a due item, what it is about, and the words beside its key."""
    if item.kind in _ACTION:
        action, verb = _ACTION[item.kind]
        return action, item.subject, verb
    if item.kind is DueKind.REPORT:
        return ("answered", "", "answered") if item.subject == "answer" else ("triage", "", "decide")
    if item.message:
        return "copy-message", item.key, "copy it"
    return _meeting(item.met_by) or ("complete", item.key, "looked" if item.kind is DueKind.CHECK else "done")


def _meeting(met_by: str) -> tuple[str, str, str] | None:
    """Return the action that brings about what the plan's words ask for, None where people only say that it is so."""
    sort, _, what = met_by.partition(" ")
    match sort, what:
        case ["review", _]:
            return ("review-held", "", "it was held") if what == "held" else ("schedule-review", "", "schedule it")
        case ["followups", _]:
            return "follow-up-done", "", "finish one"
        case ["milestone", "resolved"]:
            return "resolve", "", "resolve it"
        case ["milestone", "closed"]:
            return "close", "", "close it"
    if sort not in _MEETS:
        return None
    action, verb = _MEETS[sort]
    return action, "" if sort in ("phase", "impact") else what, verb


def _due(item: DueItem, now: datetime) -> Prompt:
    action, about, verb = action_for(item)
    # The Due pane counts with the same words, so that both show the same second.
    left = countdown(item.at, now)
    late = left.startswith("late")
    words = left if late else f"due {left}"
    # What the plan asks for is told as an order, "Tell the CTO", behind which "is due" would be no sentence.
    asked = ", if needed:" if item.optional else " is" if item.kind in _ACTION and not late else ":"
    question = item.text.endswith("?") and (late or item.kind not in _ACTION)
    tail = f" ({words})" if question else f"{asked} {words}"
    return Prompt(f"{item.text}{tail}", urgency(item, now), action, about, verb, tail)


def _verdict(incident: Incident) -> Iterator[Prompt]:
    """Ask whether a report is real, as long as nobody said."""
    if not incident.declared:
        yield Prompt("Is it real? Declare it, or say why not", Urgency.AHEAD, "triage", "", "decide")


def _missing(incident: Incident, said: Container[str]) -> Iterator[Prompt]:
    """Say once which required roles nobody holds, and that the impact is not known; only while the response goes on."""
    if not incident.live or not incident.declared:
        return
    level = incident.severity.value if incident.severity else ""
    roles = [role for role in vacant_roles(incident) if f"role {role.id}" not in said]
    if roles:
        names = " or ".join(role.name for role in roles)
        yield Prompt(f"Nobody is {names}, which {level} requires", Urgency.AHEAD, "assign", roles[0].id, "assign")
    if incident.impact is None and "impact" not in said:
        yield Prompt("The impact is not described yet", Urgency.AHEAD, "impact", "", "describe it")


def _secrecy(incident: Incident) -> Iterator[Prompt]:
    """Ask for what this sort of incident needs: a codename where few may know, and the record of a breach."""
    if "closed" in incident.milestones:
        return
    if opening.needs_codename(incident):
        yield Prompt("Only some may know of this: give it a codename", Urgency.AHEAD, "restrict", "", "name it")
    empty = security.missing_breach_fields(incident)
    if empty:
        text = f"The breach record lacks {counted(len(empty), 'field')}: {empty[0]}"
        yield Prompt(text, Urgency.AHEAD, "breach", empty[0], "fill in")


def _handing_over(incident: Incident) -> Iterator[Prompt]:
    """Lead whoever takes over through the read-back."""
    held = incident.handoff
    if held is None:
        return
    if held.left:
        text = f"{held.incoming} reads back: {READ_BACK_POINTS[held.left[0]]}"
        yield Prompt(text, Urgency.NEAR, "read-back", held.left[0], "read it back")
    else:
        yield Prompt(f"{held.incoming} has read everything back", Urgency.NEAR, "take-command", "", "take command")


def _greeting(incident: Incident, now: datetime, waiting: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
    """Say to whoever has just taken command that they have it, with what comes first."""
    taken, held = incident.command.taken, incident.roles.get(incident.plan.command_role, ())
    if taken is None or not held or held[0].who != taken.incoming or now - held[0].since >= GREETING:
        return waiting
    nothing = Prompt("nothing is waiting", Urgency.AHEAD, "situation", "", "see how it stands")
    first, *rest = waiting or (nothing,)
    return (replace(first, text=f"{taken.incoming}, you have command: {first.text}"), *rest)


def _effects(incident: Incident, now: datetime) -> Iterator[Prompt]:
    """Ask what the newest action led to, once it had time to work (seed 004: test the mitigation)."""
    if not incident.live:
        return
    for key in reversed(actions_without_outcome(incident)):
        note = incident.notes.actions[key]
        if TIME_TO_WORK <= now - note.happened < TIME_TO_TELL:
            yield Prompt(f"What did it do: {note.text}?", Urgency.AHEAD, "effect", key, "say so")
            return


def _long_in_command(incident: Incident, now: datetime) -> Iterator[Prompt]:
    """Think of a hand-over after two hours, calmly: nobody judges their own tiredness well."""
    held = incident.roles.get(incident.plan.command_role, ())
    if incident.live and incident.handoff is None and held and now - held[0].since >= LONG_IN_COMMAND:
        length = duration(timedelta(minutes=(now - held[0].since) // timedelta(minutes=1)))
        yield Prompt(f"{held[0].who} has been in command for {length}", Urgency.AHEAD, "handoff", "", "hand over")


def _phase_step(incident: Incident) -> Iterator[Prompt]:
    """Return the step that comes next in the present phase's own checklist."""
    checklist = _checklist(incident)
    step_id = next(iter(_of_phase(incident, checklist)), "") if checklist is not None else ""
    yield from _step(incident, step_id)


def _soon_after_the_end(incident: Incident, now: datetime) -> Iterator[Prompt]:
    """Say what has to be told and done within the hour after the end: people wait for it more than for its closing."""
    for item in due_items(incident) if _over(incident) else ():
        if item.kind in (DueKind.NOTICE, DueKind.DEADLINE) and NEAR < item.at - now <= HORIZON:
            yield _due(item, now)


def _on_the_way(incident: Incident) -> Iterator[Prompt]:
    """Lead on where nothing is left of the present phase: into the next one, and to its end after all other steps."""
    onward = tuple(_next_phase(incident))
    ends = any(not phase.live for phase in incident.plan.phases if phase.id in {one.about for one in onward})
    other = tuple(_other_step(incident))
    yield from (*other, *onward) if ends else (*onward, *other)


def _next_phase(incident: Incident) -> Iterator[Prompt]:
    """Ask whether to go on where all steps of the present phase's checklist are closed."""
    checklist, order = _checklist(incident), [phase.id for phase in incident.plan.phases]
    held = incident.phase.value if incident.phase else ""
    if checklist is None or not incident.live or held not in order[:-1]:
        return
    here, then = (incident.plan.phase(one) for one in order[order.index(held) :][:2])
    if here.checklist:
        ask, verb = ("is it over?", "say so") if not then.live else (f"go on to {then.name}?", "go on")
        yield Prompt(f"{here.name} is done: {ask}", Urgency.AHEAD, "phase", then.id, verb)


def _other_step(incident: Incident) -> Iterator[Prompt]:
    """Return the step that comes next in the first runbook with an open one.

    What a triage left open is not asked for any more once there is an incident, nor anything of a checklist's other
    phases: those to come have their time, and what was left in an earlier one was said when it was left.
    """
    checklist, order = _checklist(incident), list(incident.steps.runbooks)
    if checklist is not None and not incident.live:
        return
    if checklist is not None and incident.report is not None and incident.declared:
        order = order[order.index(checklist) :]
    for key in order:
        if key == checklist and incident.declared:
            continue
        found = tuple(_step(incident, next_open_step(incident.steps, incident.gates, key)))
        if found:
            yield from found
            return


def _checklist(incident: Incident) -> str | None:
    """Return the runbook that was made of the plan's checklists, if there is one."""
    return next((key for key in incident.steps.runbooks if is_phase_checklist(incident, key)), None)


def _step(incident: Incident, step_id: str) -> Iterator[Prompt]:
    step = incident.steps.find(step_id) if step_id else None
    if step is not None:
        words = without_mention(incident.plan, step.text)
        yield Prompt(f"Next step: {words}", Urgency.AHEAD, "step", step_id, "go there")


def _of_phase(incident: Incident, checklist: str | None) -> tuple[str, ...]:
    """Return the first open step of the section that is called like the present phase, if there is one."""
    if checklist is None or incident.phase is None:
        return ()
    sections = incident.steps.runbooks[checklist].sections
    name = incident.plan.phase_name(incident.phase.value)
    ids = ((f"{checklist}.{step.key}", sections[step.section].title) for step in incident.steps.of(checklist))
    return tuple(step_id for step_id, title in ids if title == name and not incident.steps.closed(step_id))[:1]


def _gates(incident: Incident, now: datetime) -> Iterator[Prompt]:
    """Say what stands between a resolved incident and its end; a review that has a time is left alone until then."""
    for gate in unmet_gates(incident) if _over(incident) else ():
        action, about, verb = _gate_way(gate)
        if action == "review-held" and incident.review is None:
            # What nobody has set a time for is set one first.
            action, verb = "schedule-review", "schedule it"
        elif action == "review-held" and incident.review is not None and now < incident.review.at:
            continue
        yield Prompt(f"Before closing: {gate.text}", Urgency.AHEAD, action, about, verb)
    owed = {f"clock:{one.deadline.id}" for one in legal_duties_owed(incident)} if _over(incident) else set()
    for item in due_items(incident):
        # What is due within the hour is asked for as such.
        if item.key in owed and item.at - now > HORIZON:
            action, about, verb = action_for(item)
            needed = ", or waive it" if item.optional else ""
            yield Prompt(f"Before closing: {item.text}{needed}", Urgency.AHEAD, action, about, verb)


def _closable(incident: Incident) -> Iterator[Prompt]:
    """Say that it can be closed, where nothing stands in the way."""
    if _over(incident) and not unmet_gates(incident) and not legal_duties_owed(incident):
        yield Prompt("Nothing stands in the way of closing it", Urgency.AHEAD, "close", "", "close it")


def _over(incident: Incident) -> bool:
    """Return whether the harm is over and the incident is not closed yet."""
    return not incident.live and incident.declared and "closed" not in incident.milestones


def _gate_way(gate: ClosingGate) -> tuple[str, str, str]:
    return _meeting(gate.met_by) or ("complete", f"gate:{gate.id}", "done")
