"""Writing a file that somebody asked for: never over another one by accident, and never half of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from incident_cockpit.cli import output
from incident_cockpit.cli.context import Call
from incident_cockpit.documents.formats.format import Payload, Rendered
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.files import write_file
from incident_cockpit.service.store import Store

# -- leaving: Texts and files on their way out of a command: copied with the route said, written to a file or printed.


def copied(call: Call, store: Store, text: str, otherwise: str) -> str:
    """Copy the text, say which route it took, and return that route; raises Refused when there was none.

    `otherwise` says what to do by hand then.
    """
    from incident_cockpit.integrations import clipboard

    # Standard output is data, so a sequence for the terminal goes where people read.
    write_terminal = output.raw_error if sys.stderr.isatty() else None
    done = clipboard.copy(text, last_copy=store.places.last_copy, env=call.env, write_terminal=write_terminal)
    if done.route == "none":
        raise Refused(done.words, otherwise)
    output.say(done.words)
    return done.route


def written(made: str | bytes, file: str | None, *, force: bool, said: str) -> None:
    """Write a document to the file, saying so in these words, or to standard output where none or - is named."""
    if file is not None and file != "-":
        write_file(Path(file), made.encode() if isinstance(made, str) else made, overwrite=force)
        output.say(f"{said} written to {file}")
    elif isinstance(made, str):
        output.text(made)
    else:
        output.raw(made)


# -- posting: A text in one of its formats on its way out: printed, and posted through Slack's webhook or copied
# instead.

WEBHOOK = "slack"
VARIABLE = "INCIDENT_SLACK_WEBHOOK"
BLOCKS = "blocks"


def check_copying(target: str) -> None:
    """Refuse to copy what nobody can paste."""
    if target == BLOCKS:
        raise Refused(f"--copy and --format {target} are given", "nobody can paste blocks: post them", ExitCode.USAGE)


def printed(rendered: Rendered, target: str) -> None:
    """Print a text for people, or blocks for programs."""
    if target != BLOCKS:
        output.text(rendered.text)
        return
    for payload in rendered.payloads:
        output.shape(payload)


def posted(call: Call, store: Store, payloads: Sequence[Payload], text: str, otherwise: str) -> str:
    """Post the messages and return that route; where that fails it is said, and the text copied instead.

    The address stands in the environment or in the settings. Raises Refused where it does not.
    """
    from incident_cockpit.integrations.webhook import post

    url = call.env.get(VARIABLE, "").strip() or store.settings.slack_webhook
    if not url:
        raise Refused(
            "no Slack webhook is set",
            f"write it to slack_webhook in config.toml or to {VARIABLE}, or run: incident init",
        )
    done = post(url, payloads)
    if done.whole:
        output.say("posted to Slack")
        return WEBHOOK
    look = ": look there before you paste it" if done.maybe or done.taken else ""
    output.say(f"note: not posted, {done.why}; the text is copied instead{look}")
    return copied(call, store, text, otherwise)
