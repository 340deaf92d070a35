"""Next actions for the incident commander: one queue of prompts, the most pressing first."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.facts.notes import actions_without_outcome
from incident_cockpit.incident.facts.opening import needs_codename
from incident_cockpit.incident.facts.roles import READ_BACK_POINTS, vacant_roles, without_mention
from incident_cockpit.incident.facts.security import missing_breach_fields
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.checklist import is_phase_checklist, next_open_step
from incident_cockpit.incident.views.clocks import CONDITIONS, unmet_gates
from incident_cockpit.incident.views.due import HORIZON, NEAR, DueItem, DueKey, DueKind, Urgency, due_items, urgency
from incident_cockpit.incident.views.legal_duties import legal_duties_owed
from incident_cockpit.plan.deadlines import Condition, ImpactDescribed, Marked, MilestoneMet, RoleFilled
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import countdown, duration


class Prompt(Struct, frozen=True):
    """One thing to do: its text and urgency, and the action that does it.

    `action` is a name in the registry, `about` its argument (the subject of a due item, a role, a step id), `verb` the
    label of its key, `tail` the end of the text that must stay readable where the rest is cut: how late it is.
    """

    text: str
    urgency: Urgency
    action: str
    about: str
    verb: str
    tail: str = ""


_ACTIONS = {
    DueKind.UPDATE: ("update", "write"),
    DueKind.ASK: ("answer", "answer"),
    DueKind.TIMER: ("done", "done"),
    DueKind.STEP: ("tick-off", "tick"),
    DueKind.DECISION: ("revisit", "review"),
}
# How long an action may take to show its outcome before a prompt asks for it, and until when the prompt asks: then the
# checklist goes on, and only the postmortem still lists the missing outcome.
OUTCOME_AFTER = timedelta(minutes=5)
OUTCOME_UNTIL = timedelta(minutes=15)
# How long prompts name a new commander.
GREETING = timedelta(minutes=2)
LONG_IN_COMMAND = timedelta(hours=2)


def prompts(incident: Incident, now: datetime) -> tuple[Prompt, ...]:
    """Return what is pressing, then what is missing, then the next open step; empty when all is done."""
    if incident.adopted is None or incident.dismissed:
        return ()
    # What others have to do, such as answering the page, comes after what is to be done here.
    pressing = sorted(
        (item for item in due_items(incident) if _is_pressing(item, now)),
        key=lambda item: item.condition == MilestoneMet("acknowledged"),
    )
    own = tuple(_phase_step(incident))
    queue = (
        *(_due(item, now) for item in pressing),
        *_triage(incident),
        *_handoff(incident),
        *_vacancies(incident, {item.condition for item in pressing if item.condition is not None}),
        *_missing_outcome(incident, now),
        *_long_in_command(incident, now),
        *_security(incident),
        *_after_resolution(incident, now),
        *own,
        *_closing_criteria(incident, now),
        *(() if own else _onward(incident)),
        *_ready_to_close(incident),
    )
    return _naming_new_commander(incident, now, queue)


def _is_pressing(item: DueItem, now: datetime) -> bool:
    """Return whether a due item comes before all else; the time limit of a phase is no work until it has passed."""
    how = urgency(item, now)
    return how is Urgency.LATE if item.kind is DueKind.WINDOW else how is not Urgency.AHEAD


def action_for(item: DueItem) -> tuple[str, str, str]:
    """Return the action that settles a due item, its argument, and the label of its key."""
    if item.kind in _ACTIONS:
        action, verb = _ACTIONS[item.kind]
        return action, item.subject, verb
    if item.kind is DueKind.REPORT:
        return ("answered", "", "mark answered") if item.subject == "answer" else ("triage", "", "triage")
    if item.message:
        return "copy-message", item.key, "copy"
    return _meeting_action(item.condition, item.key)


def _meeting_action(condition: Condition | None, key: str) -> tuple[str, str, str]:
    """Return the action that meets a condition; an item that people only mark is completed by its key."""
    if condition is None or isinstance(condition, Marked):
        return "complete", key, "done"
    return CONDITIONS[type(condition)].action(condition)


def _due(item: DueItem, now: datetime) -> Prompt:
    action, about, verb = action_for(item)
    # The Due pane counts with the same words, so that both show the same second.
    left = countdown(item.at, now)
    late = left.startswith("late")
    when = left if late else f"due {left}"
    # An obligation is worded as an order, "Notify the CTO", behind which "is due" would be no sentence.
    joint = ", if needed:" if item.optional else " is" if item.kind in _ACTIONS and not late else ":"
    question = item.text.endswith("?") and (late or item.kind not in _ACTIONS)
    tail = f" ({when})" if question or item.is_progress_check else f"{joint} {when}"
    return Prompt(f"{item.text}{tail}", urgency(item, now), action, about, verb, tail)


def _triage(incident: Incident) -> Iterator[Prompt]:
    if not incident.declared:
        yield Prompt("Triage: declare, or dismiss with a reason", Urgency.AHEAD, "triage", "", "triage")


def _vacancies(incident: Incident, asked: Container[Condition]) -> Iterator[Prompt]:
    """Yield the vacant required roles and a missing impact, where no due item asks for them; only while live."""
    if not incident.live or not incident.declared:
        return
    level = incident.severity.value if incident.severity else ""
    roles = [role for role in vacant_roles(incident) if RoleFilled(role.id) not in asked]
    if roles:
        names = " and ".join(role.name for role in roles)
        text = f"{names} unassigned (required for {level})"
        yield Prompt(text, Urgency.AHEAD, "assign", roles[0].id, "assign")
    if incident.impact is None and ImpactDescribed() not in asked:
        yield Prompt("Describe the impact", Urgency.AHEAD, "impact", "", "describe")


def _security(incident: Incident) -> Iterator[Prompt]:
    """Yield what the incident's type requires: a codename, and the fields of the breach record."""
    if "closed" in incident.milestones:
        return
    if needs_codename(incident):
        yield Prompt("Restricted: set a codename", Urgency.AHEAD, "restrict", "", "set")
    missing = missing_breach_fields(incident)
    if missing:
        text = f"Breach record: {counted(len(missing), 'field')} missing (next: {missing[0]})"
        yield Prompt(text, Urgency.AHEAD, "breach", missing[0], "fill in")


def _handoff(incident: Incident) -> Iterator[Prompt]:
    """Lead the incoming commander through the read-back."""
    offer = incident.handoff
    if offer is None:
        return
    if offer.left:
        text = f"{offer.incoming} reads back: {READ_BACK_POINTS[offer.left[0]]}"
        yield Prompt(text, Urgency.NEAR, "read-back", offer.left[0], "read back")
    else:
        text = f"Read-back by {offer.incoming} is complete"
        yield Prompt(text, Urgency.NEAR, "take-command", "", "take command")


def _naming_new_commander(incident: Incident, now: datetime, queue: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
    """Return the prompts, the first of which names a commander who has just taken over."""
    taken, holders = incident.command.taken, incident.roles.get(incident.plan.command_role, ())
    if taken is None or not holders or holders[0].who != taken.incoming or now - holders[0].since >= GREETING:
        return queue
    nothing = Prompt("nothing is due", Urgency.AHEAD, "situation", "", "situation")
    first, *rest = queue or (nothing,)
    return (replace(first, text=f"Commander is now {taken.incoming}: {first.text}"), *rest)


def _missing_outcome(incident: Incident, now: datetime) -> Iterator[Prompt]:
    """Ask for the outcome of the newest action once it had time to show."""
    for action_id in reversed(actions_without_outcome(incident)) if incident.live else ():
        action = incident.notes.actions[action_id]
        if OUTCOME_AFTER <= now - action.happened < OUTCOME_UNTIL:
            text = f"Record the outcome of: {action.text}"
            yield Prompt(text, Urgency.AHEAD, "effect", action_id, "record")
            return


def _long_in_command(incident: Incident, now: datetime) -> Iterator[Prompt]:
    """Suggest a handoff after two hours: a commander is a poor judge of their own tiredness."""
    holders = incident.roles.get(incident.plan.command_role, ())
    if incident.live and incident.handoff is None and holders and now - holders[0].since >= LONG_IN_COMMAND:
        length = duration(timedelta(minutes=(now - holders[0].since) // timedelta(minutes=1)))
        text = f"{holders[0].who} in command for {length}: hand off?"
        yield Prompt(text, Urgency.AHEAD, "handoff", "", "hand off")


def _after_resolution(incident: Incident, now: datetime) -> Iterator[Prompt]:
    """Yield the notices and deadlines of the hour after the resolution: people wait for them more than for closing."""
    for item in due_items(incident) if _awaits_closing(incident) else ():
        if item.kind in (DueKind.NOTICE, DueKind.DEADLINE) and NEAR < item.at - now <= HORIZON:
            yield _due(item, now)


def _onward(incident: Incident) -> Iterator[Prompt]:
    """Yield the move to the next phase; a move that resolves the incident comes after all other steps."""
    moves = tuple(_next_phase(incident))
    ends = any(not phase.live for phase in incident.plan.phases if phase.id in {move.about for move in moves})
    steps = tuple(_other_step(incident))
    yield from (*steps, *moves) if ends else (*moves, *steps)


def _next_phase(incident: Incident) -> Iterator[Prompt]:
    """Suggest the next phase where all steps of the present phase's checklist are closed."""
    checklist, order = _phase_checklist(incident), [phase.id for phase in incident.plan.phases]
    current = incident.phase.value if incident.phase else ""
    if checklist is None or not incident.live or current not in order[:-1]:
        return
    here, following = (incident.plan.phase(phase) for phase in order[order.index(current) :][:2])
    if here.checklist:
        question, verb = (f"move to {following.name}?", "move") if following.live else ("resolve?", "resolve")
        text = f"{here.name} checklist complete: {question}"
        yield Prompt(text, Urgency.AHEAD, "phase", following.id, verb)


def _phase_step(incident: Incident) -> Iterator[Prompt]:
    """Yield the next step of the present phase's own checklist."""
    checklist = _phase_checklist(incident)
    if checklist is None or incident.phase is None:
        return
    sections = incident.steps.runbooks[checklist].sections
    name = incident.plan.phase_name(incident.phase.value)
    steps = ((f"{checklist}.{step.key}", sections[step.section].title) for step in incident.steps.of(checklist))
    open_steps = (step_id for step_id, title in steps if title == name and not incident.steps.closed(step_id))
    yield from _step(incident, next(open_steps, ""))


def _other_step(incident: Incident) -> Iterator[Prompt]:
    """Yield the next step of the first runbook with an open one.

    Once the incident is declared, nothing that triage left open is asked for, nor any other phase of a checklist: those
    to come have their time, and what an earlier one left open was named when it was left.
    """
    checklist, order = _phase_checklist(incident), list(incident.steps.runbooks)
    if checklist is not None and not incident.live:
        return
    if checklist is not None and incident.report is not None and incident.declared:
        order = order[order.index(checklist) :]
    for runbook in order:
        if runbook == checklist and incident.declared:
            continue
        step = tuple(_step(incident, next_open_step(incident.steps, incident.gates, runbook)))
        if step:
            yield from step
            return


def _phase_checklist(incident: Incident) -> str | None:
    """Return the runbook that was made of the plan's phase checklists, if there is one."""
    return next((runbook for runbook in incident.steps.runbooks if is_phase_checklist(incident, runbook)), None)


def _step(incident: Incident, step_id: str) -> Iterator[Prompt]:
    step = incident.steps.find(step_id) if step_id else None
    if step is not None:
        text = without_mention(incident.plan, step.text)
        yield Prompt(f"Next step: {text}", Urgency.AHEAD, "step", step_id, "open")


def _closing_criteria(incident: Incident, now: datetime) -> Iterator[Prompt]:
    """Yield what is to be done before closing; a review that has a time is left alone until then."""
    if not _awaits_closing(incident):
        return
    for gate in unmet_gates(incident):
        action, about, verb = _meeting_action(gate.condition, str(DueKey("gate", (gate.id,))))
        if action == "review-held" and incident.review is None:
            # A review without a time is scheduled first.
            action, verb = "schedule-review", "schedule"
        elif action == "review-held" and incident.review is not None and now < incident.review.at:
            continue
        yield Prompt(f"Before closing: {gate.text}", Urgency.AHEAD, action, about, verb)
    owed = {str(DueKey("clock", (clock.deadline.id,))) for clock in legal_duties_owed(incident)}
    for item in due_items(incident):
        # What is due within the hour is asked for as such.
        if item.key in owed and item.at - now > HORIZON:
            action, about, verb = action_for(item)
            needed = ", or waive it" if item.optional else ""
            yield Prompt(f"Before closing: {item.text}{needed}", Urgency.AHEAD, action, about, verb)


def _ready_to_close(incident: Incident) -> Iterator[Prompt]:
    if _awaits_closing(incident) and not unmet_gates(incident) and not legal_duties_owed(incident):
        yield Prompt("Ready to close", Urgency.AHEAD, "close", "", "close")


def _awaits_closing(incident: Incident) -> bool:
    """Return whether the incident is resolved and not closed yet."""
    return not incident.live and incident.declared and "closed" not in incident.milestones
