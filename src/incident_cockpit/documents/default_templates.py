"""What a message says where the plan has no words for it; written to be read on a telephone."""

from __future__ import annotations

from msgspec import Struct


class BuiltIn(Struct, frozen=True):
    """A message that is there in every plan: what it is called in a list, and its words."""

    name: str
    text: str


# A line break that follows a block tag goes away, so no line ends in one.
MESSAGES = {
    "declared": BuiltIn(
        "First message",
        """
*{{ severity }} {{ id }} {{ title }}*: this is an incident
{% if types %}
*Sort:* {{ types | join(", ") }}
{% endif %}
*What we know:* {{ impact or "who is hurt and how is not known yet" }}
*Since:* {{ started }}{% if detected_by %}, found by: {% endif %}{{ detected_by }}
{% if severity %}
*Why {{ severity }}:* {{ why or severity_means }}
{% endif %}
{% if risks %}
*Immediate risks:*
{% for risk in risks[-4:] %}
- {{ risk.text }}
{% endfor %}
{% else %}
*Immediate risks:* none are known
{% endif %}
{% if findings %}
*Found so far:*
{% for finding in findings[-4:] %}
- {{ finding.text }}
{% endfor %}
{% else %}
*Found so far:* nothing yet
{% endif %}
*How far it reaches:* {{ systems | join(", ") or "not known yet" }}
{% if ping %}
*Called in:* {{ ping | join(", ") }}
{% endif %}
{% if channel %}
*Channel:* #{{ channel }}
{% endif %}
{% if call %}
*Call:* {{ call }}
{% endif %}
*In command:* {{ commander or "nobody yet" }}
{% if next_time %}
*Next update at {{ next_time }}*
{% endif %}
""",
    ),
    "invite": BuiltIn(
        "Invite line",
        """
{{ (join or ping) | join(", ") or "Everybody who can help" }}: please join {{ ("#" ~ channel) if channel else "us" }} \
for {% if severity %}{{ severity }} {% endif %}{{ id }} {{ title }}{% if call %}, call {% endif %}{{ call }}
""",
    ),
    "dismissed": BuiltIn(
        "False alarm, and why",
        """
*{{ id }} {{ title }}*: false alarm
*Why:* {{ reason or "not written down" }}
{% if findings %}
*What we looked at:*
{% for finding in findings[-4:] %}
- {{ finding.text }}
{% endfor %}
{% endif %}
{% if follow_ups %}
*So that it does not ring again:*
{% for one in follow_ups[:4] %}
- {{ one.text }} ({{ one.owner or "nobody yet" }})
{% endfor %}
{% endif %}
Nobody needs to do anything else.{% if reporter %} Thank you for telling us, {{ reporter }}.{% endif %}
""",
    ),
    "duplicate": BuiltIn(
        "Duplicate, of what",
        """
*{{ id }} {{ title }}* is the same as {{ same_as or "another incident" }}
{% if reason %}
*Why:* {{ reason }}
{% endif %}
Please follow it there.{% if reporter %} Thank you for telling us, {{ reporter }}.{% endif %}
""",
    ),
    "ticket": BuiltIn(
        "Ticket",
        """
*{{ title }}* ({{ id }})
*What happens:* {{ impact or "not described yet" }}
*Since:* {{ started }}
*Systems:* {{ systems | join(", ") or "not known yet" }}
*Where it stands:* {{ phase }}{% if severity %}, {% endif %}{{ severity }}
{% if reporter %}
*Reported by:* {{ reporter }}{% if reported_via %}, {% endif %}{{ reported_via }}
{% endif %}
{% if reason %}
*Note:* {{ reason }}
{% endif %}
{% if actions %}
*Done and found so far:*
{% for action in actions[-10:] %}
- {{ action.time }} {{ action.text }}{% if action.effect %}: {% endif %}{{ action.effect }}
{% endfor %}
{% endif %}
{% if workaround %}
*Meanwhile:* {{ workaround }}
{% endif %}
""",
    ),
    "status": BuiltIn(
        "Change of status",
        """
*{{ severity }} {{ id }} {{ title }}*: now {{ phase }}
{% if reason %}
*Why:* {{ reason }}
{% endif %}
{% for one in passed_over %}
*Closed without:* {{ one.text }}{% if one.reason %}: {% endif %}{{ one.reason }}
{% endfor %}
{% if follow_ups %}
*Still to be done:*
{% for one in follow_ups[:8] %}
- {{ one.text }} ({{ one.owner or "nobody yet" }}{% if one.due %}, by {% endif %}{{ one.due }})
{% endfor %}
{% endif %}
{% if commander %}
Questions to {{ commander }}.
{% endif %}
""",
    ),
    "all-clear": BuiltIn(
        "All-clear",
        """
*{{ severity }} {{ id }} {{ title }}*: all clear
It is over. It began at {{ started }} and lasted {{ elapsed }}.
{% if verified %}
*How we know:* {{ verified }}
{% endif %}
*Impact:* {{ impact or "not written down yet" }}
*Cause:* {{ cause or "still to be found in the review" }}
*Review:* {{ review_at or "time to be announced" }}
Tell us if you still see anything of it{% if channel %} in #{% endif %}{{ channel }}. Thank you, everybody.
""",
    ),
    "postmortem": BuiltIn(
        "Postmortem in short",
        """
*{{ severity }} {{ id }} {{ title }}*: what we learned
It began at {{ started }} and lasted {{ elapsed }}.
*Impact:* {{ impact or "not written down yet" }}
*Cause:* {{ cause or "not found yet" }}
{% if actions %}
*What was done:*
{% for action in actions[-4:] %}
- {{ action.text }}{% if action.effect %}: {% endif %}{{ action.effect }}
{% endfor %}
{% endif %}
{% if follow_ups %}
*What we do about it:*
{% for one in follow_ups[:8] %}
- {{ one.text }} ({{ one.owner or "nobody yet" }}{% if one.due %}, by {% endif %}{{ one.due }})
{% endfor %}
{% else %}
*What we do about it:* no follow-up is open
{% endif %}
{% if review_at %}
*Review:* {{ review_at }}
{% endif %}
It is about how it could happen, not about who did it.
""",
    ),
    "escalation": BuiltIn(
        "Escalation",
        """
{{ to or "To whoever can help" }}: we need you for {% if severity %}{{ severity }} {% endif %}{{ id }} {{ title }}
*Impact:* {{ impact or "not known yet" }}
*Since:* {{ started }}, for {{ elapsed }}
{% if reason %}
*Why you:* {{ reason }}
{% endif %}
{% if actions %}
*Done so far:*
{% for action in actions[-3:] %}
- {{ action.time }} {{ action.text }}{% if action.effect %}: {% endif %}{{ action.effect }}
{% endfor %}
{% endif %}
{% for one in asked %}
*We ask you:* {{ one }}
{% else %}
*We ask you:* say that you have read this, and who of yours joins
{% endfor %}
{% if channel %}
*Channel:* #{{ channel }}
{% endif %}
{% if call %}
*Call:* {{ call }}
{% endif %}
*In command:* {{ commander or "nobody yet" }}
""",
    ),
}

# To colleagues who have to know, and of whom nothing may be asked.
INTERNAL_NOTICE = BuiltIn(
    "Notice to colleagues",
    """
{{ to or "For your information" }}: {% if severity %}{{ severity }} {% endif %}{{ id }} {{ title }}
*Where it stands:* {{ phase }}
*Impact:* {{ impact or "not known yet" }}
*Since:* {{ started }}, for {{ elapsed }}
{% if cause %}
*Cause:* {{ cause }}
{% endif %}
{% if actions %}
*Done so far:*
{% for action in actions[-3:] %}
- {{ action.time }} {{ action.text }}{% if action.effect %}: {% endif %}{{ action.effect }}
{% endfor %}
{% endif %}
{% for one in asked %}
*We ask you:* {{ one }}
{% endfor %}
{% if channel %}
*Channel:* #{{ channel }}
{% endif %}
{% if call %}
*Call:* {{ call }}
{% endif %}
*In command:* {{ commander or "nobody yet" }}
""",
)

# To somebody outside, such as an authority: what it has to contain by the plan, and plainly what is not known.
EXTERNAL_NOTICE = BuiltIn(
    "Notice",
    """
*{{ id }} {{ title }}*{% if to %}, to {% endif %}{{ to }}
{% for part in contains %}
*{{ part.heading }}:* {{ part.text or "not known yet; this follows as soon as it is" }}
{% endfor %}
""",
)
