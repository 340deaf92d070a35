"""Commands that write a document: briefs, records, updates, messages and scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from shlex import quote
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.cli import entries, output
from incident_cockpit.cli.completion import messages as complete_messages
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.delivery import BLOCKS, check_pasteable, copy_text, deliver, post, print_rendered
from incident_cockpit.cli.options import (
    Decorator,
    check_exclusive,
    common,
    file_option,
    force_option,
    incident_argument,
)
from incident_cockpit.cli.output import in_commands, incident_option
from incident_cockpit.cli.views import json, text
from incident_cockpit.documents.document import Document, channel_warning
from incident_cockpit.documents.formats.registry import FORMATS
from incident_cockpit.documents.formats.ticket import TRACKERS
from incident_cockpit.documents.handoff_brief import HANDOFF_BRIEF
from incident_cockpit.documents.join_brief import JOIN_BRIEF, STAND_DOWN, responders
from incident_cockpit.documents.postmortem import POSTMORTEM
from incident_cockpit.errors import ExitCode, NotFound, Refused, Unreadable
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.adherence import Assessment, Compliance, summary
from incident_cockpit.incident.views.adherence import adherence as judge
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.session import Session
from incident_cockpit.service.store import Store
from incident_cockpit.times.format import clock, countdown, duration

if TYPE_CHECKING:
    from incident_cockpit.plan.schema import Cadence

# How the record names a text that a person sent.
BY_HAND = "by hand"
# What the webhook takes: Block Kit JSON, unless text is chosen.
WEBHOOK_FORMATS = {"slack": BLOCKS, BLOCKS: BLOCKS, "mrkdwn": "mrkdwn"}
# The order of a compliance report: what needs attention first.
_COMPLIANCE_ORDER = (
    Compliance.MISSED, Compliance.LATE, Compliance.RUNNING, Compliance.MET, Compliance.WAIVED, Compliance.NOT_NEEDED,
    Compliance.NOT_APPLICABLE,
)  # fmt: skip
_COPY_BY_HAND = "copy the text above by hand"


class DocumentSource(Struct, frozen=True):
    """What a document is written from: an open incident, its store, and the options of this document alone."""

    session: Session
    store: Store
    options: dict[str, Any]

    @property
    def record(self) -> Record:
        """Return the record of the incident."""
        return self.session.record

    @property
    def now(self) -> datetime:
        """Return the present."""
        return self.store.clock.now()

    @property
    def zone(self) -> tzinfo:
        """Return the zone in which times are written."""
        return self.store.zone


class WrittenDocument(Struct, frozen=True):
    """A written document, what JSON has of it besides its text, and notes about it for people.

    `data` replaces the JSON object with the text, for a document that JSON has as data alone.
    """

    content: str | bytes
    fields: dict[str, object] = {}
    data: object = None
    notes: tuple[str, ...] = ()


def document_command(
    name: str,
    document: Document | Callable[[DocumentSource], WrittenDocument],
    *,
    help_text: str,
    title: str = "",
    copy: bool = False,
    json: bool = False,
    file: str = "",
    options: Sequence[Decorator] = (),
) -> click.Command:
    """Declare a command that writes a document from the record of an incident and prints it.

    `document` is declared among the documents, or a function for one with data, notes or bytes of its own.
    `copy` and `json` give it --copy and --json. `file` is the metavar of the file that it can be saved to, and `title`
    its name in the confirmation. `options` are those of this document alone; their values are in its source.
    """

    def command(
        call: Call,
        incident_id: str | None,
        copy: bool = False,
        file: str | None = None,
        force: bool = False,
        **chosen: Any,
    ) -> int:
        with call.store() as store, call.session_in(store, incident_id) as session:
            source = DocumentSource(session, store, chosen)
            if isinstance(document, Document):
                written = WrittenDocument(document.text(source.record, source.now, source.zone))
            else:
                written = document(source)
            incident = session.record.incident
            if call.json and written.data is not None:
                output.json(written.data)
            elif call.json:
                output.json({"incident": incident.name, **written.fields, "text": written.content})
            else:
                name = f"{incident.name} {incident.codename or incident.title}: {title}"
                deliver(written.content, file, force=force, name=name)
            for note in written.notes:
                output.note(note, incident.opening.number)
            warning = channel_warning(incident)
            if warning and isinstance(written.content, str) and incident.meeting.channel in written.content:
                output.note(warning, incident.opening.number)
            if copy and isinstance(written.content, str):
                copy_text(call, store, written.content, _COPY_BY_HAND)
        return ExitCode.OK

    parameters = [
        incident_argument,
        *options,
        *([click.option("--copy", is_flag=True, help="Copy it to the clipboard.")] if copy else ()),
        *([file_option(file), force_option] if file else ()),
        common(json=json),
    ]
    function: Callable[..., Any] = command
    for decorate in reversed(parameters):
        function = decorate(function)
    return click.command(name, help=help_text)(function)


# -- Briefs and records


def _stand_down_list(source: DocumentSource) -> WrittenDocument:
    people = [
        {
            "who": person.who,
            "still": person.still or None,
            "may_rest": not person.still,
            "heard": json.instant(person.heard),
        }
        for person in responders(source.record)
    ]
    return WrittenDocument(STAND_DOWN.text(source.record, source.now, source.zone), {"people": people})


def _timeline(source: DocumentSource) -> WrittenDocument:
    from incident_cockpit.documents.timeline import TIMELINE
    from incident_cockpit.incident.views.timeline import timeline_entries

    return WrittenDocument(
        TIMELINE.text(source.record, source.now, source.zone),
        data=[json.timeline_line(source.record, line) for line in timeline_entries(source.record)],
    )


def _breach_record(source: DocumentSource) -> WrittenDocument:
    from incident_cockpit.documents.breach_record import BREACH_RECORD
    from incident_cockpit.incident.facts.security import is_breach

    none = () if is_breach(source.record.incident) else ("no breach is recorded: :type TYPE, :breach FIELD TEXT",)
    return WrittenDocument(BREACH_RECORD.text(source.record, source.now, source.zone), notes=none)


def _invitation(source: DocumentSource) -> WrittenDocument:
    from incident_cockpit.config.contacts import load_contacts
    from incident_cockpit.documents.invitation import invitees, review_invitation

    emails = {contact.name: contact.mail for contact in load_contacts(source.store.places.contacts)}
    unknown = ", ".join(guest.name for guest in invitees(source.record, emails) if not guest.mail)
    note = f"no email address for {unknown}: named in the description only; add addresses to contacts.toml"
    return WrittenDocument(review_invitation(source.record, source.now, emails), notes=(note,) if unknown else ())


def _ticket(source: DocumentSource) -> WrittenDocument:
    from incident_cockpit.documents.ticket import ticket

    rendered = TRACKERS[source.options["tracker"]](ticket(source.record, source.now))
    data = {"incident": source.record.incident.name, "text": rendered.text, **json.rendered(rendered)}
    return WrittenDocument(rendered.text, data=data, notes=rendered.notes)


handoff = document_command(
    "handoff", HANDOFF_BRIEF, copy=True, json=True,
    help_text="""Print the handoff brief for the next commander.

    To hand off command, run: incident do handoff NAME, then read-back and take-command.
    """,
)  # fmt: skip
join = document_command("join", JOIN_BRIEF, copy=True, json=True, help_text="Print the brief for new responders.")
stand_down = document_command(
    "stand-down",
    _stand_down_list,
    copy=True,
    json=True,
    help_text="List responders and last contact; who can stand down.",
)
timeline = document_command("timeline", _timeline, json=True, help_text="Print the timeline.")
postmortem = document_command(
    "postmortem", POSTMORTEM, title="postmortem", file="FILE", help_text="Write the postmortem draft as Markdown."
)
breach = document_command(
    "breach", _breach_record, title="breach record", file="FILE",
    help_text="""Write the record of a data breach as Markdown.

    It has the facts, the effects, the measures taken and the notifications. It is not legal advice.
    """,
)  # fmt: skip
invite = document_command(
    "invite", _invitation, title="invitation", file="FILE.ics",
    help_text="""Write the review invitation as an iCalendar file.

    All participants are invited. Email addresses come from the plan's contacts and from contacts.toml.
    """,
)  # fmt: skip
ticket = document_command(
    "ticket", _ticket, copy=True, json=True,
    help_text="Write a ticket, with each action and its time.",
    options=(
        click.option(
            "--format", "tracker", type=click.Choice(list(TRACKERS)), default="jira", show_default=True,
            help="Tracker to paste it into.",
        ),
    ),
)  # fmt: skip


@click.command()
@incident_argument
@click.option("--markdown", is_flag=True, help="Write the report as Markdown.")
@common()
def adherence(call: Call, incident_id: str | None, markdown: bool) -> int:
    """Report plan compliance.

    Each plan item was met, late, missed, not needed or not applicable, and by how much.
    """
    check_exclusive(("--markdown", markdown), ("--json", call.json))
    with call.session(incident_id) as session:
        record, now = session.record, session.here.now
    items = judge(record, now)
    if call.json:
        output.json([json.plan_item(item) for item in items])
    elif markdown:
        from incident_cockpit.documents.adherence_report import ADHERENCE_REPORT

        output.text(ADHERENCE_REPORT.text(record, now, UTC))
    else:
        output.lines(text.columns(compliance_rows(items, now)))
        incident = record.incident
        output.say(f"{incident.name} {incident.codename or incident.title}: {summary(items)}")
    return ExitCode.OK


def compliance_rows(items: Sequence[Assessment], now: datetime) -> list[tuple[str, str, str, str, str]]:
    """Return a row for each plan item: compliance, text, when it was due, when it was met, by how much or why."""
    return [
        (
            item.verdict.value,
            f"{item.text} (former plan)" if item.former else item.text,
            f"due {clock(item.due, UTC, now)} UTC" if item.due is not None else "",
            f"met {clock(item.met, UTC, now)} UTC" if item.met is not None else "",
            ", ".join(part for part in (_margin(item, now), item.why) if part),
        )
        for item in sorted(items, key=lambda item: _COMPLIANCE_ORDER.index(item.verdict))
    ]


def _margin(item: Assessment, now: datetime) -> str:
    """Return how late or early a plan item was met, or the time that is left."""
    if item.verdict is Compliance.RUNNING and item.due is not None:
        return countdown(item.due, now)
    if item.by is None or item.verdict in (Compliance.WAIVED, Compliance.NOT_NEEDED, Compliance.NOT_APPLICABLE):
        return ""
    if item.verdict is not Compliance.MET:
        return f"late {duration(item.by)}"
    early = duration(-item.by) if item.by <= timedelta(seconds=-1) else ""
    return f"on time, {early} early" if early else "on time"


@click.command()
@incident_argument
@click.option("--all", "everywhere", is_flag=True, help="Of all incidents, including closed ones.")
@common()
def followups(call: Call, incident_id: str | None, everywhere: bool) -> int:
    """List follow-ups.

    Outstanding legal duties come first, including those of other incidents unless one is named.
    """
    check_exclusive(("an incident", call.reference(incident_id) is not None), ("--all", everywhere))
    with call.store() as store:
        rows = store.incidents() if everywhere else _with_open_work(call, store, incident_id)
        incidents = []
        for row in rows:
            try:
                incidents.append(store.record(row.id).incident)
            except Unreadable as unreadable:
                if len(rows) == 1:
                    raise
                output.say(unreadable.why)
        now = store.clock.now()
    if call.json:
        output.json(
            [item for incident in incidents for item in (*json.duties_owed(incident), *json.follow_ups(incident))]
        )
        return ExitCode.OK
    items = [
        (incident.name, *row)
        for incident in incidents
        for row in (*text.duties_owed(incident, now), *text.follow_ups(incident))
    ]
    output.lines(text.columns(items))
    if not items:
        output.say("no follow-ups")
    return ExitCode.OK


def _with_open_work(call: Call, store: Store, incident_id: str | None) -> list[Listed]:
    """Return the current incident, and unless it was named those that have legal duties outstanding after their end."""
    if call.reference(incident_id) is not None:
        return [call.select(store, incident_id)]
    owing = [row for row in store.incidents(live_only=True, owing=True) if row.owed]
    try:
        current = call.select(store)
    except NotFound:
        if not owing:
            raise
        return owing
    return [current, *(row for row in owing if row.id != current.id)]


# -- Updates


@click.command()
@incident_argument
@click.option("--for", "audience", metavar="AUDIENCE", help="Audience, as named in the plan, such as internal.")
@click.option("--format", "target", type=click.Choice(list(FORMATS)), help="Format. [default: from the plan, or slack]")
@click.option("--copy", is_flag=True, help="Copy it and mark it as sent; the next countdown starts.")
@click.option("--post", "to_slack", is_flag=True, help="Post it to the Slack webhook; if that fails, copy it.")
@click.option("--sent", is_flag=True, help="Mark it as sent by hand; the next countdown starts.")
@common()
def update(
    call: Call,
    incident_id: str | None,
    audience: str | None,
    target: str | None,
    copy: bool,
    to_slack: bool,
    sent: bool,
) -> int:
    """Write a status update from the record.

    It is only printed unless --copy, --post or --sent is given.
    """
    from incident_cockpit.documents.promised_update import promised_time
    from incident_cockpit.documents.update import compose_update, field_ages

    check_exclusive(("--copy", copy), ("--post", to_slack), ("--sent", sent), why="each marks the update as sent")
    if to_slack and target is not None and target not in WEBHOOK_FORMATS:
        raise Refused(
            f"--post and --format {target} cannot be combined", f"use {' or '.join(WEBHOOK_FORMATS)}", ExitCode.USAGE
        )
    if copy and target is not None:
        check_pasteable(target)
    with call.store() as store, _session_for_update(call, store, incident_id, audience) as session:
        cadence = _cadence(session, audience)
        reader, number = cadence.audience, session.record.incident.opening.number
        target = target or ("slack" if to_slack else cadence.format)
        composed = compose_update(session.record, reader, store.clock.now(), store.zone, target=target)
        ages = field_ages(session.record, reader, store.clock.now(), store.zone)
        if call.json:
            stale = [field.field for field in ages if field.stale]
            output.json({**json.update(session.record, reader, composed), "stale": stale})
        else:
            print_rendered(composed.rendered, target)
        for warning in composed.warnings:
            output.note(warning, number)
        if ages:
            output.say(
                "last changed: "
                + " · ".join(f"{field.words} (check it)" if field.stale else field.words for field in ages)
            )
        route = BY_HAND if sent else None
        by_hand = (
            f"send the text above by hand, then: incident update --for {quote(reader)} --sent{incident_option(number)}"
        )
        if copy:
            route = copy_text(call, store, composed.text, by_hand)
        elif to_slack:
            payloads = composed.filled.written(WEBHOOK_FORMATS[target]).payloads
            route = post(call, store, payloads, composed.text, by_hand)
        if route is not None:
            output.flush()
            # Posting takes its time: what was promised is what the text says, as in the composer.
            next_update = promised_time(composed.text, composed.next_due, store.clock.now())
            values = {"audience": reader, "route": route, "text": composed.text, "promised": next_update}
            entries.act(replace(call, json=False), session, "sent", values)
    return ExitCode.OK


@contextmanager
def _session_for_update(call: Call, store: Store, incident_id: str | None, audience: str | None) -> Iterator[Session]:
    """Open the current incident; where no incident has the ID and there is no audience, suggest --for."""
    try:
        if incident_id is not None and audience is None:
            store.select(call.reference(incident_id))
    except NotFound as refused:
        command = f"incident update --for {quote(incident_id or '')}{incident_option(call.incident)}"
        raise NotFound(refused.why, f"if that is the audience: {command}") from None
    with call.session_in(store, incident_id) as session:
        yield session


def _cadence(session: Session, audience: str | None) -> Cadence:
    plan = session.record.incident.plan
    if audience is None:
        audiences = ", ".join(cadence.audience for cadence in plan.cadences)
        raise Refused("audience missing", f"use --for with one of: {audiences}", ExitCode.USAGE, about="audience")
    return plan.find_cadence(audience)


# -- Messages and scripts


@click.command()
@click.argument("name", metavar="[MESSAGE]", required=False, shell_complete=complete_messages)
@click.option(
    "--format", "target", type=click.Choice(list(FORMATS)), default="slack", show_default=True, help="Format."
)
@click.option("--copy", is_flag=True, help="Copy it, and complete the plan items that it covers.")
@common()
def message(call: Call, name: str | None, target: str, copy: bool) -> int:
    """Write a message; without a name, list messages.

    The list has those available now. A message is only printed unless --copy is given.
    """
    from incident_cockpit.documents.messages import available_messages, compose_message, items_completed_by

    if name is None and copy:
        command = f"incident message declared --copy{incident_option(call.incident)}"
        raise Refused("--copy needs a message", f"for example: {command}", ExitCode.USAGE)
    if copy:
        check_pasteable(target)
    with call.store() as store, call.session_in(store) as session:
        incident = session.record.incident
        if name is None:
            offered = available_messages(session.record)
            if call.json:
                output.json(
                    [
                        {
                            "id": word,
                            "name": title,
                            "settles": [item.text for item in items_completed_by(incident, word)],
                        }
                        for word, title in offered
                    ]
                )
            else:
                output.lines(text.columns(offered))
            return ExitCode.OK
        composed = compose_message(session.record, name, store.clock.now(), store.zone, target=target)
        items = items_completed_by(incident, name)
        if call.json:
            output.json(json.message(session.record, name, composed, [item.text for item in items]))
        else:
            print_rendered(composed.rendered, target)
        for warning in composed.warnings:
            output.note(warning, incident.opening.number)
        if copy:
            by_hand = "send the text above by hand, then complete its plan item with :complete ITEM"
            route = copy_text(call, store, composed.text, by_hand)
            output.flush()
            _complete(replace(call, json=False), session, [item.key for item in items], route)
    return ExitCode.OK


def _complete(call: Call, session: Session, keys: Sequence[str], route: str) -> None:
    """Complete the plan items that the copied text settles; one may complete another."""
    from incident_cockpit.incident.views.due import due_items

    for key in keys:
        if any(item.key == key for item in due_items(session.record.incident)):
            entries.act(call, session, "complete", {"item": key, "note": f"copied ({route})"})


@click.command()
@click.argument("name", metavar="[SCRIPT]", required=False)
@common()
def script(call: Call, name: str | None) -> int:
    """Print a script to read aloud; without a name, list scripts.

    The one that fits the moment comes first. Text in brackets is for you alone. Turn scripts off with
    `scripts = false` in config.toml.
    """
    from incident_cockpit.documents.scripts import available_scripts, compose_script
    from incident_cockpit.plan.templates import SCRIPT

    with call.store() as store, call.session_in(store) as session:
        if not store.settings.scripts:
            raise Refused("scripts are turned off", "to turn them on: scripts = true in config.toml")
        if name is None:
            offered = [(word.removeprefix(SCRIPT), title) for word, title in available_scripts(session.record)]
            if call.json:
                output.json([{"id": word, "name": title} for word, title in offered])
            else:
                output.lines(text.columns(offered))
            return ExitCode.OK
        incident = session.record.incident
        composed = compose_script(session.record, name, session.who, store.clock.now())
        content = in_commands(composed.text, incident.opening.number)
        if call.json:
            warnings = list(composed.warnings)
            output.json({"incident": incident.name, "script": name, "text": content, "warnings": warnings})
        else:
            output.text(content)
        for warning in composed.warnings:
            output.note(warning, incident.opening.number)
    return ExitCode.OK
