"""What a notice has to say by the plan, filled from the record of the breach; what is not known is left open."""

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

# The words by which a plan asks for a field of the record; one sentence of a plan may ask for several.
_ASKED = {
    field: re.compile(words, re.IGNORECASE)
    for field, words in {
        "nature": r"what happened|(?:sort|kind|nature) of (?:the )?(?:breach|incident)|nature",
        "data": r"which data|(?:which|kinds?|sorts?|categories) of (?:their |the |personal )*data|data (?:is|are|w)",
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


# What those whose data it is are told, and an authority wants to know, where the plan does not say (articles 33, 34).
_USUALLY = (
    "What happened, and when",
    "Which data of which people is concerned",
    "What may follow from it",
    "What was done, and what they can do",
    "Whom to ask",
)


def is_external(deadline: Deadline) -> bool:
    """Return whether a notice goes to an authority or to those concerned: its contents or its clock are prescribed.

    Whoever is told because we became aware of a breach is taken to be outside, because too little is the lesser harm.
    """
    return deadline.kind is DeadlineKind.NOTICE and (bool(deadline.contains) or deadline.start == "aware")


def required_contents(deadline: Deadline) -> tuple[str, ...]:
    """Return what a notice has to say: by the plan, or what such notices usually have to."""
    return deadline.contains or (_USUALLY if is_external(deadline) else ())


def fill_parts(incident: Incident, deadline: Deadline, now: datetime, zone: tzinfo) -> list[Value]:
    """Return each thing the notice has to contain as a heading, with what the record says to it, "" for nothing."""
    said = {one: _said(incident, one, now, zone) for one in required_contents(deadline)}
    whole = all(complete for one, (_, complete) in said.items() if not _only_delay(one))
    return [
        {"heading": one, "text": text or (_delay(incident, deadline, now, whole) if _only_delay(one) else "")}
        for one, (text, _) in said.items()
    ]


def _only_delay(asked: str) -> bool:
    return [field for field, words in _ASKED.items() if words.search(asked)] == ["delay"]


def _delay(incident: Incident, deadline: Deadline, now: datetime, whole: bool) -> str:
    """Return what can be said of a delay where nobody gave a reason: that there is none, and what still follows."""
    clock = next((one for one in clocks(incident) if one.deadline.id == deadline.id), None)
    if clock is None or clock.at < now:
        return ""
    return "It is told in time." if whole else "It is told in time. What is not known yet follows as soon as it is."


def _said(incident: Incident, asked: str, now: datetime, zone: tzinfo) -> tuple[str, bool]:
    """Return what the record says to one part, and whether that is all that the part asks for."""
    fields = [field for field, words in _ASKED.items() if words.search(asked)]
    # Why it is late is no gap where it is not late.
    open_fields = [field for field in fields if field not in incident.breach and field != "delay"]
    said = [*(_sentence(incident.breach[field].value) for field in fields if field in incident.breach)]
    if incident.impact and (_ASKS_IMPACT.search(asked) or "nature" in open_fields):
        said.append(_sentence(incident.impact.value))
    if _ASKS_TIME.search(asked) and ("nature" in fields or not fields):
        said += _times(incident, now, zone)
    if said and open_fields:
        said.append("Not known yet: " + " ".join(BREACH_FIELDS[field] for field in open_fields))
    return " ".join(said), bool(said) and not open_fields


def _times(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    words = (("started", "It began at"), ("detected", "It was noticed at"), ("aware", "We became aware at"))
    for name, before in words:
        at = incident.milestones.get(name)
        if at is not None:
            yield f"{before} {time_with_zone(at, now, zone)}."


def _sentence(text: str) -> str:
    flat = " ".join(text.split())
    return flat if flat[-1:] in (".", "!", "?") else f"{flat}."
