"""The check of an incident before its import is stored: every view and document of it is drawn once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from incident_cockpit.actions.registry import KINDS
from incident_cockpit.cli.commands import documents
from incident_cockpit.cli.views import json, plan_json, status, text
from incident_cockpit.cli.views.layout import as_text
from incident_cockpit.documents import document, invitation, messages, scripts, ticket, update
from incident_cockpit.documents.formats.ticket import TRACKERS
from incident_cockpit.documents.registry import DOCUMENTS
from incident_cockpit.errors import Refused
from incident_cockpit.incident import integrity
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views import adherence, checklist, redline
from incident_cockpit.incident.views.checklist import last_position
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.journal.append import projected
from incident_cockpit.plan.render import plan_blocks
from incident_cockpit.service.evidence import attached_files

Draw = Callable[[Record, datetime, tzinfo], object]


def find_fault(record: Record, now: datetime, zone: tzinfo) -> tuple[int, str] | None:
    """Return the seq of the first event that makes a view or document fail, and why; None where none does."""
    for fault in integrity.complaints(record):
        return fault
    for name, draw in (*_VIEWS.items(), *_DOCUMENTS.items()):
        if (error := _failure(draw, record, now, zone)) is not None:
            return _culprit(draw, record, now, zone), f"{name} cannot be drawn with it ({error})"
    return None


def _failure(draw: Draw, record: Record, now: datetime, zone: tzinfo) -> str | None:
    try:
        draw(record, now, zone)
    except Refused as refused:
        # A document may have no content yet; a view always has.
        return refused.why if draw in _VIEWS.values() else None
    except Exception as error:
        # Any error here would be met by a person later.
        return f"{type(error).__name__}: {error}"
    return None


def _culprit(draw: Draw, record: Record, now: datetime, zone: tzinfo) -> int:
    """Return the seq of an event without which the view can be drawn, by bisection after the opening."""
    good, bad = 0, record.seq
    while bad - good > 1:
        middle = (good + bad) // 2
        part = Record(record.id, record.events[:middle])
        if part.incident.adoption is None or _failure(draw, part, now, zone) is None:
            good = middle
        else:
            bad = middle
    return bad


def _updates(record: Record, now: datetime, zone: tzinfo) -> list[object]:
    return [
        (
            update.compose_update(record, cadence.audience, now, zone, target=cadence.format),
            update.field_ages(record, cadence.audience, now, zone),
        )
        for cadence in record.incident.plan.cadences
    ]


def _adherence(record: Record, now: datetime, zone: tzinfo) -> object:  # noqa: ARG001 - all writers have one signature
    items = adherence.adherence(record, now)
    rows, data = documents.compliance_rows(items, now), [json.plan_item(item) for item in items]
    return adherence.summary(items), rows, data


def _runbooks(record: Record, now: datetime, zone: tzinfo) -> list[object]:  # noqa: ARG001
    incident = record.incident
    return [
        (
            json.redline(redline.redline(record, key)),
            redline.step_marks(incident, key),
            checklist.checklist_sections(incident, key),
        )
        for key in incident.steps.runbooks
    ]


def _texts(record: Record, now: datetime, zone: tzinfo) -> list[object]:
    who = record.events[0].who
    texts: list[object] = [
        messages.compose_message(record, word, now, zone) for word, _ in messages.available_messages(record)
    ]
    return texts + [scripts.compose_script(record, word, who, now) for word, _ in scripts.available_scripts(record)]


# Drawn at any moment; a refusal is an error.
_VIEWS: dict[str, Draw] = {
    "its row in the list": lambda record, _now, _zone: projected(record.incident, record.events[0]),
    "its status": lambda record, now, _zone: list(status.summary(record, now)),
    "its status line": lambda record, now, _zone: (
        status.one_line(record, now), status.one_line(document.veiled(record), now)
    ),
    "its details": lambda record, now, _zone: (
        list(text.whole(record, now)), json.incident(record, now)
    ),
    "its timeline": lambda record, _now, _zone: [
        json.timeline_line(record, line) for line in timeline_entries(record)
    ],
    "its runbooks": _runbooks,
    "its choices": lambda record, _now, _zone: [kind.choices(record) for kind in KINDS],
    "the positions of its responders": lambda record, _now, _zone: [
        last_position(record, who) for who in {event.who for event in record.events}
    ],
    "its attachments": lambda record, _now, _zone: list(attached_files(record)),
    "its plan": lambda record, now, _zone: (
        plan_json.plan_object(record.incident.plan), list(as_text(plan_blocks(record.incident.plan, now.date())))
    ),
}  # fmt: skip

_DOCUMENTS: dict[str, Draw] = {
    "an update": _updates,
    "a message": _texts,
    **{f"its {kind.title.lower()} ({kind.id})": kind.text for kind in DOCUMENTS.values()},
    "its adherence": _adherence,
    "its ticket": lambda record, now, _zone: [write(ticket.ticket(record, now)) for write in TRACKERS.values()],
    "its invitation": lambda record, now, _zone: (
        invitation.invitees(record, {}), invitation.review_invitation(record, now, {})
    ),
    "its follow-ups": lambda record, _now, _zone: (
        json.follow_ups(record.incident), text.follow_ups(record.incident)
    ),
}  # fmt: skip
