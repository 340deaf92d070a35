"""Commands about incidents as wholes: begin, list, show, choose, open."""

from __future__ import annotations

import click

from incident_cockpit.cli import output
from incident_cockpit.cli.commands import declare
from incident_cockpit.cli.completion import incidents as complete_incidents
from incident_cockpit.cli.completion import plans as complete_plans
from incident_cockpit.cli.completion import types as complete_types
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import common
from incident_cockpit.cli.views import json, text
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.service.overview import Group, grouped, owed, repair
from incident_cockpit.text.plurals import counted


@click.command()
@click.argument("title", nargs=-1, required=True)
@click.option("--severity", metavar="SEVERITY", help="How bad it is, in the plan's words.")
@click.option(
    "--plan", "plan_name", metavar="PLAN", shell_complete=complete_plans, help="The response plan: a name or a file."
)
@click.option(
    "--type", "types", metavar="TYPE", multiple=True, shell_complete=complete_types,
    help="What type of incident it is; may be given again.",
)  # fmt: skip
@click.option("--runbook", metavar="RUNBOOK", help="The runbook: a name or a Markdown file. [default: the plan's]")
@click.option("--started", metavar="TIME", help="When the harm began, if not now: -20m, 14:05, 14:05Z.")
@click.option("--open", "then_open", is_flag=True, help="Open the cockpit on it.")
@common(incident=False)
def new(
    call: Call,
    title: tuple[str, ...],
    severity: str | None,
    plan_name: str | None,
    types: tuple[str, ...],
    runbook: str | None,
    started: str | None,
    then_open: bool,
) -> int:
    """Declare an incident, or report it where triage comes first.

    Its name is printed. You are in command of what is declared until you hand it on.

    Without --severity it is a report in triage where the plan says so, else it is taken as the worst: lowering it later
    costs less than having been too slow.
    """
    if then_open:
        from incident_cockpit.integrations.terminal import need_terminal

        need_terminal(call.env)
    with call.store() as store:
        plan = store.plan(plan_name)
        words, began = " ".join(title), declare.instant(store, started)
        if severity is None and plan.triage.first:
            session = store.report(words, plan=plan_name, runbook=runbook, started=began, types=types)
            declare.answer(call, store, session)
            declare.say_report(session)
        else:
            chosen = severity if severity is not None else plan.severities[0].id
            session = store.declare(words, chosen, plan=plan_name, runbook=runbook, started=began, types=types)
            declare.answer(call, store, session)
            declare.say_declared(session, new=True, warning=session.warning, asked=severity is not None)
        declare.say_who_is_meant(store, session.record.id)
        if then_open:
            from incident_cockpit.cli.terminal import show as open_cockpit

            return open_cockpit(store, session.record.id)
    return ExitCode.OK


@click.command("open")
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@common(json=False)
def open_(call: Call, incident_id: str | None) -> int:
    """Open the cockpit on an incident."""
    from incident_cockpit.cli.terminal import show as open_cockpit
    from incident_cockpit.integrations.terminal import need_terminal

    need_terminal(call.env)
    with call.store() as store:
        return open_cockpit(store, call.meant(store, incident_id).id)


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@common(json=False)
def watch(call: Call, incident_id: str | None) -> int:
    """Show the incident on a wall: read only, always up to date.

    q leaves it.
    """
    from incident_cockpit.cli.terminal import show_wall
    from incident_cockpit.integrations.terminal import need_terminal

    need_terminal(call.env)
    with call.store() as store:
        return show_wall(store, store.record(call.meant(store, incident_id).id).id)


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="Also the closed ones.")
@common(incident=False)
def list_(call: Call, everything: bool) -> int:
    """List the incidents that are not closed, the newest first.

    Open ones stand before those that are resolved and not closed. A closed one is listed with --all, or where it still
    owes something: a legal duty, or a follow-up that is late. Each says how many items are late.
    """
    with call.store() as store:
        now = store.clock.now()
        known = store.overview()
        rows = [one for one in known if everything or one.group is not Group.CLOSED or owed(one, now)]
        if call.json:
            output.shape([json.listed(one, now) for _, members in grouped(rows) for one in members])
            return ExitCode.OK
        output.lines(text.listing(rows, now))
        unmended = sum(bool(repair(one)) for one in known) - sum(bool(repair(one)) for one in rows)
        if unmended:
            told = counted(unmended, "false alarm has a follow-up", "false alarms have follow-ups")
            output.say(f"{told} open: incident followups --all")
        if not rows:
            closed = "; closed ones: incident list --all" if known else ""
            output.say(f"no incident is open{closed}")
    return ExitCode.OK


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@common()
def show(call: Call, incident_id: str | None) -> int:
    """Show all that is known of an incident."""
    with call.store() as store:
        record = store.session(call.meant(store, incident_id).id).record
        now = store.clock.now()
        if call.json:
            output.shape(json.incident(record, now))
        else:
            output.lines(text.whole(record, now))
    return ExitCode.OK


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--line", is_flag=True, help="One line for a tmux status or a prompt; empty when all are closed.")
@common()
def status(call: Call, incident_id: str | None, line: bool) -> int:
    """Say in a few lines how the incident stands."""
    from incident_cockpit.cli.views.status import status as say_status

    return say_status(call, line, incident_id)


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--none", "nothing", is_flag=True, help="Mean the only one that is not closed again.")
@common(json=False, incident=False)
def use(call: Call, incident_id: str | None, nothing: bool) -> int:
    """Choose the incident that commands mean.

    Without an ID, say which one that is.
    """
    if incident_id is not None and nothing:
        raise Refused("both an incident and --none are given", "give one of them", ExitCode.USAGE)
    with call.store() as store:
        if nothing:
            store.journal.use(None)
            output.say("no incident is chosen: commands mean the only one that is not closed")
            return ExitCode.OK
        chosen = call.meant(store, incident_id)
        if incident_id is not None:
            store.journal.use(chosen.id)
        else:
            output.text(chosen.name)
        until = "" if chosen.live or incident_id is None else ", which is over, until another is declared"
        output.say(f"{chosen.name} {chosen.title}: commands mean this one{until}")
    return ExitCode.OK
