"""Commands that write to an incident: `log` a line, `do` any action."""

from __future__ import annotations

from typing import Any

import click

from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.cli import entries, output
from incident_cockpit.cli.completion import arguments as complete_arguments
from incident_cockpit.cli.completion import verbs as complete_verbs
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import FreeTextCommand, at_option, common
from incident_cockpit.cli.views.text import columns
from incident_cockpit.errors import ExitCode


@click.command(cls=FreeTextCommand)
@click.argument("text", nargs=-1, required=True, type=click.UNPROCESSED)
@at_option
@click.option("--note", is_flag=True, help="Log a note; prefixes are ignored.")
@click.option("--decision", is_flag=True, help="Log a decision; prefixes are ignored.")
@click.option("--action", is_flag=True, help="Log an action taken; prefixes are ignored.")
@click.option("--ask", nargs=2, metavar="WHO TIME", help="Ask someone, with a due time: --ask Raj 10m.")
@click.option("--link", "links", metavar="URL", multiple=True, help="Attach a link; may be repeated.")
@click.option(
    "--file", "files", type=click.Path(), metavar="PATH", multiple=True,
    help="Attach a copy of a file; may be repeated.",
)  # fmt: skip
@common()
def log(**values: Any) -> int:
    """Log an entry, with the prefixes of the entry line.

    A single - logs standard input as one note.

    \b
    ? text      a hypothesis          -7m text       at 7 minutes ago
    ! text      an action taken       14:05 text     at 14:05
    = text      a decision            @Raj 10m text  an ask
    :action ... any action; anything else is a note

    Text that starts with two hyphens goes after --.
    """
    return entries.log(**values)


@click.command("do", cls=FreeTextCommand)
@click.argument("verb", metavar="[ACTION]", required=False, shell_complete=complete_verbs)
@click.argument("words", metavar="[ARGUMENTS]...", nargs=-1, type=click.UNPROCESSED, shell_complete=complete_arguments)
@at_option
@common()
def do(call: Call, verb: str | None, words: tuple[str, ...], at: str | None) -> int:
    """Run any action; without one, list all actions.

    Example: incident do severity SEV1 all EU payments fail

    Name a step, ask, timer, hypothesis or due item by its id or by part of its text.
    """
    if verb is not None:
        return entries.do(call, verb, words, at)
    actions = [action for action in ACTIONS.values() if action.decide is not None]
    if call.json:
        output.json(
            [
                {"name": action.name, "usage": action.usage, "about": action.description, "group": action.group}
                for action in actions
            ]
        )
    else:
        output.lines(columns([(action.usage, action.description) for action in actions]))
    return ExitCode.OK
