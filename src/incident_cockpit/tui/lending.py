"""Lending the terminal to a shell that knows the incident, and taking in what came of it."""

from __future__ import annotations

import os

from textual.app import SuspendNotSupported

from incident_cockpit.errors import Refused
from incident_cockpit.outside.shell import run_shell
from incident_cockpit.text.count import counted
from incident_cockpit.tui.stage import Stage


async def lend_to_a_shell(screen: Stage) -> None:
    """Step aside for a shell whose `incident log` means this incident; come back with what was written meanwhile.

    The loop stands still until the shell is left: nothing may be drawn over it. What is on the screen is on the disk.
    """
    record = screen.following.record
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
    await screen.following.refresh()
    screen.paint()
    came = screen.following.record.seq - before
    screen.say(f"back from the shell; {counted(came, 'event') if came else 'nothing'} came in meanwhile")
