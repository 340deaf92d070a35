"""Commands that write what is needed beside the work: the breach record and the invitation to the review."""

from __future__ import annotations

import click

from incident_cockpit.cli import diagnostics
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.completing import incidents as complete_incidents
from incident_cockpit.cli.leaving import written
from incident_cockpit.cli.options import common
from incident_cockpit.errors import ExitCode


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("-o", "--output", "file", metavar="FILE", help="Write it to a file instead of standard output.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common(json=False)
def breach(call: Call, incident_id: str | None, file: str | None, force: bool) -> int:
    """Write the record of a data breach as Markdown.

    It says what is known of facts and effects, what was done and who was told. It is no legal advice.
    """
    from incident_cockpit.exports.breach import breach_record
    from incident_cockpit.incident.topics.breach import kept

    with call.session(incident_id) as session:
        text = breach_record(session.record, session.here.now, session.zone)
        incident = session.record.incident
    if not kept(incident):
        diagnostics.note("it is not called a breach: :type TYPE, :breach FIELD TEXT", incident.opening.number)
    said = f"{incident.name} {incident.codename or incident.title}: breach record"
    written(text, file, force=force, said=said)
    return ExitCode.OK


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("-o", "--output", "file", metavar="FILE.ics", help="Write it to a file instead of standard output.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common(json=False)
def invite(call: Call, incident_id: str | None, file: str | None, force: bool) -> int:
    """Write the scheduled review as an iCalendar file.

    Everybody who took part is invited. Addresses of mail come from the plan's contacts and from contacts.toml.
    """
    from incident_cockpit.config.contacts import load_contacts
    from incident_cockpit.exports.calendar import guests, invitation

    with call.library() as library, call.opened(library, incident_id) as session:
        contacts = {one.name: one.mail for one in load_contacts(library.places.contacts)}
        data = invitation(session.record, library.clock.now(), contacts)
        invited = guests(session.record, contacts)
        incident = session.record.incident
    written(data, file, force=force, said=f"{incident.name} {incident.codename or incident.title}: invitation")
    without = ", ".join(one.name for one in invited if not one.mail)
    if without:
        diagnostics.say(
            f"note: no address of mail is known of {without}: they are named in its text; see contacts.toml"
        )
    return ExitCode.OK
