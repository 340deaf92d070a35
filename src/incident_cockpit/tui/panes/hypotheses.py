"""The Hypotheses pane: possible causes, what is being tested first, what was ruled out last."""

from __future__ import annotations

from incident_cockpit.actions.action import ArgKind, Scope
from incident_cockpit.incident.facts.hypotheses import Belief, Hypothesis
from incident_cockpit.times.format import clock
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.widgets.list_view import Cell, ListRow

_ORDER = (Belief.CONFIRMED, Belief.TESTING, Belief.OPEN, Belief.RULED_OUT)
_STYLE = {Belief.CONFIRMED: "ok", Belief.TESTING: "warn", Belief.OPEN: "muted", Belief.RULED_OUT: "faint"}
_BELIEF_WIDTH = 11


class HypothesesPane(Pane):
    """What could be the cause, and where each guess stands."""

    number = 5
    title = "Hypotheses"
    scope = Scope.HYPOTHESES

    def __init__(self) -> None:
        """Start empty, saying how to name one."""
        super().__init__(id="hypotheses", empty="No hypothesis yet.  n, then: ? bad deploy")

    def show(self, view: View) -> None:
        """Draw what is believed now."""
        held = sorted(view.incident.hypotheses.items(), key=lambda one: _ORDER.index(one[1].belief))
        self.set_rows(tuple(_row(key, one, view) for key, one in held))
        self.frame.hint = "space test · - rule out · + confirm" if held else ""

    def cursor(self, kind: ArgKind) -> str | None:
        """Return the hypothesis under the cursor."""
        return self.cursor_key if kind is ArgKind.HYPOTHESIS else None

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return how many still stand."""
        standing = sum(one.belief is not Belief.RULED_OUT for one in view.incident.hypotheses.values())
        return (Cell(f" {standing}", "faint"),) if standing else ()


def weight(held: Hypothesis) -> str:
    """Return how much speaks for it and against it: "+2 -1"; nothing where nothing does."""
    speaks_for = sum(one.speaks_for for one in held.evidence)
    against = len(held.evidence) - speaks_for
    return " ".join(f"{sign}{count}" for sign, count in (("+", speaks_for), ("-", against)) if count)


def _row(key: str, one: Hypothesis, view: View) -> ListRow:
    gone = one.belief is Belief.RULED_OUT
    text = f"{one.text}: {one.found}" if one.found and one.belief in (Belief.RULED_OUT, Belief.CONFIRMED) else one.text
    beside = one.tester if one.belief is Belief.TESTING else clock(one.since, view.zone, view.now)
    left = (Cell(one.belief.value, _STYLE[one.belief], _BELIEF_WIDTH), Cell(text, "faint" if gone else ""))
    weighed = weight(one)
    return ListRow(key, left, (*((Cell(weighed, "muted"),) if weighed else ()), Cell(beside, "faint")))
