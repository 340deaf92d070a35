"""What is known of an incident besides its course: its report, its sort, where people meet, who may know, proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics import breach
from incident_cockpit.incident.topics.evidence import holder
from incident_cockpit.incident.topics.nature import held_types, removed_types, type_name
from incident_cockpit.incident.topics.report import Report, reporter
from incident_cockpit.timewords import stamp

Shape = dict[str, Any]
Rows = Sequence[Sequence[str]]


def shape(one: Incident) -> Shape:
    """Return it as JSON holds it; times are for the caller to word."""
    return {
        "report": _report(one.report) if one.report else None,
        # The latest of them, for readers that know one type.
        "type": next(reversed(held_types(one)), None),
        "types": [{"id": type_id, "since": one.nature.types[type_id].since} for type_id in held_types(one)],
        "types_removed": [
            {"id": type_id, "since": held.since, "removed": held.removed, "reason": held.reason}
            for type_id, held in removed_types(one).items()
        ],
        "found_by": one.nature.found.value if one.nature.found else None,
        "channel": one.meeting.channel or None,
        "call": one.meeting.call or None,
        "codename": one.codename or None,
        "breach": _breach(one),
        "evidence": [
            {
                "id": key,
                "text": kept.text,
                "where": kept.where or None,
                "by": kept.by,
                "when": kept.when,
                "handed": list(kept.handed),
            }
            for key, kept in one.evidence.items()
        ],
    }


def _report(report: Report) -> Shape:
    return {
        "outcome": report.outcome.value,
        "by": report.who or None,
        "kind": report.sort or None,
        "via": report.via or None,
        "text": report.text,
        "at": report.at,
        "answered": report.answered,
        "answer": report.answer or None,
        "investigator": report.investigator or None,
        "reason": report.reason or None,
        "same_as": report.same_as or None,
        "decided": report.decided,
    }


def _breach(one: Incident) -> Mapping[str, str | None] | None:
    if not breach.kept(one):
        return None
    return {field: one.breach[field].value if field in one.breach else None for field in breach.FIELDS}


def parts(one: Incident) -> Iterator[tuple[str, Rows]]:
    """Yield it as people read it, each part with its title; empty parts are for the caller to leave out."""
    yield "Report", list(_report_rows(one))
    yield "About", [(name, words) for name, words in _about(one) if words]
    record = (_breach(one) or {}).items()
    yield "Breach record", [(field, words or "not known yet") for field, words in record if words or field != "delay"]
    yield "Evidence", [(key, kept.text, kept.where, holder(kept)) for key, kept in one.evidence.items()]


def _about(one: Incident) -> Iterator[tuple[str, str]]:
    yield "type", ", ".join(type_name(one, type_id) for type_id in held_types(one))
    for type_id, held in removed_types(one).items():
        yield "type removed", f"{type_name(one, type_id)}, {_when(held.removed)}: {held.reason}"
    yield "found by", _found_by(one)
    yield "channel", f"#{one.meeting.channel}" if one.meeting.channel else ""
    yield "call", one.meeting.call
    yield "codename", one.codename


def _report_rows(one: Incident) -> Iterator[tuple[str, str]]:
    report = one.report
    if report is None:
        return
    sort = next((each.name for each in one.plan.reporters if each.id == report.sort), report.sort)
    via = f" via {report.via}" if report.via else ""
    yield stamp(report.at), f"{reporter(report)}{f' ({sort})' if sort else ''}{via}: {report.text}"
    if report.answered is not None:
        yield stamp(report.answered), "answered" + (f": {report.answer}" if report.answer else "")
    same = f" of {report.same_as}" if report.same_as else ""
    why = f": {report.reason}" if report.reason else ""
    yield _when(report.decided), f"{report.outcome.value}{same}{why}"


def _when(at: datetime | None) -> str:
    return stamp(at) if at else ""


def _found_by(one: Incident) -> str:
    found = one.nature.found
    return next((each.name for each in one.plan.detections if each.id == found.value), found.value) if found else ""
