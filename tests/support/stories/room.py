"""A room with several people in it: a terminal for each, one store, and one clock on the wall that the story moves."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from incident_cockpit.incident.record import Record
from incident_cockpit.service.store import Store
from support.patience import patience
from support.stories import stepped_program as stepped
from support.terminal import Terminal

_PROGRAM = (sys.executable, stepped.__file__)
# Stands in for a desktop's clipboard: it takes what it is given, and says so by its exit code.
_XCLIP = """#!/bin/sh
cat >>"$COPIED" && printf '\\f' >>"$COPIED"
"""


class Room:
    """One home and one clock; `sit` gives somebody a terminal, `run` is a command of somebody who has none at hand."""

    def __init__(self, home: Path, start: datetime) -> None:
        """Begin at an instant, with nothing in the store."""
        self.home = home
        self.start = start
        self._clock = home / "clock"
        self._tools = home / "tools"
        self._tools.mkdir()
        (self._tools / "xclip").write_text(_XCLIP, encoding="ascii")
        (self._tools / "xclip").chmod(0o755)
        self._open = ExitStack()
        self.at(0)

    def __enter__(self) -> Self:
        """Open the room."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End whatever still runs in it."""
        self._open.close()

    def at(self, minutes: float) -> datetime:
        """Let it be so many minutes after the start, for everybody at once."""
        now = self.start + timedelta(minutes=minutes)
        stepped.move(self._clock, now)
        return now

    def _env(self, who: str) -> dict[str, str]:
        return {
            "INCIDENT_HOME": str(self.home / "store"),
            "INCIDENT_USER": who,
            "HOME": str(self.home),
            "TZ": "UTC",
            stepped.CLOCK: str(self._clock),
        }

    def sit(self, who: str, *arguments: str, size: tuple[int, int], desktop: bool = False) -> Terminal:
        """Return a terminal in which somebody has started the program; with a `desktop` there is a clipboard."""
        env = self._env(who)
        if desktop:
            path = f"{self._tools}{os.pathsep}{os.environ['PATH']}"
            env |= {"DISPLAY": ":7", "PATH": path, "COPIED": str(self._clipboard(who))}
        return self._open.enter_context(Terminal([*_PROGRAM, *arguments], size, env, cwd=self.home))

    def run(self, who: str, *arguments: str) -> str:
        """Return what a command prints, which has to work."""
        known = {name: value for name, value in os.environ.items() if not name.startswith(("INCIDENT", "LC_"))}
        env = {**known, **self._env(who)}
        ran = subprocess.run(
            [*_PROGRAM, *arguments],
            env=env,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=patience(),
            check=False,
        )
        assert ran.returncode == 0, ran
        return ran.stdout

    def _clipboard(self, who: str) -> Path:
        return self.home / f"clipboard-{who}"

    def copied(self, who: str) -> list[str]:
        """Return what somebody's desktop was given, oldest first."""
        held = self._clipboard(who)
        return held.read_text(encoding="utf-8").split("\f")[:-1] if held.exists() else []

    def record(self) -> Record:
        """Return the incident as the journal has it."""
        with Store.of(self._env("nobody")) as store:
            return store.record(store.incidents()[0].id)


class People:
    """Three people at one incident, and what they leave: screens by moment, exit codes, what a terminal was left with.

    Ana has a large terminal on a desktop with a clipboard, Ben a small one without, Chidi types line by line.
    """

    ana: Terminal
    ben: Terminal
    chidi: Terminal

    def __init__(self, room: Room) -> None:
        """Let nobody sit yet."""
        self.room = room
        self.screens: dict[str, str] = {}
        self.codes: dict[str, int] = {}
        self.left_on: dict[str, list[str]] = {}

    def ana_sits(self) -> Terminal:
        """Have Ana start the cockpit."""
        self.ana = self.room.sit("Ana", size=(120, 40), desktop=True)
        return self.ana

    def ben_sits(self) -> Terminal:
        """Have Ben start the cockpit."""
        self.ben = self.room.sit("Ben", size=(80, 24))
        return self.ben

    def chidi_sits(self) -> Terminal:
        """Have Chidi start the plain lines."""
        self.chidi = self.room.sit("Chidi", "line", size=(120, 60))
        return self.chidi

    def chidi_types(self, line: str, sort: str, words: str) -> None:
        """Have Chidi type a line, and wait until its own words come back as a line of the timeline."""
        self.chidi.type(line).key("enter").expect(rf"^(INC-1 > )?\d\d:\d\d  {sort}  {words}")

    def look(self, moment: str, terminal: Terminal) -> str:
        """Remember what stands on a screen now."""
        self.screens[moment] = terminal.text
        return self.screens[moment]

    def leave(self, who: str, terminal: Terminal) -> None:
        """Have somebody leave the cockpit."""
        terminal.key("ctrl+q")
        self.codes[who] = terminal.wait_exit()
        self.left_on[who] = terminal.left_on()
