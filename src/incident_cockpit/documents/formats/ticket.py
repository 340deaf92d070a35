"""The incident's ticket for Jira and GitHub: problem, impact, systems, status and actions.

A ticket is written from plain facts, not from the record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from incident_cockpit.documents.formats import jira, markdown
from incident_cockpit.documents.formats.fitting import truncate
from incident_cockpit.documents.formats.format import Rendered
from incident_cockpit.text.blocks import Run
from incident_cockpit.text.plurals import counted

LONGEST_SUMMARY = 255  # Jira; GitHub takes one more


class TicketAction(Struct, frozen=True):
    """An action: its time as text with a zone, its text, and the person."""

    at: str
    text: str
    who: str = ""


class Ticket(Struct, frozen=True):
    """The contents of a ticket in plain text; an empty field is left out, or shown as unknown.

    `marking` is at the top, for a restricted incident.
    """

    id: str
    title: str
    severity: str = ""
    status: str = ""
    impact: str = ""
    systems: tuple[str, ...] = ()
    started: str = ""
    detected: str = ""
    commander: str = ""
    channel: str = ""
    call: str = ""
    actions: tuple[TicketAction, ...] = ()
    marking: str = ""


class _Dialect(Struct, frozen=True):
    """The markup and limits of one tracker."""

    title: str
    longest: int
    escape: Callable[[str], str]
    bold: Callable[[str], str]
    item: Callable[[str], str]
    heading: Callable[[str], str]
    table: Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def for_jira(ticket: Ticket) -> Rendered:
    """Return the ticket for Jira: a summary on one line and a description in wiki markup, each within its limit."""
    return _write(ticket, _JIRA)


def for_github(ticket: Ticket) -> Rendered:
    """Return the ticket for GitHub: a title and a body in Markdown, each within its limit."""
    return _write(ticket, _GITHUB)


def _write(ticket: Ticket, dialect: _Dialect) -> Rendered:
    before = " ".join(part for part in (f"[{ticket.severity}]" if ticket.severity else "", ticket.id) if part)
    whole = " ".join(f"{before} {ticket.title}".split())
    title = truncate(whole, lambda text: len(text) <= LONGEST_SUMMARY)
    actions = list(ticket.actions)
    body = _body(ticket, dialect, actions, left_out=0)
    while actions and len(body) > dialect.longest:
        # The latest actions matter most; an eighth at a time, because there may be thousands.
        del actions[: max(1, len(actions) // 8)]
        body = _body(ticket, dialect, actions, left_out=len(ticket.actions) - len(actions))
    left_out = len(ticket.actions) - len(actions)
    notes = (_earlier_actions(left_out),) if left_out else ()
    if len(body) > dialect.longest:
        body = truncate(body, lambda text: len(text) <= dialect.longest)
        notes = (*notes, f"Truncated to {dialect.longest:,} characters")
    return Rendered((body,), ((dialect.title, title),), notes=notes)


def _body(ticket: Ticket, dialect: _Dialect, actions: Sequence[TicketAction], *, left_out: int) -> str:
    escape = dialect.escape
    facts = (
        ("Status", ticket.status),
        ("Severity", ticket.severity),
        ("Started", ticket.started),
        ("Detected", ticket.detected),
        ("IC", ticket.commander),
        ("Channel", ticket.channel),
        ("Call", ticket.call),
    )
    parts = [
        dialect.bold(escape(ticket.marking)) if ticket.marking else "",
        dialect.heading("Problem"),
        escape(ticket.title),
        f"{dialect.bold('Impact:')} {escape(ticket.impact or 'unknown')}",
        dialect.heading("Systems affected"),
        "\n".join(dialect.item(escape(system)) for system in ticket.systems) or escape("Unknown"),
        dialect.heading("Current status"),
        "\n".join(dialect.item(f"{dialect.bold(name + ':')} {escape(value)}") for name, value in facts if value)
        or escape("Unknown"),
        dialect.heading("Actions"),
        escape(_earlier_actions(left_out)) if left_out else "",
        dialect.table(
            ("Time", "Action", "By"), [[escape(part) for part in (row.at, row.text, row.who)] for row in actions]
        )
        if actions
        else ("" if left_out else escape("None recorded")),
    ]
    return "\n\n".join(part for part in parts if part)


def _earlier_actions(count: int) -> str:
    return f"{counted(count, 'earlier action')}: see the timeline of the incident"


def _jira_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    # An empty cell would end the row, so it gets a blank.
    lines = (f"|{'|'.join(cell or ' ' for cell in row)}|" for row in rows)
    return "\n".join([f"||{'||'.join(headings)}||", *lines])


_JIRA = _Dialect(
    title="Summary",
    longest=jira.LIMIT,
    escape=lambda text: jira.write_line((Run(" ".join(text.split())),)),
    bold=lambda text: f"*{text}*",
    item=lambda text: f"* {text}",
    heading=lambda text: f"h2. {text}",
    table=_jira_table,
)
_GITHUB = _Dialect(
    title="Title",
    longest=markdown.LIMIT,
    escape=markdown.escape_text,
    bold=lambda text: f"**{text}**",
    item=lambda text: f"- {text}",
    heading=lambda text: f"## {text}",
    table=lambda headings, rows: "\n".join(
        f"| {' | '.join(row)} |" for row in (headings, ["---"] * len(headings), *rows)
    ),
)

TRACKERS: dict[str, Callable[[Ticket], Rendered]] = {"jira": for_jira, "github": for_github}
