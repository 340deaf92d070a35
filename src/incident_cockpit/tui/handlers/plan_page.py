"""The plan page of an incident: its response plan, with the current severity, phase and holders of roles."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.actions.arguments.argument import Choice
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.render import plan_blocks
from incident_cockpit.times.format import clock
from incident_cockpit.times.parse import parse_zone
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import Values, handles
from incident_cockpit.tui.handlers.timeline import visit
from incident_cockpit.tui.widgets.rich_text import Page


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
