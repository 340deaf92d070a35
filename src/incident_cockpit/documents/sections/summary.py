"""Summary, detection and metrics of a postmortem."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from incident_cockpit.documents.markdown import to_be_written
from incident_cockpit.documents.sections.head import detection_name
from incident_cockpit.documents.sections.impact import peak_sentence
from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.views.history import declarer, tenures
from incident_cockpit.incident.views.metrics import metrics
from incident_cockpit.text.blocks import Block, paragraph, table
from incident_cockpit.times.format import duration_in_words, stamp


def summary(view: Snapshot) -> Iterator[Block]:
    """Write in a few sentences what it was, how long it took, its impact and who responded."""
    incident = view.incident
    severity = f"a {incident.severity.value} incident" if incident.severity else "an incident"
    impact = f" Impact: {incident.impact.value}" if incident.impact else ""
    if peak := peak_sentence(view, past=True):
        impact = f"{impact.rstrip('. ')}. {peak}"
    start = f"“{incident.title}” was {severity} that started at {stamp(incident.started)}"
    yield paragraph(f"{start} {_end(view)}{impact}")
    # People with a role first, then those who did something without one.
    holders = (held.who for held in tenures(view.record))
    responders = dict.fromkeys((*holders, *(event.who for event in view.record.effective())))
    if responders:
        yield paragraph(f"Responders: {', '.join(responders)}.")
    yield to_be_written("in three sentences, what happened, why, and what was done")


def _end(view: Snapshot) -> str:
    incident = view.incident
    report = incident.report
    if incident.ended and incident.dismissed and report is not None:
        same = f" of {report.same_as}" if report.same_as else ""
        reason = f": {report.reason}" if report.reason else ""
        return f"and was dismissed at {stamp(incident.ended)} as: {report.outcome.value}{same}{reason}."
    if incident.ended:
        length = duration_in_words(incident.ended - incident.started)
        return f"and was resolved at {stamp(incident.ended)}, after {length}."
    return f"and is open, for {duration_in_words(view.now - incident.started)} so far."


def detection(view: Snapshot) -> Iterator[Block]:
    """Write when and how it was detected, who reported it and who declared it."""
    incident = view.incident
    sentences = []
    detected, declared = incident.milestones.get("detected"), incident.milestones.get("declared")
    by = f", by: {detection_name(incident)}" if incident.classification.found else ""
    if detected is not None:
        delay = duration_in_words(detected - incident.started)
        after = f", {delay} after the start" if detected >= incident.started else ""
        sentences.append(f"Detected at {stamp(detected)}{after}{by}.")
    elif by:
        sentences.append(f"Detected{by}.")
    if (report := incident.report) is not None:
        via = f" ({report.via})" if report.via else ""
        sentences.append(f"Reported by {report.who or 'an unnamed reporter'}{via} at {stamp(report.at)}.")
    if declared is not None:
        sentences.append(f"Declared by {declarer(view.record)} at {stamp(declared)}.")
    if sentences:
        yield paragraph(" ".join(sentences))
    yield to_be_written("what detected it, and what should have detected it sooner")


def metrics_table(view: Snapshot) -> Iterator[Block]:
    """Write how long things took, beside the plan's targets where it has some."""
    figures = metrics(view.incident)
    rows = [
        (
            each.name,
            duration_in_words(each.value) if each.value is not None else "unknown",
            f"{each.since} to {each.until}",
        )
        for each in figures
    ]
    heads: tuple[str, ...] = ("Metric", "Value", "From, to")
    if not any(each.target is not None for each in figures):
        yield table(heads, rows)
        return
    verdicts = {True: "met", False: "missed", None: ""}
    targets = [
        (duration_in_words(each.target) if each.target is not None else "", verdicts[each.kept]) for each in figures
    ]
    yield table((*heads, "Target", ""), [(*row, *target) for row, target in zip(rows, targets, strict=True)])


def _length(span: timedelta | None) -> str:
    return duration_in_words(span) if span is not None else ""
