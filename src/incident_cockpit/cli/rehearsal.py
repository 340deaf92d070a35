"""Every view and document of an incident, drawn for nobody: what an import has to pass before it is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from incident_cockpit.actions.action import Kind
from incident_cockpit.actions.options import options
from incident_cockpit.cli import judging, looks, plan_shapes, plan_words, shapes, standing
from incident_cockpit.cockpit.evidence import files
from incident_cockpit.errors import Refused
from incident_cockpit.exports import (
    breach,
    calendar,
    handing_over,
    joining,
    kept,
    messages,
    postmortem,
    restricted,
    scripts,
    situation,
    ticketing,
    timeline,
    update,
)
from incident_cockpit.exports.formats.ticket import TRACKERS
from incident_cockpit.incident import adherence, checklist, integrity, redline
from incident_cockpit.incident.place import place
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.timeline import lines
from incident_cockpit.journal.append import projected

Draw = Callable[[Record, datetime, tzinfo], object]


def first_fault(record: Record, now: datetime, zone: tzinfo) -> tuple[int, str] | None:
    """Return the seq of the event that would keep the incident from being worked on, and why; None where none does."""
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
        # A document may have nothing to say yet; a view always has.
        return refused.why if draw in _VIEWS.values() else None
    except Exception as error:
        # Whatever it is, a person would meet it later.
        return f"{type(error).__name__}: {error}"
    return None


def _culprit(draw: Draw, record: Record, now: datetime, zone: tzinfo) -> int:
    """Return the seq of an event without which the view can be drawn, by halving; the opening is taken as whole."""
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
            update.compose(record, one.audience, now, zone, target=one.format),
            update.how_old(record, one.audience, now, zone),
        )
        for one in record.incident.plan.cadences
    ]


def _adherence(record: Record, now: datetime, zone: tzinfo) -> object:  # noqa: ARG001 - every view is drawn alike
    judged = adherence.adherence(record, now)
    rows, shaped = judging.rows(judged, now), [judging.shape(one) for one in judged]
    return adherence.summary(judged), rows, shaped, kept.adherence_report(record, now)


def _runbooks(record: Record, now: datetime, zone: tzinfo) -> list[object]:  # noqa: ARG001
    incident = record.incident
    return [
        (
            shapes.redline(redline.redline(record, key)),
            redline.ticks(incident, key),
            checklist.parts(incident, key),
        )
        for key in incident.steps.runbooks
    ]


def _timeline(record: Record, now: datetime, zone: tzinfo) -> object:  # noqa: ARG001
    return timeline.timeline(record, zone), [shapes.timeline_line(record, line) for line in lines(record)]


def _plan(record: Record, now: datetime, zone: tzinfo) -> object:  # noqa: ARG001
    plan = record.incident.plan
    return plan_shapes.plan(plan), list(plan_words.lines(plan, now.date()))


def _texts(record: Record, now: datetime, zone: tzinfo) -> list[object]:
    who = record.events[0].who
    texts: list[object] = [messages.message(record, word, now, zone) for word, _ in messages.messages(record)]
    return texts + [scripts.script(record, word, who, now) for word, _ in scripts.scripts(record)]


def _tickets(record: Record, now: datetime, zone: tzinfo) -> list[object]:  # noqa: ARG001
    return [write(ticketing.ticket(record, now)) for write in TRACKERS.values()]


# What has to be there at every moment.
_VIEWS: dict[str, Draw] = {
    "its row in the list": lambda record, _now, _zone: projected(record.incident, record.events[0]),
    "its status": lambda record, now, _zone: list(standing.summary(record, now)),
    "its status line": lambda record, now, _zone: (
        standing.one_line(record, now), standing.one_line(restricted.veiled(record), now)
    ),
    "everything that is known of it": lambda record, now, _zone: (
        list(looks.whole(record, now)), shapes.incident(record, now)
    ),
    "its timeline": _timeline,
    "its runbooks": _runbooks,
    "what can be chosen in it": lambda record, _now, _zone: [options(kind, record.incident) for kind in Kind],
    "where its people are": lambda record, _now, _zone: [
        place(record, who) for who in {event.who for event in record.events}
    ],
    "its attachments": lambda record, _now, _zone: list(files(record)),
    "its plan": _plan,
}  # fmt: skip

_DOCUMENTS: dict[str, Draw] = {
    "an update": _updates,
    "a message": _texts,
    "its situation": situation.situation,
    "its adherence": _adherence,
    "its ticket": _tickets,
    "its postmortem": postmortem.postmortem,
    "its handoff brief": handing_over.brief,
    "its join brief": joining.join_brief,
    "its stand-down list": joining.stand_down,
    "its breach record": breach.breach_record,
    "its invitation": lambda record, now, _zone: (
        calendar.guests(record, {}), calendar.invitation(record, now, {})
    ),
    "its follow-ups": lambda record, _now, _zone: (
        shapes.follow_ups(record.incident), looks.follow_ups(record.incident)
    ),
}  # fmt: skip
