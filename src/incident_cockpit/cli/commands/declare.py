"""What is said when an incident has begun: what it is now, who is in command, and what is due at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from shlex import quote

import click

from incident_cockpit.cli import output
from incident_cockpit.cli.completion import detections as complete_detections
from incident_cockpit.cli.completion import incidents as complete_incidents
from incident_cockpit.cli.completion import plans as complete_plans
from incident_cockpit.cli.completion import reporters as complete_reporters
from incident_cockpit.cli.completion import severities as complete_severities
from incident_cockpit.cli.completion import types as complete_types
from incident_cockpit.cli.context import Call, naming
from incident_cockpit.cli.options import common
from incident_cockpit.cli.output import in_commands, named
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

# What people do at once; updates and roles come round by themselves and are in the cockpit.
_AT_ONCE = frozenset((DueKind.NOTICE, DueKind.ESCALATION, DueKind.DEADLINE))


def instant(store: Store, words: str | None) -> datetime | None:
    """Return the time somebody gave, None where nobody did; raises Refused for what cannot be read."""
    return parse_time(words, store.clock.now(), store.zone).at if words is not None else None


def answer(call: Call, store: Store, session: Session) -> None:
    """Write the name to standard output, or everything that is known."""
    if call.json:
        output.shape(json.incident(session.record, store.clock.now()))
    else:
        output.text(session.record.incident.name)


def say_report(session: Session) -> None:
    """Say that it is in triage, and what has to be found out by when."""
    incident = session.record.incident
    report = incident.report
    by = f"reported by {reporter_name(report)}" if report is not None else "reported"
    output.say(f"{incident.name} {incident.title}: {by}, in triage")
    for item in due_items(incident):
        if item.kind is DueKind.REPORT:
            output.say(f"  {_due(item, session)}")
    number = incident.opening.number
    output.say(f"  if it is real: incident declare {number}; if not: incident dismiss {number} --reason TEXT")
    _warn(session.warning)


def say_declared(session: Session, *, new: bool, warning: str, asked: bool) -> None:
    """Say as what it was declared, and what is due at once: the first message, notices, whom to invite."""
    incident = session.record.incident
    level = incident.severity.value if incident.severity else ""
    which = "declared" if new else "the report is declared"
    output.say(f"{incident.name} {incident.title}: {which} as {level}, {commander(incident)} is in command")
    for line in _at_once(session, incident):
        output.say(f"  {line}")
    if not asked and len(incident.plan.severities) > 1:
        way = in_commands(":severity SEVERITY REASON", incident.opening.number)
        output.say(f"  nobody said how bad it is, so the worst was taken: {way}")
    _warn(warning)


def say_who_is_meant(store: Store, begun: str) -> None:
    """Warn when commands without a name still go to another incident, because that is seen too late otherwise."""
    from_env = store.env.get("INCIDENT")
    with suppress(Refused):
        other, one = store.select(), store.journal.find(begun)
        if other.id != one.id:
            way = f"INCIDENT={one.number}" if from_env else f"incident use {one.number}"
            output.say(f"  commands still go to {other.name} {other.title}; to change that: {way}")


def _at_once(session: Session, incident: Incident) -> Iterator[str]:
    now = session.here.now
    for item in due_items(incident):
        if item.kind in _AT_ONCE and urgency(item, now) is not Urgency.AHEAD:
            yield _due(item, session)
    named = f"--incident {incident.opening.number}"
    yield f"the first message is written: incident message declared {named}"
    joining = awaited_names(incident)
    if joining:
        yield f"{', '.join(joining)} should join: incident message invite {named}"
    if incident.meeting.channel:
        yield f"channel #{incident.meeting.channel}"
    if incident.meeting.call:
        yield f"call {incident.meeting.call}"
    if opening.needs_codename(incident):
        yield in_commands("only some may know of this: :restrict CODENAME", incident.opening.number)
    if security.missing_breach_fields(incident):
        yield in_commands("a breach record is kept: :breach FIELD TEXT", incident.opening.number)


def _due(item: DueItem, session: Session) -> str:
    route = f" ({item.route})" if item.route else ""
    return f"{item.text}{route}: {countdown(item.at, session.here.now)}"


def _warn(warning: str) -> None:
    if warning:
        output.warn(warning)


# -- triage: Commands of triage: take down a report, say that it is an incident, or that it is none.

# Words that can name an incident and are never a title by themselves.
_ID = re.compile(r"(?:inc-|#)?[0-9]{1,9}|[0-9a-f]{8,32}", re.IGNORECASE)
# The message that goes with each end of a triage.
_MESSAGE = {
    TriageOutcome.FALSE_ALARM: "dismissed",
    TriageOutcome.DUPLICATE: "duplicate",
    TriageOutcome.NOT_URGENT: "ticket",
}


@click.command()
@click.argument("title", nargs=-1, required=True)
@click.option("--by", metavar="NAME", help="Who reports it. [default: whoever speaks]")
@click.option(
    "--kind", metavar="REPORTER", shell_complete=complete_reporters, help="What sort of person, in the plan's words."
)
@click.option("--via", metavar="CHANNEL", help="The way it came. [default: the plan's]")
@click.option("--at", metavar="TIME", help="When it was reported, if not now: -20m, 14:05, 14:05Z.")
@click.option("--started", metavar="TIME", help="When the harm began, if known.")
@click.option(
    "--plan", "plan_name", metavar="PLAN", shell_complete=complete_plans, help="The response plan: a name or a file."
)
@click.option("--runbook", metavar="RUNBOOK", help="The runbook to find out with. [default: the plan's]")
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
    """Report what may be an incident, and print its name.

    It is in triage until somebody says what it is: incident declare ID, or incident dismiss ID.
    """
    with call.store() as store:
        session = store.report(
            " ".join(title),
            by=by,
            sort=kind or "",
            via=via or "",
            plan=plan_name,
            runbook=runbook,
            at=instant(store, at),
            started=instant(store, started),
        )
        answer(call, store, session)
        say_report(session)
        say_who_is_meant(store, session.record.id)
    return ExitCode.OK


@click.command()
@click.argument("words", metavar="[TITLE or ID]", nargs=-1, shell_complete=complete_incidents)
@click.option(
    "--severity", metavar="SEVERITY", shell_complete=complete_severities,
    help="How bad it is, in the plan's words. [default: the worst]",
)  # fmt: skip
@click.option("--why", metavar="TEXT", help="Why it is that bad; for one that was dismissed, why it is one after all.")
@click.option(
    "--type", "types", metavar="TYPE", multiple=True, shell_complete=complete_types,
    help="What type of incident it is; may be given again.",
)  # fmt: skip
@click.option("--found-by", metavar="DETECTION", shell_complete=complete_detections, help="How it was found.")
@click.option("--runbook", metavar="RUNBOOK", help="The runbook: a name or a Markdown file. [default: the plan's]")
@click.option("--started", metavar="TIME", help="When the harm began, if not now (new ones only).")
@click.option(
    "--plan", "plan_name", metavar="PLAN", shell_complete=complete_plans, help="The response plan (new ones only)."
)
@click.option("--new", "as_title", is_flag=True, help="Take the words as the title of a new incident.")
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
    """Declare what is in triage by its ID, or a new incident.

    The full title of what is in triage names it too; any other words are the title of a new one, and words that could
    be both are refused.

    You are in command until you hand it on. What is due at once is said afterwards.

    Without --severity it is taken as the worst: lowering it later costs less than having been too slow.
    """
    with call.store() as store:
        text = " ".join(" ".join(words).split())
        row = None if as_title else _meant(call, store, text if words else None)
        if row is None:
            chosen = severity if severity is not None else store.plan(plan_name).severities[0].id
            session = store.declare(
                text,
                chosen,
                plan=plan_name,
                runbook=runbook,
                started=instant(store, started),
                why=why or "",
                types=types,
                found_by=found_by or "",
            )
            warning = session.warning
        else:
            if started is not None or plan_name is not None:
                option = "--started" if started is not None else "--plan"
                raise Refused(
                    f"{row.name} is there already, so {option} has nothing to say",
                    in_commands(":milestone started TIME, or :adopt-plan PLAN", row.number),
                    ExitCode.USAGE,
                )
            session = store.session(row.id)
            said = Declaration(severity or _worst(session), why or "", types, found_by or "")
            with naming(session):
                warning = session.declare(said, runbook).warning
        answer(call, store, session)
        say_declared(session, new=row is None, warning=warning, asked=severity is not None)
        say_who_is_meant(store, session.record.id)
    return ExitCode.OK


def _worst(session: Session) -> str:
    incident = session.record.incident
    return incident.severity.value if incident.severity else incident.plan.severities[0].id


def _meant(call: Call, store: Store, text: str | None) -> Listed | None:
    """Return the incident that the words name, None where they are a title; raises Refused where they could be either.

    Without words it is the one that every command means.

    Guessing is worse than asking: the wrong guess pages people for the wrong thing.
    """
    named = call.named()
    if text is None:
        return call.meant(store, to_write=True)
    if named is not None:
        raise Refused("both a title or ID and --incident are given", "give one of them", ExitCode.USAGE)
    if _ID.fullmatch(text):
        return _found(store, text)
    if not text or not is_there(store.places.store):
        return None
    waiting = [one for one in store.incidents() if one.triage is not None]
    plain = text.casefold()
    exact = [one for one in waiting if " ".join(one.title.split()).casefold() == plain and one.live]
    if len(exact) == 1:
        return exact[0]
    part = [one for one in waiting if one.live and plain in one.title.casefold()]
    if part:
        listed = ", ".join(f"{one.name} {one.title}" for one in part[:3])
        raise Refused(
            f"'{text}' could be a new incident, or what is in triage: {listed}",
            f"say which: incident declare {part[0].number}, or for a new one: incident declare --new {quote(text)}",
            ExitCode.USAGE,
        )
    return None


def _found(store: Store, word: str) -> Listed:
    try:
        return store.journal.find(word)
    except NotFound as missing:
        raise NotFound(
            missing.why, f"see them all with: incident list; if it is a title: incident declare --new {word}"
        ) from missing


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--reason", metavar="TEXT", help="What showed it; of a duplicate it may stay empty.")
@click.option(
    "--duplicate-of", metavar="ID", shell_complete=complete_incidents,
    help="It is the same as this one, where the work goes on.",
)  # fmt: skip
@click.option("--not-urgent", is_flag=True, help="It is real and can wait: print the text of a ticket.")
@common()
def dismiss(call: Call, incident_id: str | None, reason: str | None, duplicate_of: str | None, not_urgent: bool) -> int:
    """Say that it is no incident; print the text for its thread.

    A false alarm, unless --duplicate-of or --not-urgent says otherwise.
    """
    if duplicate_of is not None and not_urgent:
        raise Refused("both --duplicate-of and --not-urgent are given", "give one of them", ExitCode.USAGE)
    action, values = "dismiss", {"reason": reason or ""}
    if duplicate_of is not None:
        action, values = "duplicate", {"of": duplicate_of, "reason": reason or ""}
    elif not_urgent:
        action = "not-urgent"
    with call.session(incident_id, to_write=True) as session:
        done = session.act(action, values)
        text = _thread_text(session)
        if call.json:
            output.shape({**json.kept(session.record, done.own), "message": text})
        else:
            output.text(text)
        _say_dismissed(call, session, done)
    return ExitCode.OK


def _thread_text(session: Session) -> str:
    # Late: the templates come with it.
    from incident_cockpit.documents.messages import compose_message

    report = session.record.incident.report
    word = _MESSAGE[report.outcome] if report is not None else ""
    return compose_message(session.record, word, session.here.now, session.here.zone).text


def _say_dismissed(call: Call, session: Session, done: ActionResult) -> None:
    incident = session.record.incident
    report = incident.report
    if report is None:
        return
    same = f" of {report.same_as}" if report.same_as else ""
    back = f"incident do undo{named(incident.opening.number, call.who)}"
    output.say(f"{incident.name} {incident.title}: {report.outcome.value}{same}; to take it back: {back}")
    for one in incident.followups.values():
        if not one.done and one.raised == report.decided:
            output.say(f"  follow-up noted: {one.text}")
    if report.outcome is TriageOutcome.NOT_URGENT:
        output.say("  the text above is the ticket: keep it where work is planned")
    if done.warning:
        output.warn(done.warning)
