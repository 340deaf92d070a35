"""A text in one of its formats on its way out: printed, and posted through Slack's webhook or copied instead."""

from __future__ import annotations

from collections.abc import Sequence

from incident_cockpit.cli import diagnostics, output
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.leaving import copied
from incident_cockpit.cockpit.library import Library
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.exports.formats.format import Payload, Rendered

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


def posted(call: Call, library: Library, payloads: Sequence[Payload], text: str, otherwise: str) -> str:
    """Post the messages and return that route; where that fails it is said, and the text copied instead.

    The address stands in the environment or in the settings. Raises Refused where it does not.
    """
    from incident_cockpit.outside.webhook import post

    url = call.env.get(VARIABLE, "").strip() or library.settings.slack_webhook
    if not url:
        raise Refused(
            "no Slack webhook is set",
            f"write it to slack_webhook in config.toml or to {VARIABLE}, or run: incident init",
        )
    done = post(url, payloads)
    if done.whole:
        diagnostics.say("posted to Slack")
        return WEBHOOK
    look = ": look there before you paste it" if done.maybe or done.taken else ""
    diagnostics.say(f"note: not posted, {done.why}; the text is copied instead{look}")
    return copied(call, library, text, otherwise)
