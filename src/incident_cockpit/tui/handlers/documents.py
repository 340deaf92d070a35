"""Documents that are read on the screen while they come to be: how the plan was kept, and the record of a breach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, tzinfo

from incident_cockpit.incident.facts.asks import open_needs
from incident_cockpit.incident.facts.notes import actions_without_outcome
from incident_cockpit.incident.facts.severity import Affected, Health, affected_systems, peak_figures
from incident_cockpit.incident.views.adherence import Assessment, Compliance, adherence, summary
from incident_cockpit.incident.views.history import impacts
from incident_cockpit.runbook.prose import prose
from incident_cockpit.times.format import age, ago, clock, countdown, duration
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


# -- situation_page: How it stands, to read on one page: impact, systems, what is lacking, what to look at again,
# what nobody has told.

_COPY = "c"


@handles("situation")
async def read_situation(context: Context, values: Values) -> None:
    """Show how it stands; c copies the situation for others."""
    page = situation_page(context.view)
    if await context.read("How it stands", page, keys=((_COPY, "copy it for others"),)) == _COPY:
        await copy_situation(context, values)


def situation_page(view: View) -> Page:
    """Return the page; what there is nothing of is not on it."""
    made = Page()
    for part in (_impact, _systems, _needs, _decisions, _actions):
        part(view, made)
    return made


def _impact(view: View, made: Page) -> None:
    said = impacts(view.record)
    made.heading("Impact")
    if not said:
        made.quiet("not described yet: i")
        return
    made.line(said[-1].value, f"({ago(said[-1].since, view.now)})")
    for peak in (one for one in peak_figures(said) if one.past):
        made.quiet(f"highest: {peak.figure.said}, at {clock(peak.since, view.zone, view.now)}")
    for before in reversed(said[-4:-1]):
        made.quiet(f"{clock(before.since, view.zone, view.now)}  {before.value}")


def _systems(view: View, made: Page) -> None:
    ill = affected_systems(view.incident)
    well = [one for one in view.incident.systems.values() if one.health is Health.RESTORED]
    if ill or well:
        made.heading("Systems")
    for one in (*ill, *well):
        made.entry(f"{one.name}:", _health(one, view))


def _health(one: Affected, view: View) -> str:
    note = f" ({one.note})" if one.note else ""
    return f"{one.health.value}{note}, since {clock(one.since, view.zone, view.now)}"


def _needs(view: View, made: Page) -> None:
    needs = open_needs(view.incident).values()
    if needs:
        made.heading("Lacking")
    for need in needs:
        made.line(f"• {need.text}", f"(for {age(need.raised, view.now)}, {need.by})")


def _decisions(view: View, made: Page) -> None:
    waiting = [one for one in view.incident.decisions.values() if one.revisit is not None]
    if waiting:
        made.heading("Decisions to look at again")
    for one in sorted(waiting, key=lambda one: one.revisit or view.now):
        made.line(f"• {one.text}", f"({countdown(one.revisit, view.now)})" if one.revisit else "")


def _actions(view: View, made: Page) -> None:
    open_ones = [view.incident.notes.actions[key] for key in actions_without_outcome(view.incident)]
    if open_ones:
        made.heading("Actions whose effect nobody has told")
    for note in open_ones:
        made.line(f"• {note.text}", f"({clock(note.happened, view.zone, view.now)}, {note.by})")
