"""Status updates, written from the record for one audience and one target format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from msgspec import Struct

from incident_cockpit.documents.document import veiled
from incident_cockpit.documents.formats.format import Rendered
from incident_cockpit.documents.lint.checks import check_contents, check_disclosure, check_text
from incident_cockpit.documents.lint.gaps import check_gaps
from incident_cockpit.documents.render import FilledText, TemplateText, fill, is_internal, redaction_warnings
from incident_cockpit.documents.staleness import Age, aged, ages
from incident_cockpit.documents.variables import next_number, variables
from incident_cockpit.incident.facts.updates import next_due
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.templates import named_in

# For audiences without a template in the plan: colleagues, and readers outside.
INTERNAL_UPDATE = """
*{% if severity %}{{ severity }} {% endif %}{{ id }} {{ title }}*: {{ phase }}
Update {{ number }}, {{ elapsed }} since the start. *IC:* {{ commander or "unassigned" }}
*Impact:* {{ impact or "unknown" }}
{% if systems %}
*Systems:* {{ systems | join(", ") }}
{% endif %}
{% if changes %}
*{% if number > 1 %}Since update {{ number - 1 }}{% else %}So far{% endif %}:*
{% for change in changes %}
- {{ change.time }} {{ change.text }}
{% endfor %}
{% elif number > 1 %}
No changes since update {{ number - 1 }}.
{% endif %}
{% if hypotheses %}
*Possible causes:*
{% for hypothesis in hypotheses[-5:] %}
- {{ hypothesis.text }} ({{ hypothesis.status }})
{% endfor %}
{% endif %}
{% if needs %}
*Needs:*
{% for need in needs[:5] %}
- {{ need }}
{% endfor %}
{% endif %}
{% if next_time %}
*Next update by {{ next_time }}*
{% endif %}
"""
EXTERNAL_UPDATE = """
*{{ public }}: {{ title }}*
{% if impact %}
Impact: {{ impact }}
{% endif %}
Started at {{ started }}.
{% if changes %}
{% for change in changes[-3:] %}
- {{ change.time }} {{ change.text }}
{% endfor %}
{% endif %}
{% if workaround %}
Workaround: {{ workaround }}
{% endif %}
{% if next_time %}
Next update by {{ next_time }}.
{% endif %}
"""


class Composed(Struct, frozen=True):
    """A generated text, before a person edits it.

    `rendered` is the text in its target format, with all fields, messages and notes; `filled` is the same text for no
    target yet. For an update, `number` is its number for the audience and `next_due` the time of the next one.
    `warnings` are one line each to show beside it, `redacted` the kinds of the secrets that were redacted, `guide` the
    plan's advice for writing to these readers, `ages` the age of each field that the text uses.
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
    """Write the update for an audience, in a target format; raises Refused if the plan has no such audience.

    Internal readers get their times in UTC, all others in `zone`. A broken template of the plan is replaced by the
    default one, with a warning, because a late update is worse than a plain one.
    """
    cadence = record.incident.plan.find_cadence(audience)
    veiled_record = veiled(record)
    incident, name = veiled_record.incident, cadence.audience
    inside = is_internal(incident.plan, name)
    facts = variables(veiled_record, name, now, UTC if inside else zone)
    filled = fill(incident, _plan_template(incident, name), _default_template(incident, name), facts, inside=inside)
    rendered = filled.written(target)
    return Composed(
        text=rendered.text,
        number=next_number(incident, name),
        next_due=next_due(incident, name, now),
        warnings=(
            *filled.broken,
            *redaction_warnings(filled.redacted),
            *rendered.notes,
            *check_update(filled.plain_text, record.incident, name, target=""),
        ),
        redacted=filled.redacted,
        guide=cadence.guide,
        filled=filled,
        rendered=rendered,
        ages=ages(veiled_record, name, now, _variables_used(incident, name)),
    )


def field_ages(
    record: Record, audience: str, now: datetime, zone: tzinfo, written: datetime | None = None
) -> Sequence[Age]:
    """Return the age of each field that an update uses, in words, with times in the zone of the text.

    `written` is when the text was generated, None for just now.
    """
    incident = record.incident
    inside = is_internal(incident.plan, audience)
    return aged(record, audience, now, UTC if inside else zone, _variables_used(incident, audience), written)


def check_update(
    text: str, incident: Incident | None = None, audience: str = "", *, target: str = "slack"
) -> tuple[str, ...]:
    """Return what to check in a text before it is sent, one line each; none of it blocks sending.

    With the incident, missing facts are included; with the audience, what its readers must not learn. `target` is the
    format whose limit applies, "" for a text that was made to fit.
    """
    warnings = list(check_text(text, target))
    if incident is not None and audience:
        warnings += check_disclosure(text, incident, inside=is_internal(incident.plan, audience))
        warnings += check_contents(text, incident, audience)
    elif incident is not None:
        warnings += check_gaps(text, incident)
    return tuple(warnings)


def _variables_used(incident: Incident, audience: str) -> frozenset[str]:
    """Return the variables of the audience's template; a broken template is replaced by the default one."""
    own = _plan_template(incident, audience)
    return (named_in(own.text) if own else frozenset()) or named_in(_default_template(incident, audience))


def _default_template(incident: Incident, audience: str) -> str:
    return INTERNAL_UPDATE if is_internal(incident.plan, audience) else EXTERNAL_UPDATE


def _plan_template(incident: Incident, audience: str) -> TemplateText | None:
    phase = incident.phase.value if incident.phase else ""
    template = incident.plan.template(audience, phase)
    if template is None:
        return None
    of_phase = f" in phase '{template.phase}'" if template.phase else ""
    return TemplateText(template.text, f"template for '{audience}'{of_phase} of plan '{incident.plan.id}'")
