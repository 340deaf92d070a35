"""Commands that write documents from the record: update, timeline, postmortem, follow-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from shlex import quote

import click
from msgspec.structs import replace

from incident_cockpit.cli import entries as write
from incident_cockpit.cli import output
from incident_cockpit.cli.completion import incidents as complete_incidents
from incident_cockpit.cli.completion import messages as complete_messages
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.delivery import BLOCKS, check_copying, copied, posted, printed, written
from incident_cockpit.cli.options import common
from incident_cockpit.cli.output import in_commands, named
from incident_cockpit.cli.views import json, text
from incident_cockpit.cli.views import text as looks
from incident_cockpit.documents.formats.registry import FORMATS
from incident_cockpit.documents.formats.ticket import TRACKERS
from incident_cockpit.documents.messages import available_messages, compose_message, items_completed_by
from incident_cockpit.documents.promised_update import promised_time
from incident_cockpit.documents.update import Composed, compose_update, field_ages
from incident_cockpit.errors import ExitCode, NotFound, Refused, Unreadable
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.adherence import Assessment, Compliance, summary
from incident_cockpit.incident.views.adherence import adherence as judge
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.session import Session
from incident_cockpit.service.store import Store
from incident_cockpit.times.format import clock, countdown, duration

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
    with call.store() as store, _opened(call, store, incident_id, audience) as session:
        chosen = _audience(session, audience)
        number = session.record.incident.opening.number
        planned = session.record.incident.plan.find_cadence(chosen).format
        target = target or ("slack" if post else planned)
        composed = compose_update(session.record, chosen, store.clock.now(), store.zone, target=target)
        old = field_ages(session.record, chosen, store.clock.now(), store.zone)
        if call.json:
            output.shape({**_shape(session, chosen, composed), "stale": [one.field for one in old if one.stale]})
        else:
            printed(composed.rendered, target)
        for warning in composed.warnings:
            output.note(warning, number)
        if old:
            told = (f"{one.words} (look at it again)" if one.stale else one.words for one in old)
            output.say(f"how old: {' · '.join(told)}")
        route, by_command = BY_HAND if sent else None, BY_COMMAND.format(quote(chosen), named(number))
        if copy:
            route = copied(call, store, composed.text, by_command)
        elif post:
            payloads = composed.filled.written(POSTED_AS[target]).payloads
            route = posted(call, store, payloads, composed.text, by_command)
        if route is not None:
            output.flush()
            # Posting takes its time: what was promised is what the text says, as in the composer.
            then = promised_time(composed.text, composed.next_due, store.clock.now())
            sent_so = {"audience": chosen, "route": route, "text": composed.text, "promised": then}
            write.keep(replace(call, json=False), session, "sent", sent_so)
    return ExitCode.OK


@contextmanager
def _opened(call: Call, store: Store, incident_id: str | None, audience: str | None) -> Iterator[Session]:
    """Open the incident that is meant; who names the readers where it belongs is told where they belong."""
    try:
        if incident_id is not None and audience is None:
            store.select(call.named(incident_id))
    except NotFound as refused:
        way = f"incident update --for {quote(incident_id or '')}{named(call.incident)}"
        raise NotFound(refused.why, f"if that is who reads the update: {way}") from None
    with call.opened(store, incident_id) as session:
        yield session


def _audience(session: Session, audience: str | None) -> str:
    plan = session.record.incident.plan
    if audience is None:
        known = ", ".join(each.audience for each in plan.cadences)
        raise Refused("nobody was named who reads the update", f"name them with --for: {known}", ExitCode.USAGE)
    return plan.find_cadence(audience).audience


def _shape(session: Session, audience: str, composed: Composed) -> json.Shape:
    return {
        "incident": session.record.incident.name,
        "audience": audience,
        "number": composed.number,
        "text": composed.text,
        **json.rendered(composed.rendered),
        "next_due": json.instant(composed.next_due),
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
            output.shape([json.timeline_line(session.record, line) for line in timeline_entries(session.record)])
            return ExitCode.OK
        from incident_cockpit.documents.timeline import timeline as document

        output.text(document(session.record, session.zone))
    return ExitCode.OK


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("-o", "--output", "file", metavar="FILE", help="Write it to a file instead of standard output.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common(json=False)
def postmortem(call: Call, incident_id: str | None, file: str | None, force: bool) -> int:
    """Write the postmortem draft as Markdown."""
    from incident_cockpit.documents.postmortem import postmortem as draft

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
    with call.store() as store:
        rows = store.incidents() if everywhere else _with_work(call, store, incident_id)
        found = []
        for row in rows:
            try:
                found.append(store.record(row.id).incident)
            except Unreadable as unreadable:
                if len(rows) == 1:
                    raise
                output.say(unreadable.why)
        now = store.clock.now()
    if call.json:
        output.shape([shape for one in found for shape in (*json.duties_owed(one), *json.follow_ups(one))])
        return ExitCode.OK
    words = [(one.name, *row) for one in found for row in (*looks.duties_owed(one, now), *looks.follow_ups(one))]
    output.lines(looks.columns(words))
    if not words:
        output.say("no follow-up was noted")
    return ExitCode.OK


def _with_work(call: Call, store: Store, named: str | None) -> list[Listed]:
    """Return the incident that is meant; unless it was named, also those that owe legal duties after their end."""
    if call.named(named) is not None:
        return [call.meant(store, named)]
    owing = [row for row in store.incidents(live_only=True, owing=True) if row.owed]
    try:
        meant = call.meant(store)
    except NotFound:
        if not owing:
            raise
        return owing
    return [meant, *(row for row in owing if row.id != meant.id)]


# -- messages: The command that writes the texts of a response: the first message, an invite, an escalation, the
# all-clear.

SEND_BY_HAND = "send the text above by hand, then mark what it was for with :complete ITEM"


@click.command()
@click.argument("name", metavar="[MESSAGE]", required=False, shell_complete=complete_messages)
@click.option(
    "--format",
    "target",
    type=click.Choice(list(FORMATS)),
    default="slack",
    show_default=True,
    help="What it is written for.",
)
@click.option("--copy", is_flag=True, help="Copy it; what the plan asks for and this text settles is marked as done.")
@common()
def message(call: Call, name: str | None, target: str, copy: bool) -> int:
    """Write a text for this moment, or list which there are.

    It is written from the facts, and only printed unless --copy is given.
    """
    if name is None and copy:
        raise Refused(
            "--copy is given and no message",
            f"name the message: incident message declared --copy{named(call.incident)}",
            ExitCode.USAGE,
        )
    if copy:
        check_copying(target)
    with call.store() as store, call.opened(store) as session:
        if name is None:
            return _list(call, session)
        composed = compose_message(session.record, name, store.clock.now(), store.zone, target=target)
        if call.json:
            output.shape(_messages_shape(session, name, composed))
        else:
            printed(composed.rendered, target)
        for warning in composed.warnings:
            output.note(warning, session.record.incident.opening.number)
        if copy:
            settles = [item.key for item in items_completed_by(session.record.incident, name)]
            route = copied(call, store, composed.text, SEND_BY_HAND)
            output.flush()
            _mark(replace(call, json=False), session, settles, route)
    return ExitCode.OK


def _list(call: Call, session: Session) -> int:
    found = available_messages(session.record)
    if call.json:
        output.shape([_listed(session, word, name) for word, name in found])
    else:
        output.lines(text.columns(found))
    return ExitCode.OK


def _listed(session: Session, word: str, name: str) -> json.Shape:
    return {"id": word, "name": name, "settles": _settles(session, word)}


def _messages_shape(session: Session, name: str, composed: Composed) -> json.Shape:
    return {
        "incident": session.record.incident.name,
        "message": name,
        "text": composed.text,
        **json.rendered(composed.rendered),
        "guide": list(composed.guide),
        "warnings": list(composed.warnings),
        "settles": _settles(session, name),
    }


def _settles(session: Session, word: str) -> list[str]:
    return [item.text for item in items_completed_by(session.record.incident, word)]


def _mark(call: Call, session: Session, keys: list[str], route: str) -> None:
    """Mark what the copied text settles; two duties that share a deed are one."""
    for key in keys:
        if any(item.key == key for item in due_items(session.record.incident)):
            write.keep(call, session, "complete", {"item": key, "note": f"copied ({route})"})


# -- tickets: The command that writes the incident's ticket for a tracker.

POST_BY_HAND = "carry the text above over by hand"


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
    from incident_cockpit.documents.ticket import ticket as facts

    with call.store() as store, call.opened(store, incident_id) as session:
        rendered = TRACKERS[tracker](facts(session.record, store.clock.now()))
        if call.json:
            output.shape({"incident": session.record.incident.name, "text": rendered.text, **json.rendered(rendered)})
        else:
            output.text(rendered.text)
        for note in rendered.notes:
            output.note(note, session.record.incident.opening.number)
        if copy:
            copied(call, store, rendered.text, POST_BY_HAND)
    return ExitCode.OK


# -- handing: Commands for people: the brief of a hand-over, what is happening, who may rest, what to say.

_BY_HAND = "copy the text above by hand"

Write = Callable[[Record, datetime, tzinfo], str]
More = Callable[[Record], json.Shape]


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--copy", is_flag=True, help="Copy it, too.")
@common()
def handoff(call: Call, incident_id: str | None, copy: bool) -> int:
    """Print the brief of a hand-over.

    It holds all that the next commander has to know.

    Command changes hands by: incident do handoff NAME, then read-back and take-command.
    """
    from incident_cockpit.documents.handoff_brief import HANDOFF_BRIEF

    return _tell(call, incident_id, HANDOFF_BRIEF.text, copy=copy)


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--copy", is_flag=True, help="Copy it, too.")
@common()
def join(call: Call, incident_id: str | None, copy: bool) -> int:
    """Print what is happening, for whoever arrives."""
    from incident_cockpit.documents.join_brief import JOIN_BRIEF

    return _tell(call, incident_id, JOIN_BRIEF.text, copy=copy)


@click.command("stand-down")
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--copy", is_flag=True, help="Copy it, too.")
@common()
def stand_down(call: Call, incident_id: str | None, copy: bool) -> int:
    """Print who may rest, and when each was last heard from."""
    from incident_cockpit.documents.join_brief import STAND_DOWN, responders

    def people(record: Record) -> json.Shape:
        return {
            "people": [
                {
                    "who": one.who,
                    "still": one.still or None,
                    "may_rest": not one.still,
                    "heard": json.instant(one.heard),
                }
                for one in responders(record)
            ]
        }

    return _tell(call, incident_id, STAND_DOWN.text, copy=copy, more=people)


@click.command()
@click.argument("name", metavar="[SCRIPT]", required=False)
@common()
def script(call: Call, name: str | None) -> int:
    """Print words to read aloud; without a name, list them.

    The one that fits the moment comes first. What stands in brackets is for you alone. `scripts = false` in config.toml
    switches them off.
    """
    from incident_cockpit.documents.scripts import available_scripts
    from incident_cockpit.documents.scripts import compose_script as script_text
    from incident_cockpit.plan.templates import SCRIPT

    with call.store() as store, call.opened(store) as session:
        if not store.settings.scripts:
            raise Refused("scripts are switched off", "switch them on: scripts = true in config.toml")
        if name is None:
            found = [(word.removeprefix(SCRIPT), title) for word, title in available_scripts(session.record)]
            if call.json:
                output.shape([{"id": word, "name": title} for word, title in found])
            else:
                output.lines(looks.columns(found))
            return ExitCode.OK
        made = script_text(session.record, name, session.who, store.clock.now())
        text = in_commands(made.text, session.record.incident.opening.number)
        if call.json:
            output.shape({
                "incident": session.record.incident.name,
                "script": name,
                "text": text,
                "warnings": list(made.warnings),
            })  # fmt: skip
        else:
            output.text(text)
        for warning in made.warnings:
            output.note(warning, session.record.incident.opening.number)
    return ExitCode.OK


def _nothing(_record: Record) -> json.Shape:
    return {}


def _tell(call: Call, incident_id: str | None, write: Write, *, copy: bool, more: More = _nothing) -> int:
    """Print a text and copy it; `more` is what else JSON holds."""
    with call.store() as store, call.opened(store, incident_id) as session:
        text = write(session.record, store.clock.now(), store.zone)
        if call.json:
            output.shape({"incident": session.record.incident.name, **more(session.record), "text": text})
        else:
            output.text(text)
        if copy:
            copied(call, store, text, _BY_HAND)
    return ExitCode.OK


# -- afterwards: Commands that write what is needed beside the work: the breach record and the invitation to the review.


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("-o", "--output", "file", metavar="FILE", help="Write it to a file instead of standard output.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common(json=False)
def breach(call: Call, incident_id: str | None, file: str | None, force: bool) -> int:
    """Write the record of a data breach as Markdown.

    It says what is known of facts and effects, what was done and who was told. It is no legal advice.
    """
    from incident_cockpit.documents.breach_record import breach_record
    from incident_cockpit.incident.facts.security import is_breach

    with call.session(incident_id) as session:
        text = breach_record(session.record, session.here.now, session.zone)
        incident = session.record.incident
    if not is_breach(incident):
        output.note("it is not called a breach: :type TYPE, :breach FIELD TEXT", incident.opening.number)
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
    from incident_cockpit.documents.invitation import invitees, review_invitation

    with call.store() as store, call.opened(store, incident_id) as session:
        contacts = {one.name: one.mail for one in load_contacts(store.places.contacts)}
        data = review_invitation(session.record, store.clock.now(), contacts)
        invited = invitees(session.record, contacts)
        incident = session.record.incident
    written(data, file, force=force, said=f"{incident.name} {incident.codename or incident.title}: invitation")
    without = ", ".join(one.name for one in invited if not one.mail)
    if without:
        output.say(f"note: no address of mail is known of {without}: they are named in its text; see contacts.toml")
    return ExitCode.OK


# -- judging: How an incident kept to its plan, from the command line: a calm table, JSON, or the document.

# What needs looking at comes first, what the plan did not ask for last.
_ORDER = (
    Compliance.MISSED, Compliance.LATE, Compliance.RUNNING, Compliance.MET, Compliance.WAIVED, Compliance.NOT_NEEDED,
    Compliance.NOT_APPLICABLE,
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
        from incident_cockpit.documents.adherence_report import adherence_report

        output.text(adherence_report(record, now))
    else:
        output.lines(text.columns(rows(judged, now)))
        incident = record.incident
        output.say(f"{incident.name} {incident.codename or incident.title}: {summary(judged)}")
    return ExitCode.OK


def rows(judged: Iterable[Assessment], now: datetime) -> list[tuple[str, str, str, str, str]]:
    """Return a line each: the verdict, what was asked for, when it was due, when it was met, by how much or why."""
    ordered = sorted(judged, key=lambda one: _ORDER.index(one.verdict))
    return [
        (one.verdict.value, _what(one), _time("due", one.due, now), _time("met", one.met, now), _how(one, now))
        for one in ordered
    ]


def _what(one: Assessment) -> str:
    return f"{one.text} (by the plan before)" if one.former else one.text


def _time(word: str, at: datetime | None, now: datetime) -> str:
    return f"{word} {clock(at, UTC, now)} UTC" if at is not None else ""


def _how(one: Assessment, now: datetime) -> str:
    left = countdown(one.due, now) if one.verdict is Compliance.RUNNING and one.due is not None else ""
    return ", ".join(part for part in (left or _by(one), one.why) if part)


def _by(one: Assessment) -> str:
    """Say how late it was, or that it was in time and by how much."""
    if one.by is None or one.verdict in (Compliance.WAIVED, Compliance.NOT_NEEDED, Compliance.NOT_APPLICABLE):
        return ""
    if one.verdict is not Compliance.MET:
        return f"late {duration(one.by)}"
    early = duration(-one.by) if one.by <= timedelta(seconds=-1) else ""
    return f"in time, {early} early" if early else "in time"


def shape(one: Assessment) -> json.Shape:
    """Return a judgement as JSON; `by_seconds` is negative where it was early or there is time left."""
    return {
        "id": one.id,
        "kind": one.kind,
        "text": one.text,
        "who": one.who or None,
        "verdict": one.verdict.value,
        "due": json.instant(one.due),
        "met": json.instant(one.met),
        "by_seconds": int(one.by.total_seconds()) if one.by is not None else None,
        "why": one.why or None,
        "former": one.former,
    }
