"""Topics of the manual and their pages, for `incident help TOPIC` and the help screen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.text.suggest import did_you_mean

_FOLDER = Path(__file__).resolve().parent

# In the order in which a new user needs them: the name of the page's file and its title.
TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "entry-line": "The entry line",
        "keys": "Keys",
        "commands": "Commands",
        "responding": "Responding to an incident",
        "updates": "Updates, messages and formats",
        "handoff": "Handoff",
        "runbooks": "Runbooks",
        "plans": "Response plans",
        "plan-keys": "Plan file reference",
        "variables": "Template variables",
        "security": "Security incidents and data breaches",
        "postmortem": "Closing, review and postmortem",
        "settings": "Settings",
        "files": "Files",
        "recovery": "Recovery",
    }
)


def page(topic: str) -> str:
    """Return the Markdown of a topic; raises Refused for an unknown one."""
    if topic not in TOPICS:
        hint = did_you_mean(topic, TOPICS, "list the topics: incident help")
        raise Refused(f'There is no help topic "{topic}"', hint, ExitCode.NOT_FOUND, about="topic")
    return (_FOLDER / f"{topic}.md").read_text(encoding="utf-8")
