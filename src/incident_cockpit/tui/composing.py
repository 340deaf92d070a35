"""Texts that leave the screen: an update that is sent by being copied, the situation, code, the postmortem file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from incident_cockpit.actions.options import Option
from incident_cockpit.cockpit.files import write_new
from incident_cockpit.errors import Refused
from incident_cockpit.exports.ages import Age
from incident_cockpit.exports.leaving import safe
from incident_cockpit.exports.news import last_sent
from incident_cockpit.exports.next_time import next_told, promised
from incident_cockpit.exports.restricted import file_stem
from incident_cockpit.exports.update import Composed, check, compose, how_old
from incident_cockpit.incident.due import due_items
from incident_cockpit.incident.due_item import DueKind
from incident_cockpit.incident.topics.updates import UpdateSent
from incident_cockpit.plan.model import Cadence
from incident_cockpit.tui.begun import notice
from incident_cockpit.tui.copying import copy_text
from incident_cockpit.tui.details import choose_code
from incident_cockpit.tui.screens.composer import ComposerScreen
from incident_cockpit.tui.stage import Stage


async def compose_update(screen: Stage, audience: str) -> None:
    """Open the composer for an audience, or for the one whose update is due first."""
    incident = screen.following.record.incident
    audiences = [Option(cadence.audience, cadence.name) for cadence in incident.plan.cadences]
    if not audiences:
        screen.say(f"{incident.plan.name} promises nobody an update: C copies a message", "warn")
        return
    due = [item.subject for item in due_items(incident) if item.kind is DueKind.UPDATE]
    chosen = incident.plan.find_cadence(audience).audience if audience else (due or [audiences[0].id])[0]

    await screen.app.push_screen_wait(ComposerScreen(audiences, chosen, Updating(screen)))


class Updating:
    """Writes, keeps and sends the updates of the incident that a screen is on."""

    def __init__(self, screen: Stage) -> None:
        """Work for this screen."""
        self._screen = screen
        self._following = screen.following
        self._drafts = screen.around.drafts
        self._asked: dict[str, datetime | None] = {}
        self._made: dict[str, str] = {}

    def compose(self, audience: str, target: str) -> Composed:
        """Write the update from the facts."""
        view = self._following.view()
        made = compose(view.record, audience, view.now, view.zone, target)
        self._asked[audience] = made.next_due
        return made

    def _told(self, audience: str, text: str) -> datetime | None:
        due = self._asked.get(audience)
        return next_told(text, due) if due else None

    def promised(self, audience: str, text: str) -> datetime | None:
        """Return what readers are promised: the text names it, however old it is and whoever edited it."""
        return promised(text, self._asked.get(audience), self.now())

    def warnings(self, audience: str, target: str, text: str) -> Sequence[str]:
        """Return what to think of before it goes."""
        said = self._told(audience, text)
        over = said is not None and said <= self.now()
        past = (f"It says that they hear more at {said:%H:%M} UTC, which has passed",) if over else ()
        return (*past, *check(text, self._following.record.incident, audience, target=target))

    def ages(self, audience: str, written: datetime | None) -> Sequence[Age]:
        """Return how old what it tells is."""
        view = self._following.view()
        return how_old(view.record, audience, view.now, view.zone, written)

    async def send(self, audience: str, text: str) -> str:
        """Copy first, then record: what was not copied is not promised."""
        screen, leaving = self._screen, safe(text)
        copied = await copy_text(screen.app, leaving, screen.around.last_copy)
        if copied.route == "none":
            return f"!{copied.words}"
        then = self.promised(audience, leaving)
        try:
            sent = {"audience": audience, "route": copied.route, "text": leaving, "promised": then}
            await self._following.act("sent", sent)
        except Refused as refused:
            return f"!{refused}"
        self._gone(audience, leaving)
        screen.paint()
        screen.say(f"{audience} update: {copied.words}", "ok" if copied.verified else "warn")
        return copied.words

    def _field(self, audience: str) -> str:
        """Return the name of the draft for an audience; each person has their own."""
        return f"update-{audience} {self._following.who}"

    def keep(self, audience: str, text: str, written: datetime | None) -> None:
        """Keep the draft, and when it was made from the facts."""
        made = written.isoformat() if written else ""
        if made and self._made.get(audience) != made:
            self._made[audience] = made
            self._drafts.keep(self._following.record.id, f"{self._field(audience)}-made", made)
        self._drafts.keep(self._following.record.id, self._field(audience), text)

    def kept(self, audience: str) -> tuple[str, datetime | None]:
        """Return the draft that an earlier visit left or that came back, and when it was made from the facts."""
        kept, incident = self._drafts.kept, self._following.record.id
        for part in ("", "-made", "-gone"):
            # Earlier versions did not save whose draft it is.
            self._drafts.rename(incident, f"update-{audience}{part}", f"{self._field(audience)}{part}")
        text, made = kept(incident, self._field(audience)), kept(incident, f"{self._field(audience)}-made")
        try:
            written = datetime.fromisoformat(made)
        except ValueError:
            written = None
        return text or self._back(audience), written

    def _gone(self, audience: str, leaving: str) -> None:
        """Put aside what somebody wrote by hand and has sent: who takes the update back goes on with their words."""
        incident, field = self._following.record.id, self._field(audience)
        by_hand = self._drafts.kept(incident, field)
        self._drafts.keep(incident, f"{field}-gone", leaving if by_hand else "")
        self._drafts.drop(incident, field)

    def _back(self, audience: str) -> str:
        """Return the words that were sent last from here, where that update was taken back since."""
        record = self._following.record
        gone = self._drafts.kept(record.id, f"{self._field(audience)}-gone").strip()
        sent = last_sent(record, audience, standing=False) if gone else 0
        fact = record.events[sent - 1].fact if sent else None
        mine = isinstance(fact, UpdateSent) and fact.now is not None and fact.now.text.strip() == gone
        return gone if mine and record.taken_back(sent) is not None else ""

    def notice(self, audience: str) -> str:
        """Return the notice of a restored draft."""
        view = self._following.view()
        saved = self._drafts.saved(view.record.id, self._field(audience))
        return notice(saved, view.zone, view.now, "ctrl+r regenerates")

    def now(self) -> datetime:
        """Return the present."""
        return self._following.view().now

    def route(self, audience: str) -> str:
        """Return by which way the audience is reached."""
        return self._cadence(audience).route

    def target(self, audience: str) -> str:
        """Return the format that the plan has for the audience."""
        return self._cadence(audience).format

    def _cadence(self, audience: str) -> Cadence:
        return self._following.record.incident.plan.find_cadence(audience)


async def write_postmortem(screen: Stage) -> None:
    """Write the draft to a new file where the cockpit was started, and say where it is."""
    from incident_cockpit.exports.postmortem import postmortem

    view = screen.following.view()
    text = postmortem(view.record, view.now, view.zone)
    try:
        path = await asyncio.to_thread(write_new, Path.cwd(), file_stem(view.incident, "postmortem"), ".md", text)
    except (Refused, OSError) as refused:
        screen.say(str(refused), "late")
        return
    screen.say(f"written: {path}", "ok")


async def write_invitation(screen: Stage) -> None:
    """Write the review's invitation to a new file, and say where it is and whose address is not known."""
    from incident_cockpit.exports.calendar import guests, invitation

    view = screen.following.view()
    contacts = {one.name: one.mail for one in view.contacts}
    try:
        data = invitation(view.record, view.now, contacts)
        stem = file_stem(view.incident, "review")
        path = await asyncio.to_thread(write_new, Path.cwd(), stem, ".ics", data)
    except (Refused, OSError) as refused:
        screen.say(str(refused), "late")
        return
    without = ", ".join(one.name for one in guests(view.record, contacts) if not one.mail)
    screen.say(f"written: {path}" + (f"; no address is known of {without}" if without else ""), "ok")


async def copy_and_say(screen: Stage, text: str) -> None:
    """Copy a text and say what is known of how that went."""
    if text:
        copied = await copy_text(screen.app, text, screen.around.last_copy)
        screen.say(copied.words, "ok" if copied.verified else "warn")


async def copy_situation(screen: Stage) -> None:
    """Copy the situation as it stands."""
    from incident_cockpit.exports.situation import situation

    view = screen.following.view()
    await copy_and_say(screen, situation(view.record, view.now, view.zone))


async def copy_code(screen: Stage, key: str | None) -> None:
    """Copy a code block of a step; of several the one that is chosen."""
    step = screen.following.record.incident.steps.find(key) if key else None
    if step is None or not step.code:
        screen.say("this step has no code to copy", "warn")
        return
    code = await choose_code(screen, step)
    if code:
        await copy_and_say(screen, code)
