"""The live incident on screen: its view, its refresh from the store, and alerts about late items."""

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

_TAKING_COMMAND = ("read-back", "take-command")


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
        """The current state of the incident."""
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
        """The prompts, most urgent first; an offer of command to this person comes before all others."""
        ordered = prompts(self.incident, self.now)
        handoff = self.incident.handoff
        if handoff is None or handoff.incoming.casefold() != self.who.casefold():
            return ordered
        return tuple(sorted(ordered, key=lambda prompt: prompt.action not in _TAKING_COMMAND))


# Checking these takes a few milliseconds; a longer incident must not open later for the rare damaged one.
_EVENTS_CHECKED = 1_000


class LiveIncident:
    """The incident of a screen: its record, kept up to date with the store, and the actions on it.

    The session on the store's thread has a record of its own; this one belongs to the screen, so that painting never
    sees a partly extended record.
    """

    def __init__(
        self,
        store_thread: StoreThread,
        session: Session,
        record: Record,
        clock: Clock,
        contacts: tuple[UserContact, ...] = (),
    ) -> None:
        """Take a session opened on the store's thread, the screen's own record, and the user's contacts."""
        self._store_thread = store_thread
        self._session = session
        self._clock = clock
        self._contacts = contacts
        self.record = record
        self._others: Sequence[Overview] = ()
        self.who = session.who
        self.zone = session.zone
        # A replacement of the store that has not been reported yet.
        self._replaced: Replacement | None = None

    @classmethod
    async def open(
        cls, store_thread: StoreThread, incident_id: str, clock: Clock, contacts: tuple[UserContact, ...] = ()
    ) -> LiveIncident:
        """Open the incident with this UUID on the store's thread."""
        session = await store_thread.call(lambda store: _open_checked(store, incident_id))
        return cls(store_thread, session, Record(incident_id, tuple(session.record.events)), clock, contacts)

    def view(self, filter_text: str = "") -> View:
        """Return the incident as of now; `filter_text` filters its timeline."""
        now = self._clock.now()
        return View(self.record, now, self.zone, self.who, filter_text, self._contacts, with_late(self._others, now))

    async def act(self, name: str, values: Mapping[str, Any], when: datetime | None = None) -> ActionResult:
        """Run an action and store it; raises Refused or StoreError, then nothing was stored."""
        return self._applied(await self._store_thread.call(lambda _: self._session.act(name, values, when)))

    async def put_back(self) -> ActionResult:
        """Restore events of the rescue copies that the store lacks; raises Refused if there are none."""
        return self._applied(await self._store_thread.call(lambda _: self._session.put_back()))

    def _applied(self, result: ActionResult) -> ActionResult:
        self._apply(result.news, result.replaced)
        return result

    async def stored_file(self, file: AttachedFile) -> Path | None:
        """Return the path of an attached file's copy, or None if it is not on this machine."""
        return await self._store_thread.call(lambda store: copy_path(file, store.places))

    async def channels(self) -> frozenset[str]:
        """Return the channel names that other incidents use or used."""
        return await self._store_thread.call(lambda _: self._session.channels())

    async def refresh(self) -> bool:
        """Apply what others wrote; return whether there was anything new."""
        news, replaced = await self._store_thread.call(lambda _: (self._session.refresh(), self._session.replacement()))
        self._replaced = replaced or self._replaced
        return self._apply(news, replaced)

    async def follow(
        self, every: float, changed: Callable[[], None], say: Callable[[str, str], None], command: str = ":put-back"
    ) -> None:
        """Apply what others write, at this interval in seconds; a store error is shown once, and retried.

        `command` restores events of the rescue copies into a store that was replaced.
        """
        error = ""
        first = True
        while True:
            await asyncio.sleep(every)
            try:
                if first:
                    first, self._replaced = False, await self._store_thread.call(lambda _: self._session.lacking())
                if await self.refresh():
                    changed()
                if self._replaced is not None:
                    say(self._replaced.message(command), "late")
                    self._replaced = None
                if error:
                    error = ""
                    say("Store available again", "ok")
            except Refused as refused:
                if str(refused) != error:
                    error = str(refused)
                    say(error, "late")

    async def follow_others(self, every: float) -> None:
        """Read the other open incidents at this interval in seconds; a store error is retried."""
        while True:
            with suppress(Refused):
                self._others = await self._store_thread.call(lambda store: store.others(self.record.id))
            await asyncio.sleep(every)

    def _apply(self, news: tuple[Event, ...], replaced: Replacement | None) -> bool:
        if replaced is not None:
            self.record.restart(replaced.events)
            return True
        # An answer overtaken by a later one has nothing new.
        fresh = [event for event in news if event.seq > self.record.seq]
        self.record.extend(fresh)
        return bool(fresh)


def _open_checked(store: Store, incident_id: str) -> Session:
    """Open a session on an incident whose latest events are readable; raises Unreadable."""
    session = store.session(incident_id)
    store.reader.check_latest(_EVENTS_CHECKED)
    return session


class LateAlerts:
    """Notifies of each late item once; items that were late at the start are not reported."""

    def __init__(self, record: Record, now: datetime, notify: Callable[[str], None]) -> None:
        """Take the items that are late now as known."""
        self._notify = notify
        self._known = {_mark(item) for item in due_items(record.incident) if urgency(item, now) is Urgency.LATE}

    def alert(self, record: Record, now: datetime) -> None:
        """Notify of items that became late; a snoozed item that is late again is new."""
        late = [item for item in due_items(record.incident) if urgency(item, now) is Urgency.LATE]
        news = {_mark(item) for item in late} - self._known
        if not news:
            return
        self._known |= news
        # A notification may be seen by others: of a restricted incident it shows the codename.
        for item in due_items(veiled(record).incident):
            if _mark(item) in news:
                # What the plan requires reads as an order, to which "is due" cannot be added.
                text = f"{item.text} is due" if item.kind in SET_BY_RESPONDERS else f"due now: {item.text}"
                self._notify(f"{record.incident.name}: {text}")


def _mark(item: DueItem) -> tuple[str, datetime]:
    return item.key, item.at
