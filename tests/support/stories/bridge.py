"""Stories told through the commands, minute by minute, on one clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from incident_cockpit.clock import SetClock
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.service import store
from incident_cockpit.service.store import Store
from incident_cockpit.times.parse import parse_duration
from support.cli import Ran, Shell


class Bridge:
    """One home, a clock that is moved by hand, and the program as a command; `who` speaks unless `by` names another."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, start: datetime, who: str = "Ana") -> None:
        """Begin at an instant; every command reads this clock."""
        self.home = home
        self.clock = SetClock(start)
        self.who = who
        self.incident = ""
        self._shell = Shell(home)
        monkeypatch.setattr(store, "SystemClock", lambda: self.clock)
        # A story that is told for many tests begins before the surroundings of any.
        monkeypatch.setenv("TZ", "UTC")

    @property
    def now(self) -> datetime:
        """Return the present of the story."""
        return self.clock.now()

    def wait(self, span: str) -> Bridge:
        """Let time pass, such as "10m"."""
        length = parse_duration(span)
        assert length is not None, f"{span!r} is no duration"
        self.clock.forward(seconds=length.total_seconds())
        return self

    def until(self, at: datetime) -> Bridge:
        """Let time pass until an instant."""
        assert at >= self.now, "a story goes forward"
        self.clock.forward(seconds=(at - self.now).total_seconds())
        return self

    def run(self, *argv: str, by: str = "", stdin: str = "") -> Ran:
        """Run a command, which has to work; an incident that it begins is the current one from then on."""
        ran = self._shell.good(*argv, stdin=stdin.encode(), **self._env(by))
        if argv[0] in ("new", "report", "declare") and ran.out.startswith("INC-"):
            self.incident = ran.out.split()[0]
        return ran

    def _env(self, by: str) -> dict[str, str]:
        current = {"INCIDENT": self.incident} if self.incident else {}
        return {"INCIDENT_USER": by or self.who, **current}

    def refused(self, *argv: str, by: str = "") -> str:
        """Run a command that has to be refused; return the error."""
        ran = self._shell(*argv, **self._env(by))
        assert ran.code != 0, ran
        assert "Traceback" not in ran.err
        return ran.err

    def do(self, action: str, *words: str, by: str = "", after: str = "1m") -> Ran:
        """Let a minute pass, then run an action of the registry."""
        if after:
            self.wait(after)
        return self.run("do", action, *words, by=by)

    def log(self, line: str, by: str = "", after: str = "1m") -> Ran:
        """Let a minute pass, then type a line."""
        if after:
            self.wait(after)
        return self.run("log", line, by=by)

    def status(self) -> Mapping[str, Any]:
        """Return the status of the incident."""
        data: Mapping[str, Any] = self.run("status", "--json").data
        return data

    def due(self) -> dict[str, str]:
        """Return the due items by their text: "late 2m", "in 5m" and so on, in minutes from now."""
        items = {}
        for item in self.status()["due"]:
            minutes = round((datetime.fromisoformat(item["at"]) - self.now).total_seconds() / 60)
            items[item["text"]] = f"in {minutes}m" if minutes > 0 else f"late {-minutes}m" if minutes else "now"
        return items

    def next(self) -> str:
        """Return the text of NEXT, "" where nothing is left to do."""
        waiting = self.status()["next"]
        return str(waiting["text"]) if waiting else ""

    def record(self, number: str = "1") -> Record:
        """Return the incident as the journal has it."""
        with Store.of({"INCIDENT_HOME": str(self.home)}, self.who) as opened:
            return opened.record(opened.select(number).id)

    def timeline(self, number: str = "1") -> list[str]:
        """Return the timeline as "sort: text" lines."""
        return [f"{line.sort}: {line.text}" for line in timeline_entries(self.record(number))]
