"""Handlers for documents that are read on the screen: situation, plan compliance, breach record, response plan."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.actions.arguments.argument import Choice
from incident_cockpit.documents.document import Document
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.render import plan_blocks
from incident_cockpit.times.format import clock
from incident_cockpit.times.parse import parse_zone
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import Values, handles
from incident_cockpit.tui.handlers.timeline import visit
from incident_cockpit.tui.handlers.updates import copy_situation
from incident_cockpit.tui.widgets.rich_text import Page


@handles("situation")
async def read_situation(context: Context, values: Values) -> None:
    """Show the situation; c copies it for others."""
    from incident_cockpit.documents.situation import SITUATION_PAGE

    if await _read(context, SITUATION_PAGE, "copy"):
        await copy_situation(context, values)


@handles("adherence")
async def read_adherence(context: Context, values: Values) -> None:
    """Show how the incident complies with its plan; c copies the report."""
    from incident_cockpit.documents.adherence_report import ADHERENCE_PAGE, ADHERENCE_REPORT

    if await _read(context, ADHERENCE_PAGE, "copy"):
        await _copy(context, ADHERENCE_REPORT)


@handles("breach-record")
async def read_breach(context: Context, values: Values) -> None:
    """Show the breach record; c copies it."""
    from incident_cockpit.documents.breach_record import BREACH_RECORD

    if await _read(context, BREACH_RECORD, "copy"):
        await _copy(context, BREACH_RECORD)


async def _read(context: Context, document: Document, copy_label: str) -> bool:
    """Show a document to its reader alone; return whether it is to be copied."""
    view = context.view
    page = Page(document.private(view.record, view.now, view.zone))
    return await context.read(document.title, page, keys=(("c", copy_label),)) == "c"


async def _copy(context: Context, document: Document) -> None:
    view = context.view
    await context.copy(document.text(view.record, view.now, view.zone), document.title)


# The plan page of an incident: its response plan, with the current severity, phase and holders of roles.


@handles("plan")
async def read_plan(context: Context, values: Values) -> None:
    """Show the plan; l opens a page about one of its systems."""
    view = context.view
    plan = view.incident.plan
    pages = [(system.name, resource) for system in plan.systems for resource in system.resources]
    links = [
        Choice(str(number), f"{system}: {resource.name}  {resource.url}")
        for number, (system, resource) in enumerate(pages)
    ]
    since = view.incident.adoption.since if view.incident.adoption else None
    in_force = f"since {clock(since, view.zone, view.now)}" if since else "from the start"
    ways = (("l", "links"),) if links else ()
    if await context.read(plan.name, page(view), [("In force", in_force)], keys=ways) != "l":
        return
    chosen = await context.choose("Links", links)
    if chosen:
        await visit(context, links[int(chosen)].words.rpartition("  ")[2])


def page(view: View) -> Page:
    """Return the whole plan, as `incident plan show` prints it."""
    plan = view.incident.plan
    today = view.now.astimezone(parse_zone(plan.zone)).date()
    return Page(plan_blocks(plan, today, dict(_marks(view.incident))))


def _marks(incident: Incident) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield what holds now, by the row of the plan."""
    if incident.severity:
        yield ("severities", incident.severity.value), "now"
    if incident.phase:
        yield ("phases", incident.phase.value), "now"
    for role, holders in incident.roles.items():
        if holders:
            yield ("roles", role), f"now {', '.join(holder.who for holder in holders)}"
