"""The commands that write to an incident: a line of the log, and any action of the registry."""

from __future__ import annotations

from collections.abc import Iterator

import click

from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.cli import entries as write
from incident_cockpit.cli import output
from incident_cockpit.cli.completion import verbs as complete_verbs
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import Spoken, common
from incident_cockpit.cli.views import text as looks
from incident_cockpit.errors import ExitCode, Refused


@click.command(cls=Spoken)
@click.argument("text", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--at", metavar="TIME", help="When it happened, if not now: -7m, 14:05, 14:05Z, 'yesterday 23:50'.")
@click.option("--note", is_flag=True, help="A note; the text is taken as it stands.")
@click.option("--decision", is_flag=True, help="A decision; the text is taken as it stands.")
@click.option("--action", is_flag=True, help="An action that was taken; the text is taken as it stands.")
@click.option("--ask", nargs=2, metavar="WHO TIME", help="Ask somebody within a time: --ask Raj 10m.")
@click.option("--link", "links", metavar="URL", multiple=True, help="Pin a link to the line; may be given again.")
@click.option(
    "--file",
    "files",
    type=click.Path(),
    metavar="PATH",
    multiple=True,
    help="Pin a file to the line; a copy is kept. May be given again.",
)
@common()
def log(
    call: Call,
    text: tuple[str, ...],
    at: str | None,
    note: bool,
    decision: bool,
    action: bool,
    ask: tuple[str, str] | None,
    links: tuple[str, ...],
    files: tuple[str, ...],
) -> int:
    """Log what happened, as the entry line reads it.

    A single - takes standard input as one note, as it stands.

    \b
    ? text      a hypothesis          -7m text       seven minutes ago
    ! text      an action taken       14:05 text     at five past two
    = text      a decision            @Raj 10m text  an ask
    :verb ...   any action; anything else is a note

    Words that begin with two minus signs stand behind --.
    """
    sorts = [name for name, chosen in (("note", note), ("decision", decision), ("action", action)) if chosen]
    if len(sorts) + (ask is not None) > 1:
        raise Refused("a line is one of --note, --decision, --action, --ask", "give one of them", ExitCode.USAGE)
    return write.log(call, write.Entry(text, at, sorts[0] if sorts else None, ask, links, files))


@click.command("do", cls=Spoken)
@click.argument("verb", required=False, shell_complete=complete_verbs)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.option("--at", metavar="TIME", help="When it happened, if not now: -7m, 14:05, 14:05Z, 'yesterday 23:50'.")
@common()
def do(call: Call, verb: str | None, words: tuple[str, ...], at: str | None) -> int:
    """Do any action; without a verb, list them all.

    As in: incident do severity SEV1 all EU payments fail.

    A step, an ask, a timer, a hypothesis or what the plan asks for is named by its id or by part of its words.
    """
    if verb is not None:
        return write.act(call, verb, words, at)
    possible = [action for action in ACTIONS.values() if action.decide is not None]
    if call.json:
        output.shape(
            [{"name": one.name, "usage": one.usage, "about": one.description, "group": one.group} for one in possible]
        )
    else:
        output.lines(_verbs())
    return ExitCode.OK


def _verbs() -> Iterator[str]:
    return looks.columns([(one.usage, one.description) for one in ACTIONS.values() if one.decide is not None])
