"""What a commander says aloud: short, calm words for moments in which words are hard to find, filled from the facts.

What stands in brackets is said to the commander, who does it and does not read it out.
"""

from __future__ import annotations

from datetime import UTC, datetime

from incident_cockpit.documents.default_templates import BuiltIn
from incident_cockpit.documents.document import veiled
from incident_cockpit.documents.phrasing import one_line, time_with_zone
from incident_cockpit.documents.render import TemplateText, fill, redaction_warnings
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
This is {{ speaker }}. We are looking into a report, {{ id }}.
{% elif commander == speaker %}
This is {{ speaker }}. I am in command of {{ severity }} {{ id }}.
{% else %}
This is {{ speaker }}, for {{ commander }}, who is in command of {{ severity }} {{ id }}.
{% endif %}
What is wrong: {{ title }}
{% if impact %}
Who is hurt: {{ impact }}
{% else %}
Who is hurt and how, we do not know yet. It is the first thing we find out.
{% endif %}
{% for one in roles if one.who != commander %}
{{ one.who }}, you are {{ one.role }}.
{% endfor %}
{% if vacant %}
I need somebody as {{ vacant | join(", and as ") }}. Who takes it?
{% endif %}
One of us speaks at a time. Before you change anything, say it here and wait for the word.
{% if next_time %}
The next update goes out at {{ next_time }}.
{% endif %}
(You: wait until each has said yes.)
""",
    ),
    "say-size-up": BuiltIn(
        "Size-up",
        """
Let us see where we stand. It has been going on for {{ elapsed }}.
{% if impact %}
What we know: {{ impact }}
{% else %}
We do not know yet who is hurt and how. Who can find that out?
{% endif %}
{% for one in hypotheses if one.status in ["open", "testing"] %}
It could be: {{ one.text }}
{% endfor %}
{% for one in hypotheses if one.status == "ruled out" %}
It is not: {{ one.text }}
{% endfor %}
{% for one in asks %}
{{ one.who }}, what have you found? I asked you: {{ one.text }}
{% endfor %}
{% if asks %}Everybody else, what{% else %}What{% endif %} do you see now that you did not see before?
What could we do about it, and what could go wrong with that?
What do you need and do not have?
(You: say back what you heard in one sentence, and ask whether that is right.)
""",
    ),
    "say-objections": BuiltIn(
        "Poll for objections",
        """
{% if proposal %}
I propose: {{ proposal.text }}
{% if proposal.why %}
Because: {{ proposal.why }}
{% endif %}
{% if proposal.risk %}
The risk: {{ proposal.risk }}
{% else %}
The risk: I see none. Does anybody?
{% endif %}
{% else %}
(You: say what you propose, why, and at what risk, in a sentence each.)
{% endif %}
Does anybody object strongly? Then say so now, and why.
(You: count to ten in silence. Hear out whoever objects, once; then decide, and say that you have decided.)
I hear no objection, so we do it.
Who does it, and when do we know whether it helped?
""",
    ),
    "say-swoop": BuiltIn(
        "Somebody senior takes over",
        """
I am {{ speaker }}{% if commander == speaker %}, and I am in command{% elif commander %}, and {{ commander }} is in \
command{% endif %}. Good that you are here.
{% if impact %}
In short: {{ impact }}
{% endif %}
Do you want to take command? Then say "I have command", and I hand it over to you properly.
(You: wait for a yes or a no.)
If not, let {% if commander in ["", speaker] %}me{% else %}{{ commander }}{% endif %} give the directions in here: \
with two voices we lose time.
{% for one in roles if "ommunicat" in one.role %}
{{ one.who }} answers your questions.
{% endfor %}
{% if next_time %}
The next update goes out at {{ next_time }}.
{% endif %}
{% for need in lacking %}
What would help us: {{ need }}
{% endfor %}
""",
    ),
    "say-transfer": BuiltIn(
        "Transfer of command",
        """
{% if incoming %}
I hand command of {{ id }} over to {{ incoming }}.
{{ incoming }}, say back to us: who is hurt and how, who was asked for what until when, and what is promised next.
(You: listen, and put right what is missing.)
{{ incoming }}, do you have command?
(You: you have it until you hear "I have command".)
{% elif outgoing %}
This is {{ commander }}. I have command of {{ id }} now, from {{ outgoing }}.
Nothing else changes: go on with what you have.
{% for one in asks if one.who != commander %}
{{ one.who }}, I wait for this by {{ one.time }}: {{ one.text }}
{% endfor %}
{% if next_time %}
The next update goes out at {{ next_time }}.
{% endif %}
{% else %}
(You: nobody takes over yet. Offer it first with :handoff NAME.)
{% endif %}
""",
    ),
    "say-all-clear": BuiltIn(
        "All-clear",
        """
{% if public == "Resolved" %}
This is {{ speaker }}. {{ id }} is over, after {{ elapsed }}.
{% if verified %}
How we know: {{ verified }}
{% endif %}
{% for one in asks %}
{{ one.who }}, can this wait until tomorrow? I asked you: {{ one.text }}
{% endfor %}
{% if asks %}
Everybody else may go and rest.
{% else %}
All of you may go and rest.
{% endif %}
Before you go, write down what you remember: what you saw, what you did, what surprised you.
{% if review_at %}
We look back together at {{ review_at }}. It is about how it could happen, not about who did it.
{% else %}
We look back together soon. It is about how it could happen, not about who did it.
{% endif %}
Thank you.
{% else %}
(You: by the record it is not over. Say what showed that it is, with :resolve WHAT.)
{% endif %}
""",
    ),
}


def available_scripts(record: Record) -> tuple[tuple[str, str], ...]:
    """Return the id and the name of every script, the one that fits the moment first."""
    worded = {one.id: one.name for one in record.incident.plan.messages}
    first = _fitting(record.incident)
    order = (first, *(word for word in DEFAULT_SCRIPTS if word != first))
    return tuple((word, worded.get(word, DEFAULT_SCRIPTS[word].name)) for word in order)


def compose_script(record: Record, word: str, who: str, now: datetime) -> Composed:
    """Write the script with this id, or this end of one, for `who` to read; raises NotFound for one nobody knows.

    Whoever listens is a colleague; times are in UTC, as in all that colleagues are told.
    """
    chosen = find_script(word)
    told = veiled(record)
    incident = told.incident
    facts = {
        **variables(told, "", now, UTC, inside=True),
        "speaker": one_line(who),
        "next_time": _next_time(incident, now),
    }
    own = next((one for one in incident.plan.messages if one.id == chosen), None)
    wording = TemplateText(own.text, f"message '{chosen}' of plan '{incident.plan.id}'") if own else None
    filled = fill(incident, wording, DEFAULT_SCRIPTS[chosen].text, facts, inside=True)
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
    """Return whether a line of a script is said to whoever reads it, and not read out."""
    return row.startswith("(") and row.endswith(")")


def spoken_text(text: str) -> str:
    """Return what of a script is read out; all of it where nothing is."""
    return "\n".join(row for row in text.splitlines() if not is_instruction(row)) or text


def find_script(word: str) -> str:
    """Return the id of the script that a word means: "opening", "say-opening", or how one of them begins."""
    said = word.strip().casefold().removeprefix(SCRIPT)
    fits = [one for one in DEFAULT_SCRIPTS if said and one.removeprefix(SCRIPT).startswith(said)]
    if len(fits) != 1:
        known = ", ".join(one.removeprefix(SCRIPT) for one in DEFAULT_SCRIPTS)
        raise NotFound(f"there is no script '{word}'", f"there are {known}")
    return fits[0]


def _fitting(incident: Incident) -> str:
    if incident.ended:
        return "say-all-clear"
    if incident.handoff is not None:
        return "say-transfer"
    if _proposed(incident):
        return "say-objections"
    begun = incident.asks or incident.notes.actions or incident.hypotheses
    return "say-size-up" if begun else "say-opening"


def _proposed(incident: Incident) -> bool:
    """Return whether the last decision was put to nobody yet, and nothing was done since."""
    last = list(incident.notes.decisions.items())[-1:]
    acted = [note.happened for note in incident.notes.actions.values()]
    for key, note in last:
        ground = incident.decisions.get(key)
        put = ground is not None and bool(ground.objections or ground.reversed)
        return not put and all(at <= note.happened for at in acted)
    return False


def _next_time(incident: Incident, now: datetime) -> str:
    """Return when the next update is promised, to whomever it is; "" where it is late already."""
    coming = [item.at for item in due_items(incident) if item.kind is DueKind.UPDATE and item.at > now]
    return time_with_zone(min(coming), now, UTC) if coming else ""
