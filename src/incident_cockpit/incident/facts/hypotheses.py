"""Hypotheses: possible causes that are open, being tested, ruled out or confirmed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.topic import Line, Topic, fold_by_name, value_of

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Belief(StrEnum):
    """Status of a hypothesis."""

    OPEN = "open"
    TESTING = "testing"
    RULED_OUT = "ruled out"
    CONFIRMED = "confirmed"


class HypothesisEvidence(Struct, frozen=True):
    """Evidence for or against a hypothesis; `line` is the seq of the timeline entry, where it is one."""

    speaks_for: bool
    text: str
    line: int | None = None


class Hypothesis(Struct, frozen=True):
    """A possible cause, its status and since when, its tester, evidence, and what showed the result."""

    text: str
    belief: Belief
    since: datetime
    by: str
    tester: str = ""
    found: str = ""
    evidence: tuple[HypothesisEvidence, ...] = ()


class HypothesisChange(Change, frozen=True):
    """Change of a hypothesis."""

    names: ClassVar[str] = "hypothesis"
    subject_kind: ClassVar[str] = "hypothesis"
    hypothesis: str
    now: Hypothesis | None
    was: Hypothesis | None

    @property
    def is_progress(self) -> bool:
        """Return True: more is known about the cause."""
        return True


class HypothesisRaised(HypothesisChange, frozen=True):
    """A hypothesis was proposed."""

    kind: ClassVar[str] = "hypothesis.raised"


class HypothesisJudged(HypothesisChange, frozen=True):
    """The status of a hypothesis changed."""

    kind: ClassVar[str] = "hypothesis.judged"


class HypothesisWeighed(HypothesisChange, frozen=True):
    """Evidence for or against a hypothesis was logged."""

    kind: ClassVar[str] = "hypothesis.weighed"


def add_hypothesis(incident: Incident, moment: Moment, text: str) -> HypothesisRaised:
    """Propose a hypothesis; raises Refused where it is empty or exists already."""
    if not text:
        raise Refused("Hypothesis required", "for example: ? bad deploy 4512", about="text")
    for known in incident.hypotheses.values():
        if known.text.casefold() == text.casefold():
            raise Refused(
                f'"{known.text}" is already {known.belief.value}', "it is in the Hypotheses pane", about="text"
            )
    raised = Hypothesis(text, Belief.OPEN, moment.happened, moment.who)
    return HypothesisRaised(hypothesis=f"h{moment.seq}", now=raised, was=None)


def assign_test(incident: Incident, moment: Moment, hypothesis: str, who: str = "") -> HypothesisJudged:
    """Assign someone to test a hypothesis; by default the person who acts."""
    current = _held(incident, hypothesis)
    tester = who or moment.who
    if current.belief is Belief.TESTING and current.tester == tester:
        raise Refused(f'{tester} is already testing "{current.text}"', "rule it out or confirm it", about="who")
    now = replace(current, belief=Belief.TESTING, since=moment.happened, tester=tester)
    return HypothesisJudged(hypothesis=hypothesis, now=now, was=current)


def rule_out(incident: Incident, moment: Moment, hypothesis: str, evidence: str) -> HypothesisJudged:
    """Rule a hypothesis out; raises Refused without evidence, so that no one tests it again."""
    return _judge(incident, moment, hypothesis, Belief.RULED_OUT, evidence)


def confirm(incident: Incident, moment: Moment, hypothesis: str, evidence: str) -> HypothesisJudged:
    """Confirm a hypothesis; raises Refused without evidence, because the postmortem names it as the cause."""
    return _judge(incident, moment, hypothesis, Belief.CONFIRMED, evidence)


def reopen_hypothesis(incident: Incident, moment: Moment, hypothesis: str) -> HypothesisJudged:
    """Reopen a hypothesis."""
    current = _held(incident, hypothesis)
    if current.belief is Belief.OPEN:
        raise Refused(f'"{current.text}" is already open', "test it, rule it out or confirm it", about="hypothesis")
    now = replace(current, belief=Belief.OPEN, since=moment.happened)
    return HypothesisJudged(hypothesis=hypothesis, now=now, was=current)


def add_evidence(
    incident: Incident, moment: Moment, hypothesis: str, text: str, line: int | None = None, speaks_for: bool = True
) -> HypothesisWeighed:
    """Log evidence for or against a hypothesis; raises Refused where it is empty or logged already."""
    current = _held(incident, hypothesis)
    if not text:
        raise Refused("Evidence required", "enter what was seen, or the number of a timeline entry", about="text")
    evidence = HypothesisEvidence(speaks_for, text, line)
    if evidence in current.evidence:
        raise Refused(f'Already logged for "{current.text}"', "log other evidence", about="text")
    return HypothesisWeighed(
        hypothesis=hypothesis, now=replace(current, evidence=(*current.evidence, evidence)), was=current
    )


def _judge(incident: Incident, moment: Moment, hypothesis: str, belief: Belief, evidence: str) -> HypothesisJudged:
    current = _held(incident, hypothesis)
    if current.belief is belief:
        raise Refused(f'"{current.text}" is already {belief.value}', "undo it if that is wrong", about="hypothesis")
    if not evidence:
        raise Refused(
            "Evidence required", f'enter what showed that "{current.text}" is {belief.value}', about="evidence"
        )
    now = replace(current, belief=belief, since=moment.happened, found=evidence)
    return HypothesisJudged(hypothesis=hypothesis, now=now, was=current)


def _held(incident: Incident, hypothesis: str) -> Hypothesis:
    current = incident.hypotheses.get(hypothesis)
    if current is None:
        raise Refused(f'No hypothesis matches "{hypothesis}"', "use its words", about="hypothesis")
    return current


def _words(fact: HypothesisChange, incident: Incident) -> Line:
    current = value_of(fact.now, fact.was)
    if isinstance(fact, HypothesisWeighed) and current.evidence:
        newest = current.evidence[-1]
        return Line("evidence", f"{'for' if newest.speaks_for else 'against'} {current.text}: {newest.text}")
    match current.belief:
        case Belief.TESTING:
            return Line("hypothesis", f"{current.tester} is testing: {current.text}")
        case Belief.RULED_OUT | Belief.CONFIRMED:
            return Line("finding", f"{current.text}  {current.belief.value}: {current.found}")
    return Line("hypothesis", current.text if fact.was is None else f"reopened: {current.text}")


TOPIC = Topic("hypotheses", {}, (HypothesisRaised, HypothesisJudged, HypothesisWeighed), fold_by_name, _words)
