"""What is pinned to a line of the timeline: listed with where it lies, and the way to it."""

from __future__ import annotations

from incident_cockpit.actions.options import Option
from incident_cockpit.incident.envelope import Event
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.topics.pins import Pin, Pinned, PinnedFile, on_line
from incident_cockpit.timewords import clock
from incident_cockpit.tui.composing import copy_and_say
from incident_cockpit.tui.following import Following
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.stage import Stage
from incident_cockpit.tui.visiting import visit


def pins_of(record: Record, event: Event) -> tuple[Pin, ...]:
    """Return what is pinned to a line; of the line that says so, the thing itself."""
    own = event.fact.now if isinstance(event.fact, Pinned) else None
    return ((own,) if own is not None else ()) + on_line(record.incident, event.seq)


async def put_pins(made: Page, following: Following, event: Event) -> None:
    """Put what is pinned to a line on its page, each with who put it there, and of a file where its copy lies."""
    view = following.view()
    pins = pins_of(view.record, event)
    if pins:
        made.heading("What was pinned" if isinstance(event.fact, Pinned) else "Pinned to it")
    for pin in pins:
        made.line(f"• {pin.words}", f"({pin.by}, {clock(pin.when, view.zone, view.now)})")
        if pin.file is not None:
            path = await following.where(pin.file)
            made.quiet(str(path) if path is not None else _elsewhere(pin.file), indent=2)


async def go_to(screen: Stage, seq: int) -> None:
    """Open or copy a link as the person says, or copy where a file lies; asks which where there are several."""
    record = screen.following.record
    pins = pins_of(record, record.events[seq - 1])
    if not pins:
        key = screen.around.keys.label("pin")
        screen.say(f"nothing is pinned to this line{f': {key} pins a link or a file' if key else ''}", "warn")
        return
    ways = [Option(str(number), pin.words) for number, pin in enumerate(pins)]
    chosen = ways[0].id if len(ways) == 1 else await screen.app.push_screen_wait(PickScreen("Pinned to it", ways))
    if not chosen:
        return
    pin = pins[int(chosen)]
    if pin.file is None:
        await visit(screen, pin.link)
        return
    path = await screen.following.where(pin.file)
    if path is None:
        screen.say(_elsewhere(pin.file), "warn")
    else:
        await copy_and_say(screen, str(path))


def _elsewhere(file: PinnedFile) -> str:
    return f"its copy, {file.where}, is not on this machine"
