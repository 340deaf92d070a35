"""Scripts that a commander reads aloud: short sentences for stressful moments, filled in from the record.

Lines in brackets are instructions to the commander and are not read out.
"""

from __future__ import annotations

from datetime import UTC, datetime

from incident_cockpit.documents.default_templates import BuiltIn
from incident_cockpit.documents.document import veiled
from incident_cockpit.documents.render import TemplateText, fill, one_line, redaction_warnings, time_with_zone
from incident_cockpit.documents.update import Composed
from incident_cockpit.documents.variables import variables
from incident_cockpit.errors import NotFound
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueKind, due_items
from incident_cockpit.plan.templates import SCRIPT

# A line break that follows a block tag goes away, so no line ends in one.
DEFAULT_SCRIPTS = {
    "say-opening": BuiltIn(
        "Opening",
        """
{% if not commander %}
This is {{ speaker }}. We are investigating a report, {{ id }}.
{% elif commander == speaker %}
This is {{ speaker }}. I am the incident commander for {{ severity }} {{ id }}.
{% else %}
This is {{ speaker }}, speaking for {{ commander }}, the incident commander for {{ severity }} {{ id }}.
{% endif %}
The problem: {{ title }}
{% if impact %}
Impact: {{ impact }}
{% else %}
The impact is not known yet. Assessing it comes first.
{% endif %}
{% for holder in roles if holder.who != commander %}
{{ holder.who }}, you are {{ holder.role }}.
{% endfor %}
{% if vacant %}
I need a volunteer for: {{ vacant | join(", ") }}.
{% endif %}
One speaker at a time. Before you change anything, announce it and wait for my OK.
{% if next_time %}
The next update is due at {{ next_time }}.
{% endif %}
(You: wait for a yes from each of them.)
""",
    ),
    "say-size-up": BuiltIn(
        "Size-up",
        """
Status check. The incident has lasted {{ elapsed }}.
{% if impact %}
Impact: {{ impact }}
{% else %}
The impact is not known yet. Who can assess it?
{% endif %}
{% for hypothesis in hypotheses if hypothesis.status in ["open", "testing"] %}
Possible cause: {{ hypothesis.text }}
{% endfor %}
{% for hypothesis in hypotheses if hypothesis.status == "ruled out" %}
Ruled out: {{ hypothesis.text }}
{% endfor %}
{% for ask in asks %}
{{ ask.who }}, what did you find? Your task: {{ ask.text }}
{% endfor %}
{% if asks %}Everyone else, what{% else %}What{% endif %} has changed since we last spoke?
What are our options, and what are their risks?
What do you need that you do not have?
(You: sum up what you heard in one sentence, and ask if that is right.)
""",
    ),
    "say-objections": BuiltIn(
        "Poll for objections",
        """
{% if proposal %}
I propose: {{ proposal.text }}
{% if proposal.why %}
Reason: {{ proposal.why }}
{% endif %}
{% if proposal.risk %}
Risk: {{ proposal.risk }}
{% else %}
I see no risk. Does anyone?
{% endif %}
{% else %}
(You: state your proposal, the reason and the risk, in one sentence each.)
{% endif %}
Are there any strong objections? Speak now, and say why.
(You: wait ten seconds. Hear each objection once; then decide, and announce your decision.)
If there are none, we go ahead.
Who takes it, and when will we know if it worked?
""",
    ),
    "say-swoop": BuiltIn(
        "Executive swoop",
        """
I am {{ speaker }}{% if commander == speaker %}, the incident commander{% elif commander %}; {{ commander }} is the \
incident commander{% endif %}. Thanks for joining.
{% if impact %}
In short: {{ impact }}
{% endif %}
Do you want to take command? If so, say "I have command", and I will hand off to you properly.
(You: wait for a yes or a no.)
{% if commander in ["", speaker] %}
If not, I am the IC; please route requests through me.
{% else %}
If not, {{ commander }} is the IC; please route requests through {{ commander }}.
{% endif %}
{% for holder in roles if "ommunicat" in holder.role %}
{{ holder.who }} will answer your questions.
{% endfor %}
{% if next_time %}
The next update is due at {{ next_time }}.
{% endif %}
{% for need in lacking %}
You can help with: {{ need }}
{% endfor %}
""",
    ),
    "say-transfer": BuiltIn(
        "Transfer of command",
        """
{% if incoming %}
I am handing command of {{ id }} over to {{ incoming }}.
{{ incoming }}, please read back: the impact, the open asks with their times, and the next promised update.
(You: listen, and correct or add what is missing.)
{{ incoming }}, do you have command?
(You: you stay in command until you hear "I have command".)
{% elif outgoing %}
This is {{ commander }}. I have command of {{ id }}, taking over from {{ outgoing }}.
Nothing else changes: carry on with your tasks.
{% for ask in asks if ask.who != commander %}
{{ ask.who }}, your task is due at {{ ask.time }}: {{ ask.text }}
{% endfor %}
{% if next_time %}
The next update is due at {{ next_time }}.
{% endif %}
{% else %}
(You: command has not been offered to anyone. Offer it first with :handoff NAME.)
{% endif %}
""",
    ),
    "say-all-clear": BuiltIn(
        "All-clear",
        """
{% if public == "Resolved" %}
This is {{ speaker }}. {{ id }} is over, after {{ elapsed }}.
{% if verified %}
Verified by: {{ verified }}
{% endif %}
{% for ask in asks %}
{{ ask.who }}, can this wait until tomorrow? Your task: {{ ask.text }}
{% endfor %}
{% if asks %}
Everyone else can stand down.
{% else %}
You can all stand down.
{% endif %}
Before you go, write down what you saw, what you did and what surprised you.
{% if review_at %}
The review is at {{ review_at }}.
{% endif %}
A review looks at how this could happen, not at who did it.
Thank you.
{% else %}
(You: the incident is not marked as resolved. If recovery is verified, resolve it first, with :resolve EVIDENCE.)
{% endif %}
""",
    ),
}


def available_scripts(record: Record) -> tuple[tuple[str, str], ...]:
    """Return the id and the name of every script, the one that fits the moment first."""
    names = {message.id: message.name for message in record.incident.plan.messages}
    first = _suggested(record.incident)
    order = (first, *(script for script in DEFAULT_SCRIPTS if script != first))
    return tuple((script, names.get(script, DEFAULT_SCRIPTS[script].name)) for script in order)


def compose_script(record: Record, name: str, speaker: str, now: datetime) -> Composed:
    """Write the script with this id, or a unique beginning of one; raises NotFound if no script matches.

    Listeners are colleagues, so times are in UTC.
    """
    script = find_script(name)
    veiled_record = veiled(record)
    incident = veiled_record.incident
    upcoming = [item.at for item in due_items(incident) if item.kind is DueKind.UPDATE and item.at > now]
    facts = {
        **variables(veiled_record, "", now, UTC, inside=True),
        "speaker": one_line(speaker),
        "next_time": time_with_zone(min(upcoming), now, UTC) if upcoming else "",
    }
    own = next((message for message in incident.plan.messages if message.id == script), None)
    template = TemplateText(own.text, f"message '{script}' of plan '{incident.plan.id}'") if own else None
    filled = fill(incident, template, DEFAULT_SCRIPTS[script].text, facts, inside=True)
    rendered = filled.written("text")
    return Composed(
        text=rendered.text,
        number=0,
        next_due=None,
        warnings=(*filled.broken, *redaction_warnings(filled.redacted), *rendered.notes),
        redacted=filled.redacted,
        filled=filled,
        rendered=rendered,
    )


def is_instruction(row: str) -> bool:
    """Return whether a line of a script is an instruction to its speaker, not read out."""
    return row.startswith("(") and row.endswith(")")


def spoken_text(text: str) -> str:
    """Return the lines of a script that are read out; all of them if all are instructions."""
    return "\n".join(row for row in text.splitlines() if not is_instruction(row)) or text


def find_script(name: str) -> str:
    """Return the id of a script by its id, its name without the prefix, or a unique beginning: "opening", "op"."""
    start = name.strip().casefold().removeprefix(SCRIPT)
    matches = [script for script in DEFAULT_SCRIPTS if start and script.removeprefix(SCRIPT).startswith(start)]
    if len(matches) != 1:
        known = ", ".join(script.removeprefix(SCRIPT) for script in DEFAULT_SCRIPTS)
        raise NotFound(f'No script matches "{name}"', f"use one of {known}", about="script")
    return matches[0]


def _suggested(incident: Incident) -> str:
    if incident.ended:
        return "say-all-clear"
    if incident.handoff is not None:
        return "say-transfer"
    if _has_open_proposal(incident):
        return "say-objections"
    started = incident.asks or incident.notes.actions or incident.hypotheses
    return "say-size-up" if started else "say-opening"


def _has_open_proposal(incident: Incident) -> bool:
    """Return whether the last decision has no poll, reversal or action since."""
    if not incident.notes.decisions:
        return False
    key, decision = list(incident.notes.decisions.items())[-1]
    grounds = incident.decisions.get(key)
    polled = grounds is not None and bool(grounds.objections or grounds.reversed)
    return not polled and all(action.happened <= decision.happened for action in incident.notes.actions.values())
