"""Actions, decisions and changes since the last update to an audience."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from incident_cockpit.documents.render import Value, one_line, time_with_zone
from incident_cockpit.incident.event import Change, Event, Fact
from incident_cockpit.incident.facts.asks import AskAnswered, NeedChanged
from incident_cockpit.incident.facts.hypotheses import Belief, HypothesisJudged
from incident_cockpit.incident.facts.notes import DecisionGrounded, Effect, EffectSeen, Logged, NoteKind
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.roles import HandoffTaken, without_mention
from incident_cockpit.incident.facts.runbooks import GatePassed
from incident_cockpit.incident.facts.severity import ImpactSet, SeverityChanged, SystemChanged
from incident_cockpit.incident.facts.steps import Status, StepId, StepMarked
from incident_cockpit.incident.facts.updates import UpdateSent
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.checklist import is_phase_checklist
from incident_cockpit.incident.views.timeline import BEFORE_START, is_early

_MOST_CHANGES = 8
# Of these facts only the last since the update counts, compared with the state when it was sent.
_STATE_FACTS = (SeverityChanged, PhaseChanged, ImpactSet, SystemChanged, HypothesisJudged, EffectSeen, DecisionGrounded)


def events_since_update(record: Record, audience: str) -> Iterator[Event]:
    """Yield the events recorded after the last update to the audience, without undone ones; all once it has ended.

    The order of recording decides: an earlier event that was logged late is news to the readers.
    """
    after = last_update_seq(record, audience) if record.incident.live else 0
    return (event for event in record.effective() if event.seq > after)


def last_update_seq(record: Record, audience: str, *, standing: bool = True) -> int:
    """Return the seq of the last update to the audience, 0 for none; with `standing` false, undone ones count too."""
    for event in reversed(record.events):
        fact = event.fact
        is_update = isinstance(fact, UpdateSent) and fact.now is not None and fact.now.audience == audience
        if is_update and event.undoes is None and not (standing and record.undone_by(event.seq) is not None):
            return event.seq
    return 0


def actions_since_update(record: Record, audience: str, now: datetime, zone: tzinfo) -> Iterator[Value]:
    """Yield the actions and findings since the last update; ticks of the plan's checklists only if there is no other.

    "Open a ticket ✓" is process, not news, and would push out what people logged.
    """
    incident = record.incident
    events = list(events_since_update(record, audience))
    work_text = _logged_work if any(_logged_work(incident, event) for event in events) else _work
    for event in events:
        text = work_text(incident, event)
        if text:
            outcome = action_outcome(incident, event.fact.note) if isinstance(event.fact, Logged) else ""
            text = one_line(text) + _early_mark(incident, event)
            yield {"time": time_with_zone(event.happened, now, zone), "text": text, "effect": one_line(outcome)}


def decisions_since_update(record: Record, audience: str, now: datetime, zone: tzinfo) -> Iterator[Value]:
    """Yield the decisions since the last update that still hold, with their rationale."""
    incident = record.incident
    for event in events_since_update(record, audience):
        text = _valid_decision(incident, event)
        if text:
            ground = incident.decisions.get(event.fact.note) if isinstance(event.fact, Logged) else None
            yield {
                "time": time_with_zone(event.happened, now, zone),
                "text": one_line(text) + _early_mark(incident, event),
                "why": one_line(ground.why) if ground else "",
                "risk": one_line(ground.risk) if ground else "",
            }


def changes_since_update(
    record: Record, audience: str, now: datetime, zone: tzinfo, *, inside: bool
) -> Iterator[Value]:
    """Yield the changes since the last update to the audience: each once, as it is now.

    Before the first update, the initial state is no change. Readers outside get changes of status and of the plan's
    systems only.
    """
    changes = _Changes(record, audience)
    texts = [
        (event, text)
        for event in changes.events
        if (text := changes.internal_text(event) if inside else changes.external_text(event))
    ]
    # The list is short: ticks give way to changes of state, old entries to new ones.
    order = sorted(range(len(texts)), key=lambda index: (_priority(texts[index][0].fact), -index))
    for event, text in (texts[index] for index in sorted(order[:_MOST_CHANGES])):
        yield {
            "time": time_with_zone(event.happened, now, zone),
            "text": one_line(text) + _early_mark(record.incident, event),
            "kind": _kind(event.fact),
        }


def action_outcome(incident: Incident, action: str) -> str:
    """Return the outcome of an action, as "helped, 8% to 1%"; "" while it is unknown."""
    effect = incident.effects.get(action)
    return _effect_text(effect) if effect is not None else ""


def decision_text(fact: Fact) -> str:
    """Return the decision that a fact records, a logged one or a branch at a decision point; "" for other facts."""
    match fact:
        case Logged(now=note) if note is not None and note.sort is NoteKind.DECISION:
            return note.text
        case GatePassed(now=passed) if passed is not None:
            return passed.told
    return ""


def reversal_reason(incident: Incident, fact: Fact) -> str:
    """Return why a decision was reversed, "" while it holds."""
    ground = incident.decisions.get(fact.note) if isinstance(fact, Logged) else None
    return ground.reversed if ground is not None else ""


class _Changes:
    """The events since an update, the last of each state, and their texts compared with the state at the update."""

    def __init__(self, record: Record, audience: str) -> None:
        """Collect the events recorded after the last update to the audience."""
        after = last_update_seq(record, audience)
        recent = [event for event in record.effective() if event.seq > after]
        last = {_subject(event.fact): event.seq for event in recent if isinstance(event.fact, _STATE_FACTS)}
        self.events = [event for event in recent if last.get(_subject(event.fact), event.seq) == event.seq]
        self._incident = record.incident
        self._is_first = after == 0
        self._new_notes = {event.fact.note for event in recent if isinstance(event.fact, Logged)}
        self._work_text = _logged_work if any(_logged_work(record.incident, event) for event in recent) else _work
        self._before: dict[tuple[str, str], Any] = {}
        for event in recent:
            if isinstance(event.fact, _STATE_FACTS):
                self._before.setdefault(_subject(event.fact), event.fact.was)

    def external_text(self, event: Event) -> str:
        """Return the change in words for readers outside, "" if it is not for them."""
        incident, fact = self._incident, event.fact
        match fact:
            case PhaseChanged(now=now) if now is not None and self._was(fact):
                statuses = {phase.id: phase.public for phase in incident.plan.phases}
                status = statuses.get(now.value, "")
                return status if status != statuses.get(self._was(fact)) else ""
            case SystemChanged(now=now) if now is not None and not incident.codename:
                known = {system.name.casefold() for system in incident.plan.systems}
                return f"{now.name}: {now.health.value}" if now.name.casefold() in known else ""
        return ""

    def internal_text(self, event: Event) -> str:
        """Return the change in words for colleagues, "" if it is no news."""
        fact = event.fact
        match fact:
            case SeverityChanged(now=now) if now is not None:
                changed = self._was(fact) not in ("", now.value)
                return f"{self._was(fact)} → {now.value}{_reason_suffix(now.reason)}" if changed else ""
            case PhaseChanged(now=now) if now is not None:
                changed = self._was(fact) not in ("", now.value)
                phase = self._incident.plan.phase_name(now.value)
                return f"Status is now {phase}{_reason_suffix(now.reason)}" if changed else ""
            case ImpactSet():
                return self._impact_text(fact)
            case SystemChanged(now=now) if now is not None:
                note, before = f" ({now.note})" if now.note else "", self._before[_subject(fact)]
                return f"{now.name}: {now.health.value}{note}" + (f", was {before.health.value}" if before else "")
            case HypothesisJudged(now=now) if now is not None:
                is_settled = now.belief in (Belief.RULED_OUT, Belief.CONFIRMED)
                return f"{now.belief.value.capitalize()}: {now.text} ({now.found})" if is_settled else ""
            case EffectSeen(action=action, now=now) if now is not None:
                # A new action has its outcome beside it.
                return "" if action in self._new_notes else f"{now.text}: {_effect_text(now)}"
            case DecisionGrounded(decision=decision, now=now) if now is not None:
                is_reversal = bool(now.reversed) and decision not in self._new_notes
                return f"Reversed: {now.text} ({now.reversed})" if is_reversal else ""
        return self._other_text(event)

    def _other_text(self, event: Event) -> str:
        incident, fact = self._incident, event.fact
        match fact:
            case AskAnswered(now=now) if now is not None:
                return f"{now.who}: {now.text} → {now.answer}"
            case NeedChanged(now=now) if now is not None:
                return f"Need met: {now.text}" if now.met else ""
            case HandoffTaken(was=was) if was is not None:
                return f"{was.incoming} took command" + (f" from {was.outgoing}" if was.outgoing else "")
        text = _valid_decision(incident, event)
        if text:
            ground = incident.decisions.get(fact.note) if isinstance(fact, Logged) else None
            return f"Decision: {text}" + (f", because {ground.why}" if ground and ground.why else "")
        text = self._work_text(incident, event)
        outcome = action_outcome(incident, fact.note) if text and isinstance(fact, Logged) else ""
        return f"{text}: {outcome}" if outcome else text

    def _impact_text(self, fact: ImpactSet) -> str:
        was = self._was(fact)
        if fact.now is None or fact.now.value == was or (self._is_first and not was):
            return ""
        # The present impact is at the top of every update.
        return f"Impact changed, was: {was}" if was else f"Impact: {fact.now.value}"

    def _was(self, fact: Change) -> str:
        """Return the value when the update was sent, "" if there was none."""
        before = self._before[_subject(fact)]
        return str(before.value) if before is not None else ""


def _early_mark(incident: Incident, event: Event) -> str:
    return f" ({BEFORE_START})" if is_early(incident, event) else ""


def _logged_work(incident: Incident, event: Event) -> str:
    """Return the action or finding that the event records, "" for the plain tick of a checklist of the plan."""
    fact = event.fact
    if isinstance(fact, StepMarked) and fact.now is not None and not fact.now.answer:
        runbook = StepId.parse(fact.step).runbook
        if runbook in incident.steps.runbooks and is_phase_checklist(incident, runbook):
            return ""
    return _work(incident, event)


def _work(incident: Incident, event: Event) -> str:
    """Return the action or finding that the event records, "" if it records neither."""
    match event.fact:
        case Logged(now=note) if note is not None and note.sort is NoteKind.ACTION:
            return note.text
        case Logged(now=note) if note is not None and note.sort is NoteKind.FINDING:
            return f"Finding: {note.text}"
        case Logged(now=note) if note is not None and note.sort is NoteKind.ESCALATION:
            return f"Escalated to {note.text}"
        case StepMarked(step=key, now=mark) if mark is not None and mark.status is Status.DONE:
            # A step that was reopened since is not done.
            step = incident.steps.find(key) if incident.steps.marks.get(key) == mark else None
            return f"{without_mention(incident.plan, step.text)} {mark.answer or '✓'}" if step else ""
    return ""


def _valid_decision(incident: Incident, event: Event) -> str:
    """Return the decision that the event records and that still holds: of a decision point, the current branch."""
    fact = event.fact
    if isinstance(fact, GatePassed) and incident.gates.get(fact.gate) != fact.now:
        return ""
    return "" if reversal_reason(incident, fact) else decision_text(fact)


def _reason_suffix(reason: str) -> str:
    return f": {reason}" if reason else ""


def _priority(fact: Fact) -> int:
    """Return the rank of a change in a short list; 0 is kept longest."""
    if isinstance(fact, SeverityChanged | PhaseChanged | ImpactSet):
        return 0
    is_decision = isinstance(fact, Logged) and fact.now is not None and fact.now.sort is NoteKind.DECISION
    if isinstance(fact, _STATE_FACTS) or is_decision:
        return 1
    return 3 if isinstance(fact, StepMarked | GatePassed) else 2


_KINDS: tuple[tuple[type[Fact], str], ...] = (
    (SeverityChanged, "severity"), (PhaseChanged, "phase"), (ImpactSet, "impact"), (SystemChanged, "system"),
    (HypothesisJudged, "cause"), (EffectSeen, "effect"), (DecisionGrounded, "decision"), (GatePassed, "gate"),
    (AskAnswered, "ask"), (NeedChanged, "need"), (HandoffTaken, "command"),
)  # fmt: skip


def _kind(fact: Fact) -> str:
    """Return the kind of a change, so that a template can choose among them."""
    if isinstance(fact, Logged) and fact.now is not None and fact.now.sort is NoteKind.DECISION:
        return "decision"
    return next((kind for fact_type, kind in _KINDS if isinstance(fact, fact_type)), "done")


def _subject(fact: Fact) -> tuple[str, str]:
    return (type(fact).__name__, fact.subject[1]) if isinstance(fact, Change) else ("", "")


def _effect_text(effect: Effect) -> str:
    return effect.verdict.value + (f", {effect.found}" if effect.found else "")
