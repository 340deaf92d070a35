"""A template filled in for one place it is pasted into, people's words made safe; a plain text where it is broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.exports.leaving import guarded
from incident_cockpit.exports.restricted import marked
from incident_cockpit.exports.templates import Value, render
from incident_cockpit.incident.state import Incident
from incident_cockpit.text import secrets
from incident_cockpit.text.escape import markdown

Target = Literal["slack", "markdown", "text"]
TARGETS: tuple[Target, ...] = ("slack", "markdown", "text")

# Stands for the stars and other signs of people's own text while the template's `*bold*` is turned into the target's.
_KEPT_STAR = "\ue000"
# What a severity leaves behind that nobody has given yet: a bold that does not begin at its first word, and a bracket.
_GAP = re.compile(r"^\* +(?=[^*\n]*\S\*)|(?<=\() +", re.MULTILINE)
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,2000}?)(?<=\S)\*(?![\w*])")


class Wording(Struct, frozen=True):
    """A template of the plan, and how it is named where it cannot be filled in."""

    text: str
    source: str


class Filled(Struct, frozen=True):
    """A text that may leave; `broken` says why a template gave way, `redacted` what sorts of secrets were taken out."""

    text: str
    broken: tuple[str, ...]
    redacted: tuple[str, ...]


def fill(
    incident: Incident,
    wording: Wording | None,
    built_in: str,
    facts: Mapping[str, Value],
    target: Target,
    *,
    inside: bool,
) -> Filled:
    """Fill in the plan's words, or the built-in ones where it has none or they are broken.

    A text late is worse than a text plain, so a template that cannot be filled in costs a warning and nothing more.
    Readers inside are told where an incident is restricted.
    """
    redacted: list[str] = []
    broken: list[str] = []
    chosen = wording or Wording(built_in, "built-in text")
    try:
        text = _filled(chosen, facts, target, redacted)
    except Refused as refusal:
        redacted.clear()
        broken.append(f"{refusal.why}; a built-in text stands here instead")
        text = _filled(Wording(built_in, "built-in text"), facts, target, redacted)
    if inside:
        text = marked(incident, text, str if target != "markdown" else markdown)
    text, found = guarded(text)
    return Filled(text, tuple(broken), (*redacted, *found))


def redactions(redacted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the warning that says what was taken out, if anything was."""
    return (f"Redacted: {', '.join(sorted(set(redacted)))}",) if redacted else ()


def _filled(wording: Wording, facts: Mapping[str, Value], target: Target, redacted: list[str]) -> str:
    filled = render(wording.text, facts, wording.source, _escaper(target, redacted))
    if not facts.get("severity"):
        filled = _GAP.sub(lambda gap: "*" if gap.group().startswith("*") else "", filled)
    if target == "slack":
        return filled
    if target == "text":
        return _BOLD.sub(r"\1", filled).replace(_KEPT_STAR, "*")
    return "\n".join(_apart(_BOLD.sub(r"**\1**", filled).replace(_KEPT_STAR, "*").split("\n")))


def _escaper(target: Target, redacted: list[str]) -> Callable[[str], str]:
    """Return what makes people's words safe inside the template's own; secrets are looked for in each by itself.

    Markdown is full of backslashes afterwards, in which a secret would no longer be recognised.
    """
    if target == "slack":
        return str

    def escape(text: str) -> str:
        text = text.replace(_KEPT_STAR, "\ufffd")
        if target == "markdown":
            found = secrets.redact(text)
            redacted.extend(one.name for one in found[1])
            text = markdown(found[0])
        return text.replace("*", _KEPT_STAR)

    return escape


def _apart(lines: list[str]) -> Iterator[str]:
    """Yield the lines so that Markdown keeps them apart: only items of one list may follow each other closely."""
    before = ""
    for line in lines:
        if before and line and not (before.startswith("- ") and line.startswith("- ")):
            yield ""
        yield line
        before = line
