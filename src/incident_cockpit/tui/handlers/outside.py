"""Bringing in a chat thread that was pasted: its lines are read before they are kept."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from textual.app import SuspendNotSupported

from incident_cockpit.actions.arguments import Here
from incident_cockpit.actions.execute import invoke
from incident_cockpit.actions.registry import find
from incident_cockpit.errors import Refused
from incident_cockpit.importers.chat import LONGEST_THREAD, Thread, read_thread
from incident_cockpit.incident.event import CLOCK_TOLERANCE, Moment
from incident_cockpit.incident.facts.notes import Logged, Note
from incident_cockpit.incident.views.timeline import BEFORE_START, suggested_start
from incident_cockpit.integrations.shell import run_shell
from incident_cockpit.service.session import ActionResult
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import clock, zone_label
from incident_cockpit.tui.handlers.context import Stage
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.widgets.rich_text import Page

_KEEP = "y"
# So many people are named above the lines; a thread of an incident has more.
_NAMED = 5


async def bring_in(screen: Stage, text: str) -> str:
    """Show the lines of a thread and keep them if that is meant; return why they were not kept, or nothing."""
    view, zone = screen.live.view(), screen.live.zone
    here = Here(view.now, zone)
    found = read_thread(text, view.now, zone)
    try:
        notes = _new(screen, found)
    except Refused as refused:
        return str(refused)
    title = f"{counted(len(notes), 'line')} for the timeline"
    facts = [*_about(notes, here), *_not_kept(found, notes, here)]
    reader = ReaderScreen(title, _page(notes, found, here), facts, ways=((_KEEP, "bring them in"),))
    if await screen.app.push_screen_wait(reader) != _KEEP:
        return "nothing was brought in; tab reads it as a chat again"
    try:
        done = await screen.live.act("chat", {"thread": found})
    except Refused as refused:
        return str(refused)
    screen.paint()
    undo = f"{'esc, then ' if screen.entry.typing else ''}{screen.around.keys.label('undo')}"
    words = f"brought in: {counted(len(notes), 'line')}; {undo} takes them back"
    screen.say(words, "ok", offer_start(screen, done))
    return ""


def offer_start(screen: Stage, done: ActionResult) -> str:
    """Offer to move the start of the incident to the earliest line before it: by enter, else in words to be said."""
    view = screen.live.view()
    early = suggested_start(view.record, done.own, view.now)
    if early is None:
        return ""
    at, line = early
    offered = screen.entry.offer(line, f"start → {clock(at, screen.live.zone, view.now)}")
    return f"({BEFORE_START})" if offered else f"({BEFORE_START}; {line} moves it)"


def _new(screen: Stage, found: Thread) -> list[Note]:
    """Return what would be kept, in the order in which it was said; raises Refused as keeping it would."""
    view, zone = screen.live.view(), screen.live.zone
    moment = Moment(view.who, view.now, view.now, view.record.seq + 1)
    drafts = invoke(find("chat"), view.record, moment, Here(view.now, zone), {"thread": found})
    return [draft.fact.now for draft in drafts if isinstance(draft.fact, Logged) and draft.fact.now is not None]


def _about(notes: Sequence[Note], here: Here) -> Iterator[tuple[str, str]]:
    """Yield who said how much, and on which days: a wrong day is what a reader has to see first."""
    people = Counter(note.by for note in notes).most_common()
    names = ", ".join(f"{name} {count}" for name, count in people[:_NAMED])
    yield "of whom", f"{counted(len(people), 'person', 'people')}: {names}" + (" ..." if len(people) > _NAMED else "")
    times = [note.happened for note in notes]
    first, last = _day(min(times), here), _day(max(times), here)
    until = clock(max(times), here.zone)
    zone = zone_label(here.zone, here.now)
    yield "said", f"{first} {clock(min(times), here.zone)} to {until if first == last else f'{last} {until}'} {zone}"


def _not_kept(found: Thread, notes: Sequence[Note], here: Here) -> Iterator[tuple[str, str]]:
    """Yield what of the text does not come to the timeline, and why."""
    ahead = sum(line.at > here.now + CLOCK_TOLERANCE for line in found.lines)
    if known := len(found.lines) - len(notes) - ahead:
        yield "on it already", counted(known, "line")
    if ahead:
        yield "left out", f"{counted(ahead, 'line')} whose time has not come yet"
    left = found.left_out
    if len(left) == 1:
        yield "left out", f"{left[0]} (has no name and time)"
    elif left:
        yield "left out", f"{len(left)} rows without name, time or words: they stand at the end"
    if found.noise:
        yield "left out", f"{counted(found.noise, 'row')} of reactions, joins, days and the like"
    if found.cut:
        yield "not read", f"{counted(found.cut, 'row')} beyond {LONGEST_THREAD:,}: paste them apart"


def _page(notes: Sequence[Note], found: Thread, here: Here) -> Page:
    """Put the lines under their days, and at the end what is left out. Today needs no heading."""
    made = Page()
    days = [(day, list(lines)) for day, lines in groupby(notes, lambda note: _day(note.happened, here))]
    for day, lines in days:
        if len(days) > 1 or day != _day(here.now, here):
            made.heading(day)
        for note in lines:
            made.entry(f"{clock(note.happened, here.zone)} {note.by}:", " ⏎ ".join(note.text.split("\n")))
    if len(found.left_out) > 1:
        made.heading("Left out")
        made.bullets(found.left_out)
    return made


def _day(at: datetime, here: Here) -> str:
    return f"{at.astimezone(here.zone):%a %Y-%m-%d}"


# -- lending: Lending the terminal to a shell that knows the incident, and taking in what came of it.


async def lend_to_a_shell(screen: Stage) -> None:
    """Step aside for a shell whose `incident log` means this incident; come back with what was written meanwhile.

    The loop stands still until the shell is left: nothing may be drawn over it. What is on the screen is on the disk.
    """
    record = screen.live.record
    name, before, problem = record.incident.name, record.seq, ""
    env = {**os.environ, **screen.around.env, "INCIDENT": record.id}
    words = f"{name}: 'incident log TEXT' writes on its timeline here. exit or ctrl+d brings the cockpit back."
    try:
        with screen.app.suspend():
            # Textual comes back only where nothing is raised in here.
            try:
                run_shell(env, words)
            except Refused as refused:
                problem = str(refused)
    except SuspendNotSupported:
        problem = f"this terminal cannot be lent to a shell: open another one, and type: export INCIDENT={name}"
    if problem:
        screen.say(problem, "warn")
        return
    await screen.live.refresh()
    screen.paint()
    came = screen.live.record.seq - before
    screen.say(f"back from the shell; {counted(came, 'event') if came else 'nothing'} came in meanwhile")
