"""Declaring an incident, and the triage of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incident_cockpit.actions.arguments.argument import Choice
from incident_cockpit.actions.arguments.of_plan import severity_choices
from incident_cockpit.errors import Refused
from incident_cockpit.journal.drafts import Drafts
from incident_cockpit.plan.render import row_details
from incident_cockpit.service.session import Session
from incident_cockpit.service.store import Store
from incident_cockpit.times.parse import parse_time
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import Values, handles
from incident_cockpit.tui.screens.declare import DeclareScreen
from incident_cockpit.tui.screens.fields import FormAnswers, FormDraft, draft_notice
from incident_cockpit.tui.widgets.rich_text import Page

if TYPE_CHECKING:
    from incident_cockpit.tui.app.app import CockpitApp

# The incident id in drafts of incidents not yet declared: no incident has it.
_NEW = "new"
# Earlier versions saved the title alone.
_OLD_TITLE_DRAFT = (_NEW, "title")


async def declare_incident(app: CockpitApp) -> str | None:
    """Open the dialog for a new incident; return the UUID of what was declared or reported, or None.

    Its answers are saved as a draft until then. Raises Refused if the plan is wrong.
    """
    plan = await app.store_thread.call(lambda store: store.plan())
    pages = {level.id: Page(row_details(level)) for level in plan.severities}
    who, zone, now = await app.store_thread.call(lambda store: (store.who, store.zone, store.clock.now()))
    draft = FormDraft(app.drafts, _NEW, who, "declare", {})
    _read_old_draft(app.drafts, draft)

    async def submit(values: dict[str, str]) -> tuple[str, str]:
        """Declare or report with these values; return the UUID, or why not."""
        try:
            session = await app.store_thread.call(lambda store: _open(store, values))
        except Refused as refused:
            return "", str(refused)
        if session.warning:
            app.notify(session.warning, severity="warning", timeout=15, markup=False)
        return session.record.id, ""

    dialog = DeclareScreen(
        severity_choices(plan),
        submit,
        triage_first=plan.triage.first,
        help_page=lambda severity: pages.get(severity, Page()),
        answers=FormAnswers({}, draft, notice=lambda saved: draft_notice(saved, zone, now)),
    )
    incident_id = await app.push_screen_wait(dialog)
    if incident_id:
        draft.delete()
    return incident_id


def _read_old_draft(drafts: Drafts, draft: FormDraft) -> None:
    title = drafts.kept(*_OLD_TITLE_DRAFT)
    if title and not draft.load():
        draft.save({"title": title})
    if title:
        drafts.drop(*_OLD_TITLE_DRAFT)


def _open(store: Store, values: dict[str, str]) -> Session:
    """Declare if a severity was chosen, else report for triage."""
    now = store.clock.now()
    started = parse_time(values["started"], now, store.zone).at if values.get("started") else None
    title, runbook, why = values["title"], values.get("runbook") or None, values.get("why", "")
    if severity := values.get("severity"):
        return store.declare(title, severity, runbook=runbook, started=started, why=why)
    by, via = values.get("by") or None, values.get("via", "")
    return store.report(title, by=by, via=via, text=why, runbook=runbook, started=started)


_TRIAGE = (
    Choice("declare", "Declare an incident"),
    Choice("investigate", "Unsure: assign triage"),
    Choice("dismiss", "Dismiss as a false alarm, and copy the answer for the thread"),
    Choice("duplicate", "Duplicate of another incident: copy the answer for the thread"),
    Choice("not-urgent", "Not urgent: copy a ticket"),
)


@handles("triage")
async def triage(context: Context, values: Values) -> None:
    """Ask for the result of the triage; a dismissed report can only be declared."""
    incident, report = context.incident, context.incident.report
    if incident.dismissed:
        await context.ask("declare", optional=True)
        return
    if incident.declared:
        context.say("Already declared. If it was a false alarm, run :dismiss", "warn")
        return
    options = list(_TRIAGE)
    reporter = report.who if report is not None else ""
    if report is not None and report.answered is None and reporter and reporter != context.live.who:
        options.append(Choice("answered", f"Mark {reporter} as answered"))
    title = f"{reporter}: {report.text}" if report is not None and reporter else incident.title
    if action := await context.choose(title, options):
        await context.ask(action, optional=True)
