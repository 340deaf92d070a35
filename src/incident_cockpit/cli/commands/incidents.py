"""Commands about whole incidents: `new`, `open`, `watch`, `list`, `show`, `status` and `use`."""

from __future__ import annotations

from typing import Any

import click

from incident_cockpit.cli import output
from incident_cockpit.cli.commands import declare
from incident_cockpit.cli.completion import severities as complete_severities
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import (
    check_exclusive,
    common,
    incident_argument,
    plan_option,
    runbook_option,
    type_option,
)
from incident_cockpit.cli.views import json, text
from incident_cockpit.errors import ExitCode
from incident_cockpit.service.overview import Group, grouped, open_repair, owed
from incident_cockpit.text.plurals import counted


@click.command()
@click.argument("title", nargs=-1, required=True)
@click.option(
    "--severity", metavar="SEVERITY", shell_complete=complete_severities,
    help="Severity, from the plan. [default: the highest]",
)  # fmt: skip
@plan_option
@type_option
@runbook_option
@click.option("--started", metavar="TIME", help="When impact started, if not now: -20m, 14:05, 14:05Z.")
@click.option("--open", "then_open", is_flag=True, help="Then open the cockpit on it.")
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
    """Declare an incident, and print its ID.

    You are in command until you hand off.

    Without --severity it is a report for triage, if the plan begins with triage. Otherwise it is declared at the
    highest severity, because lowering it later costs less than a slow start.
    """
    if then_open:
        from incident_cockpit.integrations.terminal import need_terminal

        need_terminal(call.env)
    with call.store() as store:
        plan = store.plan(plan_name)
        name, start = " ".join(title), declare.read_time(store, started)
        if severity is None and plan.triage.first:
            session = store.report(name, plan=plan_name, runbook=runbook, started=start, types=types)
            declare.print_name(call, store, session)
            declare.say_reported(session)
        else:
            level = severity if severity is not None else plan.severities[0].id
            session = store.declare(name, level, plan=plan_name, runbook=runbook, started=start, types=types)
            declare.print_name(call, store, session)
            declare.say_declared(session, warning=session.warning, assumed=severity is None)
        declare.say_other_current(store, session.record.id)
        if then_open:
            from incident_cockpit.cli.terminal import show as open_cockpit

            return open_cockpit(store, session.record.id)
    return ExitCode.OK


@click.command("open")
@incident_argument
@common(json=False)
def open_(call: Call, incident_id: str | None) -> int:
    """Open the cockpit on an incident."""
    from incident_cockpit.cli.terminal import show as open_cockpit
    from incident_cockpit.integrations.terminal import need_terminal

    need_terminal(call.env)
    with call.store() as store:
        return open_cockpit(store, call.select(store, incident_id).id)


@click.command()
@incident_argument
@common(json=False)
def watch(call: Call, incident_id: str | None) -> int:
    """Show a live, read-only wallboard of an incident.

    Press q to quit.
    """
    from incident_cockpit.cli.terminal import show_wall
    from incident_cockpit.integrations.terminal import need_terminal

    need_terminal(call.env)
    with call.store() as store:
        return show_wall(store, store.record(call.select(store, incident_id).id).id)


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="Include closed incidents.")
@common(incident=False)
def list_(call: Call, everything: bool) -> int:
    """List the incidents that are not closed, newest first.

    Open incidents come before those that are resolved and not closed. A closed incident is listed with --all, or while
    a legal duty is outstanding or a follow-up is late. Each row shows how many items are late.
    """
    with call.store() as store:
        now = store.clock.now()
        known = store.overview()
        rows = [row for row in known if everything or row.group is not Group.CLOSED or owed(row, now)]
        if call.json:
            output.json([json.overview(row, now) for _, members in grouped(rows) for row in members])
            return ExitCode.OK
        output.lines(text.listing(rows, now))
        open_repairs = sum(bool(open_repair(row)) for row in known) - sum(bool(open_repair(row)) for row in rows)
        if open_repairs:
            alarms = counted(open_repairs, "false alarm has open follow-ups", "false alarms have open follow-ups")
            output.say(f"{alarms}: incident followups --all")
        if not rows:
            hint = "; to list closed incidents: incident list --all" if known else ""
            output.say(f"no open incident{hint}")
    return ExitCode.OK


@click.command()
@incident_argument
@common()
def show(call: Call, incident_id: str | None) -> int:
    """Show full details of an incident."""
    with call.store() as store:
        record = store.session(call.select(store, incident_id).id).record
        now = store.clock.now()
        if call.json:
            output.json(json.incident(record, now))
        else:
            output.lines(text.whole(record, now))
    return ExitCode.OK


@click.command()
@incident_argument
@click.option("--line", is_flag=True, help="One line for tmux or a prompt; empty when all incidents are closed.")
@common()
def status(**values: Any) -> int:
    """Print a short status."""
    from incident_cockpit.cli.views.status import status as print_status

    return print_status(**values)


@click.command()
@incident_argument
@click.option(
    "--none", "no_choice", is_flag=True, help="Clear it; the default is the only incident that is not closed."
)
@common(json=False, incident=False)
def use(call: Call, incident_id: str | None, no_choice: bool) -> int:
    """Set the current incident; without an ID, print it."""
    check_exclusive(("an incident", incident_id is not None), ("--none", no_choice))
    with call.store() as store:
        if no_choice:
            store.journal.use(None)
            output.say("no current incident set; default: the only one that is not closed")
            return ExitCode.OK
        row = call.select(store, incident_id)
        if incident_id is not None:
            store.journal.use(row.id)
        else:
            output.text(row.name)
        until = "" if row.live or incident_id is None else " (resolved), until another is declared"
        output.say(f"current incident: {row.name} {row.title}{until}")
    return ExitCode.OK
