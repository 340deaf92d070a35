"""What a pane is shown: the record and the present; it reads and draws, and never writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from incident_cockpit.clock import Clock
from incident_cockpit.config.contacts import UserContact
from incident_cockpit.documents.document import veiled
from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.attachments import AttachedFile
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import SET_BY_RESPONDERS, DueItem, Urgency, due_items, urgency
from incident_cockpit.incident.views.next_action import Prompt, prompts
from incident_cockpit.plan.schema import Contact
from incident_cockpit.service.evidence import copy_path
from incident_cockpit.service.overview import LateItems, Overview, with_late
from incident_cockpit.service.session import ActionResult, Replacement, Session
from incident_cockpit.service.store import Store
from incident_cockpit.service.store_thread import StoreThread

_TAKING_OVER = ("read-back", "take-command")


@dataclass(frozen=True, slots=True)
class View:
    """One incident at one instant, as one person sees it.

    `filter_text` filters the timeline, `contacts` are this person's contacts, `elsewhere` lists the late items of other
    open incidents.
    """

    record: Record
    now: datetime
    zone: tzinfo
    who: str
    filter_text: str = ""
    contacts: tuple[UserContact, ...] = ()
    elsewhere: LateItems = field(default_factory=list)

    @property
    def incident(self) -> Incident:
        """The incident as it stands."""
        return self.record.incident

    def reach(self, who: str) -> str:
        """Return how people are reached: the holder of a role, the plan's contacts and the person's own.

        `who` are names with commas between; empty if nothing is known.
        """
        names = [name.strip() for name in who.split(",") if name.strip()]
        reached = [(name, ", ".join(self._contact_details(name))) for name in names]
        known = [(name, details) for name, details in reached if details]
        return "; ".join(f"{name}: {details}" if len(names) > 1 else details for name, details in known)

    def _contact_details(self, name: str) -> Iterator[str]:
        """Yield who holds the role of this name, and each way to reach the person once."""
        plan, folded = self.incident.plan, name.casefold()
        roles = [role.id for role in plan.roles if folded in (role.name.casefold(), role.id)]
        holders = [holding.who for role in roles for holding in self.incident.roles.get(role, ())]
        names = {folded, *(holder.casefold() for holder in holders)}
        contacts: tuple[UserContact | Contact, ...] = (*self.contacts, *plan.contacts)
        details = [
            detail
            for contact in contacts
            if contact.name.casefold() in names
            for detail in (contact.reach, contact.mail)
        ]
        yield from dict.fromkeys(detail for detail in (*holders, *details) if detail)

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """What waits, the most pressing first; for whoever is offered command that comes before all else."""
        found = prompts(self.incident, self.now)
        offered = self.incident.handoff
        if offered is None or offered.incoming.casefold() != self.who.casefold():
            return found
        return tuple(sorted(found, key=lambda one: one.action not in _TAKING_OVER))


# -- following: One incident on the screen: a record of its own that grows by what the store says, whoever wrote it.

# Some milliseconds: opening a longer incident must not take longer for the rare one that is damaged.
_EVENTS_CHECKED = 1_000


class LiveIncident:
    """What a screen shows of an incident, and its way to act on it.

    The session lives on the store's thread and has a record of its own; this one belongs to the screen, so that no
    paint ever sees a record half grown.
    """

    def __init__(
        self,
        store_thread: StoreThread,
        session: Session,
        record: Record,
        clock: Clock,
        contacts: tuple[UserContact, ...] = (),
    ) -> None:
        """Take a session that was opened on the desk, the screen's own record, and how people are reached."""
        self._store_thread = store_thread
        self._session = session
        self._clock = clock
        self._contacts = contacts
        self.record = record
        self._others: Sequence[Overview] = ()
        self.who = session.who
        self.zone = session.zone
        # A store that was replaced, until it has been said.
        self._replaced: Replacement | None = None

    @classmethod
    async def open(
        cls, store_thread: StoreThread, incident_id: str, clock: Clock, contacts: tuple[UserContact, ...] = ()
    ) -> LiveIncident:
        """Open the incident with this UUID on the desk."""
        session = await store_thread.call(lambda library: _checked(library, incident_id))
        return cls(store_thread, session, Record(incident_id, tuple(session.record.events)), clock, contacts)

    def view(self, filter_text: str = "") -> View:
        """Return the incident as of now; `filter_text` filters its timeline."""
        now = self._clock.now()
        return View(self.record, now, self.zone, self.who, filter_text, self._contacts, with_late(self._others, now))

    async def act(self, name: str, values: Mapping[str, Any], when: datetime | None = None) -> ActionResult:
        """Do an action; it is on the disk when this returns. Raises Refused or StoreError, then nothing was written."""
        return self._done(await self._store_thread.call(lambda _: self._session.act(name, values, when)))

    async def put_back(self) -> ActionResult:
        """Store what the rescue copies hold and the store lacks; raises Refused where that is nothing."""
        return self._done(await self._store_thread.call(lambda _: self._session.put_back()))

    def _done(self, done: ActionResult) -> ActionResult:
        self._take(done.news, done.replaced)
        return done

    async def where(self, file: AttachedFile) -> Path | None:
        """Return where the copy of a pinned file lies, None where it is not on this machine."""
        return await self._store_thread.call(lambda library: copy_path(file, library.places))

    async def channels(self) -> frozenset[str]:
        """Return the names of channels that other incidents have or had."""
        return await self._store_thread.call(lambda _: self._session.channels())

    async def refresh(self) -> bool:
        """Take in what others wrote; return whether there was anything."""
        news, replaced = await self._store_thread.call(lambda _: (self._session.refresh(), self._session.replacement()))
        self._replaced = replaced or self._replaced
        return self._take(news, replaced)

    async def follow(
        self, every: float, changed: Callable[[], None], say: Callable[[str, str], None], way: str = ":put-back"
    ) -> None:
        """Take in what others write, every so many seconds; a store in trouble is said once and tried again.

        `way` is typed to put back what the rescue copies hold and a store lacks that was replaced.
        """
        trouble = ""
        first = True
        while True:
            await asyncio.sleep(every)
            try:
                if first:
                    first, self._replaced = False, await self._store_thread.call(lambda _: self._session.lacking())
                if await self.refresh():
                    changed()
                if self._replaced is not None:
                    say(self._replaced.message(way), "late")
                    self._replaced = None
                if trouble:
                    trouble = ""
                    say("the store answers again", "ok")
            except Refused as refused:
                if str(refused) != trouble:
                    trouble = str(refused)
                    say(trouble, "late")

    async def follow_others(self, every: float) -> None:
        """Look at the other open incidents every so many seconds; what cannot be read now is tried again."""
        while True:
            with suppress(Refused):
                self._others = await self._store_thread.call(lambda library: library.others(self.record.id))
            await asyncio.sleep(every)

    def _take(self, news: tuple[Event, ...], replaced: Replacement | None) -> bool:
        if replaced is not None:
            self.record.restart(replaced.events)
            return True
        # An answer that was overtaken by a later one brings nothing new.
        fresh = [event for event in news if event.seq > self.record.seq]
        self.record.extend(fresh)
        return bool(fresh)


def _checked(library: Store, incident_id: str) -> Session:
    """Open a session on an incident that can be drawn; raises Unreadable, which leads back to the list."""
    session = library.session(incident_id)
    library.reader.check_latest(_EVENTS_CHECKED)
    return session


# -- attention: Draws attention to what is late: once to each thing, and never to what was late before anybody looked.


class LateAlerts:
    """Remembers what it has drawn attention to, by `notify`."""

    def __init__(self, record: Record, now: datetime, notify: Callable[[str], None]) -> None:
        """Take what is late already as known."""
        self._notify = notify
        self._drawn = {_mark(item) for item in due_items(record.incident) if urgency(item, now) is Urgency.LATE}

    def alert(self, record: Record, now: datetime) -> None:
        """Draw attention to what has become late by now; what was put off and is late again is news."""
        late = [item for item in due_items(record.incident) if urgency(item, now) is Urgency.LATE]
        news = {_mark(item) for item in late} - self._drawn
        if not news:
            return
        self._drawn |= news
        # It comes up over whatever is shown to others, so of a restricted incident it must not tell the title.
        for item in due_items(veiled(record).incident):
            if _mark(item) in news:
                self._notify(f"{record.incident.name}: {_words(item)}")


def _words(item: DueItem) -> str:
    """Return what is due; what the plan asks for is told as an order, behind which "is due" would be no sentence."""
    return f"{item.text} is due" if item.kind in SET_BY_RESPONDERS else f"due now: {item.text}"


def _mark(item: DueItem) -> tuple[str, datetime]:
    return item.key, item.at
