"""What is new to the readers of an update: what was done, decided and changed since the last one they were sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from incident_cockpit.documents.phrasing import one_line, time_with_zone
from incident_cockpit.documents.render import Value
from incident_cockpit.incident.event import Change, Event, Fact
from incident_cockpit.incident.facts.asks import AskAnswered, NeedChanged
from incident_cockpit.incident.facts.hypotheses import Belief, HypothesisJudged
from incident_cockpit.incident.facts.notes import DecisionGrounded, Effect, EffectSeen, Logged, NoteKind
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.roles import HandoffTaken, without_mention
from incident_cockpit.incident.facts.runbooks import GatePassed
from incident_cockpit.incident.facts.severity import ImpactSet, SeverityChanged, SystemChanged
from incident_cockpit.incident.facts.steps import Status, StepMarked
from incident_cockpit.incident.facts.updates import UpdateSent
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.checklist import is_phase_checklist
from incident_cockpit.incident.views.timeline import BEFORE_START, is_early

_MOST_CHANGES = 8
# Facts of which only the last since the update counts, against what held when it was sent.
_STANDING = (SeverityChanged, PhaseChanged, ImpactSet, SystemChanged, HypothesisJudged, EffectSeen, DecisionGrounded)


def events_since_update(record: Record, audience: str) -> Iterator[Event]:
    """Yield what stands and was recorded after the last update to the audience; once it is over, all of it.

    What happened earlier but was written down only now is news to the readers, so the order of recording decides.
    """
    after = last_update_seq(record, audience) if record.incident.live else 0
    return (event for event in record.effective() if event.seq > after)


def last_update_seq(record: Record, audience: str, *, standing: bool = True) -> int:
    """Return the seq of the last update to the audience, 0 where none stands; or of one that was taken back, too."""
    sent = (event for event in reversed(record.events) if event.undoes is None and _went_to(event.fact, audience))
    return next((event.seq for event in sent if not standing or record.undone_by(event.seq) is None), 0)


def actions_since_update(record: Record, audience: str, now: datetime, zone: tzinfo) -> Iterator[Value]:
    """Yield what was done and found since the last update; ticks of the plan's checklists where nobody said more.

    "Open a ticket ✓" is the process, not its news: it would push out what somebody wrote down.
    """
    incident = record.incident
    said = _written if any(_written(incident, event) for event in events_since_update(record, audience)) else _done
    for event in events_since_update(record, audience):
        text = said(incident, event)
        if text:
            effect = action_outcome(incident, event.fact.note) if isinstance(event.fact, Logged) else ""
            text = one_line(text) + _before(incident, event)
            yield {"time": time_with_zone(event.happened, now, zone), "text": text, "effect": one_line(effect)}


def decisions_since_update(record: Record, audience: str, now: datetime, zone: tzinfo) -> Iterator[Value]:
    """Yield what was decided since the last update and stands, with its grounds."""
    incident = record.incident
    for event in events_since_update(record, audience):
        text = _standing_decision(incident, event)
        if text:
            ground = incident.decisions.get(event.fact.note) if isinstance(event.fact, Logged) else None
            yield {
                "time": time_with_zone(event.happened, now, zone),
                "text": one_line(text) + _before(incident, event),
                "why": one_line(ground.why) if ground else "",
                "risk": one_line(ground.risk) if ground else "",
            }


def changes_since_update(
    record: Record, audience: str, now: datetime, zone: tzinfo, *, inside: bool
) -> Iterator[Value]:
    """Yield what changed since the last update to these readers was sent: each thing once, as it stands by now.

    Before the first, how it began is no change. Readers outside learn of status and the plan's systems alone.
    """
    since = _Since(record, audience)
    said = [(event, text) for event in since.news if (text := since.inside(event) if inside else since.outside(event))]
    # Nobody reads on after a few lines: what somebody did gives way to how things stand now, old things to new ones.
    order = sorted(range(len(said)), key=lambda place: (_lightness(said[place][0].fact), -place))
    for event, words in (said[place] for place in sorted(order[:_MOST_CHANGES])):
        text = one_line(words) + _before(record.incident, event)
        yield {"time": time_with_zone(event.happened, now, zone), "text": text, "kind": _kind(event.fact)}


def action_outcome(incident: Incident, action: str) -> str:
    """Return what an action led to, as "helped, 8% to 1%"; "" while nobody has told it."""
    effect = incident.effects.get(action)
    return _effect(effect) if effect is not None else ""


def decision_text(fact: Fact) -> str:
    """Return what a fact says was decided, or "": in words, or as the way that was taken at a gate."""
    match fact:
        case Logged(now=note) if note is not None and note.sort is NoteKind.DECISION:
            return note.text
        case GatePassed(now=passed) if passed is not None:
            return passed.told
    return ""


def reversal_reason(incident: Incident, fact: Fact) -> str:
    """Return why a decision no longer holds, "" while it does."""
    ground = incident.decisions.get(fact.note) if isinstance(fact, Logged) else None
    return ground.reversed if ground is not None else ""


class _Since:
    """What is new since an update, each thing that stands once, and how it reads against what held then."""

    def __init__(self, record: Record, audience: str) -> None:
        """Take in what was recorded after the last update to the audience."""
        after = last_update_seq(record, audience)
        found = [event for event in record.effective() if event.seq > after]
        last = {_thing(event.fact): event.seq for event in found if isinstance(event.fact, _STANDING)}
        self.news = [event for event in found if last.get(_thing(event.fact), event.seq) == event.seq]
        self._incident = record.incident
        self._begins = after == 0
        self._fresh = {event.fact.note for event in found if isinstance(event.fact, Logged)}
        self._step = _written if any(_written(record.incident, event) for event in found) else _done
        self._before: dict[tuple[str, str], Any] = {}
        for event in found:
            if isinstance(event.fact, _STANDING):
                self._before.setdefault(_thing(event.fact), event.fact.was)

    def outside(self, event: Event) -> str:
        """Return what readers outside may know of it."""
        incident, fact = self._incident, event.fact
        match fact:
            case PhaseChanged(now=now) if now is not None and self._was(fact):
                words = {one.id: one.public for one in incident.plan.phases}
                is_now = words.get(now.value, "")
                return is_now if is_now != words.get(self._was(fact)) else ""
            case SystemChanged(now=now) if now is not None and not incident.codename:
                known = {one.name.casefold() for one in incident.plan.systems}
                return f"{now.name}: {now.health.value}" if now.name.casefold() in known else ""
        return ""

    def inside(self, event: Event) -> str:
        """Return what colleagues are told of it."""
        fact = event.fact
        match fact:
            case SeverityChanged(now=now) if now is not None:
                moved = self._was(fact) not in ("", now.value)
                return f"{self._was(fact)} → {now.value}{_because(now.reason)}" if moved else ""
            case PhaseChanged(now=now) if now is not None:
                moved = self._was(fact) not in ("", now.value)
                return f"Now {self._incident.plan.phase_name(now.value)}{_because(now.reason)}" if moved else ""
            case ImpactSet():
                return self._impact(fact)
            case SystemChanged(now=now) if now is not None:
                note, before = f" ({now.note})" if now.note else "", self._before[_thing(fact)]
                return f"{now.name}: {now.health.value}{note}" + (f", was {before.health.value}" if before else "")
            case HypothesisJudged(now=now) if now is not None:
                settled = now.belief in (Belief.RULED_OUT, Belief.CONFIRMED)
                return f"{now.belief.value.capitalize()}: {now.text} ({now.found})" if settled else ""
            case EffectSeen(action=action, now=now) if now is not None:
                # A new action says it itself.
                return "" if action in self._fresh else f"{now.text}: {_effect(now)}"
            case DecisionGrounded(decision=decision, now=now) if now is not None:
                told = bool(now.reversed) and decision not in self._fresh
                return f"No longer: {now.text} ({now.reversed})" if told else ""
        return self._worked(event)

    def _worked(self, event: Event) -> str:
        incident, fact = self._incident, event.fact
        match fact:
            case AskAnswered(now=now) if now is not None:
                return f"{now.who}: {now.text} → {now.answer}"
            case NeedChanged(now=now) if now is not None:
                return f"No longer lacking: {now.text}" if now.met else ""
            case HandoffTaken(was=was) if was is not None:
                return f"{was.incoming} took command" + (f" from {was.outgoing}" if was.outgoing else "")
        text = _standing_decision(incident, event)
        if text:
            ground = incident.decisions.get(fact.note) if isinstance(fact, Logged) else None
            return f"Decided: {text}" + (f", because {ground.why}" if ground and ground.why else "")
        text = self._step(incident, event)
        effect = action_outcome(incident, fact.note) if text and isinstance(fact, Logged) else ""
        return f"{text}: {effect}" if effect else text

    def _impact(self, fact: ImpactSet) -> str:
        was = self._was(fact)
        if fact.now is None or fact.now.value == was or (self._begins and not was):
            return ""
        # What it is now stands at the head of every update.
        return f"Impact changed, before: {was}" if was else f"Impact: {fact.now.value}"

    def _was(self, fact: Change) -> str:
        """Return what held when the update was sent, "" where nothing did."""
        before = self._before[_thing(fact)]
        return str(before.value) if before is not None else ""


def _before(incident: Incident, event: Event) -> str:
    return f" ({BEFORE_START})" if is_early(incident, event) else ""


def _written(incident: Incident, event: Event) -> str:
    """Return what the event says was done or found, but for the bare tick of a checklist of the plan."""
    fact = event.fact
    if isinstance(fact, StepMarked) and fact.now is not None and not fact.now.answer:
        book = fact.step.partition(".")[0]
        if book in incident.steps.runbooks and is_phase_checklist(incident, book):
            return ""
    return _done(incident, event)


def _done(incident: Incident, event: Event) -> str:
    """Return what the event says was done or found, or "" when it says neither."""
    match event.fact:
        case Logged(now=note) if note is not None and note.sort is NoteKind.ACTION:
            return note.text
        case Logged(now=note) if note is not None and note.sort is NoteKind.FINDING:
            return f"Found: {note.text}"
        case Logged(now=note) if note is not None and note.sort is NoteKind.ESCALATION:
            return f"Brought in {note.text}"
        case StepMarked(step=step, now=mark) if mark is not None and mark.status is Status.DONE:
            # A step may have been opened again since; then it is not done.
            found = incident.steps.find(step) if incident.steps.marks.get(step) == mark else None
            return _settled(without_mention(incident.plan, found.text), mark.answer) if found else ""
    return ""


def _settled(text: str, answer: str) -> str:
    return f"{text} {answer}" if answer else f"{text} ✓"


def _standing_decision(incident: Incident, event: Event) -> str:
    """Return what was decided and holds: an update tells the way that is taken now, not the one before."""
    fact = event.fact
    if isinstance(fact, GatePassed) and incident.gates.get(fact.gate) != fact.now:
        return ""
    return "" if reversal_reason(incident, fact) else decision_text(fact)


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _lightness(fact: Fact) -> int:
    """Return how soon a change gives way to others."""
    if isinstance(fact, SeverityChanged | PhaseChanged | ImpactSet):
        return 0
    decision = isinstance(fact, Logged) and fact.now is not None and fact.now.sort is NoteKind.DECISION
    if isinstance(fact, _STANDING) or decision:
        return 1
    return 3 if isinstance(fact, StepMarked | GatePassed) else 2


_KINDS: tuple[tuple[type[Fact], str], ...] = (
    (SeverityChanged, "severity"), (PhaseChanged, "phase"), (ImpactSet, "impact"), (SystemChanged, "system"),
    (HypothesisJudged, "cause"), (EffectSeen, "effect"), (DecisionGrounded, "decision"), (GatePassed, "gate"),
    (AskAnswered, "ask"), (NeedChanged, "need"), (HandoffTaken, "command"),
)  # fmt: skip


def _kind(fact: Fact) -> str:
    """Return what sort of change it is, so that a template may tell some of them."""
    if isinstance(fact, Logged) and fact.now is not None and fact.now.sort is NoteKind.DECISION:
        return "decision"
    return next((kind for sort, kind in _KINDS if isinstance(fact, sort)), "done")


def _thing(fact: Fact) -> tuple[str, str]:
    return (type(fact).__name__, fact.subject[1]) if isinstance(fact, Change) else ("", "")


def _went_to(fact: Fact, audience: str) -> bool:
    return isinstance(fact, UpdateSent) and fact.now is not None and fact.now.audience == audience


def _effect(effect: Effect) -> str:
    return effect.verdict.value + (f", {effect.found}" if effect.found else "")
