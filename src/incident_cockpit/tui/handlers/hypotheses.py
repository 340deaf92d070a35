"""Handlers of the Hypotheses pane: a hypothesis with its evidence, and what can be done with it."""

from __future__ import annotations

from incident_cockpit.incident.facts.hypotheses import Belief, Hypothesis, HypothesisEvidence
from incident_cockpit.incident.views.timeline import author
from incident_cockpit.times.format import clock
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import opens
from incident_cockpit.tui.panes.hypotheses import HypothesesPane
from incident_cockpit.tui.widgets.rich_text import Page

# The pane's own keys work on the page, and letters for the other actions.
_PANE_ACTIONS = (("test", "test"), ("rule-out", "rule out"), ("confirm", "confirm"))
_LETTERS = {
    "f": ("supports", "supports"),
    "a": ("contradicts", "contradicts"),
    "o": ("reopen-hypothesis", "reopen"),
}
_REACHED_BY = {Belief.RULED_OUT: "rule-out", Belief.CONFIRMED: "confirm", Belief.OPEN: "reopen-hypothesis"}


@opens(HypothesesPane)
async def read_hypothesis(context: Context, key: str) -> None:
    """Show a hypothesis with its evidence; a key there tests it, settles it or adds evidence."""
    view = context.view
    hypothesis = view.incident.hypotheses[key]
    actions = _actions_by_key(context.app.keys, hypothesis)
    labels = [(letter, label) for letter, (_, label) in actions.items()]
    pressed = await context.read(hypothesis.text, page(hypothesis, view), facts(hypothesis, view), keys=labels)
    if pressed in actions:
        await context.ask(actions[pressed][0], {"hypothesis": key})


def _actions_by_key(keys: Keys, hypothesis: Hypothesis) -> dict[str, tuple[str, str]]:
    """Return the actions that can be done with it, with their labels; a key of the user's comes before a letter."""
    done = _REACHED_BY.get(hypothesis.belief)
    pane = {
        keys.of[action][0]: (action, label) for action, label in _PANE_ACTIONS if keys.of.get(action) and action != done
    }
    letters = {key: entry for key, entry in _LETTERS.items() if key not in pane and entry[0] != done}
    return pane | letters


def facts(hypothesis: Hypothesis, view: View) -> list[tuple[str, str]]:
    """Return the facts above the evidence."""
    since = clock(hypothesis.since, view.zone, view.now)
    rows = [
        ("status", f"{hypothesis.belief.value} since {since}"),
        ("proposed by", hypothesis.by),
        ("tested by", hypothesis.tester),
        ("finding", hypothesis.found),
    ]
    return [(name, value) for name, value in rows if value]


def page(hypothesis: Hypothesis, view: View) -> Page:
    """Return the evidence, with the timeline entries that show it."""
    result = Page()
    for title, supports in (("Supporting evidence", True), ("Contradicting evidence", False)):
        evidence = [item for item in hypothesis.evidence if item.speaks_for is supports]
        if evidence:
            result.heading(title)
        for item in evidence:
            result.line(f"• {item.text}", _source(item, view))
    if not result:
        result.quiet("No evidence yet: press + or - on a timeline entry to add it.")
    return result


def _source(evidence: HypothesisEvidence, view: View) -> str:
    """Return the timeline entry that shows the evidence, or an empty string."""
    if evidence.line is None or evidence.line > view.record.seq:
        return ""
    event = view.record.events[evidence.line - 1]
    undone = ", undone" if view.record.undone_by(event.seq) else ""
    return f"(#{event.seq}, {clock(event.happened, view.zone, view.now)}, {author(event)}{undone})"
