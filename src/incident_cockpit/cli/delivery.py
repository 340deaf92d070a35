"""Delivery of a text: to a file, never over another one by accident; to the clipboard; to Slack."""

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

WEBHOOK_VARIABLE = "INCIDENT_SLACK_WEBHOOK"
# How the record names a text that was posted.
WEBHOOK_ROUTE = "slack"
BLOCKS = "blocks"
STREAM = "-"


def is_stream(file: str | None) -> bool:
    """Return whether this is standard output: no file, or -."""
    return file is None or file == STREAM


def deliver(content: str | bytes, file: str | None, *, force: bool, name: str) -> None:
    """Write a document to a file and report that under its name, or write it to standard output."""
    if file is not None and not is_stream(file):
        write_file(Path(file), content.encode() if isinstance(content, str) else content, overwrite=force)
        output.say(f"Saved {file} ({name})")
    elif isinstance(content, str):
        output.text(content)
    else:
        output.raw(content)


def copy_text(call: Call, store: Store, text: str, otherwise: str) -> str:
    """Copy the text, report the route that was taken, and return it.

    Raises Refused where there was none, with `otherwise` as what to do by hand.
    """
    from incident_cockpit.integrations import clipboard

    # Standard output is data, so a sequence for the terminal goes to standard error.
    write_terminal = output.raw_error if sys.stderr.isatty() else None
    copied = clipboard.copy(text, last_copy=store.places.last_copy, env=call.env, write_terminal=write_terminal)
    if copied.route == "none":
        raise Refused(copied.words, otherwise)
    output.say(copied.words)
    return copied.route


def check_pasteable(target: str) -> None:
    """Refuse to copy Block Kit JSON, which cannot be pasted."""
    if target == BLOCKS:
        raise Refused(
            f"--copy and --format {target} cannot be combined",
            "use --post: Block Kit JSON cannot be pasted",
            ExitCode.USAGE,
        )


def print_rendered(rendered: Rendered, target: str) -> None:
    """Print a text for people, or blocks for programs."""
    if target != BLOCKS:
        output.text(rendered.text)
        return
    for payload in rendered.payloads:
        output.json(payload)


def post(call: Call, store: Store, payloads: Sequence[Payload], text: str, otherwise: str) -> str:
    """Post the messages and return that route; where that fails, report it and copy the text instead.

    The URL is in the environment or in the settings; raises Refused where it is not.
    """
    from incident_cockpit.integrations.webhook import post as post_payloads

    url = call.env.get(WEBHOOK_VARIABLE, "").strip() or store.settings.slack_webhook
    if not url:
        raise Refused(
            "no Slack webhook is configured",
            f"set slack_webhook in config.toml or {WEBHOOK_VARIABLE}, or run: incident init",
        )
    result = post_payloads(url, payloads)
    if result.whole:
        output.say("posted to Slack")
        return WEBHOOK_ROUTE
    check = "; check the channel before you paste it" if result.maybe or result.taken else ""
    output.say(f"note: not posted ({result.why}); copying the text instead{check}")
    return copy_text(call, store, text, otherwise)
