"""Handlers of NEXT and the Due pane: completing and dropping a due item, and its page with contacts and contents."""

from __future__ import annotations

from incident_cockpit.actions.arguments.of_incident import AskArg, DecisionArg, DueItemArg
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.documents.messages import message_for
from incident_cockpit.incident.closing import open_checklist_steps
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import CONDITIONS
from incident_cockpit.incident.views.due import SET_BY_RESPONDERS, DueItem, DueKey, DueKind, due_items
from incident_cockpit.incident.views.next_action import action_for
from incident_cockpit.plan.deadlines import Deadline
from incident_cockpit.times.format import clock, countdown, stamp, zone_label
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import Values, handles, opens, run
from incident_cockpit.tui.handlers.people import read_ask
from incident_cockpit.tui.handlers.timeline import read_decision
from incident_cockpit.tui.handlers.updates import is_writable
from incident_cockpit.tui.panes.due import DuePane
from incident_cockpit.tui.panes.runbook import RunbookPane
from incident_cockpit.tui.widgets.rich_text import Page

# The action that drops a due item set up in the cockpit, with the argument that names it and its other values.
_DROP: dict[DueKind, tuple[str, str, Values]] = {
    DueKind.ASK: ("drop", "ask", {}),
    DueKind.TIMER: ("cancel", "timer", {}),
    DueKind.STEP: ("timebox", "step", {"within": "off"}),
    DueKind.DECISION: ("revisit", "decision", {"within": "off"}),
}
# The key of NEXT.
_GO = "g"


@handles("next")
async def do_next(context: Context, values: Values) -> None:
    """Do what NEXT says."""
    prompt = next(iter(context.view.prompts), None)
    if prompt is None:
        context.say("Nothing is due")
    else:
        await _deal_with(context, prompt.action, prompt.about)


@handles("finish")
async def finish(context: Context, values: Values) -> None:
    """Complete the due item under the cursor, each kind in its own way."""
    if item := _item(context):
        action, about, _ = action_for(item)
        await _deal_with(context, action, about)


@handles("drop-item")
async def drop(context: Context, values: Values) -> None:
    """Drop the ask, cancel the timer, clear the time limit, or waive what the plan requires."""
    item = _item(context)
    if item is None:
        return
    if item.kind in _DROP:
        action, arg, others = _DROP[item.kind]
        await context.ask(action, {arg: item.subject, **others})
    elif item.completion_marks:
        await context.ask("waive", {"item": item.key})
    elif item.kind is DueKind.REPORT:
        context.say("A report is due until it is triaged: space to triage, w to snooze", "warn")
    else:
        context.say(f"The plan requires this update: :cadence {item.subject} off stops it", "warn")


@opens(DuePane)
async def open_row(context: Context, key: str) -> None:
    """Show the ask, the decision or the due item under the cursor; g deals with it from there."""
    item = _item(context)
    if ask := context.cursor(AskArg):
        await read_ask(context, ask)
    elif decision := context.cursor(DecisionArg):
        await read_decision(context, decision)
    elif item is not None and item.kind not in SET_BY_RESPONDERS:
        await _read_item(context, item)
    else:
        # A timer or a step has no more to show than its row.
        await finish(context, {})


async def _read_item(context: Context, item: DueItem) -> None:
    view = context.view
    action, about, verb = action_for(item)
    keys = [(_GO, verb)]
    if action != "copy-message" and message_for(item):
        keys += [(key, "message") for key in context.app.keys.of["copy-message"][:1]]
    pressed = await context.read(item.text, page(item, view), facts(item, view), keys=keys)
    if pressed == _GO:
        await _deal_with(context, action, about)
    elif pressed:
        await run(context, "copy-message")


async def _deal_with(context: Context, action: str, about: str) -> None:
    """Do an action about something; what is only marked as done may get a note."""
    if action == "step":
        context.screen.go_to(RunbookPane).move_to(about, lead=True)
    elif action == "complete" or (action == "copy-message" and not is_writable(context, about)):
        await context.ask("complete", {"item": about}, optional=True)
    elif action == "review-held":
        # Its time goes on record: a key pressed once too often must not say that people met.
        await context.ask(action, optional=True)
    else:
        await run(context, action, {ACTIONS[action].args[0].name: about} if about else {})


def _item(context: Context) -> DueItem | None:
    """Return the due item under the cursor."""
    key = context.cursor(DueItemArg)
    return next((item for item in due_items(context.incident) if item.key == key), None)


# The page of a due item


def facts(item: DueItem, view: View) -> list[tuple[str, str]]:
    """Return when it is due, by which rule, who is notified and how."""
    incident = view.incident
    zone = zone_label(view.zone, view.now)
    since = f" ({clock(item.since, view.zone, view.now)})" if item.since else ""
    # What completes it besides marking it.
    condition, completes = item.condition, ""
    if condition is not None:
        completes = f"when {CONDITIONS[type(condition)].words(incident.plan, condition)}"
    rows = [
        ("due", f"{countdown(item.at, view.now)}, at {clock(item.at, view.zone, view.now)} {zone}"),
        ("rule", f"{item.detail}{since}, {incident.plan.name}"),
        ("notify", item.who if item.kind is not DueKind.REPORT else ""),
        ("contact", view.reach(item.who)),
        ("via", item.route),
        ("completes", completes),
    ]
    return [(name, value) for name, value in rows if value]


def page(item: DueItem, view: View) -> Page:
    """Return what the item requires and what belongs to it."""
    incident, result = view.incident, Page()
    deadlines = _deadlines(item, incident)
    if item.optional:
        result.line("Optional: press - to waive it, with a reason.")
    if len(deadlines) > 1:
        result.heading("All due now")
        result.bullets(
            f"{each.text}: {each.time_limit}" + (f", {contact}" if (contact := view.reach(each.who)) else "")
            for each in deadlines
        )
    open_steps = open_checklist_steps(incident) if item.kind is DueKind.WINDOW else ()
    if open_steps:
        result.heading("Open steps in this phase")
        result.bullets(step.text for step in open_steps)
    if item.contains:
        result.heading("Must include")
        result.bullets(item.contains)
    if any(deadline.start == "aware" for deadline in deadlines):
        result.line("This deadline is a reminder from the plan, not legal advice.")
    if item.kind is DueKind.REPORT and incident.report is not None:
        report, owner = incident.report, incident.plan.triage.owner
        source = ", ".join(part for part in (report.who or "reporter unknown", stamp(report.at), report.via) if part)
        result.heading("Report")
        result.line(report.text, source)
        result.bullets([f"{owner} triages the report"] if owner else [])
    if not result:
        result.line("The plan gives no details.")
    return result


def _deadlines(item: DueItem, incident: Incident) -> list[Deadline]:
    """Return the deadlines of the plan that the item stands for; none for a plan item without a deadline."""
    covered = DueKey.parse(item.key).deadlines
    return [deadline for deadline in incident.plan.deadlines if deadline.id in covered]
