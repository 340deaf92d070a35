"""Causes: hypotheses that are confirmed, possible or ruled out, with their evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from incident_cockpit.documents.markdown import to_be_written
from incident_cockpit.documents.snapshot import Fit, Snapshot, newest
from incident_cockpit.incident.facts.hypotheses import Belief, Hypothesis, HypothesisEvidence
from incident_cockpit.incident.views.history import judges
from incident_cockpit.text.blocks import Block, heading, items
from incident_cockpit.times.format import stamp

_ASKS_WHY = re.compile(r"\b(?:ask|asks|asking)\b.*\bwhy|\bfive whys\b|\bwhy.*\bwhy", re.IGNORECASE)
WHYS = 5


def causes(view: Snapshot) -> Iterator[Block]:
    """Write the confirmed cause, then what may be the cause, those under test first, then what was ruled out."""
    hypotheses = list(view.incident.hypotheses.values())
    possible = [each for each in hypotheses if each.belief in (Belief.OPEN, Belief.TESTING)]
    possible.sort(key=lambda each: each.belief is not Belief.TESTING)
    yield from _group("Cause", [each for each in hypotheses if each.belief is Belief.CONFIRMED], view.fit)
    yield from _group("Possible causes", possible, view.fit)
    yield from _group("Ruled out", [each for each in hypotheses if each.belief is Belief.RULED_OUT], view.fit)


def _group(title: str, hypotheses: Sequence[Hypothesis], fit: Fit) -> Iterator[Block]:
    if not hypotheses:
        return
    shown = hypotheses[: fit.causes]
    lines = [_line(hypothesis, fit) for hypothesis in shown]
    lines += [f"and {len(hypotheses) - len(shown)} more"] if len(hypotheses) > len(shown) else []
    yield heading(title, 2)
    yield items(lines)


def _line(hypothesis: Hypothesis, fit: Fit) -> str:
    tester = f" (testing: {hypothesis.tester or 'unassigned'})" if hypothesis.belief is Belief.TESTING else ""
    found = f": {hypothesis.found}" if hypothesis.found else ""
    evidence = [_evidence(each) for each in newest(hypothesis.evidence, fit.evidence)]
    return hypothesis.text + tester + found + (f" ({'; '.join(evidence)})" if evidence else "")


def _evidence(evidence: HypothesisEvidence) -> str:
    return f"{'supporting' if evidence.speaks_for else 'contradicting'}: {evidence.text}"


def root_cause(view: Snapshot) -> Iterator[Block]:
    """Write which hypotheses were confirmed, ruled out or left open, with their evidence: for a postmortem."""
    incident = view.incident
    authors = judges(view.record)
    by_belief: dict[Belief, list[tuple[str, Hypothesis]]] = {belief: [] for belief in Belief}
    for key, hypothesis in incident.hypotheses.items():
        testing = hypothesis.belief is Belief.TESTING
        author = hypothesis.tester if testing else authors.get(key, hypothesis.by)
        by_belief[hypothesis.belief].append((author, hypothesis))
    confirmed = by_belief[Belief.CONFIRMED]
    yield from _with_evidence(confirmed)
    yield to_be_written("why it happened, and why it could" if confirmed else "the cause; none was confirmed")
    if any(_ASKS_WHY.search(principle) for principle in incident.plan.postmortem.principles):
        yield heading("Five whys", 3)
        yield items((f"Why did this happen: “{incident.title}”?", *["Why that?"] * (WHYS - 1)))
        yield to_be_written("the answers; stop where you can change something")
    groups = (
        ("Ruled out", by_belief[Belief.RULED_OUT]),
        ("Left open", by_belief[Belief.OPEN] + by_belief[Belief.TESTING]),
    )
    for title, hypotheses in groups:
        if hypotheses:
            yield heading(title, 3)
            yield from _with_evidence(hypotheses)


def _with_evidence(hypotheses: Sequence[tuple[str, Hypothesis]]) -> Iterator[Block]:
    for author, hypothesis in hypotheses:
        settled = hypothesis.belief in (Belief.CONFIRMED, Belief.RULED_OUT)
        found = f": {hypothesis.found}" if settled else ""
        yield items([f"{hypothesis.text} ({hypothesis.belief.value} {stamp(hypothesis.since)}, {author}){found}"])
        if hypothesis.evidence:
            yield items((_evidence(each) for each in hypothesis.evidence), level=1)
