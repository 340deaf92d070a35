"""Everything about a possible cause: what speaks for it and against it, with the lines of the timeline that show it."""

from __future__ import annotations

from incident_cockpit.incident.facts.hypotheses import Belief, Hypothesis, HypothesisEvidence
from incident_cockpit.incident.views.timeline import author
from incident_cockpit.times.format import clock
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.context import Stage
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.widgets.rich_text import Page

_JUDGEMENTS = (("test", "test"), ("rule-out", "rule out"), ("confirm", "confirm"))
_MORE = {
    "f": ("supports", "for"),
    "a": ("contradicts", "against it"),
    "o": ("reopen-hypothesis", "open again"),
}


async def judge(screen: Stage, key: str) -> str:
    """Show a possible cause; return the action that is chosen from there, or an empty string."""
    view = screen.live.view()
    held = view.incident.hypotheses[key]
    ways = _ways(screen.around.keys, held)
    shown = [(key, words) for key, (_, words) in ways.items()]
    reader = ReaderScreen(held.text, page(held, view), facts(held, view), ways=shown)
    chosen = await screen.app.push_screen_wait(reader)
    return ways[chosen][0] if chosen in ways else ""


def _ways(keys: Keys, held: Hypothesis) -> dict[str, tuple[str, str]]:
    """Return what can be said of it, by key: those of its pane, and letters for the rest."""
    settled = {Belief.RULED_OUT: "rule-out", Belief.CONFIRMED: "confirm", Belief.OPEN: "reopen-hypothesis"}
    ways = {key: way for key, way in _MORE.items() if way[0] != settled.get(held.belief)}
    own = {
        keys.of[action][0]: (action, words)
        for action, words in _JUDGEMENTS
        if keys.of.get(action) and action != settled.get(held.belief)
    }
    # A key that somebody chose comes before a letter of ours.
    return {**own, **{key: way for key, way in ways.items() if key not in own}}


def facts(held: Hypothesis, view: View) -> list[tuple[str, str]]:
    """Return what there is to know of it in a word."""
    said = [("stands", f"{held.belief.value} since {clock(held.since, view.zone, view.now)}"), ("named by", held.by)]
    said += [("tested by", held.tester)] if held.tester else []
    said += [("found", held.found)] if held.found else []
    return said


def page(held: Hypothesis, view: View) -> Page:
    """Return what speaks for it and against it."""
    made = Page()
    for title, speaks_for in (("Speaks for it", True), ("Speaks against it", False)):
        found = [one for one in held.evidence if one.speaks_for is speaks_for]
        if found:
            made.heading(title)
        for one in found:
            made.line(f"• {one.text}", _shown_by(one, view))
    if not made:
        made.quiet("Nothing speaks for it or against it yet: + and - on a line of the timeline say so.")
    return made


def _shown_by(one: HypothesisEvidence, view: View) -> str:
    """Return which line of the timeline it is."""
    if one.line is None or one.line > view.record.seq:
        return ""
    event = view.record.events[one.line - 1]
    gone = ", taken back" if view.record.undone_by(event.seq) else ""
    return f"(#{event.seq}, {clock(event.happened, view.zone, view.now)}, {author(event)}{gone})"
