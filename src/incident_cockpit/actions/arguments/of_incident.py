"""Arguments that name something of the incident: steps, asks, hypotheses, decisions, due items, milestones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from incident_cockpit.actions.arguments.argument import (
    NOTHING_OUTSIDE,
    Arg,
    Choice,
    FileArg,
    Here,
    Named,
    Outside,
    View,
    help_blocks,
    match_choice,
)
from incident_cockpit.errors import Refused
from incident_cockpit.incident.escalation import MarkedItems
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.asks import open_asks, open_needs
from incident_cockpit.incident.facts.followups import PRIORITIES
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.milestones import MILESTONES
from incident_cockpit.incident.facts.notes import (
    ActionOutcome,
    DecisionGrounded,
    EffectSeen,
    Logged,
    NoteKind,
    actions_without_outcome,
)
from incident_cockpit.incident.facts.roles import READ_BACK_POINTS
from incident_cockpit.incident.facts.runbooks import gate_question
from incident_cockpit.incident.facts.security import BREACH_FIELDS
from incident_cockpit.incident.facts.timers import TimerStatus
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import unmet_gates
from incident_cockpit.incident.views.due import DueItem, DueKind, due_items
from incident_cockpit.plan.deadlines import Marked
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.text.blocks import Blocks


class IncidentArg(Arg, frozen=True):
    """Another incident; it is looked up before the rule sees it."""

    word = "incident"

    @classmethod
    def choices(cls, record: Record, outside: Outside = NOTHING_OUTSIDE) -> Sequence[Choice]:  # noqa: ARG003
        """Return the other incidents."""
        return outside.incidents()


# -- Runbooks and their steps.


class RunbookArg(FileArg, frozen=True):
    """A runbook: its name or file, which is read before the rule sees it."""

    word = "runbook"
    value = Runbook
    free = True

    @classmethod
    def choices(cls, record: Record, outside: Outside = NOTHING_OUTSIDE) -> Sequence[Choice]:  # noqa: ARG003
        """Return the runbooks that can be attached."""
        return [Choice(name, name) for name in outside.runbooks()]


class AttachedRunbookArg(Named, frozen=True):
    """A runbook that is attached."""

    word = "attached runbook"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the attached runbooks."""
        return (Choice(key, f"{runbook.name}: {runbook.title}") for key, runbook in incident.steps.runbooks.items())


class StepFormatArg(Arg, frozen=True):
    """The format in which a file writes its steps."""

    word = "step format"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:  # noqa: ARG003
        """Return every format."""
        # Late: the parser of Markdown comes with it.
        from incident_cockpit.runbook.tasks import RULES

        return (Choice(rule, rule) for rule in RULES)


class StepArg(Named, frozen=True):
    """A step of an attached runbook."""

    word = "step"
    due = DueKind.STEP

    @classmethod
    def offered(cls, incident: Incident) -> Iterator[Choice]:
        """Yield the steps in order."""
        for runbook in incident.steps.runbooks:
            yield from (Choice(f"{runbook}.{step.key}", step.text) for step in incident.steps.of(runbook))


class GateArg(Named, frozen=True):
    """A decision point of an attached runbook."""

    word = "decision point"

    @classmethod
    def offered(cls, incident: Incident) -> Iterator[Choice]:
        """Yield the decision points in order."""
        for key, runbook in incident.steps.runbooks.items():
            yield from (Choice(f"{key}.{gate.key}", gate_question(gate)) for gate in runbook.gates)


# -- What people log, ask for and set.


class AskArg(Named, frozen=True):
    """An open ask."""

    word = "ask"
    due = DueKind.ASK

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the open asks."""
        return (Choice(key, f"{ask.who}: {ask.text}", hide_id=True) for key, ask in open_asks(incident).items())

    @classmethod
    def ended(cls, incident: Incident) -> Iterable[str]:
        """Return every ask."""
        return incident.asks

    @classmethod
    def likely(cls, incident: Incident, who: str | None) -> str | None:
        """Return the most urgent ask of the person under the cursor."""
        theirs = open_asks(incident, who) if who else {}
        return min(theirs, key=lambda key: theirs[key].due, default=None)


class NeedArg(Named, frozen=True):
    """An open need."""

    word = "need"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the open needs."""
        return (Choice(key, need.text, hide_id=True) for key, need in open_needs(incident).items())

    @classmethod
    def ended(cls, incident: Incident) -> Iterable[str]:
        """Return every need."""
        return incident.needs


class TimerArg(Named, frozen=True):
    """A running timer."""

    word = "timer"
    due = DueKind.TIMER

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the running timers."""
        timers = incident.timers.timers.items()
        return (Choice(key, timer.text, hide_id=True) for key, timer in timers if timer.status is TimerStatus.RUNNING)

    @classmethod
    def ended(cls, incident: Incident) -> Iterable[str]:
        """Return every timer."""
        return incident.timers.timers


class HypothesisArg(Named, frozen=True):
    """A hypothesis."""

    word = "hypothesis"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the hypotheses, each with its state."""
        return (
            Choice(key, hypothesis.text, beside=hypothesis.belief.value, hide_id=True)
            for key, hypothesis in incident.hypotheses.items()
        )

    @classmethod
    def likely(cls, incident: Incident, who: str | None) -> str | None:  # noqa: ARG003
        """Return the first hypothesis that is neither ruled out nor confirmed."""
        undecided = (Belief.TESTING, Belief.OPEN)
        return next((key for key, each in incident.hypotheses.items() if each.belief in undecided), None)


class DecisionArg(Named, frozen=True):
    """A decision that was logged."""

    word = "decision"
    due = DueKind.DECISION

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the decisions; a reversed one says so."""
        reversed_ones = {key for key, decision in incident.decisions.items() if decision.reversed}
        return (
            Choice(key, note.text, beside="reversed" if key in reversed_ones else "", hide_id=True)
            for key, note in incident.notes.decisions.items()
        )

    @classmethod
    def in_event(cls, event: Event) -> str | None:
        """Return the decision that an entry is about."""
        match event.fact:
            case Logged(note=note, now=now) if now is not None and now.sort is NoteKind.DECISION:
                return note
            case DecisionGrounded(decision=decision):
                return decision
        return None


class TakenActionArg(Named, frozen=True):
    """An action that was taken and logged."""

    word = "action"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the actions, each with its outcome."""
        outcomes = {key: effect.verdict.value for key, effect in incident.effects.items()}
        return (
            Choice(key, note.text, beside=outcomes.get(key, ""), hide_id=True)
            for key, note in incident.notes.actions.items()
        )

    @classmethod
    def likely(cls, incident: Incident, who: str | None) -> str | None:  # noqa: ARG003
        """Return the newest action without an outcome."""
        return next(reversed(actions_without_outcome(incident)), None)

    @classmethod
    def in_event(cls, event: Event) -> str | None:
        """Return the action that an entry is about."""
        match event.fact:
            case Logged(note=note, now=now) if now is not None and now.sort is NoteKind.ACTION:
                return note
            case EffectSeen(action=action):
                return action
        return None


class OutcomeArg(Arg, frozen=True):
    """The outcome of an action."""

    word = "outcome"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:  # noqa: ARG003
        """Return every outcome."""
        return (Choice(outcome.value, outcome.value) for outcome in ActionOutcome)


class FollowUpArg(Named, frozen=True):
    """An open follow-up."""

    word = "follow-up"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the open follow-ups."""
        followups = incident.followups.items()
        return (Choice(key, followup.text, hide_id=True) for key, followup in followups if not followup.done)

    @classmethod
    def ended(cls, incident: Incident) -> Iterable[str]:
        """Return every follow-up."""
        return incident.followups


class PriorityArg(Named, frozen=True):
    """The priority of a follow-up."""

    word = "priority"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:  # noqa: ARG003
        """Return every priority."""
        return (Choice(priority, priority) for priority in PRIORITIES)


class EvidenceArg(Named, frozen=True):
    """A piece of evidence."""

    word = "piece of evidence"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the evidence that was logged."""
        return (Choice(key, evidence.text, hide_id=True) for key, evidence in incident.evidence.items())


class BreachFieldArg(Named, frozen=True):
    """A field of the breach record."""

    word = "breach-record field"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:  # noqa: ARG003
        """Return every field."""
        return (Choice(key, about) for key, about in BREACH_FIELDS.items())


class HandoffPointArg(Named, frozen=True):
    """A point that is read back before command changes hands."""

    word = "handoff point"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:  # noqa: ARG003
        """Return every point."""
        return (Choice(key, about) for key, about in READ_BACK_POINTS.items())


class MilestoneArg(Named, frozen=True):
    """A milestone."""

    word = "milestone"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:  # noqa: ARG003
        """Return every milestone."""
        return (Choice(name, name) for name in MILESTONES)


# -- What is due.


def _due_help(key: str, view: View) -> Blocks:
    item = next((item for item in due_items(view.record.incident) if item.key == key), None)
    if item is None:
        return ()
    parts = (item.detail, item.route, view.reach(item.who))
    return help_blocks((), " · ".join(part for part in parts if part))


class DueItemArg(Arg, frozen=True):
    """An item of the Due pane."""

    word = "due item"
    value = DueItem

    def read(self, text: str, record: Record, here: Here) -> DueItem:  # noqa: ARG002
        """Return the item as it is due now."""
        due = {item.key: item for item in due_items(record.incident)}
        return due[match_choice(self.choices(record), text, self.word)]

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return everything that is due."""
        return (Choice(item.key, item.text, hide_id=True) for item in due_items(incident))

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:  # noqa: ARG003
        """Return where the item comes from, by which channel, and how its people are reached."""
        return _due_help(key, view)

    @classmethod
    def in_due_item(cls, item: DueItem) -> str | None:
        """Return the item itself."""
        return item.key


class PlanItemArg(Arg, frozen=True):
    """An obligation of the plan: due now, or a closing criterion; it can be completed or waived."""

    word = "plan item"
    value = MarkedItems

    @classmethod
    def offered(cls, incident: Incident) -> Iterator[Choice]:
        """Yield what is due, then the closing criteria that are not met."""
        yield from (Choice(item.key, item.text) for item in due_items(incident) if item.completion_marks)
        yield from (Choice(f"gate:{gate.id}", gate.text) for gate in unmet_gates(incident))

    def read(self, text: str, record: Record, here: Here) -> MarkedItems:  # noqa: ARG002
        """Return the completion marks of the item, each with its text.

        If one item combines several, as "notify these three, now", the words of one of them mean that one alone: no one
        is recorded as notified who was not.
        """
        incident = record.incident
        due = (item for item in due_items(incident) if item.completion_marks)
        marks: dict[str, MarkedItems] = {item.key: item.completion_marks for item in due}
        marks |= {f"gate:{gate.id}": ((gate.completion_mark, gate.text),) for gate in unmet_gates(incident)}
        try:
            together = marks[match_choice(self.choices(record), text, self.word)]
        except Refused:
            _check_not_completed(incident, text)
            raise
        parts = [Choice(mark, words) for mark, words in together if text.casefold() in words.casefold()]
        if not parts or len(parts) == len(together):
            return together
        alone = match_choice(parts, text, self.word)
        return tuple(mark for mark in together if mark[0] == alone)

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:  # noqa: ARG003
        """Return where the item comes from, by which channel, and how its people are reached."""
        return _due_help(key, view)

    @classmethod
    def in_due_item(cls, item: DueItem) -> str | None:
        """Return the item, if it is one of the plan."""
        return item.key if item.completion_marks else None


def _check_not_completed(incident: Incident, text: str) -> None:
    """Refuse by its id an item that was completed or waived: another person was quicker, or this is the second time."""
    word = text.rpartition(":")[2]
    plan = incident.plan
    conditions = (deadline.condition for deadline in plan.deadlines if deadline.id == word)
    marks = [condition.mark for condition in conditions if isinstance(condition, Marked)]
    for mark in (*marks, *(gate.completion_mark for gate in plan.closing if gate.id == word)):
        deed = incident.completion_marks.get(mark)
        if deed is not None:
            raise Refused(
                f'"{deed.text}" is already {deed.status.value} ({deed.who}, {deed.when:%H:%M} UTC)',
                f"if that is wrong, {deed.who} can undo it",
            )
