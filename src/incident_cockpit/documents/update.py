"""A status update, written from the facts for one audience and one place it is pasted into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from msgspec import Struct

from incident_cockpit.documents.document import veiled
from incident_cockpit.documents.formats.format import Rendered
from incident_cockpit.documents.lint import checks
from incident_cockpit.documents.lint.checks import check_disclosure, check_text
from incident_cockpit.documents.lint.missing import check_gaps
from incident_cockpit.documents.phrasing import is_internal
from incident_cockpit.documents.render import FilledText, TemplateText, fill, redaction_warnings
from incident_cockpit.documents.staleness import Age, aged, ages
from incident_cockpit.documents.variables import next_number, variables
from incident_cockpit.incident.facts.updates import next_due
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.templates import named_in

# For audiences the plan has no words for; the first is for readers inside, the second for all others.
INTERNAL_UPDATE = """
*{% if severity %}{{ severity }} {% endif %}{{ id }} {{ title }}*: {{ phase }}
Update {{ number }}, {{ elapsed }} since it started. {{ commander or "Nobody" }} is in command.
*Impact:* {{ impact or "not known yet" }}
{% if systems %}
*Systems:* {{ systems | join(", ") }}
{% endif %}
{% if changes %}
*{% if number > 1 %}Since update {{ number - 1 }}{% else %}So far{% endif %}:*
{% for change in changes %}
- {{ change.time }} {{ change.text }}
{% endfor %}
{% elif number > 1 %}
Nothing has changed since update {{ number - 1 }}.
{% endif %}
{% if hypotheses %}
*Possible causes:*
{% for hypothesis in hypotheses[-5:] %}
- {{ hypothesis.text }} ({{ hypothesis.status }})
{% endfor %}
{% endif %}
{% if needs %}
*We need:*
{% for need in needs[:5] %}
- {{ need }}
{% endfor %}
{% endif %}
{% if next_time %}
*Next update at {{ next_time }}*
{% endif %}
"""
EXTERNAL_UPDATE = """
*{{ public }}: {{ title }}* ({% if severity %}{{ severity }} {% endif %}{{ id }})
{% if impact %}
What you may notice: {{ impact }}
{% endif %}
It started at {{ started }}.
{% if changes %}
{% for change in changes[-3:] %}
- {{ change.time }} {{ change.text }}
{% endfor %}
{% endif %}
{% if workaround %}
What you can do meanwhile: {{ workaround }}
{% endif %}
{% if next_time %}
We will write again by {{ next_time }}.
{% endif %}
"""


class Composed(Struct, frozen=True):
    """A text before anybody has touched it.

    `rendered` is it for its target, with all boxes, messages and notes; `filled` is it for none yet, to be written for
    another. Of an update, `number` is its number for the audience and `next_due` when the one after it is promised;
    `warnings` are one line each to show beside it, `redacted` the kind of every secret that was taken out, `guide` what
    the plan says about writing for these readers, `ages` how long ago each field that it tells was said.
    """

    text: str
    number: int
    next_due: datetime | None
    warnings: tuple[str, ...]
    redacted: tuple[str, ...]
    filled: FilledText
    rendered: Rendered
    guide: tuple[str, ...] = ()
    ages: Mapping[str, timedelta] = {}


def compose_update(record: Record, audience: str, now: datetime, zone: tzinfo, target: str = "slack") -> Composed:
    """Write the update for an audience, by its words; raises Refused when the plan knows no such audience.

    `target` is the name of a format.

    Readers inside get their times in UTC, all others in `zone`. A template of the plan that cannot be filled in gives
    way to a built-in one, with a warning, because an update late is worse than an update plain.
    """
    cadence = record.incident.plan.find_cadence(audience)
    told = veiled(record)
    incident, chosen = told.incident, cadence.audience
    inside = is_internal(incident.plan, chosen)
    facts = variables(told, chosen, now, UTC if inside else zone)
    filled = fill(incident, _template(incident, chosen), _built_in(incident, chosen), facts, inside=inside)
    rendered = filled.written(target)
    return Composed(
        text=rendered.text,
        number=next_number(incident, chosen),
        next_due=next_due(incident, chosen, now),
        warnings=(
            *filled.broken,
            *redaction_warnings(filled.redacted),
            *rendered.notes,
            *check_update(filled.words, record.incident, chosen, target=""),
        ),
        redacted=filled.redacted,
        guide=cadence.guide,
        filled=filled,
        rendered=rendered,
        ages=ages(told, chosen, now, _names(incident, chosen)),
    )


def field_ages(
    record: Record, audience: str, now: datetime, zone: tzinfo, written: datetime | None = None
) -> Sequence[Age]:
    """Return how old what an update tells is, in words; `written` is when its text was made, if that is not just now.

    Times are in the zone of the text.
    """
    incident = record.incident
    inside = is_internal(incident.plan, audience)
    return aged(record, audience, now, UTC if inside else zone, _names(incident, audience), written)


def check_update(
    text: str, incident: Incident | None = None, audience: str = "", *, target: str = "slack"
) -> tuple[str, ...]:
    """Return what to think of before sending this text, one line each; nothing of it stops anybody.

    With the incident it also says what the facts lack, with the audience what a reader must not learn from it.
    `target` is the format whose limit it has to keep, "" where it was made to fit already.
    """
    warnings = list(check_text(text, target))
    if incident is not None and audience:
        warnings += check_disclosure(text, incident, inside=is_internal(incident.plan, audience))
        warnings += checks.check_contents(text, incident, audience)
    elif incident is not None:
        warnings += check_gaps(text, incident)
    return tuple(warnings)


def _names(incident: Incident, audience: str) -> frozenset[str]:
    """Return of which variables the text for an audience is made; a broken template gives way to the built-in one."""
    own = _template(incident, audience)
    return (named_in(own.text) if own else frozenset()) or named_in(_built_in(incident, audience))


def _built_in(incident: Incident, audience: str) -> str:
    return INTERNAL_UPDATE if is_internal(incident.plan, audience) else EXTERNAL_UPDATE


def _template(incident: Incident, audience: str) -> TemplateText | None:
    phase = incident.phase.value if incident.phase else ""
    template = incident.plan.template(audience, phase)
    if template is None:
        return None
    of_phase = f" in phase '{template.phase}'" if template.phase else ""
    return TemplateText(template.text, f"template for '{audience}'{of_phase} of plan '{incident.plan.id}'")
