"""Commands that begin an incident or end its triage: `report`, `declare` and `dismiss`; what they report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from shlex import quote

import click

from incident_cockpit.cli import completion, output
from incident_cockpit.cli.context import Call, naming_incident
from incident_cockpit.cli.options import (
    check_exclusive,
    common,
    incident_argument,
    plan_option,
    runbook_option,
    type_option,
)
from incident_cockpit.cli.output import in_commands, incident_option
from incident_cockpit.cli.views import json
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.files import is_there
from incident_cockpit.incident.declare import Declaration, awaited_names
from incident_cockpit.incident.facts import opening, security
from incident_cockpit.incident.facts.report import TriageOutcome, reporter_name
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueItem, DueKind, Urgency, due_items, urgency
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.session import ActionResult, Session
from incident_cockpit.service.store import Store
from incident_cockpit.times.format import countdown
from incident_cockpit.times.parse import parse_time

# Due items that are reported after a declaration; updates and roles have their place in the cockpit.
_REPORTED = frozenset((DueKind.NOTICE, DueKind.ESCALATION, DueKind.DEADLINE))


def read_time(store: Store, text: str | None) -> datetime | None:
    """Return the time of an option, None where it was not given; raises Refused for one that cannot be read."""
    return parse_time(text, store.clock.now(), store.zone).at if text is not None else None


def print_name(call: Call, store: Store, session: Session) -> None:
    """Print the name of a new incident, or all of it as JSON."""
    if call.json:
        output.json(json.incident(session.record, store.clock.now()))
    else:
        output.text(session.record.incident.name)


def say_reported(session: Session) -> None:
    """Report that an incident is in triage, and what is due."""
    incident = session.record.incident
    report = incident.report
    by = f"reported by {reporter_name(report)}" if report is not None else "reported"
    output.say(f"{incident.name} {incident.title}: {by}, in triage")
    for item in due_items(incident):
        if item.kind is DueKind.REPORT:
            output.say(f"  {_due(item, session)}")
    number = incident.opening.number
    output.say(f"  if it is real: incident declare {number}; if not: incident dismiss {number} --reason TEXT")
    if session.warning:
        output.warn(session.warning)


def say_declared(session: Session, *, warning: str, assumed: bool) -> None:
    """Report the severity, the commander, and what is due; `assumed` is whether the severity was not given."""
    incident = session.record.incident
    level = incident.severity.value if incident.severity else ""
    output.say(f"{incident.name} {incident.title}: declared {level}, {commander(incident)} is in command")
    for line in _next_steps(session, incident):
        output.say(f"  {line}")
    if assumed and len(incident.plan.severities) > 1:
        command = in_commands(":severity SEVERITY REASON", incident.opening.number)
        output.say(f"  no severity given: {level} assumed; to change it: {command}")
    if warning:
        output.warn(warning)


def say_other_current(store: Store, incident_id: str) -> None:
    """Warn where commands without an ID still go to another incident than the new one."""
    from_env = store.env.get("INCIDENT")
    with suppress(Refused):
        current, row = store.select(), store.journal.find(incident_id)
        if current.id != row.id:
            command = f"INCIDENT={row.number}" if from_env else f"incident use {row.number}"
            output.say(f"  the current incident is still {current.name} {current.title}; to change that: {command}")


def _next_steps(session: Session, incident: Incident) -> Iterator[str]:
    now = session.here.now
    for item in due_items(incident):
        if item.kind in _REPORTED and urgency(item, now) is not Urgency.AHEAD:
            yield _due(item, session)
    option = incident_option(incident.opening.number)
    yield f"first message: incident message declared{option}"
    joining = awaited_names(incident)
    if joining:
        yield f"ask {', '.join(joining)} to join: incident message invite{option}"
    if incident.meeting.channel:
        yield f"channel #{incident.meeting.channel}"
    if incident.meeting.call:
        yield f"call {incident.meeting.call}"
    if opening.needs_codename(incident):
        yield in_commands("restricted: set a codename: :restrict CODENAME", incident.opening.number)
    if security.missing_breach_fields(incident):
        yield in_commands("keep the breach record: :breach FIELD TEXT", incident.opening.number)


def _due(item: DueItem, session: Session) -> str:
    route = f" ({item.route})" if item.route else ""
    return f"{item.text}{route}: {countdown(item.at, session.here.now)}"


# -- Commands

# Words that can name an incident and are never a title by themselves.
_ID = re.compile(r"(?:inc-|#)?[0-9]{1,9}|[0-9a-f]{8,32}", re.IGNORECASE)
# The message for each outcome of triage that ends it.
_MESSAGE = {
    TriageOutcome.FALSE_ALARM: "dismissed",
    TriageOutcome.DUPLICATE: "duplicate",
    TriageOutcome.NOT_URGENT: "ticket",
}


@click.command()
@click.argument("title", nargs=-1, required=True)
@click.option("--by", metavar="NAME", help="Reporter. [default: you]")
@click.option(
    "--kind", metavar="REPORTER", shell_complete=completion.reporters, help="Kind of reporter, from the plan."
)
@click.option("--via", metavar="CHANNEL", help="Channel of the report. [default: from the plan]")
@click.option("--at", metavar="TIME", help="When it was reported, if not now: -20m, 14:05, 14:05Z.")
@click.option("--started", metavar="TIME", help="When impact started, if known.")
@plan_option
@click.option("--runbook", metavar="RUNBOOK", help="Triage runbook. [default: from the plan]")
@common(incident=False)
def report(
    call: Call,
    title: tuple[str, ...],
    by: str | None,
    kind: str | None,
    via: str | None,
    at: str | None,
    started: str | None,
    plan_name: str | None,
    runbook: str | None,
) -> int:
    """Report a possible incident for triage, and print its ID.

    To end triage: incident declare ID, or incident dismiss ID.
    """
    with call.store() as store:
        session = store.report(
            " ".join(title),
            by=by,
            sort=kind or "",
            via=via or "",
            plan=plan_name,
            runbook=runbook,
            at=read_time(store, at),
            started=read_time(store, started),
        )
        print_name(call, store, session)
        say_reported(session)
        say_other_current(store, session.record.id)
    return ExitCode.OK


@click.command()
@click.argument("words", metavar="[TITLE or ID]", nargs=-1, shell_complete=completion.incidents)
@click.option(
    "--severity", metavar="SEVERITY", shell_complete=completion.severities,
    help="Severity, from the plan. [default: the highest]",
)  # fmt: skip
@click.option("--why", metavar="TEXT", help="Reason for the severity, or for reopening a dismissed report.")
@type_option
@click.option(
    "--detected-by", "--found-by", "found_by", metavar="DETECTION", shell_complete=completion.detections,
    help="How it was detected.",
)  # fmt: skip
@runbook_option
@click.option("--started", metavar="TIME", help="When impact started, if not now (new incidents only).")
@click.option(
    "--plan", "plan_name", metavar="PLAN", shell_complete=completion.plans, help="Response plan (new incidents only)."
)
@click.option(
    "--new", "as_title", is_flag=True, help="Declare a new incident with this title, even if a report matches."
)
@common()
def declare(
    call: Call,
    words: tuple[str, ...],
    severity: str | None,
    why: str | None,
    types: tuple[str, ...],
    found_by: str | None,
    runbook: str | None,
    started: str | None,
    plan_name: str | None,
    as_title: bool,
) -> int:
    """Declare a report by its ID, or a new incident by its title.

    The full title of a report in triage also selects it. Part of such a title is ambiguous, and refused.

    You are in command until you hand off. Due items are listed.

    Without --severity it is declared at the highest severity, because lowering it later costs less than a slow start.
    """
    with call.store() as store:
        text = " ".join(" ".join(words).split())
        row = None if as_title else _report_to_declare(call, store, text if words else None)
        if row is None:
            session = store.declare(
                text,
                severity if severity is not None else store.plan(plan_name).severities[0].id,
                plan=plan_name,
                runbook=runbook,
                started=read_time(store, started),
                why=why or "",
                types=types,
                found_by=found_by or "",
            )
            warning = session.warning
        else:
            if started is not None or plan_name is not None:
                option = "--started" if started is not None else "--plan"
                raise Refused(
                    f"{option} is for new incidents only, and {row.name} already exists",
                    in_commands("use :milestone started TIME, or :adopt-plan PLAN", row.number),
                    ExitCode.USAGE,
                )
            session = store.session(row.id)
            current = session.record.incident
            # A report that was an incident before has a severity; another gets the highest of its plan.
            default = current.severity.value if current.severity else current.plan.severities[0].id
            declaration = Declaration(severity or default, why or "", types, found_by or "")
            with naming_incident(session):
                warning = session.declare(declaration, runbook).warning
        print_name(call, store, session)
        say_declared(session, warning=warning, assumed=severity is None)
        say_other_current(store, session.record.id)
    return ExitCode.OK


def _report_to_declare(call: Call, store: Store, text: str | None) -> Listed | None:
    """Return the report that the words name, None where they are a title; raises Refused where they could be either.

    Without words it is the current incident. A wrong guess would page people for the wrong incident.
    """
    check_exclusive(("a title or ID", text is not None), ("--incident", call.reference() is not None))
    if text is None:
        return call.select(store, to_write=True)
    if _ID.fullmatch(text):
        try:
            return store.journal.find(text)
        except NotFound as missing:
            hint = f"to list all: incident list; if it is a title: incident declare --new {text}"
            raise NotFound(missing.why, hint) from missing
    if not text or not is_there(store.places.store):
        return None
    title = text.casefold()
    reports = [row for row in store.incidents() if row.triage is not None and row.live]
    same = [row for row in reports if " ".join(row.title.split()).casefold() == title]
    if len(same) == 1:
        return same[0]
    similar = [row for row in reports if title in row.title.casefold()]
    if similar:
        names = ", ".join(f"{row.name} {row.title}" for row in similar[:3])
        raise Refused(
            f'"{text}" could be a new incident or a report in triage: {names}',
            f"for the report: incident declare {similar[0].number}; "
            f"for a new incident: incident declare --new {quote(text)}",
            ExitCode.USAGE,
        )
    return None


@click.command()
@incident_argument
@click.option("--reason", metavar="TEXT", help="Reason; optional for a duplicate.")
@click.option(
    "--duplicate-of", metavar="ID", shell_complete=completion.incidents,
    help="It is a duplicate of this incident, where the response continues.",
)  # fmt: skip
@click.option("--not-urgent", is_flag=True, help="It is real but not urgent: print a ticket.")
@common()
def dismiss(call: Call, incident_id: str | None, reason: str | None, duplicate_of: str | None, not_urgent: bool) -> int:
    """Dismiss a report, and print the message for its reporter.

    It is a false alarm, unless --duplicate-of or --not-urgent is given.
    """
    check_exclusive(("--duplicate-of", duplicate_of is not None), ("--not-urgent", not_urgent))
    action, values = "not-urgent" if not_urgent else "dismiss", {"reason": reason or ""}
    if duplicate_of is not None:
        action, values = "duplicate", {"of": duplicate_of, "reason": reason or ""}
    with call.session(incident_id, to_write=True) as session:
        result = session.act(action, values)
        text = _message(session)
        if call.json:
            output.json({**json.logged_events(session.record, result.own), "message": text})
        else:
            output.text(text)
        _say_dismissed(call, session, result)
    return ExitCode.OK


def _message(session: Session) -> str:
    """Return the message that tells the outcome of triage."""
    # Late: the templates come with it.
    from incident_cockpit.documents.messages import compose_message

    report = session.record.incident.report
    name = _MESSAGE[report.outcome] if report is not None else ""
    return compose_message(session.record, name, session.here.now, session.here.zone).text


def _say_dismissed(call: Call, session: Session, result: ActionResult) -> None:
    incident = session.record.incident
    report = incident.report
    if report is None:
        return
    original = f" of {report.same_as}" if report.same_as else ""
    undo = f"incident do undo{incident_option(incident.opening.number, call.who)}"
    output.say(f"{incident.name} {incident.title}: {report.outcome.value}{original}; to undo: {undo}")
    for follow_up in incident.followups.values():
        if not follow_up.done and follow_up.raised == report.decided:
            output.say(f"  follow-up added: {follow_up.text}")
    if report.outcome is TriageOutcome.NOT_URGENT:
        output.say("  the text above is the ticket: paste it into your tracker")
    if result.warning:
        output.warn(result.warning)
