"""Plan compliance: what the plan asks for by a time, and whether it was met."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.views.adherence import Assessment, Compliance, adherence, summary
from incident_cockpit.text.blocks import Block, Text, heading, items, paragraph, quiet, strong, table
from incident_cockpit.times.format import duration, stamp

# What needs attention first, and what does not apply last.
_ORDER = (
    (Compliance.MISSED, "Missed"),
    (Compliance.LATE, "Late"),
    (Compliance.RUNNING, "Open"),
    (Compliance.MET, "Met"),
    (Compliance.WAIVED, "Waived"),
    (Compliance.NOT_NEEDED, "Not needed"),
    (Compliance.NOT_APPLICABLE, "Not applicable"),
)


def compliance(view: Snapshot) -> Iterator[Block]:
    """Write each plan item under the heading of its assessment, with due time, delay and reason."""
    assessments = adherence(view.record, view.now)
    yield paragraph(f"{summary(assessments)}.")
    for verdict, title in _ORDER:
        group = [each for each in assessments if each.verdict is verdict]
        if group:
            yield heading((title, quiet(f" ({len(group)})")), 2)
            yield items((each.text, quiet(_details(each, view))) for each in group)


def _details(item: Assessment, view: Snapshot) -> str:
    parts = [f"due {view.clock(item.due)}"] if item.due else []
    parts += [f"met {view.clock(item.met)}"] if item.met else []
    parts += [delay(item.by, item.verdict)] if item.by is not None else []
    parts += [item.why] if item.why else []
    parts += ["from the previous plan"] if item.former else []
    return f" ({', '.join(parts)})" if parts else ""


def delay(by: timedelta, verdict: Compliance) -> str:
    """Return how late or early a plan item was met, or how much time is left."""
    if by >= timedelta(seconds=1):
        return f"late {duration(by)}"
    if verdict is Compliance.RUNNING:
        return f"{duration(-by)} left"
    return f"on time, {duration(-by)} early" if by <= timedelta(seconds=-1) else "on time"


def compliance_table(view: Snapshot) -> Iterator[Block]:
    """Write the plan items as a table, then those that do not apply; nothing if none applies: for a postmortem."""
    assessments = adherence(view.record, view.now)
    if any(each.verdict is not Compliance.NOT_APPLICABLE for each in assessments):
        yield paragraph(f"{summary(assessments)}.")
        yield from compliance_tables(assessments)


def compliance_tables(assessments: tuple[Assessment, ...]) -> Iterator[Block]:
    """Yield what applies as a table, and the rest as a list."""
    rows = [
        (each.text, each.who, stamp(each.due) if each.due else "", stamp(each.met) if each.met else "", _verdict(each))
        for each in assessments
        if each.verdict is not Compliance.NOT_APPLICABLE
    ]
    others = [f"{each.text}: {each.why}" for each in assessments if each.verdict is Compliance.NOT_APPLICABLE]
    if rows:
        yield table(("Plan item", "Who", "Due", "Met", ""), rows)
    if others:
        yield paragraph("Not applicable:")
        yield items(others)


def _verdict(item: Assessment) -> Text:
    why = f" ({item.why})" if item.why else ""
    late = f"late {duration(item.by)}" if item.by is not None else ""
    match item.verdict:
        case Compliance.MISSED:
            return (strong("missed"), f", {late}{why}" if late else why)
        case Compliance.LATE:
            return (strong(late or "late"), why)
        case Compliance.RUNNING:
            left = f", {duration(-item.by)} left" if item.by is not None and item.by < timedelta(0) else ""
            return f"open{left}{why}"
    return f"{item.verdict.value}{why}"
