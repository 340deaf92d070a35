"""How the incident kept to its plan, as a document and as a part of the postmortem."""

from __future__ import annotations

from datetime import datetime, timedelta

from incident_cockpit.documents.document import document
from incident_cockpit.documents.markdown import cell, say, table
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.adherence import Assessment, Compliance, adherence, summary
from incident_cockpit.times.format import duration, stamp


@document
def adherence_report(record: Record, now: datetime) -> str:
    """Return what the plan asks for by a time, and what became of each; times are in UTC."""
    incident = record.incident
    judged = adherence(record, now)
    parts = [
        f"# {incident.name} {say(incident.title)}: how it kept to the plan",
        f"{say(incident.plan.name)}, as it stood at {stamp(now)}: {say(summary(judged))}.",
        *_tables(judged),
    ]
    return "\n\n".join(parts) + "\n"


def chapter(record: Record, now: datetime) -> list[str]:
    """Return the same for a postmortem; nothing where the plan asks for nothing."""
    judged = adherence(record, now)
    if not any(one.verdict is not Compliance.NOT_APPLICABLE for one in judged):
        return []
    return [f"{say(summary(judged))}.", *_tables(judged)]


def _tables(judged: tuple[Assessment, ...]) -> list[str]:
    """Return what was asked for in a table, and what was not in a line each."""
    rows = [
        (cell(one.text), say(one.who), stamp(one.due) if one.due else "", _met(one), f"{_verdict(one)}{_why(one)}")
        for one in judged
        if one.verdict is not Compliance.NOT_APPLICABLE
    ]
    others = [f"- {say(one.text)}: {say(one.why)}" for one in judged if one.verdict is Compliance.NOT_APPLICABLE]
    blocks = [table(("What the plan asks for", "Whom", "Due", "Met", ""), rows)] if rows else []
    return [*blocks, *(["Not asked for here:", "\n".join(others)] if others else [])]


def _met(one: Assessment) -> str:
    return stamp(one.met) if one.met else ""


def _verdict(one: Assessment) -> str:
    if one.verdict is Compliance.MISSED:
        return f"**missed**, late {duration(one.by)}" if one.by is not None else "**missed**"
    if one.verdict is Compliance.LATE:
        return f"**late {duration(one.by)}**" if one.by is not None else "**late**"
    if one.verdict is Compliance.RUNNING:
        return f"open, {duration(-one.by)} left" if one.by is not None and one.by < timedelta(0) else "open"
    return one.verdict.value


def _why(one: Assessment) -> str:
    return f" ({cell(one.why)})" if one.why else ""
