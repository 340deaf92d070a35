"""How it stands, to read on one page: impact, systems, what is lacking, what to look at again, what nobody has told."""

from __future__ import annotations

from incident_cockpit.exports.history import impacts
from incident_cockpit.incident.impacts import highest
from incident_cockpit.incident.topics.effects import open_actions
from incident_cockpit.incident.topics.needs import open_needs
from incident_cockpit.incident.topics.systems import Affected, Health, affected
from incident_cockpit.timewords import ago, clock, countdown, lasted
from incident_cockpit.tui.composing import copy_situation
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.stage import Stage
from incident_cockpit.tui.view import View

_COPY = "c"


async def read_situation(screen: Stage) -> None:
    """Show how it stands; c copies the situation for others."""
    page = situation_page(screen.following.view())
    reader = ReaderScreen("How it stands", page, ways=((_COPY, "copy it for others"),))
    if await screen.app.push_screen_wait(reader) == _COPY:
        await copy_situation(screen)


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
    for peak in (one for one in highest(said) if one.past):
        made.quiet(f"highest: {peak.figure.said}, at {clock(peak.since, view.zone, view.now)}")
    for before in reversed(said[-4:-1]):
        made.quiet(f"{clock(before.since, view.zone, view.now)}  {before.value}")


def _systems(view: View, made: Page) -> None:
    ill = affected(view.incident)
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
        made.line(f"• {need.text}", f"(for {lasted(need.raised, view.now)}, {need.by})")


def _decisions(view: View, made: Page) -> None:
    waiting = [one for one in view.incident.decisions.values() if one.revisit is not None]
    if waiting:
        made.heading("Decisions to look at again")
    for one in sorted(waiting, key=lambda one: one.revisit or view.now):
        made.line(f"• {one.text}", f"({countdown(one.revisit, view.now)})" if one.revisit else "")


def _actions(view: View, made: Page) -> None:
    open_ones = [view.incident.notes.actions[key] for key in open_actions(view.incident)]
    if open_ones:
        made.heading("Actions whose effect nobody has told")
    for note in open_ones:
        made.line(f"• {note.text}", f"({clock(note.happened, view.zone, view.now)}, {note.by})")
