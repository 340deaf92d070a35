"""Default texts of the messages, for plans without their own; short enough for a phone."""

from __future__ import annotations

from msgspec import Struct


class BuiltIn(Struct, frozen=True):
    """The default text of a message, and its name in a list."""

    name: str
    text: str


# A line break that follows a block tag goes away, so no line ends in one.
MESSAGES = {
    "declared": BuiltIn(
        "First message",
        """
*{{ severity }} {{ id }} {{ title }}*: incident declared
{% if types %}
*Type:* {{ types | join(", ") }}
{% endif %}
*Impact:* {{ impact or "unknown" }}
*Started:* {{ started }}{% if detected_by %}, detected by: {% endif %}{{ detected_by }}
{% if severity %}
*Why {{ severity }}:* {{ why or severity_means }}
{% endif %}
{% if risks %}
*Immediate risks:*
{% for risk in risks[-4:] %}
- {{ risk.text }}
{% endfor %}
{% else %}
*Immediate risks:* none known
{% endif %}
{% if findings %}
*Findings:*
{% for finding in findings[-4:] %}
- {{ finding.text }}
{% endfor %}
{% else %}
*Findings:* none yet
{% endif %}
*Scope:* {{ systems | join(", ") or "unknown" }}
{% if ping %}
*Paging:* {{ ping | join(", ") }}
{% endif %}
{% if channel %}
*Channel:* #{{ channel }}
{% endif %}
{% if call %}
*Call:* {{ call }}
{% endif %}
*IC:* {{ commander or "unassigned" }}
{% if next_time %}
*Next update by {{ next_time }}*
{% endif %}
""",
    ),
    "invite": BuiltIn(
        "Request to join",
        """
{{ (join or ping) | join(", ") or "All responders" }}: please join {{ ("#" ~ channel) if channel else "us" }} \
for {% if severity %}{{ severity }} {% endif %}{{ id }} {{ title }}{% if call %}, call {% endif %}{{ call }}
""",
    ),
    "dismissed": BuiltIn(
        "False alarm",
        """
*{{ id }} {{ title }}*: false alarm
*Reason:* {{ reason or "not recorded" }}
{% if findings %}
*Checked:*
{% for finding in findings[-4:] %}
- {{ finding.text }}
{% endfor %}
{% endif %}
{% if follow_ups %}
*To prevent a repeat:*
{% for item in follow_ups[:4] %}
- {{ item.text }} ({{ item.owner or "unassigned" }})
{% endfor %}
{% endif %}
No other action is needed.{% if reporter %} Thank you for reporting it, {{ reporter }}.{% endif %}
""",
    ),
    "duplicate": BuiltIn(
        "Duplicate",
        """
*{{ id }} {{ title }}*: duplicate of {{ same_as or "another incident" }}
{% if reason %}
*Reason:* {{ reason }}
{% endif %}
Please follow that incident instead.{% if reporter %} Thank you for reporting it, {{ reporter }}.{% endif %}
""",
    ),
    "ticket": BuiltIn(
        "Ticket",
        """
*{{ title }}* ({{ id }})
*Impact:* {{ impact or "unknown" }}
*Started:* {{ started }}
*Systems:* {{ systems | join(", ") or "unknown" }}
*Status:* {{ phase }}{% if severity %}, {% endif %}{{ severity }}
{% if reporter %}
*Reported by:* {{ reporter }}{% if reported_via %}, {% endif %}{{ reported_via }}
{% endif %}
{% if reason %}
*Note:* {{ reason }}
{% endif %}
{% if actions %}
*Actions and findings:*
{% for action in actions[-10:] %}
- {{ action.time }} {{ action.text }}{% if action.effect %}: {% endif %}{{ action.effect }}
{% endfor %}
{% endif %}
{% if workaround %}
*Workaround:* {{ workaround }}
{% endif %}
""",
    ),
    "status": BuiltIn(
        "Status change",
        """
*{{ severity }} {{ id }} {{ title }}*: status is now {{ phase }}
{% if reason %}
*Reason:* {{ reason }}
{% endif %}
{% for item in passed_over %}
*Not done at closing:* {{ item.text }}{% if item.reason %}: {% endif %}{{ item.reason }}
{% endfor %}
{% if follow_ups %}
*Open follow-ups:*
{% for item in follow_ups[:8] %}
- {{ item.text }} ({{ item.owner or "unassigned" }}{% if item.due %}, due {% endif %}{{ item.due }})
{% endfor %}
{% endif %}
{% if commander %}
Contact: {{ commander }}
{% endif %}
""",
    ),
    "all-clear": BuiltIn(
        "All-clear",
        """
*{{ severity }} {{ id }} {{ title }}*: all clear
Resolved after {{ elapsed }}. Started at {{ started }}.
{% if verified %}
*Verified by:* {{ verified }}
{% endif %}
*Impact:* {{ impact or "unknown" }}
*Cause:* {{ cause or "under investigation" }}
*Review:* {{ review_at or "none scheduled" }}
If you still see a problem, tell us{% if channel %} in #{% endif %}{{ channel }}. Thank you, everyone.
""",
    ),
    "postmortem": BuiltIn(
        "Postmortem summary",
        """
*{{ severity }} {{ id }} {{ title }}*: postmortem summary
Started at {{ started }}, resolved after {{ elapsed }}.
*Impact:* {{ impact or "unknown" }}
*Cause:* {{ cause or "unknown" }}
{% if actions %}
*Actions:*
{% for action in actions[-4:] %}
- {{ action.text }}{% if action.effect %}: {% endif %}{{ action.effect }}
{% endfor %}
{% endif %}
{% if follow_ups %}
*Follow-ups:*
{% for item in follow_ups[:8] %}
- {{ item.text }} ({{ item.owner or "unassigned" }}{% if item.due %}, due {% endif %}{{ item.due }})
{% endfor %}
{% else %}
*Follow-ups:* none open
{% endif %}
{% if review_at %}
*Review:* {{ review_at }}
{% endif %}
The review looks at how this could happen, not at who did it.
""",
    ),
    "escalation": BuiltIn(
        "Escalation",
        """
{{ to or "All available responders" }}: we need you on {% if severity %}{{ severity }} {% endif %}{{ id }} {{ title }}
*Impact:* {{ impact or "unknown" }}
*Started:* {{ started }} (duration: {{ elapsed }})
{% if reason %}
*Reason:* {{ reason }}
{% endif %}
{% if actions %}
*Actions so far:*
{% for action in actions[-3:] %}
- {{ action.time }} {{ action.text }}{% if action.effect %}: {% endif %}{{ action.effect }}
{% endfor %}
{% endif %}
{% for request in asked %}
*Request:* {{ request }}
{% else %}
*Request:* please acknowledge, and say who from your team will join
{% endfor %}
{% if channel %}
*Channel:* #{{ channel }}
{% endif %}
{% if call %}
*Call:* {{ call }}
{% endif %}
*IC:* {{ commander or "unassigned" }}
""",
    ),
}

# To colleagues who are notified, and of whom nothing else is required.
INTERNAL_NOTICE = BuiltIn(
    "Internal notification",
    """
{{ to or "For your information" }}: {% if severity %}{{ severity }} {% endif %}{{ id }} {{ title }}
*Status:* {{ phase }}
*Impact:* {{ impact or "unknown" }}
*Started:* {{ started }} (duration: {{ elapsed }})
{% if cause %}
*Cause:* {{ cause }}
{% endif %}
{% if actions %}
*Actions so far:*
{% for action in actions[-3:] %}
- {{ action.time }} {{ action.text }}{% if action.effect %}: {% endif %}{{ action.effect }}
{% endfor %}
{% endif %}
{% for request in asked %}
*Request:* {{ request }}
{% endfor %}
{% if channel %}
*Channel:* #{{ channel }}
{% endif %}
{% if call %}
*Call:* {{ call }}
{% endif %}
*IC:* {{ commander or "unassigned" }}
""",
)

# To a third party, such as a supervisory authority: the contents that the plan prescribes; unknown parts are named.
EXTERNAL_NOTICE = BuiltIn(
    "Notification",
    """
*{{ id }} {{ title }}*{% if to %}, to {% endif %}{{ to }}
{% for part in contains %}
*{{ part.heading }}:* {{ part.text or "not known yet; to follow without undue delay" }}
{% endfor %}
""",
)
