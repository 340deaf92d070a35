"""A whole story told once: what it looked like at set moments, what the commands said, and the texts that left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import icalendar

from incident_cockpit.incident.state import Incident
from support.stories.bridge import Bridge


class Telling:
    """What a story leaves for its tests: `due`, `next` and `seen` by moment; `said`, `texts` and `data` by name."""

    def __init__(self, bridge: Bridge) -> None:
        """Take the bridge that the story is told from."""
        self.bridge = bridge
        self.due: dict[str, Mapping[str, str]] = {}
        self.next: dict[str, str] = {}
        self.seen: dict[str, str] = {}
        self.said: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.data: dict[str, Any] = {}

    def look(self, moment: str) -> None:
        """Remember what is due, what NEXT says, and what `incident status` shows people."""
        self.due[moment], self.next[moment] = self.bridge.due(), self.bridge.next()
        self.seen[moment] = self.bridge.run("status").out

    def at(self, minutes: float, moment: str, start: datetime) -> None:
        """Let time pass until so many minutes after the start, and look."""
        self.bridge.until(start + timedelta(minutes=minutes))
        self.look(moment)

    def hear(self, name: str, *argv: str, by: str = "", after: str = "1m") -> str:
        """Run a command and remember what it says to people."""
        self.said[name] = self._after(after).run(*argv, by=by).err
        return self.said[name]

    def copy(self, name: str, *argv: str, by: str = "", after: str = "1m") -> str:
        """Run a command that writes a text, and remember the text."""
        self.texts[name] = self._after(after).run(*argv, by=by).out
        return self.texts[name]

    def read(self, name: str, *argv: str) -> None:
        """Run a command that answers with JSON, and remember it."""
        self.data[name] = self.bridge.run(*argv, "--json").data

    def tick(self, *steps: str, by: str = "", after: str = "30s") -> None:
        """Tick steps of the checklist, one after the other, as NEXT names them."""
        for step in steps:
            self.bridge.do("tick", step, by=by, after=after)

    def reply(self, answers: Mapping[str, str], by: str = "", after: str = "30s") -> None:
        """Answer questions of the checklist."""
        for step, answer in answers.items():
            self.bridge.do("answer-step", step, answer, by=by, after=after)

    @property
    def incident(self) -> Incident:
        """Return the incident as the journal has it at the end."""
        return self.bridge.record().incident

    @property
    def timeline(self) -> list[str]:
        """Return the timeline as "sort: text" lines."""
        return self.bridge.timeline()

    def milestone(self, name: str) -> datetime:
        """Return when a milestone was reached."""
        return self.incident.milestones[name]

    def _after(self, span: str) -> Bridge:
        return self.bridge.wait(span) if span else self.bridge


def meeting(text: str) -> icalendar.Event:
    """Return the one meeting of a calendar file."""
    [event] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    return event


def has(text: str, *words: str) -> None:
    """Hold a text to words, and name those that it lacks with the text itself."""
    lacking = [one for one in words if one not in text]
    assert not lacking, f"{lacking} not in:\n{text}"
