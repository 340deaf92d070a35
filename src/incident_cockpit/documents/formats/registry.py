"""Formats by name, in the order in which they are offered."""

from __future__ import annotations

from incident_cockpit.documents.formats import (
    block_kit,
    email,
    jira,
    markdown,
    plain,
    slack,
    sms,
    social,
    statuspage,
    teams,
)
from incident_cockpit.documents.formats.format import Format

FORMATS: dict[str, Format] = {
    format_.name: format_
    for format_ in (
        slack.PASTE,
        slack.API,
        block_kit.FORMAT,
        markdown.FORMAT,
        plain.FORMAT,
        teams.FORMAT,
        statuspage.FORMAT,
        email.FORMAT,
        social.FORMAT,
        sms.FORMAT,
        jira.FORMAT,
    )
}
