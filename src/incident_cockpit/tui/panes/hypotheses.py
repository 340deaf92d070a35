"""The Hypotheses pane: possible causes, confirmed and tested ones first, ruled out ones last."""

from __future__ import annotations

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.arguments.argument import Arg
from incident_cockpit.actions.arguments.of_incident import HypothesisArg
from incident_cockpit.incident.facts.hypotheses import Belief, Hypothesis
from incident_cockpit.times.format import clock
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.widgets.list_view import Cell, ListRow

_ORDER = (Belief.CONFIRMED, Belief.TESTING, Belief.OPEN, Belief.RULED_OUT)
_STYLE = {Belief.CONFIRMED: "ok", Belief.TESTING: "warn", Belief.OPEN: "muted", Belief.RULED_OUT: "faint"}
_BELIEF_WIDTH = 11


class HypothesesPane(Pane):
    """The hypotheses with their status."""

    title = "Hypotheses"
    scope = Scope.HYPOTHESES

    def __init__(self) -> None:
        """Start empty, with the key that logs a hypothesis."""
        super().__init__(id="hypotheses", empty="No hypotheses.  n, then: ? bad deploy")

    def show(self, view: View) -> None:
        """Draw the hypotheses as of now."""
        by_key = view.incident.hypotheses
        keys = sorted(by_key, key=lambda key: _ORDER.index(by_key[key].belief))
        self.set_rows(tuple(_row(key, by_key[key], view) for key in keys))
        self.frame.hint = "space test · - rule out · + confirm" if keys else ""

    def cursor(self, kind: type[Arg]) -> str | None:
        """Return the hypothesis under the cursor."""
        return self.cursor_key if kind is HypothesisArg else None

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return the number that is not ruled out."""
        count = sum(hypothesis.belief is not Belief.RULED_OUT for hypothesis in view.incident.hypotheses.values())
        return (Cell(f" {count}", "faint"),) if count else ()


def evidence_count(hypothesis: Hypothesis) -> str:
    """Return the number of supporting and of contradicting pieces of evidence: "+2 -1"; empty without any."""
    supporting = sum(evidence.speaks_for for evidence in hypothesis.evidence)
    contradicting = len(hypothesis.evidence) - supporting
    return " ".join(f"{sign}{count}" for sign, count in (("+", supporting), ("-", contradicting)) if count)


def _row(key: str, hypothesis: Hypothesis, view: View) -> ListRow:
    belief, text = hypothesis.belief, hypothesis.text
    if hypothesis.found and belief in (Belief.RULED_OUT, Belief.CONFIRMED):
        text = f"{text}: {hypothesis.found}"
    left = (
        Cell(belief.value, _STYLE[belief], _BELIEF_WIDTH),
        Cell(text, "faint" if belief is Belief.RULED_OUT else ""),
    )
    count = evidence_count(hypothesis)
    latest = hypothesis.tester if belief is Belief.TESTING else clock(hypothesis.since, view.zone, view.now)
    return ListRow(key, left, (*((Cell(count, "muted"),) if count else ()), Cell(latest, "faint")))
