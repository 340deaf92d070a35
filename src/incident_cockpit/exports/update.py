"""A status update, written from the facts for one audience and one place it is pasted into."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from typing import Literal

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.exports.facts import is_internal, next_number, variables
from incident_cockpit.exports.leaving import guarded
from incident_cockpit.exports.templates import Value, render
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.updates import next_due
from incident_cockpit.text import secrets
from incident_cockpit.text.count import counted
from incident_cockpit.text.escape import markdown, mentions

Target = Literal["slack", "markdown", "text"]
TARGETS: tuple[Target, ...] = ("slack", "markdown", "text")

SLACK_SPLITS_AT = 4_000

# For audiences the plan has no words for; the first is for readers inside, the second for all others.
INSIDE = """
*{{ severity }} {{ id }} {{ title }}*: {{ phase }}
Update {{ number }}, {{ elapsed }} since it started. {{ commander or "Nobody" }} is in command.
*Impact:* {{ impact or "not known yet" }}
{% for action in actions[-5:] %}
- {{ action.time }} {{ action.text }}
{% endfor %}
{% for decision in decisions[-5:] %}
- {{ decision.time }} Decided: {{ decision.text }}
{% endfor %}
{% for hypothesis in hypotheses[-5:] %}
- Possible cause: {{ hypothesis.text }} ({{ hypothesis.status }})
{% endfor %}
{% if next_time %}
*Next update at {{ next_time }}*
{% endif %}
"""
OUTSIDE = """
*{{ public }}: {{ title }}* ({{ severity }} {{ id }})
{% if impact %}
What you may notice: {{ impact }}
{% endif %}
It started at {{ started }}.
{% if next_time %}
We will write again by {{ next_time }}.
{% endif %}
"""

# Stands for the stars and other signs of people's own text while the template's `*bold*` is turned into the target's.
_KEPT_STAR = "\ue000"
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,2000}?)(?<=\S)\*(?![\w*])")


class Composed(Struct, frozen=True):
    """An update before anybody has touched it.

    `number` is its number for the audience, `next_due` when the one after it is promised, `warnings` one line each to
    show beside it, `redacted` the kind of every secret that was taken out.
    """

    text: str
    number: int
    next_due: datetime | None
    warnings: tuple[str, ...]
    redacted: tuple[str, ...]


def compose(record: Record, audience: str, now: datetime, zone: tzinfo, target: Target = "slack") -> Composed:
    """Write the update for an audience, by its words; raises Refused when the plan knows no such audience.

    Readers inside get their times in UTC, all others in `zone`. A template of the plan that cannot be filled in gives
    way to a built-in one, with a warning, because an update late is worse than an update plain.
    """
    incident = record.incident
    chosen = incident.plan.find_cadence(audience).audience
    facts = variables(record, chosen, now, UTC if is_internal(chosen) else zone)
    redacted: list[str] = []
    broken: list[str] = []
    try:
        text = _written(incident, chosen, facts, target, redacted)
    except Refused as refusal:
        redacted.clear()
        broken.append(f"{refusal.why}; a built-in text stands here instead")
        text = _filled(_built_in(chosen), "built-in text", facts, target, redacted)
    text, found = guarded(text)
    redacted += found
    return Composed(
        text=text,
        number=next_number(incident, chosen),
        next_due=next_due(incident, chosen, now),
        warnings=(*broken, *_redactions(redacted), *check(text, incident, chosen)),
        redacted=tuple(redacted),
    )


def check(text: str, incident: Incident | None = None, audience: str = "") -> tuple[str, ...]:
    """Return what to think of before sending this text, one line each; nothing of it stops anybody.

    With the incident it also says what the facts lack, with the audience whom a reader outside would find named.
    """
    warnings = [f"Looks like a secret: {found.name}; it is redacted when it leaves" for found in secrets.find(text)[:5]]
    if not text.strip():
        warnings.append("It is empty")
    if incident is not None and incident.impact is None:
        warnings.append("The impact is not described: readers will ask who is affected and how")
    if len(text) > SLACK_SPLITS_AT:
        warnings.append(f"It has {len(text):,} characters: Slack splits it above {SLACK_SPLITS_AT:,}")
    called = mentions(text)
    if called:
        warnings.append(f"{counted(called, '@name')} in it: nobody will be called by it")
    if incident is not None and audience and not is_internal(audience):
        warnings += [f"It names {who}, and its readers are outside" for who in _named(text, incident)]
    return tuple(warnings)


def _written(incident: Incident, audience: str, facts: dict[str, Value], target: Target, redacted: list[str]) -> str:
    phase = incident.phase.value if incident.phase else incident.plan.first_phase
    template = incident.plan.template(audience, phase)
    if template is None:
        return _filled(_built_in(audience), "built-in text", facts, target, redacted)
    of_phase = f" in phase '{template.phase}'" if template.phase else ""
    source = f"template for '{audience}'{of_phase} of plan '{incident.plan.id}'"
    return _filled(template.text, source, facts, target, redacted)


def _filled(template: str, source: str, facts: dict[str, Value], target: Target, redacted: list[str]) -> str:
    filled = render(template, facts, source, _escaper(target, redacted))
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


def _built_in(audience: str) -> str:
    return INSIDE if is_internal(audience) else OUTSIDE


def _redactions(redacted: list[str]) -> tuple[str, ...]:
    return (f"Redacted: {', '.join(sorted(set(redacted)))}",) if redacted else ()


def _named(text: str, incident: Incident) -> Iterator[str]:
    """Yield the people of the incident whose names stand in the text."""
    known = [holding.who for held in incident.roles.values() for holding in held]
    known += [ask.who for ask in incident.asks.values()]
    for who in dict.fromkeys(known):
        if re.search(rf"(?<!\w){re.escape(who)}(?!\w)", text, re.IGNORECASE):
            yield who
