"""Handlers of the People pane: the page of an ask, roles, the handoff with its read-back, and briefs for responders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from incident_cockpit.actions.arguments.of_incident import AskArg
from incident_cockpit.actions.arguments.people import RoleArg
from incident_cockpit.documents.handoff_brief import HANDOFF_BRIEF
from incident_cockpit.documents.join_brief import JOIN_BRIEF, STAND_DOWN
from incident_cockpit.documents.sections.asks import asks
from incident_cockpit.documents.sections.impact import impact, systems
from incident_cockpit.documents.sections.updates import promised_updates
from incident_cockpit.documents.snapshot import Fit, Section, Snapshot
from incident_cockpit.incident.facts.asks import Ask, AskStatus
from incident_cockpit.incident.facts.roles import READ_BACK_POINTS
from incident_cockpit.text.blocks import BlockKind, plain
from incident_cockpit.times.format import clock, countdown, zone_label
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import NONE, Values, handles, opens
from incident_cockpit.tui.panes.people import PeoplePane
from incident_cockpit.tui.screens.read_back import BRIEF, KEEP, Offer, Point, ReadBackScreen
from incident_cockpit.tui.widgets.rich_text import Page

# What can be done with an ask: the action, the action whose key does it here as in the Due pane, and the label.
_ASK_ACTIONS = (
    ("answer", "finish", "answer"),
    ("ack", "ack", "acknowledge"),
    ("extend", "extend", "extend"),
    ("reassign", "reassign", "reassign"),
    ("drop", "drop-item", "drop"),
)


@opens(PeoplePane)
async def open_row(context: Context, key: str) -> None:
    """Show the ask under the cursor, or assign the role."""
    if ask := context.cursor(AskArg):
        await read_ask(context, ask)
    else:
        await context.ask("assign")


@handles("release")
async def release(context: Context, values: Values) -> None:
    """Unassign the role under the cursor, or drop the ask; of a person with a role the role is unassigned."""
    ask = None if context.cursor(RoleArg) else context.cursor(AskArg)
    if ask is not None and not values:
        await context.ask("drop", {"ask": ask})
    else:
        await context.ask("release", values)


# Asks


async def read_ask(context: Context, key: str) -> None:
    """Show an ask; the keys of the Due pane work from there."""
    view = context.view
    ask = view.incident.asks.get(key)
    if ask is None:
        return
    actions = _actions_by_key(context.app.keys, ask)
    labels = [(letter, label) for letter, (_, label) in actions.items()]
    text = Page()
    text.line(ask.text)
    pressed = await context.read(f"{ask.who}: {ask.text}", text, facts(ask, view), keys=labels)
    latest = context.incident.asks[key]
    if pressed in actions and latest.status is not AskStatus.OPEN:
        context.say(f"Already {latest.status.value}: {latest.text}", "warn")
    elif pressed in actions:
        # How much more time, or why it is dropped, is worth a question here.
        await context.ask(actions[pressed][0], {"ask": key}, optional=True)


def _actions_by_key(keys: Keys, ask: Ask) -> dict[str, tuple[str, str]]:
    """Return the actions and labels for an open ask, by key."""
    if ask.status is not AskStatus.OPEN:
        return {}
    return {
        keys.of[key][0]: (action, label)
        for action, key, label in _ASK_ACTIONS
        if keys.of.get(key) and not (action == "ack" and ask.acknowledged)
    }


def facts(ask: Ask, view: View) -> list[tuple[str, str]]:
    """Return the facts of an ask: its times, its assignees, how it ended."""
    zone = zone_label(view.zone, view.now)
    rows = [("asked", f"{clock(ask.asked, view.zone, view.now)} by {ask.by}")]
    if ask.status is AskStatus.OPEN:
        rows.append(("due", f"{countdown(ask.due, view.now)}, at {clock(ask.due, view.zone, view.now)} {zone}"))
    else:
        rows.append((ask.status.value, ask.answer or "no text"))
    rows.append(("acknowledged", clock(ask.acknowledged, view.zone, view.now) if ask.acknowledged else "no"))
    rows += [("extended", "once" if ask.extended == 1 else f"{ask.extended} times")] if ask.extended else []
    rows += [("previously", ", ".join(ask.before))] if ask.before else []
    return rows


# Briefs


@handles("join-brief")
async def copy_join_brief(context: Context, values: Values) -> None:
    """Copy the brief for new responders."""
    view = context.view
    await context.copy(JOIN_BRIEF.text(view.record, view.now, view.zone), "Join brief")


@handles("stand-down")
async def copy_stand_down(context: Context, values: Values) -> None:
    """Copy the list of responders and who can stand down."""
    view = context.view
    await context.copy(STAND_DOWN.text(view.record, view.now, view.zone), "Stand-down list")


# Handoff

_COPY, _GO_ON = "c", "enter"
# Asks and updates listed beside a point of the read-back; the brief has all of them.
_LISTED = 5
# The sections of the brief beside each point, and what is shown without any.
_RECORDED: Mapping[str, tuple[tuple[Section, ...], str]] = MappingProxyType(
    {
        "impact": ((impact, systems), "unknown"),
        "asks": ((asks,), "no open asks"),
        "promise": ((promised_updates,), "no update promised"),
    }
)


@handles("handoff")
async def hand_off(context: Context, values: Values) -> None:
    """Show the brief and offer command; where command is offered already, go on with the read-back."""
    if context.incident.handoff is not None and not values:
        await read_back(context, NONE)
    elif values or await _read_brief(context, "offer command"):
        await context.ask("handoff", values)


@handles("read-back")
async def read_back(context: Context, values: Values) -> None:
    """Read the points back one by one, and then take command."""
    if values.get("words") or _offer(context) is None:
        await context.ask("read-back", values)
        return
    dialog_result: str | None = BRIEF
    while dialog_result == BRIEF:
        dialog = ReadBackScreen(
            lambda: _offer(context),
            lambda point, text: context.attempt("read-back", {"point": point, "words": text}),
            lambda: context.attempt("take-command"),
            # The form of the action shares the draft.
            lambda point: context.answers("read-back", {"point": point}),
        )
        dialog_result = await context.push(dialog)
        if dialog_result == BRIEF:
            await _read_brief(context, "read back")
    if dialog_result == KEEP:
        await context.ask("keep-command")


@handles("take-command")
async def take_command(context: Context, values: Values) -> None:
    """Take command after the read-back; without an offer the rule asks for a reason."""
    if values or _offer(context) is None:
        await context.ask("take-command", values)
    else:
        await read_back(context, NONE)


async def _read_brief(context: Context, next_step: str) -> bool:
    """Show the handoff brief until it has been read; return whether to go on."""
    facts: list[tuple[str, str]] = []
    while True:
        view = context.view
        page = Page(HANDOFF_BRIEF.blocks(view.record, view.now, view.zone))
        pressed = await context.read(HANDOFF_BRIEF.title, page, facts, keys=((_GO_ON, next_step), (_COPY, "copy")))
        if pressed != _COPY:
            return pressed == _GO_ON
        # The dialog covers the line below, which says it too.
        text = HANDOFF_BRIEF.text(view.record, view.now, view.zone)
        facts = [("clipboard", (await context.copy(text, HANDOFF_BRIEF.title)).words)]


def _offer(context: Context) -> Offer | None:
    """Return the open offer of command, or None."""
    view = context.view
    handoff = view.incident.handoff
    if handoff is None:
        return None
    answers = dict(handoff.read_back)
    points = tuple(
        Point(key, question, answers.get(key, ""), tuple(as_recorded(key, view)))
        for key, question in READ_BACK_POINTS.items()
    )
    return Offer(handoff.outgoing, handoff.incoming, points)


def as_recorded(point: str, view: View) -> Iterator[str]:
    """Yield what is on record about a point of the read-back, in the words of the brief."""
    sections, nothing = _RECORDED[point]
    snapshot = Snapshot(view.record, view.now, view.zone, Fit(impacts=0, authors=False))
    blocks = [block for section in sections for block in section(snapshot) if block.kind is not BlockKind.HEADING]
    lines = [plain(line) for block in blocks for line in block.lines]
    yield from lines[:_LISTED] or (nothing,)
    if len(lines) > _LISTED:
        yield f"and {len(lines) - _LISTED} more"
