"""Copying from the screen: in a thread, because a clipboard can be slow, with the terminal as one of the routes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from textual.app import App

from incident_cockpit.outside.clipboard import Copied, copy


async def copy_text(app: App[Any], text: str, last_copy: Path) -> Copied:
    """Copy a text by the best route there is, and always to the file; never raises, the words say what is known."""
    env = dict(os.environ)
    loop = asyncio.get_running_loop()

    def write_terminal(sequence: str) -> None:
        # The driver belongs to the screen's thread; a sequence from another would land inside a frame.
        asyncio.run_coroutine_threadsafe(_write(app, sequence), loop).result(timeout=1)

    writes = None if app.is_headless else write_terminal
    return await asyncio.to_thread(copy, text, last_copy=last_copy, env=env, write_terminal=writes)


async def _write(app: App[Any], sequence: str) -> None:
    driver = app._driver  # Textual's own copy_to_clipboard writes here as well
    if driver is not None:
        driver.write(sequence)
        driver.flush()
