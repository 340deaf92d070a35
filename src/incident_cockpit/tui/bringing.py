"""Bringing in a chat thread that was pasted: its lines are read before they are kept."""

from __future__ import annotations

from incident_cockpit.actions.chat import Thread, thread
from incident_cockpit.actions.invoke import invoke
from incident_cockpit.actions.refs import Here
from incident_cockpit.actions.registry import find
from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Moment
from incident_cockpit.incident.topics.notes import Logged, Note
from incident_cockpit.text.count import counted
from incident_cockpit.timewords import clock
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.stage import Stage

_KEEP = "y"


async def bring_in(screen: Stage, text: str) -> str:
    """Show the lines of a thread and keep them if that is meant; return why they were not kept, or nothing."""
    view, zone = screen.following.view(), screen.following.zone
    found = thread(text, view.now, zone)
    try:
        notes = _new(screen, found)
    except Refused as refused:
        return str(refused)
    known = len(found.lines) - len(notes)
    facts = [("of whom", ", ".join(dict.fromkeys(note.by for note in notes)))]
    facts += [("on it already", counted(known, "line"))] if known else []
    facts += [("left out", f"{' '.join(found.before.split())} (has no name and time)")] if found.before else []
    made = Page()
    for note in notes:
        made.entry(f"{clock(note.happened, zone, view.now)} {note.by}:", " ⏎ ".join(note.text.split("\n")))
    title = f"{counted(len(notes), 'line')} for the timeline"
    reader = ReaderScreen(title, made, facts, ways=((_KEEP, "bring them in"),))
    if await screen.app.push_screen_wait(reader) != _KEEP:
        return "nothing was brought in; tab reads it as a chat again"
    try:
        await screen.following.act("chat", {"thread": found})
    except Refused as refused:
        return str(refused)
    screen.paint()
    undo = f"{'esc, then ' if screen.entry.typing else ''}{screen.around.keys.label('undo')}"
    screen.say(f"brought in: {counted(len(notes), 'line')}; {undo} takes them back", "ok")
    return ""


def _new(screen: Stage, found: Thread) -> list[Note]:
    """Return what would be kept, in the order in which it was said; raises Refused as keeping it would."""
    view, zone = screen.following.view(), screen.following.zone
    moment = Moment(view.who, view.now, view.now, view.record.seq + 1)
    drafts = invoke(find("chat"), view.record, moment, Here(view.now, zone), {"thread": found})
    return [draft.fact.now for draft in drafts if isinstance(draft.fact, Logged) and draft.fact.now is not None]
