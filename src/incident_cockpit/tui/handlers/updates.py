"""Handlers of text that leaves: status updates, messages, scripts, and the files of the postmortem and the review."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from incident_cockpit.actions.arguments.argument import Choice
from incident_cockpit.actions.arguments.of_incident import DueItemArg
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
from incident_cockpit.incident.facts.updates import UpdateSent
from incident_cockpit.incident.views.due import DueItem, DueKind, due_items
from incident_cockpit.plan.schema import Cadence
from incident_cockpit.plan.templates import SCRIPT
from incident_cockpit.text.layout import ProseLine
from incident_cockpit.tui.handlers.context import Context, copy_text
from incident_cockpit.tui.handlers.dispatch import Values, follows, handles
from incident_cockpit.tui.screens.composer import ComposerScreen, UpdateWriter
from incident_cockpit.tui.screens.draft import PROBLEM
from incident_cockpit.tui.screens.fields import draft_notice
from incident_cockpit.tui.screens.message import MessageScreen
from incident_cockpit.tui.widgets.rich_text import Page


@handles("update")
async def open_composer(context: Context, values: Values) -> None:
    """Open the composer for an audience, or for the one whose update is due first."""
    incident = context.incident
    audiences = [Choice(cadence.audience, cadence.name) for cadence in incident.plan.cadences]
    if not audiences:
        context.say(f"{incident.plan.name} has no audiences for updates; C copies a message", "warn")
        return
    due = [item.subject for item in due_items(incident) if item.kind is DueKind.UPDATE]
    named = values.get("audience")
    audience = incident.plan.find_cadence(named).audience if named else (due or [audiences[0].id])[0]
    await context.push(ComposerScreen(audiences, audience, IncidentUpdates(context)))


class IncidentUpdates(UpdateWriter):
    """Composes, saves and sends the updates of one incident for the composer. An audience is given by its id."""

    def __init__(self, context: Context) -> None:
        """Write for the incident of this context."""
        self._context = context
        self._drafts = context.app.drafts
        # When the text composed last says that the next update comes, and when each draft was composed.
        self._next_due: dict[str, datetime | None] = {}
        self._composed: dict[str, str] = {}

    def compose(self, audience: str, target: str) -> Composed:
        """Compose the update from the facts."""
        view = self._context.view
        composed = compose_update(view.record, audience, view.now, view.zone, target)
        self._next_due[audience] = composed.next_due
        return composed

    def promised(self, audience: str, text: str) -> datetime | None:
        """Return when the next update is promised: by the text, if it says so, else by the plan."""
        return promised_time(text, self._next_due.get(audience), self.now())

    def warnings(self, audience: str, target: str, text: str) -> Sequence[str]:
        """Return what to check before it is sent."""
        due = self._next_due.get(audience)
        next_update = find_promise(text, due) if due else None
        warnings = check_update(text, self._context.incident, audience, target=target)
        if next_update is None or next_update > self.now():
            return warnings
        return (f"The time of the next update, {next_update:%H:%M} UTC, has passed", *warnings)

    def ages(self, audience: str, written: datetime | None) -> Sequence[Age]:
        """Return how old the facts in the text are."""
        view = self._context.view
        return field_ages(view.record, audience, view.now, view.zone, written)

    async def send(self, audience: str, text: str) -> str:
        """Copy first, then record: what was not copied is not promised."""
        context, outgoing = self._context, safe(text)
        copied = await copy_text(context.app, outgoing)
        if copied.route == "none":
            return f"{PROBLEM}{copied.words}"
        next_update = self.promised(audience, outgoing)
        sent = {"audience": audience, "route": copied.route, "text": outgoing, "promised": next_update}
        try:
            await context.live.act("sent", sent)
        except Refused as refused:
            return f"{PROBLEM}{refused}"
        self._set_aside(audience, outgoing)
        context.screen.paint()
        context.say_copied(copied, f"{audience} update")
        return copied.words

    # Drafts

    def keep(self, audience: str, text: str, written: datetime | None) -> None:
        """Save the draft, and when it was composed."""
        incident_id, field = self._context.record.id, self._field(audience)
        composed = written.isoformat() if written else ""
        if composed and self._composed.get(audience) != composed:
            self._composed[audience] = composed
            self._drafts.keep(incident_id, f"{field}-made", composed)
        self._drafts.keep(incident_id, field, text)

    def kept(self, audience: str) -> tuple[str, datetime | None]:
        """Return the draft of an earlier visit or of an undone update, and when it was composed."""
        incident_id, field = self._context.record.id, self._field(audience)
        for part in ("", "-made", "-gone"):
            # Earlier versions did not save whose draft it is.
            self._drafts.rename(incident_id, f"update-{audience}{part}", f"{field}{part}")
        text, composed = self._drafts.kept(incident_id, field), self._drafts.kept(incident_id, f"{field}-made")
        try:
            written = datetime.fromisoformat(composed)
        except ValueError:
            written = None
        return text or self._undone_text(audience), written

    def _field(self, audience: str) -> str:
        """Return the name of the draft for an audience; each user has their own."""
        return f"update-{audience} {self._context.live.who}"

    def _set_aside(self, audience: str, sent_text: str) -> None:
        """Set aside an edited text that was sent: if the update is undone, its author continues with it."""
        incident_id, field = self._context.record.id, self._field(audience)
        edited = self._drafts.kept(incident_id, field)
        self._drafts.keep(incident_id, f"{field}-gone", sent_text if edited else "")
        self._drafts.drop(incident_id, field)

    def _undone_text(self, audience: str) -> str:
        """Return the text sent last from here, if that update was undone since."""
        record = self._context.record
        text = self._drafts.kept(record.id, f"{self._field(audience)}-gone").strip()
        seq = last_update_seq(record, audience, standing=False) if text else 0
        fact = record.events[seq - 1].fact if seq else None
        is_sent_from_here = isinstance(fact, UpdateSent) and fact.now is not None and fact.now.text.strip() == text
        return text if is_sent_from_here and record.undone_by(seq) is not None else ""

    def notice(self, audience: str) -> str:
        """Return the notice of a restored draft."""
        view = self._context.view
        saved = self._drafts.saved(view.record.id, self._field(audience))
        return draft_notice(saved, view.zone, view.now, "ctrl+r regenerates")

    # The plan

    def now(self) -> datetime:
        """Return the present."""
        return self._context.view.now

    def route(self, audience: str) -> str:
        """Return the channel of the audience."""
        return self._cadence(audience).route

    def target(self, audience: str) -> str:
        """Return the format that the plan sets for the audience."""
        return self._cadence(audience).format

    def _cadence(self, audience: str) -> Cadence:
        return self._context.incident.plan.find_cadence(audience)


# Files


@handles("postmortem")
async def write_postmortem(context: Context, values: Values) -> None:
    """Write the postmortem draft to a new file in the folder in which the cockpit was started."""
    from incident_cockpit.documents.postmortem import POSTMORTEM

    view = context.view
    text = POSTMORTEM.text(view.record, view.now, view.zone)
    path = await _write(context, "postmortem", ".md", text.encode())
    if path is not None:
        context.say(f"Saved {path}", "ok")


@handles("invitation")
async def write_invitation(context: Context, values: Values) -> None:
    """Write the review's invitation to a new calendar file, and name the guests without an email address."""
    from incident_cockpit.documents.invitation import invitees, review_invitation

    view = context.view
    contacts = {contact.name: contact.mail for contact in view.contacts}
    path = await _write(context, "review", ".ics", review_invitation(view.record, view.now, contacts))
    if path is not None:
        unknown = ", ".join(guest.name for guest in invitees(view.record, contacts) if not guest.mail)
        context.say(f"Saved {path}" + (f"; no email address for {unknown}" if unknown else ""), "ok")


async def _write(context: Context, name: str, suffix: str, content: bytes) -> Path | None:
    """Write a new file in the folder in which the cockpit was started; return its path, or say why not."""
    try:
        return await asyncio.to_thread(write_new, Path.cwd(), file_stem(context.incident, name), suffix, content)
    except (Refused, OSError) as problem:
        context.say(str(problem), "late")
        return None


@handles("copy-sitrep")
async def copy_situation(context: Context, values: Values) -> None:
    """Copy the situation."""
    from incident_cockpit.documents.situation import SITUATION

    view = context.view
    await context.copy(SITUATION.text(view.record, view.now, view.zone))


# Messages of the plan

# The answer in the thread where a report came in, by the action that decides about the report.
_ANSWERS = {"dismiss": "dismissed", "duplicate": "duplicate", "not-urgent": "ticket"}


@follows(*_ANSWERS)
async def copy_answer(context: Context, action: str) -> None:
    """Copy the answer for the thread in which an incident was reported."""
    composed = _composed(context, _ANSWERS[action])
    if composed is not None:
        await context.copy(safe(composed.text), "Answer for the thread")


@handles("copy-message")
async def copy_message(context: Context, values: Values) -> None:
    """Copy a message: of the due item that is named or under the cursor, by its id or words, or the one chosen.

    A due item is completed at once, unless the plan says what the text must include: that is read before it is sent.
    """
    word = values.get("message", "")
    item = _due_item(context, word or context.cursor(DueItemArg) or "")
    if item is not None and (message_id := message_for(item) or item.message):
        composed = _composed(context, message_id)
        if composed is not None and word and not composed.guide:
            await _send(context, composed.text, [item])
        elif composed is not None:
            await _review(context, message_id, item.text, composed, [item])
        return
    option = await _chosen_message(context, word)
    composed = _composed(context, option.id) if option is not None else None
    if option is not None and composed is not None:
        completed = items_completed_by(context.incident, option.id)
        await _review(context, option.id, option.words, composed, completed)


def is_writable(context: Context, key: str) -> bool:
    """Return whether there is a text now for the due item with this key; a plan may name one for another moment."""
    item, view = _due_item(context, key), context.view
    try:
        return item is not None and bool(
            compose_message(view.record, message_for(item) or item.message, view.now, view.zone).text
        )
    except Refused:
        return False


def _due_item(context: Context, key: str) -> DueItem | None:
    return next((item for item in due_items(context.incident) if item.key == key), None)


def _composed(context: Context, message_id: str) -> Composed | None:
    """Return the message, or say why there is none now."""
    view = context.view
    try:
        return compose_message(view.record, message_id, view.now, view.zone)
    except Refused as refused:
        context.say(str(refused), "warn")
        return None


async def _chosen_message(context: Context, word: str) -> Choice | None:
    """Return the message that a word names, or the one that is chosen; the one that goes with the last action first."""
    options = [Choice(key, name, hide_id=":" in key) for key, name in available_messages(context.record)]
    if word:
        text = word.casefold()
        matches = [option for option in options if option.id.casefold() == text]
        matches = matches or [option for option in options if text in f"{option.id} {option.words}".casefold()]
        if not matches:
            names = ", ".join(option.id for option in options)
            context.say(f'No message matches "{word}". Available: {names or "none"}', "warn")
        if len(matches) < 2:
            return matches[0] if matches else None
        options = matches
    message_id = await context.choose("Message", options, at=context.message or None)
    return next((option for option in options if option.id == message_id), None)


async def _review(
    context: Context, message_id: str, name: str, composed: Composed, completed: Sequence[DueItem]
) -> None:
    """Show a message before it is sent; it can be edited."""
    drafts, view = context.app.drafts, context.view
    incident_id, field = view.record.id, f"message {message_id} {view.who}"

    async def send(text: str) -> str:
        result = await _send(context, text, completed)
        if not result.startswith(PROBLEM):
            drafts.drop(incident_id, field)
        return result

    dialog = MessageScreen(
        name,
        composed,
        send,
        lambda text: check_message(context.record, message_id, text),
        [item.text for item in completed],
        saved=(
            drafts.kept(incident_id, field),
            draft_notice(drafts.saved(incident_id, field), view.zone, view.now, "ctrl+r regenerates"),
        ),
        save=lambda text: drafts.keep(incident_id, field, text),
    )
    await context.push(dialog)


async def _send(context: Context, text: str, completed: Sequence[DueItem]) -> str:
    """Copy the text, and mark what it completes; what was not copied is not done. Return the result or the problem."""
    copied = await copy_text(context.app, safe(text))
    if copied.route == "none":
        context.say(copied.words, "late")
        return f"{PROBLEM}{copied.words}"
    marked = []
    for item in completed:
        try:
            await context.live.act("complete", {"item": item.key, "note": f"copied ({copied.route})"})
        except Refused as refused:
            context.say(str(refused), "late")
            return f"{PROBLEM}{refused}"
        marked.append(item.text)
    context.screen.paint()
    result = f"Completed: {'; '.join(marked)}. " if marked else ""
    context.say(f"{result}{copied.words}", "ok" if copied.verified else "warn")
    return copied.words


# Scripts

_COPY, _OTHERS = "y", "l"
# Short lines: the reader finds the next one again.
_WIDEST = 62
_ASIDE_INDENT = 4


@handles("script")
async def read_script(context: Context, values: Values) -> None:
    """Show the script that is named, or the one for this moment; y copies it, l lists the others."""
    if SCRIPT_ACTION in context.app.keys.off:
        context.say("Scripts are off. To turn them on, set scripts = true in config.toml")
        return
    names = dict(available_scripts(context.record))
    word = values.get("script")
    script_id = find_script(word) if word else next(iter(names))
    facts: list[tuple[str, str]] = []
    while True:
        view = context.view
        composed = compose_script(view.record, script_id, view.who, view.now)
        notes = [*facts, *(("note", warning) for warning in composed.warnings)]
        title = f"Script: {names[script_id]}"
        pressed = await context.read(title, spoken(composed.text), notes, keys=((_COPY, "copy"), (_OTHERS, "others")))
        facts = []
        if pressed == _COPY:
            # The dialog covers the line below, where it would be said.
            facts = [("clipboard", (await copy_text(context.app, safe(spoken_text(composed.text)))).words)]
        elif pressed == _OTHERS:
            script_id = await _other_script(context, names, script_id)
        else:
            return


async def _other_script(context: Context, names: Mapping[str, str], script_id: str) -> str:
    """Return the id of the script that is chosen, or the one before; the one for this moment is first."""
    options = [Choice(key.removeprefix(SCRIPT), name) for key, name in names.items()]
    current = script_id.removeprefix(SCRIPT)
    return find_script(await context.choose("Script", options, at=current) or current)


def spoken(text: str) -> Callable[[int], Sequence[ProseLine]]:
    """Return a script as a page: a paragraph for each sentence; what is for the reader alone is quiet and indented."""
    result = Page()
    for number, line in enumerate(text.splitlines()):
        if number:
            result.line("")
        if is_instruction(line):
            result.quiet(line, indent=_ASIDE_INDENT)
        else:
            result.entry(line)
    return lambda width: result(min(width, _WIDEST))
