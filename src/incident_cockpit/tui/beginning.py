"""Asks for a new incident and has it made: declared at once, or reported and then looked into."""

from __future__ import annotations

from typing import Any

from textual.app import App

from incident_cockpit.actions.options import Option
from incident_cockpit.cockpit.desk import Desk
from incident_cockpit.cockpit.library import Library
from incident_cockpit.cockpit.session import Session
from incident_cockpit.errors import Refused
from incident_cockpit.journal.drafts import Drafts
from incident_cockpit.timewords import read_when
from incident_cockpit.tui.begun import Answers, Begun, notice
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.plan_page import severity_page
from incident_cockpit.tui.screens.declare import DeclareScreen

# Stands for the incident in drafts of incidents not yet declared: no incident has this id.
_NEW = "new"
# Earlier versions saved the title alone.
_TITLE_OF_BEFORE = (_NEW, "title")


class Beginning:
    """Opens the dialog for a new incident; its answers are saved as a draft until the incident is declared."""

    def __init__(self, app: App[Any], desk: Desk, drafts: Drafts) -> None:
        """Take the app that shows the form, the way to the store, and where drafts are kept."""
        self._app = app
        self._desk = desk
        self._drafts = drafts

    async def ask(self) -> str | None:
        """Return the UUID of what was made, None where the form was left; raises Refused for a plan that is wrong."""
        plan = await self._desk.call(lambda library: library.plan())
        pages = {one.id: severity_page(one) for one in plan.severities}
        who, zone, now = await self._desk.call(lambda library: (library.who, library.zone, library.clock.now()))
        begun = Begun(self._drafts, _NEW, who, "declare", {})
        self._take_over_the_title(begun)
        form = DeclareScreen(
            [Option(one.id, f"{one.name}: {one.means}") for one in plan.severities],
            self._make,
            triage_first=plan.triage.first,
            means=lambda severity: pages.get(severity, Page()),
            answers=Answers({}, begun, when=lambda saved: notice(saved, zone, now)),
        )
        made = await self._app.push_screen_wait(form)
        if made:
            begun.drop()
        return made

    def _take_over_the_title(self, begun: Begun) -> None:
        title = self._drafts.kept(*_TITLE_OF_BEFORE)
        if title and not begun.kept():
            begun.keep({"title": title})
        if title:
            self._drafts.drop(*_TITLE_OF_BEFORE)

    async def _make(self, values: dict[str, str]) -> tuple[str, str]:
        """Declare or report with what was typed; return the UUID, or why not."""
        try:
            session = await self._desk.call(lambda library: _made(library, values))
        except Refused as refused:
            return "", str(refused)
        if session.warning:
            self._app.notify(session.warning, severity="warning", timeout=15, markup=False)
        return session.record.id, ""


def _made(library: Library, values: dict[str, str]) -> Session:
    """Declare where a severity was chosen, else take down a report."""
    now = library.clock.now()
    started = read_when(values["started"], now, library.zone).at if values.get("started") else None
    title, runbook, why = values["title"], values.get("runbook") or None, values.get("why", "")
    if severity := values.get("severity"):
        return library.declare(title, severity, runbook=runbook, started=started, why=why)
    by, via = values.get("by") or None, values.get("via", "")
    return library.report(title, by=by, via=via, text=why, runbook=runbook, started=started)
