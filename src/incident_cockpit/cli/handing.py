"""Commands for people: the brief of a hand-over, what is happening, who may rest, what to say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

import click

from incident_cockpit.cli import diagnostics, looks, output, shapes
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.completing import incidents as complete_incidents
from incident_cockpit.cli.leaving import copied
from incident_cockpit.cli.options import common
from incident_cockpit.cli.spelling import in_commands
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.incident.record import Record

_BY_HAND = "copy the text above by hand"

Write = Callable[[Record, datetime, tzinfo], str]
More = Callable[[Record], shapes.Shape]


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--copy", is_flag=True, help="Copy it, too.")
@common()
def handoff(call: Call, incident_id: str | None, copy: bool) -> int:
    """Print the brief of a hand-over.

    It holds all that the next commander has to know.

    Command changes hands by: incident do handoff NAME, then read-back and take-command.
    """
    from incident_cockpit.exports.handing_over import brief

    return _tell(call, incident_id, brief, copy=copy)


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--copy", is_flag=True, help="Copy it, too.")
@common()
def join(call: Call, incident_id: str | None, copy: bool) -> int:
    """Print what is happening, for whoever arrives."""
    from incident_cockpit.exports.joining import join_brief

    return _tell(call, incident_id, join_brief, copy=copy)


@click.command("stand-down")
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@click.option("--copy", is_flag=True, help="Copy it, too.")
@common()
def stand_down(call: Call, incident_id: str | None, copy: bool) -> int:
    """Print who may rest, and when each was last heard from."""
    from incident_cockpit.exports.joining import crew
    from incident_cockpit.exports.joining import stand_down as written

    def people(record: Record) -> shapes.Shape:
        return {
            "people": [
                {
                    "who": one.who,
                    "still": one.still or None,
                    "may_rest": not one.still,
                    "heard": shapes.instant(one.heard),
                }
                for one in crew(record)
            ]
        }

    return _tell(call, incident_id, written, copy=copy, more=people)


@click.command()
@click.argument("name", metavar="[SCRIPT]", required=False)
@common()
def say(call: Call, name: str | None) -> int:
    """Print words to read aloud; without a name, list them.

    The one that fits the moment comes first. What stands in brackets is for you alone. `scripts = false` in config.toml
    switches them off.
    """
    from incident_cockpit.exports.scripts import script, scripts
    from incident_cockpit.plan.templates import SCRIPT

    with call.library() as library, call.opened(library) as session:
        if not library.settings.scripts:
            raise Refused("scripts are switched off", "switch them on: scripts = true in config.toml")
        if name is None:
            found = [(word.removeprefix(SCRIPT), title) for word, title in scripts(session.record)]
            if call.json:
                output.shape([{"id": word, "name": title} for word, title in found])
            else:
                output.lines(looks.columns(found))
            return ExitCode.OK
        made = script(session.record, name, session.who, library.clock.now())
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
            diagnostics.note(warning, session.record.incident.opening.number)
    return ExitCode.OK


def _nothing(_record: Record) -> shapes.Shape:
    return {}


def _tell(call: Call, incident_id: str | None, write: Write, *, copy: bool, more: More = _nothing) -> int:
    """Print a text and copy it; `more` is what else JSON holds."""
    with call.library() as library, call.opened(library, incident_id) as session:
        text = write(session.record, library.clock.now(), library.zone)
        if call.json:
            output.shape({"incident": session.record.incident.name, **more(session.record), "text": text})
        else:
            output.text(text)
        if copy:
            copied(call, library, text, _BY_HAND)
    return ExitCode.OK
