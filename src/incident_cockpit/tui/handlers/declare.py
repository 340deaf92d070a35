"""Asks for a new incident and has it made: declared at once, or reported and then looked into."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App

from incident_cockpit.actions.arguments import Option
from incident_cockpit.errors import Refused
from incident_cockpit.journal.drafts import Drafts
from incident_cockpit.service.session import Session
from incident_cockpit.service.store import Store
from incident_cockpit.service.store_thread import StoreThread
from incident_cockpit.times.parse import parse_time
from incident_cockpit.tui.handlers.context import Stage
from incident_cockpit.tui.handlers.plan_page import severity_page
from incident_cockpit.tui.screens.declare import DeclareScreen
from incident_cockpit.tui.screens.fields import Answers, FormDraft, draft_notice
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.widgets.rich_text import Page

# Stands for the incident in drafts of incidents not yet declared: no incident has this id.
_NEW = "new"
# Earlier versions saved the title alone.
_TITLE_OF_BEFORE = (_NEW, "title")


class Beginning:
    """Opens the dialog for a new incident; its answers are saved as a draft until the incident is declared."""

    def __init__(self, app: App[Any], store_thread: StoreThread, drafts: Drafts) -> None:
        """Take the app that shows the form, the way to the store, and where drafts are kept."""
        self._app = app
        self._store_thread = store_thread
        self._drafts = drafts

    async def ask(self) -> str | None:
        """Return the UUID of what was made, None where the form was left; raises Refused for a plan that is wrong."""
        plan = await self._store_thread.call(lambda library: library.plan())
        pages = {one.id: severity_page(one) for one in plan.severities}
        who, zone, now = await self._store_thread.call(lambda library: (library.who, library.zone, library.clock.now()))
        draft = FormDraft(self._drafts, _NEW, who, "declare", {})
        self._take_over_the_title(draft)
        form = DeclareScreen(
            [Option(one.id, f"{one.name}: {one.means}") for one in plan.severities],
            self._make,
            triage_first=plan.triage.first,
            means=lambda severity: pages.get(severity, Page()),
            answers=Answers({}, draft, notice=lambda saved: draft_notice(saved, zone, now)),
        )
        made = await self._app.push_screen_wait(form)
        if made:
            draft.delete()
        return made

    def _take_over_the_title(self, draft: FormDraft) -> None:
        title = self._drafts.kept(*_TITLE_OF_BEFORE)
        if title and not draft.load():
            draft.save({"title": title})
        if title:
            self._drafts.drop(*_TITLE_OF_BEFORE)

    async def _make(self, values: dict[str, str]) -> tuple[str, str]:
        """Declare or report with what was typed; return the UUID, or why not."""
        try:
            session = await self._store_thread.call(lambda library: _made(library, values))
        except Refused as refused:
            return "", str(refused)
        if session.warning:
            self._app.notify(session.warning, severity="warning", timeout=15, markup=False)
        return session.record.id, ""


def _made(library: Store, values: dict[str, str]) -> Session:
    """Declare where a severity was chosen, else take down a report."""
    now = library.clock.now()
    started = parse_time(values["started"], now, library.zone).at if values.get("started") else None
    title, runbook, why = values["title"], values.get("runbook") or None, values.get("why", "")
    if severity := values.get("severity"):
        return library.declare(title, severity, runbook=runbook, started=started, why=why)
    by, via = values.get("by") or None, values.get("via", "")
    return library.report(title, by=by, via=via, text=why, runbook=runbook, started=started)


# -- triage: The hand for a report: what it turned out to be, each verdict with what it still needs.

Ask = Callable[[str, dict[str, str]], Awaitable[None]]

_VERDICTS = (
    ("declare", "It is an incident: declare it"),
    ("investigate", "Not clear yet: hand it to somebody who finds out"),
    ("dismiss", "It is a false alarm: say why, and copy that for the thread"),
    ("duplicate", "It is the same as another incident: say which, and copy that for the thread"),
    ("not-urgent", "It is real and can wait: say why, and copy a ticket"),
)


class TriageHandler:
    """Asks what a report is; `ask` opens the form of an action."""

    def __init__(self, screen: Stage, ask: Ask) -> None:
        """Work for this screen."""
        self._screen = screen
        self._ask = ask

    async def decide(self, _values: dict[str, str]) -> None:
        """Offer the verdicts there are; what was dismissed can only be taken up again."""
        incident = self._screen.live.record.incident
        if incident.dismissed:
            await self._ask("declare", {})
            return
        if incident.declared:
            self._screen.say("it is declared already; if it was none after all, say why with :dismiss", "warn")
            return
        report = incident.report
        ways = [Option(name, words) for name, words in _VERDICTS]
        mine = report is not None and report.who == self._screen.live.who
        if report is not None and report.answered is None and report.who and not mine:
            ways.append(Option("answered", f"{report.who} was answered"))
        title = f"{report.who}: {report.text}" if report is not None and report.who else incident.title
        chosen = await self._screen.app.push_screen_wait(PickScreen(title, ways))
        if chosen:
            await self._ask(chosen, {})
