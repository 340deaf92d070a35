"""Documents that are read on the screen while they come to be: how the plan was kept, and the record of a breach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, tzinfo

from incident_cockpit.incident.views.adherence import Assessment, Compliance, adherence, summary
from incident_cockpit.runbook.prose import prose
from incident_cockpit.times.format import clock, duration
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.app.theme_styles import SIGNS
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import Values, handles
from incident_cockpit.tui.handlers.updates import copy_situation
from incident_cockpit.tui.widgets.rich_text import Page

# What needs looking at comes first, and what the plan did not ask for last.
_ORDER = (
    (Compliance.MISSED, "Missed", SIGNS["late"]),
    (Compliance.LATE, "Late", SIGNS["late"]),
    (Compliance.RUNNING, "Not done yet", SIGNS["warn"]),
    (Compliance.MET, "Met", SIGNS["ok"]),
    (Compliance.WAIVED, "Waived", "-"),
    (Compliance.NOT_NEEDED, "Not needed", "-"),
    (Compliance.NOT_APPLICABLE, "Not asked for here", "-"),
)


@handles("adherence")
async def read_adherence(context: Context, values: Values) -> None:
    """Show what the plan asks for by a time, and what became of each."""
    view = context.view
    judged = adherence(view.record, view.now)
    if (
        await context.read(f"How it keeps to {view.incident.plan.name}", kept_page(judged, view), keys=(("c", "copy"),))
        == "c"
    ):
        from incident_cockpit.documents.adherence_report import adherence_report

        await context.copy(adherence_report(view.record, view.now))


@handles("breach-record")
async def read_breach(context: Context, values: Values) -> None:
    """Show the record of a breach as it stands; c copies it."""
    from incident_cockpit.documents.breach_record import breach_record

    view = context.view
    text = breach_record(view.record, view.now, view.zone)
    if await context.read("Breach record", lambda width: prose(text, width), keys=(("c", "copy"),)) == "c":
        await context.copy(text)


def kept_page(judged: Sequence[Assessment], view: View) -> Page:
    """Return the judgements under headings, the worst first."""
    made = Page()
    made.line(summary(judged))
    for verdict, title, sign in _ORDER:
        found = [one for one in judged if one.verdict is verdict]
        if found:
            made.heading(f"{title} ({len(found)})")
        for one in found:
            made.line(f"{sign} {one.text}", _became(one, view.zone, view))
    return made


def _how(by: timedelta, verdict: Compliance) -> str:
    """Return what the time between is."""
    if by >= timedelta(seconds=1):
        return f"late {duration(by)}"
    if verdict is Compliance.RUNNING:
        return f"{duration(-by)} to go"
    return f"in time, {duration(-by)} early" if by <= timedelta(seconds=-1) else "in time"


def _became(one: Assessment, zone: tzinfo, view: View) -> str:
    """Return what became of it: when, by how much, and why."""
    parts = [f"due {clock(one.due, zone, view.now)}"] if one.due else []
    parts += [f"met {clock(one.met, zone, view.now)}"] if one.met else []
    if one.by is not None:
        parts.append(_how(one.by, one.verdict))
    parts += [one.why] if one.why else []
    parts += ["by a plan that is no longer followed"] if one.former else []
    return ", ".join(parts)


@handles("situation")
async def read_situation(context: Context, values: Values) -> None:
    """Show the situation; c copies it for others."""
    from incident_cockpit.documents.situation import SITUATION_PAGE

    view = context.view
    page = Page(SITUATION_PAGE.private(view.record, view.now, view.zone))
    if await context.read(SITUATION_PAGE.title, page, keys=(("c", "copy for others"),)) == "c":
        await copy_situation(context, values)
