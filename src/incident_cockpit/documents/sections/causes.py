"""Causes: hypotheses that are confirmed, possible or ruled out, with their evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from incident_cockpit.documents.snapshot import Fit, Snapshot, newest
from incident_cockpit.incident.facts.hypotheses import Belief, Hypothesis
from incident_cockpit.text.blocks import Block, heading, items


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
    evidence = [
        f"{'supporting' if each.speaks_for else 'contradicting'}: {each.text}"
        for each in newest(hypothesis.evidence, fit.evidence)
    ]
    return hypothesis.text + tester + found + (f" ({'; '.join(evidence)})" if evidence else "")
