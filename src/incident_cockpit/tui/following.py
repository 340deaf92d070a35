"""One incident on the screen: a record of its own that grows by what the store says, whoever wrote it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from incident_cockpit.clock import Clock
from incident_cockpit.cockpit.desk import Desk
from incident_cockpit.cockpit.evidence import place
from incident_cockpit.cockpit.library import Library
from incident_cockpit.cockpit.session import Done, Session
from incident_cockpit.config.contacts import Reachable
from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Event
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.topics.pins import PinnedFile
from incident_cockpit.tui.view import View

# Some milliseconds: opening a longer incident must not take longer for the rare one that is damaged.
_EVENTS_CHECKED = 1_000


class Following:
    """What a screen shows of an incident, and its way to act on it.

    The session lives on the store's thread and has a record of its own; this one belongs to the screen, so that no
    paint ever sees a record half grown.
    """

    def __init__(
        self, desk: Desk, session: Session, record: Record, clock: Clock, contacts: tuple[Reachable, ...] = ()
    ) -> None:
        """Take a session that was opened on the desk, the screen's own record, and how people are reached."""
        self._desk = desk
        self._session = session
        self._clock = clock
        self._contacts = contacts
        self.record = record
        self.who = session.who
        self.zone = session.zone

    @classmethod
    async def open(cls, desk: Desk, incident_id: str, clock: Clock, contacts: tuple[Reachable, ...] = ()) -> Following:
        """Open the incident with this UUID on the desk."""
        session = await desk.call(lambda library: _checked(library, incident_id))
        return cls(desk, session, Record(incident_id, tuple(session.record.events)), clock, contacts)

    def view(self, words: str = "") -> View:
        """Return the incident as of now; `words` filter its timeline."""
        return View(self.record, self._clock.now(), self.zone, self.who, words, self._contacts)

    async def act(self, name: str, values: Mapping[str, Any], when: datetime | None = None) -> Done:
        """Do an action; it is on the disk when this returns. Raises Refused or StoreError, then nothing was written."""
        done = await self._desk.call(lambda _: self._session.act(name, values, when))
        self._take(done.news)
        return done

    async def where(self, file: PinnedFile) -> Path | None:
        """Return where the copy of a pinned file lies, None where it is not on this machine."""
        return await self._desk.call(lambda library: place(file, library.places))

    async def channels(self) -> frozenset[str]:
        """Return the names of channels that other incidents have or had."""
        return await self._desk.call(lambda _: self._session.channels())

    async def refresh(self) -> bool:
        """Take in what others wrote; return whether there was anything."""
        return self._take(await self._desk.call(lambda _: self._session.refresh()))

    async def keep_up(self, every: float, changed: Callable[[], None], say: Callable[[str, str], None]) -> None:
        """Take in what others write, every so many seconds; a store in trouble is said once and tried again."""
        trouble = ""
        while True:
            await asyncio.sleep(every)
            try:
                if await self.refresh():
                    changed()
                if trouble:
                    trouble = ""
                    say("the store answers again", "ok")
            except Refused as refused:
                if str(refused) != trouble:
                    trouble = str(refused)
                    say(trouble, "late")

    def _take(self, news: tuple[Event, ...]) -> bool:
        # An answer that was overtaken by a later one brings nothing new.
        fresh = [event for event in news if event.seq > self.record.seq]
        self.record.extend(fresh)
        return bool(fresh)


def _checked(library: Library, incident_id: str) -> Session:
    """Open a session on an incident that can be drawn; raises Unreadable, which leads back to the list."""
    session = library.session(incident_id)
    library.reader.check_latest(_EVENTS_CHECKED)
    return session
