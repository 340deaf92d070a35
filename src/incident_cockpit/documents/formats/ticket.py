"""The incident's ticket for Jira and for GitHub: what is wrong, what it hits, how it stands, what was done and when.

A ticket takes what it tells as facts, not the record, so whoever knows only the facts can write one too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from incident_cockpit.documents.formats import jira, markdown
from incident_cockpit.documents.formats.fitting import truncate
from incident_cockpit.documents.formats.format import Rendered
from incident_cockpit.text.blocks import Run

LONGEST_SUMMARY = 255  # Jira; GitHub's titles may have one more
EARLIER_NOTE = "earlier actions are in the incident's timeline."


class TicketAction(Struct, frozen=True):
    """Something that was done: when, as words with a zone, what, and by whom."""

    at: str
    text: str
    who: str = ""


class Ticket(Struct, frozen=True):
    """What a ticket tells, all of it plain text; what is empty is left out, or said to be unknown where it matters.

    `marking` stands above everything, as that of a restricted incident does.
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
    """How one tracker is written."""

    title: str
    longest: int
    words: Callable[[str], str]
    bold: Callable[[str], str]
    item: Callable[[str], str]
    heading: Callable[[str], str]
    table: Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def for_jira(ticket: Ticket) -> Rendered:
    """Return the ticket for Jira: a summary without line ends and a description in wiki text, each within its limit."""
    return _written(ticket, _JIRA)


def for_github(ticket: Ticket) -> Rendered:
    """Return the ticket for GitHub: a title and a body in Markdown, each within its limit."""
    return _written(ticket, _GITHUB)


def _written(ticket: Ticket, dialect: _Dialect) -> Rendered:
    before = " ".join(part for part in (f"[{ticket.severity}]" if ticket.severity else "", ticket.id) if part)
    whole = " ".join(f"{before} {ticket.title}".split())
    title = truncate(whole, lambda text: len(text) <= LONGEST_SUMMARY)
    actions = list(ticket.actions)
    body = _body(ticket, dialect, actions, left_out=0)
    while actions and len(body) > dialect.longest:
        # The last ones are what somebody who takes over needs; half at a time, because there may be thousands.
        del actions[: max(1, len(actions) // 8)]
        body = _body(ticket, dialect, actions, left_out=len(ticket.actions) - len(actions))
    left_out = len(ticket.actions) - len(actions)
    notes = (f"{left_out} {EARLIER_NOTE}",) if left_out else ()
    if len(body) > dialect.longest:
        body = truncate(body, lambda text: len(text) <= dialect.longest)
        notes = (*notes, f"Cut: the tracker takes {dialect.longest:,} characters")
    return Rendered((body,), ((dialect.title, title),), notes=notes)


def _body(ticket: Ticket, dialect: _Dialect, actions: Sequence[TicketAction], *, left_out: int) -> str:
    say = dialect.words
    facts = (
        ("Status", ticket.status),
        ("Severity", ticket.severity),
        ("Started", ticket.started),
        ("Detected", ticket.detected),
        ("In command", ticket.commander),
        ("Channel", ticket.channel),
        ("Call", ticket.call),
    )
    parts = [
        dialect.bold(say(ticket.marking)) if ticket.marking else "",
        dialect.heading("What is wrong"),
        say(ticket.title),
        f"{dialect.bold('Impact:')} {say(ticket.impact or 'not known yet')}",
        dialect.heading("Systems affected"),
        "\n".join(dialect.item(say(system)) for system in ticket.systems) or say("Not known yet."),
        dialect.heading("Current status"),
        "\n".join(dialect.item(f"{dialect.bold(name + ':')} {say(value)}") for name, value in facts if value)
        or say("Not known yet."),
        dialect.heading("Containment actions"),
        dialect.words(f"{left_out} {EARLIER_NOTE}") if left_out else "",
        _actions(dialect, actions) if actions else ("" if left_out else say("None was noted yet.")),
    ]
    return "\n\n".join(part for part in parts if part)


def _actions(dialect: _Dialect, actions: Sequence[TicketAction]) -> str:
    rows = [[dialect.words(each.at), dialect.words(each.text), dialect.words(each.who)] for each in actions]
    return dialect.table(("When", "What was done", "Who"), rows)


def _jira_words(text: str) -> str:
    return jira.write_line((Run(" ".join(text.split())),))


def _jira_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    # A cell without words would end the row, so it has a blank.
    lines = (f"|{'|'.join(cell or ' ' for cell in row)}|" for row in rows)
    return "\n".join([f"||{'||'.join(headings)}||", *lines])


def _markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, ["---"] * len(headings), *rows))


_JIRA = _Dialect(
    "Summary", jira.LIMIT, _jira_words, lambda text: f"*{text}*", lambda text: f"* {text}", lambda text: f"h2. {text}",
    _jira_table,
)  # fmt: skip
_GITHUB = _Dialect(
    "Title", markdown.LIMIT, markdown.escape_text, lambda text: f"**{text}**", lambda text: f"- {text}",
    lambda text: f"## {text}", _markdown_table,
)  # fmt: skip

TRACKERS: dict[str, Callable[[Ticket], Rendered]] = {"jira": for_jira, "github": for_github}
