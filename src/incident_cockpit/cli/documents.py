"""Commands that write documents from the record: update, timeline, postmortem, follow-ups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from shlex import quote

import click
from msgspec.structs import replace

from incident_cockpit.cli import diagnostics, looks, output, shapes
from incident_cockpit.cli import writing as write
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.completing import incidents as complete_incidents
from incident_cockpit.cli.leaving import copied, written
from incident_cockpit.cli.options import common
from incident_cockpit.cli.posting import BLOCKS, check_copying, posted, printed
from incident_cockpit.cli.spelling import named
from incident_cockpit.cockpit.library import Library
from incident_cockpit.cockpit.session import Session
from incident_cockpit.errors import ExitCode, NotFound, Refused, Unreadable
from incident_cockpit.exports.formats.registry import FORMATS
from incident_cockpit.exports.next_time import promised
from incident_cockpit.exports.update import Composed, compose, how_old
from incident_cockpit.incident.timeline import lines
from incident_cockpit.journal.read import Listed

# What the record says of an update that somebody carried over by hand.
BY_HAND = "by hand"
# Words stand in blocks as data, so they are what is posted unless somebody asks for text.
POSTED_AS = {"slack": BLOCKS, BLOCKS: BLOCKS, "mrkdwn": "mrkdwn"}
BY_COMMAND = "send the text above by hand, then: incident update --for {} --sent{}"


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--for", "audience", metavar="AUDIENCE", help="Who reads it, in the plan's words, such as internal.")
@click.option(
    "--format",
    "target",
    type=click.Choice(list(FORMATS)),
    help="What it is written for; without it what the plan says of these readers, or slack.",
)
@click.option("--copy", is_flag=True, help="Copy it; this counts as sending and starts the next countdown.")
@click.option("--post", is_flag=True, help="Post it through the Slack webhook of the settings; if that fails, copy it.")
@click.option("--sent", is_flag=True, help="Record it as sent by hand, which starts the next countdown.")
@common()
def update(
    call: Call, incident_id: str | None, audience: str | None, target: str | None, copy: bool, post: bool, sent: bool
) -> int:
    """Write a status update from the facts.

    It is only printed unless --copy, --post or --sent is given.
    """
    if copy + post + sent > 1:
        given = " and ".join(name for name, on in (("--copy", copy), ("--post", post), ("--sent", sent)) if on)
        raise Refused(f"{given} are given", "give one of them: each counts as sending", ExitCode.USAGE)
    if post and target is not None and target not in POSTED_AS:
        raise Refused(f"--post and --format {target} are given", "Slack takes its own formats only", ExitCode.USAGE)
    if copy and target is not None:
        check_copying(target)
    with call.library() as library, _opened(call, library, incident_id, audience) as session:
        chosen = _audience(session, audience)
        number = session.record.incident.opening.number
        planned = session.record.incident.plan.find_cadence(chosen).format
        target = target or ("slack" if post else planned)
        composed = compose(session.record, chosen, library.clock.now(), library.zone, target=target)
        old = how_old(session.record, chosen, library.clock.now(), library.zone)
        if call.json:
            output.shape({**_shape(session, chosen, composed), "stale": [one.field for one in old if one.stale]})
        else:
            printed(composed.rendered, target)
        for warning in composed.warnings:
            diagnostics.note(warning, number)
        if old:
            told = (f"{one.words} (look at it again)" if one.stale else one.words for one in old)
            diagnostics.say(f"how old: {' · '.join(told)}")
        route, by_command = BY_HAND if sent else None, BY_COMMAND.format(quote(chosen), named(number))
        if copy:
            route = copied(call, library, composed.text, by_command)
        elif post:
            payloads = composed.filled.written(POSTED_AS[target]).payloads
            route = posted(call, library, payloads, composed.text, by_command)
        if route is not None:
            output.flush()
            # Posting takes its time: what was promised is what the text says, as in the composer.
            then = promised(composed.text, composed.next_due, library.clock.now())
            sent_so = {"audience": chosen, "route": route, "text": composed.text, "promised": then}
            write.keep(replace(call, json=False), session, "sent", sent_so)
    return ExitCode.OK


@contextmanager
def _opened(call: Call, library: Library, incident_id: str | None, audience: str | None) -> Iterator[Session]:
    """Open the incident that is meant; who names the readers where it belongs is told where they belong."""
    try:
        if incident_id is not None and audience is None:
            library.meant(call.named(incident_id))
    except NotFound as refused:
        way = f"incident update --for {quote(incident_id or '')}{named(call.incident)}"
        raise NotFound(refused.why, f"if that is who reads the update: {way}") from None
    with call.opened(library, incident_id) as session:
        yield session


def _audience(session: Session, audience: str | None) -> str:
    plan = session.record.incident.plan
    if audience is None:
        known = ", ".join(each.audience for each in plan.cadences)
        raise Refused("nobody was named who reads the update", f"name them with --for: {known}", ExitCode.USAGE)
    return plan.find_cadence(audience).audience


def _shape(session: Session, audience: str, composed: Composed) -> shapes.Shape:
    return {
        "incident": session.record.incident.name,
        "audience": audience,
        "number": composed.number,
        "text": composed.text,
        **shapes.rendered(composed.rendered),
        "next_due": shapes.instant(composed.next_due),
        "warnings": list(composed.warnings),
        "ages": {field: int(age.total_seconds()) for field, age in composed.ages.items()},
    }


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@common()
def timeline(call: Call, incident_id: str | None) -> int:
    """Print what happened, in that order."""
    with call.session(incident_id) as session:
        if call.json:
            output.shape([shapes.timeline_line(session.record, line) for line in lines(session.record)])
            return ExitCode.OK
        from incident_cockpit.exports.timeline import timeline as document

        output.text(document(session.record, session.zone))
    return ExitCode.OK


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("-o", "--output", "file", metavar="FILE", help="Write it to a file instead of standard output.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common(json=False)
def postmortem(call: Call, incident_id: str | None, file: str | None, force: bool) -> int:
    """Write the postmortem draft as Markdown."""
    from incident_cockpit.exports.postmortem import postmortem as draft

    with call.session(incident_id) as session:
        text = draft(session.record, session.here.now, session.zone)
        incident = session.record.incident
    said = f"{incident.name} {incident.codename or incident.title}: postmortem"
    written(text, file, force=force, said=said)
    return ExitCode.OK


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--all", "everywhere", is_flag=True, help="Of all incidents, also those that are over.")
@common()
def followups(call: Call, incident_id: str | None, everywhere: bool) -> int:
    """List the work left for after the incident.

    Legal duties that are still owed come first, also those of other incidents unless one is named.
    """
    if everywhere and call.named(incident_id) is not None:
        raise Refused("both an incident and --all are given", "give one of them", ExitCode.USAGE)
    with call.library() as library:
        rows = library.incidents() if everywhere else _with_work(call, library, incident_id)
        found = []
        for row in rows:
            try:
                found.append(library.record(row.id).incident)
            except Unreadable as unreadable:
                if len(rows) == 1:
                    raise
                diagnostics.say(unreadable.why)
        now = library.clock.now()
    if call.json:
        output.shape([shape for one in found for shape in (*shapes.duties_owed(one), *shapes.follow_ups(one))])
        return ExitCode.OK
    words = [(one.name, *row) for one in found for row in (*looks.duties_owed(one, now), *looks.follow_ups(one))]
    output.lines(looks.columns(words))
    if not words:
        diagnostics.say("no follow-up was noted")
    return ExitCode.OK


def _with_work(call: Call, library: Library, named: str | None) -> list[Listed]:
    """Return the incident that is meant; unless it was named, also those that owe legal duties after their end."""
    if call.named(named) is not None:
        return [call.meant(library, named)]
    owing = [row for row in library.incidents(live_only=True, owing=True) if row.owed]
    try:
        meant = call.meant(library)
    except NotFound:
        if not owing:
            raise
        return owing
    return [meant, *(row for row in owing if row.id != meant.id)]
