"""Every format by its name, in the order in which they are offered."""

from __future__ import annotations

from incident_cockpit.exports.formats import (
    blocks,
    jira,
    mail,
    markdown,
    plain,
    slack,
    sms,
    social,
    statuspage,
    teams,
)
from incident_cockpit.exports.formats.format import Format

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        slack.PASTE,
        slack.API,
        blocks.FORMAT,
        markdown.FORMAT,
        plain.FORMAT,
        teams.FORMAT,
        statuspage.FORMAT,
        mail.FORMAT,
        social.FORMAT,
        sms.FORMAT,
        jira.FORMAT,
    )
}
