"""How an incident kept to its plan, from the command line: a calm table, JSON, or the document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import click

from incident_cockpit.cli import diagnostics, looks, output, shapes
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.completing import incidents as complete_incidents
from incident_cockpit.cli.options import common
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.incident.adherence import Judged, Verdict, summary
from incident_cockpit.incident.adherence import adherence as judge
from incident_cockpit.timewords import clock, countdown, duration

# What needs looking at comes first, what the plan did not ask for last.
_ORDER = (
    Verdict.MISSED, Verdict.LATE, Verdict.RUNNING, Verdict.MET, Verdict.WAIVED, Verdict.NOT_NEEDED,
    Verdict.NOT_APPLICABLE,
)  # fmt: skip


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--markdown", is_flag=True, help="Write it as a Markdown document.")
@common()
def adherence(call: Call, incident_id: str | None, markdown: bool) -> int:
    """Say how the incident kept to its plan.

    Each thing that the plan asks for was met, late, missed, not needed or not asked for here, and by how much.
    """
    if markdown and call.json:
        raise Refused("both --markdown and --json are given", "give one of them", ExitCode.USAGE)
    with call.session(incident_id) as session:
        record, now = session.record, session.here.now
    judged = judge(record, now)
    if call.json:
        output.shape([shape(one) for one in judged])
    elif markdown:
        from incident_cockpit.exports.kept import adherence_report

        output.text(adherence_report(record, now))
    else:
        output.lines(looks.columns(rows(judged, now)))
        incident = record.incident
        diagnostics.say(f"{incident.name} {incident.codename or incident.title}: {summary(judged)}")
    return ExitCode.OK


def rows(judged: Iterable[Judged], now: datetime) -> list[tuple[str, str, str, str, str]]:
    """Return a line each: the verdict, what was asked for, when it was due, when it was met, by how much or why."""
    ordered = sorted(judged, key=lambda one: _ORDER.index(one.verdict))
    return [
        (one.verdict.value, _what(one), _time("due", one.due, now), _time("met", one.met, now), _how(one, now))
        for one in ordered
    ]


def _what(one: Judged) -> str:
    return f"{one.text} (by the plan before)" if one.former else one.text


def _time(word: str, at: datetime | None, now: datetime) -> str:
    return f"{word} {clock(at, UTC, now)} UTC" if at is not None else ""


def _how(one: Judged, now: datetime) -> str:
    left = countdown(one.due, now) if one.verdict is Verdict.RUNNING and one.due is not None else ""
    return ", ".join(part for part in (left or _by(one), one.why) if part)


def _by(one: Judged) -> str:
    """Say how late it was, or that it was in time and by how much."""
    if one.by is None or one.verdict in (Verdict.WAIVED, Verdict.NOT_NEEDED, Verdict.NOT_APPLICABLE):
        return ""
    if one.verdict is not Verdict.MET:
        return f"late {duration(one.by)}"
    early = duration(-one.by) if one.by <= timedelta(seconds=-1) else ""
    return f"in time, {early} early" if early else "in time"


def shape(one: Judged) -> shapes.Shape:
    """Return a judgement as JSON; `by_seconds` is negative where it was early or there is time left."""
    return {
        "id": one.id,
        "kind": one.kind,
        "text": one.text,
        "who": one.who or None,
        "verdict": one.verdict.value,
        "due": shapes.instant(one.due),
        "met": shapes.instant(one.met),
        "by_seconds": int(one.by.total_seconds()) if one.by is not None else None,
        "why": one.why or None,
        "former": one.former,
    }
