"""How lists and incidents look as plain text: aligned columns, one line a thing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from incident_cockpit.cli import loop, particulars
from incident_cockpit.cli.standing import summary
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.followups import FollowUp
from incident_cockpit.incident.topics.gates import question
from incident_cockpit.incident.topics.roles import taker, without_role
from incident_cockpit.incident.topics.steps import SO_MARKED, Mark
from incident_cockpit.journal.journal import Listed
from incident_cockpit.runbook.model import Gate
from incident_cockpit.text.clean import clean_line
from incident_cockpit.timewords import clock, ran, stamp


def columns(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the rows with their columns aligned; the last column is as long as it is."""
    cells = [[clean_line(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(padded).rstrip()


def _width(text: str) -> int:
    """Return how many cells a terminal takes for the text, near enough for a column and without a library."""
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200c\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def listing(rows: Iterable[Listed], now: datetime) -> Iterator[str]:
    """Yield one line an incident: name, severity, where it stands, how long it runs or ran, who commands, title."""
    return columns(
        [
            (
                one.name,
                one.severity or "-",
                one.standing or "-",
                ran(one.opened, one.ended, now),
                one.commander or "-",
                one.words,
            )
            for one in rows
        ]
    )


def whole(record: Record, now: datetime) -> Iterator[str]:
    """Yield everything that is known of the incident but its timeline."""
    incident = record.incident
    yield from summary(record, now)
    yield from _part("Impact", [(incident.impact.value,)] if incident.impact else [("not described",)])
    for title, rows in particulars.parts(incident):
        yield from _part(title, rows)
    yield from _part("Milestones", [(name, stamp(at)) for name, at in incident.milestones.items()])
    yield from _part("People", _people(incident))
    for title, rows in loop.parts(record, now):
        yield from _part(title, rows)
    yield from _part(
        "Updates",
        [
            (f"{one.audience} {one.number}", stamp(one.sent), one.route, one.by)
            for one in incident.updates.sent.values()
        ],
    )
    yield from _part("Follow-ups", follow_ups(incident))
    for key, book in incident.steps.runbooks.items():
        rows = [
            _step(incident, f"{key}.{step.key}", step.key, step.depth, step.text) for step in incident.steps.of(key)
        ]
        yield from _part(f"Runbook {book.title}", rows)
        yield from _part(
            f"Decisions of {book.title}", [_gate(incident, f"{key}.{gate.key}", gate) for gate in book.gates]
        )


def _part(title: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield ""
        yield title
        yield from (f"  {line}" for line in columns(rows))


def _people(incident: Incident) -> list[tuple[str, str]]:
    if incident.adopted is None:
        return []
    held = {role.name: incident.roles.get(role.id, ()) for role in incident.plan.roles}
    return [(name, ", ".join(each.who for each in holders) or "nobody") for name, holders in held.items()]


def follow_ups(incident: Incident) -> list[tuple[str, str, str, str]]:
    """Return the follow-ups as rows: open or done, words, owner, and what more is known of each."""
    return [("done" if one.done else "open", one.text, one.owner, _more(one)) for one in incident.followups.values()]


def _more(one: FollowUp) -> str:
    parts = (
        f"{one.priority} priority" if one.priority else "",
        one.kind,
        f"due {stamp(one.due)}" if one.due else "",
        f"done when: {one.success}" if one.success else "",
    )
    return "; ".join(part for part in parts if part)


_SIGNS = {"open": "[ ]", "in progress": "[>]", "done": "[x]", "skipped": "[-]"}


def _step(incident: Incident, step: str, key: str, depth: int, text: str) -> tuple[str, str, str]:
    mark = incident.steps.marks.get(step)
    added = "+ " if step in incident.steps.added else ""
    text = without_role(incident.plan, text) if step in incident.steps.given else text
    words = f"{_SIGNS[incident.steps.status(step).value]} {'  ' * depth}{added}{text}"
    return (
        key,
        words,
        _marked(incident, mark) if mark and incident.steps.closed(step) else _waiting(incident, step, mark),
    )


def _marked(incident: Incident, mark: Mark) -> str:
    if mark.reason == SO_MARKED:
        return mark.reason
    said = f"{mark.who} {clock(mark.when, UTC, incident.opened)}"
    return f"{said}: {mark.answer or mark.reason}" if mark.answer or mark.reason else said


def _waiting(incident: Incident, step: str, mark: Mark | None) -> str:
    """Return who began a step that is not closed, who it is with, and by when it should be done."""
    given, until = incident.steps.given.get(step), incident.steps.boxes.get(step)
    parts = [f"{mark.who} {clock(mark.when, UTC, incident.opened)}"] if mark else []
    parts += [f"→ {taker(incident, given)}"] if given else []
    parts += [f"by {clock(until, UTC, incident.opened)} UTC"] if until else []
    return "  ".join(parts)


def _gate(incident: Incident, gate_id: str, gate: Gate) -> tuple[str, str, str]:
    passed = incident.gates.get(gate_id)
    if passed is None:
        return gate.key, "open", question(gate)
    return gate.key, f"{passed.who} {clock(passed.when, UTC, incident.opened)}", passed.told
