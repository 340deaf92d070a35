"""Handlers of the Timeline pane: the page of an entry, its attachments, decision reviews, and opening a link."""

from __future__ import annotations

import asyncio
import os

from incident_cockpit.actions.arguments.argument import Choice
from incident_cockpit.actions.arguments.of_incident import DecisionArg, TakenActionArg
from incident_cockpit.actions.arguments.texts import EntryArg
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.attachments import AttachedFile, Attachment, AttachmentAdded
from incident_cockpit.incident.facts.attachments import attachments_of as attached_to
from incident_cockpit.incident.facts.notes import Logged, Rationale
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.timeline import BEFORE_START, timeline_entry
from incident_cockpit.integrations.desktop import can_open, open_address
from incident_cockpit.times.format import clock, countdown, stamp
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import Values, handles, opens, run
from incident_cockpit.tui.panes.timeline import TimelinePane
from incident_cockpit.tui.widgets.rich_text import Page


@opens(TimelinePane)
async def open_row(context: Context, key: str) -> None:
    """Show the entry under the cursor."""
    await read_entry(context, int(key))


async def read_entry(context: Context, seq: int) -> None:
    """Show an entry with both of its times and its attachments; a key there acts on it."""
    view = context.view
    event = view.record.events[seq - 1]
    entry = timeline_entry(view.record, event)
    before = f", {BEFORE_START}" if entry.early else ""
    system_clock = f" (the system clock showed {stamp(event.clock)})" if event.clock else ""
    facts = [
        ("happened", f"{stamp(event.happened)} ({clock(event.happened, view.zone)} here){before}"),
        ("recorded", f"{stamp(event.first_recorded or event.recorded)}{system_clock}"),
        ("by", event.who if entry.who == event.who else f"{entry.who}, logged by {event.who}"),
        ("entry", f"#{event.seq}"),
    ]
    facts += [("restored", stamp(event.recorded))] if event.first_recorded else []
    facts += [("undone", f"by {entry.undone_by}")] if entry.undone_by else []
    page = entry_page(event, entry.text, view)
    await _add_attachments(page, context, event)
    actions = {} if entry.undone_by else _actions_by_key(context, event)
    labels = [(key, label) for key, (label, _, _) in actions.items()]
    attachment_keys = context.app.keys.of.get("pinned", ())[:1] if attachments_of(view.record, event) else ()
    labels += [(key, "open attachment") for key in attachment_keys]
    pressed = await context.read(entry.label, page, facts, keys=labels)
    if pressed in attachment_keys:
        await _open_attachment(context, seq)
    elif pressed in actions:
        _, action, values = actions[pressed]
        await run(context, action, values)


def _actions_by_key(context: Context, event: Event) -> dict[str, tuple[str, str, Values]]:
    """Return what can be done with an entry, by key: the label, the action and its values."""
    actions: dict[str, tuple[str, str, Values]] = {}
    incident, entry = context.incident, f"#{event.seq}"
    decision, action = DecisionArg.in_event(event), TakenActionArg.in_event(event)
    ground = incident.decisions.get(decision or "")
    if action:
        actions["e"] = ("outcome", "effect", {"action": action})
    if decision and not (ground and ground.reversed):
        actions["o"] = ("object", "objection", {"decision": decision})
        actions["w"] = ("review", "revisit", {"decision": decision})
        actions["x"] = ("reverse", "reverse", {"decision": decision})
    if incident.hypotheses:
        actions["plus"] = ("supports", "supports", {"text": entry})
        actions["minus"] = ("contradicts", "contradicts", {"text": entry})
    for key in context.app.keys.of.get("pin", ())[:1]:
        actions[key] = ("attach", "pin", {"entry": entry})
    return actions


def entry_page(event: Event, text: str, view: View) -> Page:
    """Return the text of an entry, with the rationale of a decision and the outcome of an action."""
    result = Page()
    decision, action = DecisionArg.in_event(event), TakenActionArg.in_event(event)
    ground, effect = view.incident.decisions.get(decision or ""), view.incident.effects.get(action or "")
    # The row in the pane has the rationale behind the text; here it is below.
    for text_line in (ground.text if ground is not None else text).split("\n"):
        result.line(text_line)
    if ground is not None:
        _add_context(result, ground, view)
    if effect is not None:
        result.heading("Outcome")
        result.line(effect.verdict.value, f"({effect.by}, {clock(effect.when, view.zone, view.now)})")
        result.bullets([effect.found] if effect.found else [])
    elif action:
        result.heading("Outcome")
        result.quiet("unknown")
    return result


def _add_context(page: Page, ground: Rationale, view: View) -> None:
    page.heading("Context")
    at = ground.revisit
    review = f"{countdown(at, view.now)}, at {clock(at, view.zone, view.now)}" if at else ""
    rows = (
        ("reversed", ground.reversed),
        ("rationale", ground.why),
        ("risk", ground.risk),
        ("decided by", ground.who),
        ("objections", ground.objections),
        ("review", review),
    )
    for name, text in rows:
        if text:
            page.entry(f"{name}:", text)


# Decisions


async def read_decision(context: Context, decision: str) -> None:
    """Show the entry of a decision."""
    for event in context.record.effective():
        if isinstance(event.fact, Logged) and event.fact.note == decision:
            await read_entry(context, event.seq)
            return


@handles("revisit")
async def review_decision(context: Context, values: Values) -> None:
    """Ask whether a decision is still valid, unless the values say when it is reviewed."""
    decision = values.get("decision", "")
    note = context.incident.notes.decisions.get(decision)
    if note is None or values.get("within"):
        await context.ask("revisit", values)
        return
    options = (
        Choice("keep", "Still valid"),
        Choice("again", "Valid for now: check it again later"),
        Choice("reverse", "No longer valid: reverse it"),
    )
    match await context.choose(note.text, options):
        case "keep":
            await context.act("revisit", {"decision": decision, "within": "off"})
        case "again":
            await context.ask("revisit", {"decision": decision})
        case "reverse":
            await context.ask("reverse", {"decision": decision})


# Attachments


def attachments_of(record: Record, event: Event) -> tuple[Attachment, ...]:
    """Return the attachments of an entry; of the entry that logs an attachment, the attachment itself."""
    own = event.fact.now if isinstance(event.fact, AttachmentAdded) else None
    return ((own,) if own is not None else ()) + attached_to(record.incident, event.seq)


async def _add_attachments(page: Page, context: Context, event: Event) -> None:
    """Add the attachments of an entry to its page, and for a file the path of its copy."""
    view = context.view
    attachments = attachments_of(view.record, event)
    if attachments:
        page.heading("Attachment" if isinstance(event.fact, AttachmentAdded) else "Attachments")
    for attachment in attachments:
        page.line(f"• {attachment.words}", f"({attachment.by}, {clock(attachment.when, view.zone, view.now)})")
        if attachment.file is not None:
            path = await context.live.stored_file(attachment.file)
            page.quiet(str(path) if path is not None else _not_here(attachment.file), indent=2)


@handles("pinned")
async def open_attachment(context: Context, values: Values) -> None:
    """Open or copy the link attached to the entry under the cursor, or copy the path of the file."""
    entry = context.cursor(EntryArg)
    if entry is None:
        context.say("Select a timeline entry first", "warn")
    else:
        await _open_attachment(context, int(entry.removeprefix("#")))


async def _open_attachment(context: Context, seq: int) -> None:
    attachments = attachments_of(context.record, context.record.events[seq - 1])
    if not attachments:
        key = context.app.keys.label("pin")
        context.say(f"No attachments{f': {key} attaches a link or file' if key else ''}", "warn")
        return
    options = [Choice(str(index), attachment.words) for index, attachment in enumerate(attachments)]
    index = options[0].id if len(options) == 1 else await context.choose("Attachments", options)
    if not index:
        return
    attachment = attachments[int(index)]
    if attachment.file is None:
        await visit(context, attachment.link)
        return
    path = await context.live.stored_file(attachment.file)
    if path is None:
        context.say(_not_here(attachment.file), "warn")
    else:
        await context.copy(str(path))


def _not_here(file: AttachedFile) -> str:
    return f"The copy of the file is not on this machine: {file.where}"


async def visit(context: Context, url: str) -> None:
    """Open an address in the browser or copy it: only on request, with the whole address in view."""
    env = dict(os.environ)
    options = [Choice("copy", f"copy {url}")]
    if can_open(url, env):
        options.insert(0, Choice("open", f"open {url}"))
    choice = await context.choose("Open link", options)
    if choice == "open":
        context.say(await asyncio.to_thread(open_address, url, env), "muted")
    elif choice == "copy":
        await context.copy(url)
