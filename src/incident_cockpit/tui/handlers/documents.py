"""Handlers for documents that are read on the screen: the situation, plan compliance and the breach record."""

from __future__ import annotations

from incident_cockpit.documents.document import Document
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import Values, handles
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
