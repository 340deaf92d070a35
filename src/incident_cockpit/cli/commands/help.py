"""The command that shows the manual."""

from __future__ import annotations

import shutil

import click

from incident_cockpit.cli import output
from incident_cockpit.errors import ExitCode
from incident_cockpit.manual.pages import TOPICS, page
from incident_cockpit.text.blocks import plain

_WIDEST, _NARROWEST = 100, 40


@click.command("help")
@click.argument(
    "topic",
    metavar="[TOPIC]",
    required=False,
    shell_complete=lambda _context, _param, word: [topic for topic in TOPICS if topic.startswith(word)],
)
def help_(topic: str | None) -> int:
    """Show the manual.

    Without a topic, list the topics.
    """
    if topic is None:
        output.lines(f"{name:<12}{title}" for name, title in TOPICS.items())
        return ExitCode.OK
    text = page(topic)
    # Late: it brings the Markdown parser.
    from incident_cockpit.runbook.prose import prose

    width = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))
    output.lines(" " * line.indent + plain(line.runs) for line in prose(text, width))
    return ExitCode.OK
