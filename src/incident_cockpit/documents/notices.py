"""Contents of notifications that a plan prescribes, filled in from the breach record; unknown parts are named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo

from incident_cockpit.documents.phrasing import time_with_zone
from incident_cockpit.documents.render import Value
from incident_cockpit.incident.facts.security import BREACH_FIELDS
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import clocks
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind

# The words by which a plan refers to a field of the record; one sentence of a plan may refer to several.
_FIELD_WORDS = {
    field: re.compile(pattern, re.IGNORECASE)
    for field, pattern in {
        "nature": r"what happened|(?:sort|kind|nature) of (?:the )?(?:breach|incident)|nature",
        "data": r"which data|(?:which|kinds?|sorts?|categories) of (?:their |the |personal )*data|data (?:is|are|w)"
        r"|data concerned",
        "people": r"people|persons?\b|users|customers|groups|data subjects|who is (?:affected|hit|hurt)",
        "records": r"records",
        "consequences": r"consequence|likely|leads? to|follow from|may (?:happen|follow)|mean(?:s)? for them",
        "measures": r"\bdone\b|measure|remed|proposed|soften|mitigat|can do",
        "contact": r"contact|officer|answers? questions|can ask|to ask\b",
        "risk": r"\brisks?\b",
        "delay": r"\blate\b|delay|not whole|in parts|in phases",
    }.items()
}
_ASKS_TIME = re.compile(r"\bwhen\b|\bsince\b|how long|\btimes?\b", re.IGNORECASE)
_ASKS_IMPACT = re.compile(r"services?|systems?|impact|what it was like", re.IGNORECASE)


# Contents for plans that prescribe none (GDPR, articles 33 and 34).
_USUAL_CONTENTS = (
    "Nature of the breach, and when it happened",
    "Categories of data and data subjects",
    "Likely consequences",
    "Measures taken or proposed, and what those affected can do",
    "Contact",
)


def is_external(deadline: Deadline) -> bool:
    """Return whether a notification goes to an authority or to data subjects: its contents or its clock are prescribed.

    A notification whose clock starts when we become aware of a breach counts as external: the safe side.
    """
    return deadline.kind is DeadlineKind.NOTICE and (bool(deadline.contains) or deadline.start == "aware")


def required_contents(deadline: Deadline) -> tuple[str, ...]:
    """Return the contents that a notification needs: those of the plan, or the usual ones."""
    return deadline.contains or (_USUAL_CONTENTS if is_external(deadline) else ())


def fill_parts(incident: Incident, deadline: Deadline, now: datetime, zone: tzinfo) -> list[Value]:
    """Return each required part with its heading and its text from the record, "" where the record has none."""
    parts = {heading: _part_text(incident, heading, now, zone) for heading in required_contents(deadline)}
    complete = all(is_complete for heading, (_, is_complete) in parts.items() if _fields_in(heading) != ["delay"])
    timeliness = _timeliness(incident, deadline, now, complete)
    return [
        {"heading": heading, "text": text or (timeliness if _fields_in(heading) == ["delay"] else "")}
        for heading, (text, _) in parts.items()
    ]


def _fields_in(heading: str) -> list[str]:
    return [field for field, pattern in _FIELD_WORDS.items() if pattern.search(heading)]


def _timeliness(incident: Incident, deadline: Deadline, now: datetime, complete: bool) -> str:
    """Return the text of a part on delay for which no reason was recorded, "" once the deadline has passed."""
    clock = next((clock for clock in clocks(incident) if clock.deadline.id == deadline.id), None)
    if clock is None or clock.at < now:
        return ""
    in_time = "This notification is within the deadline."
    return in_time if complete else f"{in_time} Information that is not known yet will follow without undue delay."


def _part_text(incident: Incident, heading: str, now: datetime, zone: tzinfo) -> tuple[str, bool]:
    """Return the text of one part from the record, and whether it is complete."""
    fields = _fields_in(heading)
    # The reason for a delay is not missing before there is a delay.
    missing = [field for field in fields if field not in incident.breach and field != "delay"]
    sentences = [_sentence(incident.breach[field].value) for field in fields if field in incident.breach]
    if incident.impact and (_ASKS_IMPACT.search(heading) or "nature" in missing):
        sentences.append(_sentence(incident.impact.value))
    if _ASKS_TIME.search(heading) and ("nature" in fields or not fields):
        sentences += _times(incident, now, zone)
    if sentences and missing:
        sentences.append("Not known yet: " + "; ".join(BREACH_FIELDS[field] for field in missing))
    return " ".join(sentences), bool(sentences) and not missing


def _times(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    labels = (("started", "Started at"), ("detected", "Detected at"), ("aware", "We became aware at"))
    for milestone, label in labels:
        at = incident.milestones.get(milestone)
        if at is not None:
            yield f"{label} {time_with_zone(at, now, zone)}."


def _sentence(text: str) -> str:
    flat = " ".join(text.split())
    return flat if flat[-1:] in (".", "!", "?") else f"{flat}."
