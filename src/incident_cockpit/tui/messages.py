"""The plan's messages on their way out: looked at, copied, and what they settle marked as done in the same act."""

from __future__ import annotations

from collections.abc import Sequence

from incident_cockpit.actions.action import Kind
from incident_cockpit.actions.options import Option
from incident_cockpit.errors import Refused
from incident_cockpit.exports.leaving import safe
from incident_cockpit.exports.messages import for_item, look_over, message, messages, settled_by
from incident_cockpit.exports.update import Composed
from incident_cockpit.incident.due import due_items
from incident_cockpit.incident.due_item import DueItem
from incident_cockpit.incident.envelope import Event
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.phase import PhaseChanged
from incident_cockpit.tui.begun import notice
from incident_cockpit.tui.copying import copy_text
from incident_cockpit.tui.screens.draft import PROBLEM
from incident_cockpit.tui.screens.message import MessageScreen
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.stage import Stage

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
    item, view = _due(screen, key), screen.following.view()
    try:
        return item is not None and bool(message(view.record, for_item(item) or item.message, view.now, view.zone).text)
    except Refused:
        return False


async def copy_message(screen: Stage, word: str, likely: str = "") -> None:
    """Copy the message that is meant: by what is due, by its id or words, or by what the cursor is on; else ask.

    `likely` is the one where the cursor begins.
    What is due is settled at once, unless the plan says what the text has to contain: that is read before it goes.
    """
    item = _due(screen, word or screen.meant(Kind.DUE) or "")
    if item is not None and (of_item := for_item(item) or item.message):
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
        settles = settled_by(screen.following.record.incident, chosen.id)
        await _look(screen, chosen.id, chosen.words, composed, settles)


async def copy_verdict(screen: Stage, action: str) -> None:
    """Copy what the thread is told of a verdict, which was just given by this action."""
    composed = _composed(screen, VERDICTS[action])
    if composed is not None:
        copied = await copy_text(screen.app, safe(composed.text), screen.around.last_copy)
        screen.say(f"the answer for the thread: {copied.words}", "ok" if copied.verified else "warn")


def _due(screen: Stage, key: str) -> DueItem | None:
    return next((item for item in due_items(screen.following.record.incident) if item.key == key), None)


def _composed(screen: Stage, word: str) -> Composed | None:
    view = screen.following.view()
    try:
        return message(view.record, word, view.now, view.zone)
    except Refused as refused:
        screen.say(str(refused), "warn")
        return None


async def _chosen(screen: Stage, word: str, likely: str) -> Option | None:
    """Return the message that a word means, or the one that is picked."""
    known = [Option(key, words) for key, words in messages(screen.following.record)]
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
    picked = await screen.app.push_screen_wait(PickScreen("Which message?", known, Kind.MESSAGE, at=likely or None))
    return next((one for one in known if one.id == picked), None)


async def _look(screen: Stage, word: str, name: str, composed: Composed, settles: Sequence[DueItem]) -> None:
    """Show it before it leaves."""

    drafts, view = screen.around.drafts, screen.following.view()
    field = f"message {word} {view.who}"

    async def send(text: str) -> str:
        said = await _leave(screen, text, settles)
        if not said.startswith(PROBLEM):
            drafts.drop(view.record.id, field)
        return said

    def check(text: str) -> Sequence[str]:
        return look_over(screen.following.record, word, text)

    saved = drafts.saved(view.record.id, field)
    box = MessageScreen(
        name,
        composed,
        send,
        check,
        [item.text for item in settles],
        kept=(
            drafts.kept(view.record.id, field),
            notice(saved, view.zone, view.now, "ctrl+r regenerates"),
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
            await screen.following.act("did", {"item": item.key, "note": f"copied ({copied.route})"})
        except Refused as refused:
            screen.say(str(refused), "late")
            return f"!{refused}"
        marked.append(item.text)
    screen.paint()
    done = f"done: {'; '.join(marked)}; " if marked else ""
    screen.say(f"{done}{copied.words}", "ok" if copied.verified else "warn")
    return copied.words
