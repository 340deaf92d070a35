"""Commands of triage: take down a report, say that it is an incident, or that it is none."""

from __future__ import annotations

import re

import click

from incident_cockpit.cli import beginnings, diagnostics, output, shapes
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.completing import detections as complete_detections
from incident_cockpit.cli.completing import incidents as complete_incidents
from incident_cockpit.cli.completing import plans as complete_plans
from incident_cockpit.cli.completing import reporters as complete_reporters
from incident_cockpit.cli.completing import severities as complete_severities
from incident_cockpit.cli.completing import types as complete_types
from incident_cockpit.cli.options import common
from incident_cockpit.cockpit.library import Library
from incident_cockpit.cockpit.session import Done, Session
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.incident.declare import Declaration
from incident_cockpit.incident.topics.report import Outcome
from incident_cockpit.journal.journal import Listed

# Words that can name an incident and are never a title by themselves.
_ID = re.compile(r"(?:inc-|#)?[0-9]{1,9}|[0-9a-f]{8,32}", re.IGNORECASE)
# The message that goes with each end of a triage.
_MESSAGE = {Outcome.FALSE_ALARM: "dismissed", Outcome.DUPLICATE: "duplicate", Outcome.NOT_URGENT: "ticket"}


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
    with call.library() as library:
        session = library.report(
            " ".join(title),
            by=by,
            sort=kind or "",
            via=via or "",
            plan=plan_name,
            runbook=runbook,
            at=beginnings.instant(library, at),
            started=beginnings.instant(library, started),
        )
        beginnings.answer(call, library, session)
        beginnings.say_report(session)
        beginnings.say_who_is_meant(library, session.record.id)
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
    with call.library() as library:
        text = " ".join(" ".join(words).split())
        row = None if as_title else _meant(call, library, text if words else None)
        if row is None:
            chosen = severity if severity is not None else library.plan(plan_name).severities[0].id
            session = library.declare(
                text,
                chosen,
                plan=plan_name,
                runbook=runbook,
                started=beginnings.instant(library, started),
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
                    f"incident do milestone started TIME, or incident do adopt-plan PLAN, for {row.name}",
                    ExitCode.USAGE,
                )
            session = library.session(row.id)
            said = Declaration(severity or _worst(session), why or "", types, found_by or "")
            warning = session.declare(said, runbook).warning
        beginnings.answer(call, library, session)
        beginnings.say_declared(session, new=row is None, warning=warning, asked=severity is not None)
        if row is None:
            beginnings.say_who_is_meant(library, session.record.id)
    return ExitCode.OK


def _worst(session: Session) -> str:
    incident = session.record.incident
    return incident.severity.value if incident.severity else incident.plan.severities[0].id


def _meant(call: Call, library: Library, text: str | None) -> Listed | None:
    """Return the incident that the words name, None where they are a title; raises Refused where they could be either.

    Without words it is the one that every command means.

    Guessing is worse than asking: the wrong guess pages people for the wrong thing.
    """
    named = call.named()
    if text is None:
        return library.meant(named)
    if named is not None:
        raise Refused("both a title or ID and --incident are given", "give one of them", ExitCode.USAGE)
    if _ID.fullmatch(text):
        return _found(library, text)
    if not text or not library.places.store.exists():
        return None
    waiting = [one for one in library.incidents() if one.triage is not None]
    plain = text.casefold()
    exact = [one for one in waiting if " ".join(one.title.split()).casefold() == plain and one.live]
    if len(exact) == 1:
        return exact[0]
    part = [one for one in waiting if one.live and plain in one.title.casefold()]
    if part:
        listed = ", ".join(f"{one.name} {one.title}" for one in part[:3])
        raise Refused(
            f"'{text}' could be a new incident, or what is in triage: {listed}",
            f"say which: incident declare {part[0].number}, or for a new one: incident declare --new {text}",
            ExitCode.USAGE,
        )
    return None


def _found(library: Library, word: str) -> Listed:
    try:
        return library.journal.find(word)
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
    with call.session(incident_id) as session:
        done = session.act(action, values)
        text = _thread_text(session)
        if call.json:
            output.shape({**shapes.kept(session.record, done.own), "message": text})
        else:
            output.text(text)
        _say_dismissed(session, done)
    return ExitCode.OK


def _thread_text(session: Session) -> str:
    # Late: the templates come with it.
    from incident_cockpit.exports.messages import message

    report = session.record.incident.report
    word = _MESSAGE[report.outcome] if report is not None else ""
    return message(session.record, word, session.here.now, session.here.zone).text


def _say_dismissed(session: Session, done: Done) -> None:
    incident = session.record.incident
    report = incident.report
    if report is None:
        return
    same = f" of {report.same_as}" if report.same_as else ""
    diagnostics.say(
        f"{incident.name} {incident.title}: {report.outcome.value}{same}; to take it back: incident do undo"
    )
    for one in incident.followups.values():
        if not one.done and one.raised == report.decided:
            diagnostics.say(f"  follow-up noted: {one.text}")
    if report.outcome is Outcome.NOT_URGENT:
        diagnostics.say("  the text above is the ticket: keep it where work is planned")
    if done.warning:
        diagnostics.say(f"warning: {done.warning}")
