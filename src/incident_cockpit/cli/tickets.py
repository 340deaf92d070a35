"""The command that writes the incident's ticket for a tracker."""

from __future__ import annotations

import click

from incident_cockpit.cli import diagnostics, output, shapes
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.completing import incidents as complete_incidents
from incident_cockpit.cli.leaving import copied
from incident_cockpit.cli.options import common
from incident_cockpit.errors import ExitCode
from incident_cockpit.exports.formats.ticket import TRACKERS

BY_HAND = "carry the text above over by hand"


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option(
    "--format",
    "tracker",
    type=click.Choice(list(TRACKERS)),
    default="jira",
    show_default=True,
    help="The tracker it is pasted into.",
)
@click.option("--copy", is_flag=True, help="Copy it.")
@common()
def ticket(call: Call, incident_id: str | None, tracker: str, copy: bool) -> int:
    """Write the incident's ticket, each action with its time."""
    from incident_cockpit.exports.ticketing import ticket as facts

    with call.library() as library, call.opened(library, incident_id) as session:
        rendered = TRACKERS[tracker](facts(session.record, library.clock.now()))
        if call.json:
            output.shape({"incident": session.record.incident.name, "text": rendered.text, **shapes.rendered(rendered)})
        else:
            output.text(rendered.text)
        for note in rendered.notes:
            diagnostics.note(note, session.record.incident.opening.number)
        if copy:
            copied(call, library, rendered.text, BY_HAND)
    return ExitCode.OK
