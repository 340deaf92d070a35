"""Texts that leave the screen: an update that is sent by being copied, the situation, code, the postmortem file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from incident_cockpit.actions.action import ArgKind
from incident_cockpit.actions.arguments import Option
from incident_cockpit.actions.registry import SCRIPT_ACTION
from incident_cockpit.documents.changes_since import last_update_seq
from incident_cockpit.documents.document import file_stem, safe
from incident_cockpit.documents.messages import (
    available_messages,
    check_message,
    compose_message,
    items_completed_by,
    message_for,
)
from incident_cockpit.documents.promised_update import find_promise, promised_time
from incident_cockpit.documents.scripts import (
    available_scripts,
    compose_script,
    find_script,
    is_instruction,
    spoken_text,
)
from incident_cockpit.documents.staleness import Age
from incident_cockpit.documents.update import Composed, check_update, compose_update, field_ages
from incident_cockpit.errors import Refused
from incident_cockpit.files import write_new
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.updates import UpdateSent
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueItem, DueKind, due_items
from incident_cockpit.plan.schema import Cadence
from incident_cockpit.plan.templates import SCRIPT
from incident_cockpit.text.layout import ProseLine
from incident_cockpit.tui.handlers.context import Stage, copy_and_say, copy_text
from incident_cockpit.tui.screens.composer import ComposerScreen
from incident_cockpit.tui.screens.draft import PROBLEM
from incident_cockpit.tui.screens.fields import draft_notice
from incident_cockpit.tui.screens.message import MessageScreen
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.widgets.rich_text import Page


async def open_composer(screen: Stage, audience: str) -> None:
    """Open the composer for an audience, or for the one whose update is due first."""
    incident = screen.live.record.incident
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
        self._following = screen.live
        self._drafts = screen.around.drafts
        self._asked: dict[str, datetime | None] = {}
        self._made: dict[str, str] = {}

    def compose(self, audience: str, target: str) -> Composed:
        """Write the update from the facts."""
        view = self._following.view()
        made = compose_update(view.record, audience, view.now, view.zone, target)
        self._asked[audience] = made.next_due
        return made

    def _told(self, audience: str, text: str) -> datetime | None:
        due = self._asked.get(audience)
        return find_promise(text, due) if due else None

    def promised(self, audience: str, text: str) -> datetime | None:
        """Return what readers are promised: the text names it, however old it is and whoever edited it."""
        return promised_time(text, self._asked.get(audience), self.now())

    def warnings(self, audience: str, target: str, text: str) -> Sequence[str]:
        """Return what to think of before it goes."""
        said = self._told(audience, text)
        over = said is not None and said <= self.now()
        past = (f"It says that they hear more at {said:%H:%M} UTC, which has passed",) if over else ()
        return (*past, *check_update(text, self._following.record.incident, audience, target=target))

    def ages(self, audience: str, written: datetime | None) -> Sequence[Age]:
        """Return how old what it tells is."""
        view = self._following.view()
        return field_ages(view.record, audience, view.now, view.zone, written)

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
        sent = last_update_seq(record, audience, standing=False) if gone else 0
        fact = record.events[sent - 1].fact if sent else None
        mine = isinstance(fact, UpdateSent) and fact.now is not None and fact.now.text.strip() == gone
        return gone if mine and record.undone_by(sent) is not None else ""

    def notice(self, audience: str) -> str:
        """Return the notice of a restored draft."""
        view = self._following.view()
        saved = self._drafts.saved(view.record.id, self._field(audience))
        return draft_notice(saved, view.zone, view.now, "ctrl+r regenerates")

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
    from incident_cockpit.documents.postmortem import postmortem

    view = screen.live.view()
    text = postmortem(view.record, view.now, view.zone)
    try:
        path = await asyncio.to_thread(
            write_new, Path.cwd(), file_stem(view.incident, "postmortem"), ".md", text.encode()
        )
    except (Refused, OSError) as refused:
        screen.say(str(refused), "late")
        return
    screen.say(f"written: {path}", "ok")


async def write_invitation(screen: Stage) -> None:
    """Write the review's invitation to a new file, and say where it is and whose address is not known."""
    from incident_cockpit.documents.invitation import invitees, review_invitation

    view = screen.live.view()
    contacts = {one.name: one.mail for one in view.contacts}
    try:
        data = review_invitation(view.record, view.now, contacts)
        stem = file_stem(view.incident, "review")
        path = await asyncio.to_thread(write_new, Path.cwd(), stem, ".ics", data)
    except (Refused, OSError) as refused:
        screen.say(str(refused), "late")
        return
    without = ", ".join(one.name for one in invitees(view.record, contacts) if not one.mail)
    screen.say(f"written: {path}" + (f"; no address is known of {without}" if without else ""), "ok")


async def copy_situation(screen: Stage) -> None:
    """Copy the situation as it stands."""
    from incident_cockpit.documents.situation import situation

    view = screen.live.view()
    await copy_and_say(screen, situation(view.record, view.now, view.zone))


# -- messages: The plan's messages on their way out: looked at, copied, and what they settle marked as done in the
# same act.

# What a verdict on a report is told with, in the thread where it was reported (seed 000).
VERDICTS = {"dismiss": "dismissed", "duplicate": "duplicate", "not-urgent": "ticket"}
# What people are told when something else was done; only offered, because it may be too early to tell.
OFFERED = {
    "declare": "declared", "resolve": "all-clear", "close": "status", "escalate": "escalation", "trigger": "escalation",
}  # fmt: skip


def of_the_end(events: Sequence[Event], incident: Incident) -> str:
    """Return the message that goes with an end, by whichever action it came; "" where these events are none."""
    ended = any(isinstance(event.fact, PhaseChanged) and event.undoes is None for event in events)
    if not ended or incident.live:
        return ""
    return OFFERED["close" if "closed" in incident.milestones else "resolve"]


def is_writable(screen: Stage, key: str) -> bool:
    """Return whether there is a text now for what is due under this key; a plan may name one for another moment."""
    item, view = _due(screen, key), screen.live.view()
    try:
        return item is not None and bool(
            compose_message(view.record, message_for(item) or item.message, view.now, view.zone).text
        )
    except Refused:
        return False


async def copy_message(screen: Stage, word: str, likely: str = "") -> None:
    """Copy the message that is meant: by what is due, by its id or words, or by what the cursor is on; else ask.

    `likely` is the one where the cursor begins.
    What is due is settled at once, unless the plan says what the text has to contain: that is read before it goes.
    """
    item = _due(screen, word or screen.cursor(ArgKind.DUE) or "")
    if item is not None and (of_item := message_for(item) or item.message):
        composed = _composed(screen, of_item)
        if composed is None:
            return
        if word and not composed.guide:
            await _leave(screen, composed.text, [item])
        else:
            await _look(screen, of_item, item.text, composed, [item])
        return
    chosen = await _chosen(screen, word, likely)
    if chosen is None:
        return
    composed = _composed(screen, chosen.id)
    if composed is not None:
        settles = items_completed_by(screen.live.record.incident, chosen.id)
        await _look(screen, chosen.id, chosen.words, composed, settles)


async def copy_verdict(screen: Stage, action: str) -> None:
    """Copy what the thread is told of a verdict, which was just given by this action."""
    composed = _composed(screen, VERDICTS[action])
    if composed is not None:
        copied = await copy_text(screen.app, safe(composed.text), screen.around.last_copy)
        screen.say(f"the answer for the thread: {copied.words}", "ok" if copied.verified else "warn")


def _due(screen: Stage, key: str) -> DueItem | None:
    return next((item for item in due_items(screen.live.record.incident) if item.key == key), None)


def _composed(screen: Stage, word: str) -> Composed | None:
    view = screen.live.view()
    try:
        return compose_message(view.record, word, view.now, view.zone)
    except Refused as refused:
        screen.say(str(refused), "warn")
        return None


async def _chosen(screen: Stage, word: str, likely: str) -> Option | None:
    """Return the message that a word means, or the one that is picked."""
    known = [Option(key, words) for key, words in available_messages(screen.live.record)]
    if word:
        wanted = word.casefold()
        found = [one for one in known if one.id.casefold() == wanted]
        found = found or [one for one in known if wanted in f"{one.id} {one.words}".casefold()]
        if len(found) == 1:
            return found[0]
        if not found:
            names = ", ".join(one.id for one in known)
            screen.say(f"there is no message '{word}' now: there are {names}" if known else "there is none now", "warn")
            return None
        known = found
    picked = await screen.app.push_screen_wait(PickScreen("Which message?", known, ArgKind.MESSAGE, at=likely or None))
    return next((one for one in known if one.id == picked), None)


async def _look(screen: Stage, word: str, name: str, composed: Composed, settles: Sequence[DueItem]) -> None:
    """Show it before it leaves."""

    drafts, view = screen.around.drafts, screen.live.view()
    field = f"message {word} {view.who}"

    async def send(text: str) -> str:
        said = await _leave(screen, text, settles)
        if not said.startswith(PROBLEM):
            drafts.drop(view.record.id, field)
        return said

    def check(text: str) -> Sequence[str]:
        return check_message(screen.live.record, word, text)

    saved = drafts.saved(view.record.id, field)
    box = MessageScreen(
        name,
        composed,
        send,
        check,
        [item.text for item in settles],
        kept=(
            drafts.kept(view.record.id, field),
            draft_notice(saved, view.zone, view.now, "ctrl+r regenerates"),
        ),
        keep=lambda text: drafts.keep(view.record.id, field, text),
    )
    await screen.app.push_screen_wait(box)


async def _leave(screen: Stage, text: str, settles: Sequence[DueItem]) -> str:
    """Copy the text, and mark what it settles: what was not copied is not done. Return how it went, `!` and why not."""
    copied = await copy_text(screen.app, safe(text), screen.around.last_copy)
    if copied.route == "none":
        screen.say(copied.words, "late")
        return f"!{copied.words}"
    marked = []
    for item in settles:
        try:
            await screen.live.act("complete", {"item": item.key, "note": f"copied ({copied.route})"})
        except Refused as refused:
            screen.say(str(refused), "late")
            return f"!{refused}"
        marked.append(item.text)
    screen.paint()
    done = f"done: {'; '.join(marked)}; " if marked else ""
    screen.say(f"{done}{copied.words}", "ok" if copied.verified else "warn")
    return copied.words


# -- saying: Words to read aloud: the script that fits the moment on a calm page, the others in a list beside it.

_COPY, _OTHERS = "y", "l"
# Whoever reads aloud finds the next line again where lines are short.
_WIDEST = 62
_SET_IN = 4


async def say_this(screen: Stage, word: str = "") -> None:
    """Show the script that is meant, or the one that fits the moment; y copies it, l shows the others."""
    if SCRIPT_ACTION in screen.around.keys.off:
        screen.say("scripts are switched off; scripts = true in config.toml brings them back")
        return
    names = dict(available_scripts(screen.live.record))
    facts: list[tuple[str, str]] = []
    try:
        chosen = find_script(word) if word else next(iter(names))
        while True:
            way = await _read(screen, chosen, names[chosen], facts)
            facts = []
            if way == _COPY:
                # The box stands over the line below, where it would be said.
                facts = [("copied", await _copy(screen, chosen))]
            elif way == _OTHERS:
                chosen = await _other(screen, names, chosen)
            else:
                return
    except Refused as refused:
        screen.say(str(refused), "warn")


def spoken(text: str) -> Callable[[int], Sequence[ProseLine]]:
    """Return a script as a page: each sentence by itself, what is for the reader alone quietly and set in."""
    made = Page()
    for number, row in enumerate(text.splitlines()):
        if number:
            made.line("")
        if is_instruction(row):
            made.quiet(row, indent=_SET_IN)
        else:
            made.entry(row)
    return lambda width: made(min(width, _WIDEST))


async def _read(screen: Stage, chosen: str, name: str, facts: Sequence[tuple[str, str]]) -> str | None:
    made = _written(screen, chosen)
    told = [*facts, *(("mind", warning) for warning in made.warnings)]
    ways = ((_COPY, "copy"), (_OTHERS, "others"))
    return await screen.app.push_screen_wait(ReaderScreen(f"Say this: {name}", spoken(made.text), told, ways=ways))


async def _other(screen: Stage, names: Mapping[str, str], chosen: str) -> str:
    """Return the script that is picked, or the one before; the one that fits the moment stands first."""
    known = [Option(word.removeprefix(SCRIPT), name) for word, name in names.items()]
    at = chosen.removeprefix(SCRIPT)
    picked: str | None = await screen.app.push_screen_wait(PickScreen("Say what?", known, ArgKind.SCRIPT, at=at))
    return find_script(picked or at)


async def _copy(screen: Stage, chosen: str) -> str:
    copied = await copy_text(screen.app, safe(spoken_text(_written(screen, chosen).text)), screen.around.last_copy)
    return copied.words


def _written(screen: Stage, chosen: str) -> Composed:
    view = screen.live.view()
    return compose_script(view.record, chosen, view.who, view.now)
