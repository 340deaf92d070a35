"""Leaving the cockpit for an address: opened only when that is asked for with the whole address in sight."""

from __future__ import annotations

import asyncio
import os

from incident_cockpit.actions.options import Option
from incident_cockpit.outside.browser import can_open, open_address
from incident_cockpit.tui.composing import copy_and_say
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.stage import Stage


async def visit(screen: Stage, url: str) -> None:
    """Open an address in the desktop's browser, or copy it, as the person says."""
    env = dict(os.environ)
    ways = [Option("copy", f"copy {url}")]
    if can_open(url, env):
        ways.insert(0, Option("open", f"open {url}"))
    chosen = await screen.app.push_screen_wait(PickScreen("Leave the cockpit?", ways))
    if chosen == "open":
        screen.say(await asyncio.to_thread(open_address, url, env), "muted")
    elif chosen == "copy":
        await copy_and_say(screen, url)
