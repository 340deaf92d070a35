"""Documents that are read on the screen while they come to be: how the plan was kept, and the record of a breach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, tzinfo

from incident_cockpit.incident.adherence import Judged, Verdict, adherence, summary
from incident_cockpit.runbook.prose import prose
from incident_cockpit.timewords import clock, duration
from incident_cockpit.tui.composing import copy_and_say
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.paint import SIGNS
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.stage import Stage
from incident_cockpit.tui.view import View

# What needs looking at comes first, and what the plan did not ask for last.
_ORDER = (
    (Verdict.MISSED, "Missed", SIGNS["late"]),
    (Verdict.LATE, "Late", SIGNS["late"]),
    (Verdict.RUNNING, "Not done yet", SIGNS["warn"]),
    (Verdict.MET, "Met", SIGNS["ok"]),
    (Verdict.WAIVED, "Waived", "-"),
    (Verdict.NOT_NEEDED, "Not needed", "-"),
    (Verdict.NOT_APPLICABLE, "Not asked for here", "-"),
)


async def read_adherence(screen: Stage) -> None:
    """Show what the plan asks for by a time, and what became of each."""
    view = screen.following.view()
    judged = adherence(view.record, view.now)
    reader = ReaderScreen(f"How it keeps to {view.incident.plan.name}", kept_page(judged, view), ways=(("c", "copy"),))
    if await screen.app.push_screen_wait(reader) == "c":
        from incident_cockpit.exports.kept import adherence_report

        await copy_and_say(screen, adherence_report(view.record, view.now))


async def read_breach(screen: Stage) -> None:
    """Show the record of a breach as it stands; c copies it."""
    from incident_cockpit.exports.breach import breach_record

    view = screen.following.view()
    text = breach_record(view.record, view.now, view.zone)
    reader = ReaderScreen("Breach record", lambda width: prose(text, width), ways=(("c", "copy"),))
    if await screen.app.push_screen_wait(reader) == "c":
        await copy_and_say(screen, text)


def kept_page(judged: Sequence[Judged], view: View) -> Page:
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


def _how(by: timedelta, verdict: Verdict) -> str:
    """Return what the time between is."""
    if by >= timedelta(seconds=1):
        return f"late {duration(by)}"
    if verdict is Verdict.RUNNING:
        return f"{duration(-by)} to go"
    return f"in time, {duration(-by)} early" if by <= timedelta(seconds=-1) else "in time"


def _became(one: Judged, zone: tzinfo, view: View) -> str:
    """Return what became of it: when, by how much, and why."""
    parts = [f"due {clock(one.due, zone, view.now)}"] if one.due else []
    parts += [f"met {clock(one.met, zone, view.now)}"] if one.met else []
    if one.by is not None:
        parts.append(_how(one.by, one.verdict))
    parts += [one.why] if one.why else []
    parts += ["by a plan that is no longer followed"] if one.former else []
    return ", ".join(parts)
