"""Handlers that reach outside the cockpit: importing a chat thread after a preview, restoring events, and a shell."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from textual.app import SuspendNotSupported

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.execute import invoke
from incident_cockpit.actions.registry import find
from incident_cockpit.errors import Refused
from incident_cockpit.importers.chat import LONGEST_THREAD, Thread, read_thread
from incident_cockpit.incident.event import CLOCK_TOLERANCE, Moment
from incident_cockpit.incident.facts.notes import Logged, Note
from incident_cockpit.integrations.terminal import run_shell
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import clock, zone_label
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import Values, handles
from incident_cockpit.tui.handlers.results import offer_start
from incident_cockpit.tui.screens.text_prompt import TextPrompt
from incident_cockpit.tui.widgets.rich_text import Page

_IMPORT = "y"
# Authors named above the preview; a thread of an incident has more.
_NAMED = 5


@handles("chat", keeps_line=True)
async def import_chat(context: Context, values: Values) -> None:
    """Ask for a chat thread unless it was pasted, preview it and import it; raises Refused if it is not imported."""
    if text := values.get("thread"):
        await _import(context, text, "tab changes the type back to chat")
        return
    answers = context.answers("chat")
    dialog = TextPrompt(
        "Paste a chat thread", placeholder="with names and times", enter="preview", answers=answers, arg="thread"
    )
    if text := await context.push(dialog):
        await _import(context, text)
        answers.clear()


async def _import(context: Context, text: str, hint: str = "") -> None:
    """Show the entries of a thread and import them on confirmation; raises Refused if they are not imported."""
    view = context.view
    here = Here(view.now, context.live.zone)
    chat = read_thread(text, view.now, context.live.zone)
    notes = _new_notes(context, chat)
    title = f"{counted(len(notes), 'entry', 'entries')} to import"
    facts = [*_authors_and_times(notes, here), *_left_out(chat, notes, here)]
    if await context.read(title, _preview(notes, chat, here), facts, keys=((_IMPORT, "import"),)) != _IMPORT:
        raise Refused("Not imported", hint)
    done = await context.live.act("chat", {"thread": chat})
    context.screen.paint()
    undo = f"{'esc, then ' if context.screen.entry.typing else ''}{context.app.keys.label('undo')}"
    result = f"Imported: {counted(len(notes), 'entry', 'entries')}; {undo} undoes it"
    context.say(result, "ok", offer_start(context, done))


def _new_notes(context: Context, chat: Thread) -> list[Note]:
    """Return the entries that an import would log, in the order of their times; raises Refused as the import would."""
    view, zone = context.view, context.live.zone
    moment = Moment(view.who, view.now, view.now, view.record.seq + 1)
    pending = invoke(find("chat"), view.record, moment, Here(view.now, zone), {"thread": chat})
    return [item.fact.now for item in pending if isinstance(item.fact, Logged) and item.fact.now is not None]


def _authors_and_times(notes: Sequence[Note], here: Here) -> Iterator[tuple[str, str]]:
    """Yield the authors with their counts, and the days: a wrong day is what a reader has to see first."""
    people = Counter(note.by for note in notes).most_common()
    names = ", ".join(f"{name} {count}" for name, count in people[:_NAMED])
    yield "authors", f"{counted(len(people), 'person', 'people')}: {names}" + (" ..." if len(people) > _NAMED else "")
    start, end = min(note.happened for note in notes), max(note.happened for note in notes)
    end_day = "" if _day(start, here) == _day(end, here) else f"{_day(end, here)} "
    zone = zone_label(here.zone, here.now)
    yield "times", f"{_day(start, here)} {clock(start, here.zone)} to {end_day}{clock(end, here.zone)} {zone}"


def _left_out(chat: Thread, notes: Sequence[Note], here: Here) -> Iterator[tuple[str, str]]:
    """Yield what of the text is not imported, and why."""
    ahead = sum(message.at > here.now + CLOCK_TOLERANCE for message in chat.lines)
    if logged := len(chat.lines) - len(notes) - ahead:
        yield "duplicates", f"{counted(logged, 'entry', 'entries')} already logged"
    if ahead:
        yield "left out", f"{counted(ahead, 'entry', 'entries')} with a time in the future"
    if len(chat.left_out) == 1:
        yield "left out", f"{chat.left_out[0]} (no name and time)"
    elif chat.left_out:
        yield "left out", f"{len(chat.left_out)} rows without name, time or text: listed at the end"
    if chat.noise:
        yield "left out", f"{counted(chat.noise, 'row')} of reactions, joins, days and the like"
    if chat.cut:
        yield "not read", f"{counted(chat.cut, 'row')} after the first {LONGEST_THREAD:,}: paste them separately"


def _preview(notes: Sequence[Note], chat: Thread, here: Here) -> Page:
    """Return the entries under their days, and at the end what is left out. Today needs no heading."""
    result = Page()
    days = [(day, list(lines)) for day, lines in groupby(notes, lambda note: _day(note.happened, here))]
    for day, lines in days:
        if len(days) > 1 or day != _day(here.now, here):
            result.heading(day)
        for note in lines:
            result.entry(f"{clock(note.happened, here.zone)} {note.by}:", " ⏎ ".join(note.text.split("\n")))
    if len(chat.left_out) > 1:
        result.heading("Left out")
        result.bullets(chat.left_out)
    return result


def _day(at: datetime, here: Here) -> str:
    return f"{at.astimezone(here.zone):%a %Y-%m-%d}"


@handles("put-back")
async def restore_events(context: Context, values: Values) -> None:
    """Restore the events that the store lost, from the rescue copies."""
    context.report(await context.live.put_back())


@handles("shell")
async def open_shell(context: Context, values: Values) -> None:
    """Suspend the cockpit for a shell in which `incident log` means this incident, and show what was added meanwhile.

    The event loop stops until the shell exits: nothing may be drawn over it. What is on the screen is on the disk.
    """
    record = context.record
    name, before, problem = record.incident.name, record.seq, ""
    env = {**os.environ, **context.app.env, "INCIDENT": record.id}
    banner = f"{name}: 'incident log TEXT' adds to its timeline. exit or ctrl+d returns to the cockpit."
    try:
        with context.app.suspend():
            # Textual comes back only if nothing is raised in here.
            try:
                run_shell(env, banner)
            except Refused as refused:
                problem = str(refused)
    except SuspendNotSupported:
        problem = f"Cannot open a shell in this terminal. Open another one and run: export INCIDENT={name}"
    if problem:
        context.say(problem, "warn")
        return
    await context.live.refresh()
    context.screen.paint()
    added = context.record.seq - before
    context.say(f"Back from the shell: {counted(added, 'new event') if added else 'no new events'}")
