"""The command that writes the texts of a response: the first message, an invite, an escalation, the all-clear."""

from __future__ import annotations

import click
from msgspec.structs import replace

from incident_cockpit.cli import diagnostics, looks, output, shapes
from incident_cockpit.cli import writing as write
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.completing import messages as complete_messages
from incident_cockpit.cli.leaving import copied
from incident_cockpit.cli.options import common
from incident_cockpit.cli.posting import check_copying, printed
from incident_cockpit.cli.spelling import named
from incident_cockpit.cockpit.session import Session
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.exports.formats.registry import FORMATS
from incident_cockpit.exports.messages import message as written
from incident_cockpit.exports.messages import messages, settled_by
from incident_cockpit.exports.update import Composed
from incident_cockpit.incident.due import due_items

BY_HAND = "send the text above by hand, then mark what it was for with :did ITEM"


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
    with call.library() as library, call.opened(library) as session:
        if name is None:
            return _list(call, session)
        composed = written(session.record, name, library.clock.now(), library.zone, target=target)
        if call.json:
            output.shape(_shape(session, name, composed))
        else:
            printed(composed.rendered, target)
        for warning in composed.warnings:
            diagnostics.note(warning, session.record.incident.opening.number)
        if copy:
            settles = [item.key for item in settled_by(session.record.incident, name)]
            route = copied(call, library, composed.text, BY_HAND)
            output.flush()
            _mark(replace(call, json=False), session, settles, route)
    return ExitCode.OK


def _list(call: Call, session: Session) -> int:
    found = messages(session.record)
    if call.json:
        output.shape([_listed(session, word, name) for word, name in found])
    else:
        output.lines(looks.columns(found))
    return ExitCode.OK


def _listed(session: Session, word: str, name: str) -> shapes.Shape:
    return {"id": word, "name": name, "settles": _settles(session, word)}


def _shape(session: Session, name: str, composed: Composed) -> shapes.Shape:
    return {
        "incident": session.record.incident.name,
        "message": name,
        "text": composed.text,
        **shapes.rendered(composed.rendered),
        "guide": list(composed.guide),
        "warnings": list(composed.warnings),
        "settles": _settles(session, name),
    }


def _settles(session: Session, word: str) -> list[str]:
    return [item.text for item in settled_by(session.record.incident, word)]


def _mark(call: Call, session: Session, keys: list[str], route: str) -> None:
    """Mark what the copied text settles; two duties that share a deed are one."""
    for key in keys:
        if any(item.key == key for item in due_items(session.record.incident)):
            write.keep(call, session, "did", {"item": key, "note": f"copied ({route})"})
