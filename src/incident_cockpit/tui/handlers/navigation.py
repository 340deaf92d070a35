"""Handlers of moving about: panes, entry line, palette, filter, help, and enter on a row."""

from __future__ import annotations

from functools import partial

from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import OPENERS, Values, handles, moves
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.panes.registry import PANES
from incident_cockpit.tui.panes.timeline import TimelinePane


@moves("entry")
def entry(context: Context) -> None:
    """Go to the entry line."""
    context.screen.entry.start()


@moves("command")
def command(context: Context) -> None:
    """Go to the entry line to type a command."""
    context.screen.entry.start(":")


@moves("maximise")
def maximise(context: Context) -> None:
    """Toggle full screen for the pane in use."""
    context.screen.maximise()


@moves("palette")
def palette(context: Context) -> None:
    """Open the command palette."""
    context.app.action_command_palette()


@moves("back")
def back(context: Context) -> None:
    """Go back to the list of incidents, once this key has been dealt with."""
    context.app.call_later(context.app.run_action, "back")


@moves("quit")
def quit_cockpit(context: Context) -> None:
    """Quit; the incident stays open."""
    context.app.exit()


def go_to(pane: type[Pane], context: Context) -> None:
    """Go to a pane."""
    context.screen.go_to(pane)


for _slot in PANES:
    moves(f"pane-{_slot.number}")(partial(go_to, _slot.pane))


@handles("filter")
async def filter_timeline(context: Context, values: Values) -> None:
    """Show only the entries with some words."""
    from incident_cockpit.tui.screens.text_prompt import TextPrompt

    text = values.get("words")
    if text is None:
        text = await context.push(TextPrompt("Filter timeline", context.screen.filter_text))
    if text is not None:
        context.screen.filter_text = text
        context.screen.go_to(TimelinePane)
        context.screen.paint()


@handles("help")
async def show_help(context: Context, values: Values) -> None:
    """List every key and command; enter runs one."""
    from incident_cockpit.tui.screens.help import HelpScreen

    chosen = await context.push(HelpScreen(tuple(ACTIONS.values()), context.app.keys.of))
    if chosen:
        context.screen.do(chosen)


@handles("detail")
async def detail(context: Context, values: Values) -> None:
    """Open the row under the cursor."""
    pane = context.screen.pane
    if pane is not None and pane.cursor_key is not None:
        await OPENERS[type(pane)](context, pane.cursor_key)
