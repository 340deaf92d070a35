"""The record of a breach of personal data: what an authority asks for, field by field (GDPR, articles 33 and 34)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.nature import types_of
from incident_cockpit.incident.topics.standing import Standing
from incident_cockpit.incident.topics.topic import Line, Topic, put

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

# What the record holds, and the question behind each field.
FIELDS = {
    "nature": "What happened to the data: seen, changed, lost, by whom as far as known?",
    "data": "Which kinds of data are affected?",
    "people": "Which groups of people are affected, and about how many?",
    "records": "About how many records are affected?",
    "consequences": "What may happen to the people because of it?",
    "measures": "What was or will be done against it, and to soften what it does?",
    "contact": "Who answers questions (data protection officer or another)?",
    "risk": "How likely and how bad is the risk to people, and why?",
    "delay": "Why was the authority told late, or in parts?",
}


class BreachNoted(Change, frozen=True):
    """A field of the breach record was filled in or put right."""

    kind: ClassVar[str] = "breach.noted"
    names: ClassVar[str] = "field"
    field: str
    now: Standing | None
    was: Standing | None


def note(incident: Incident, moment: Moment, field: str, text: str) -> BreachNoted:
    """Fill in a field of the breach record, or put it right; raises Refused for an unknown field and for no words."""
    if field not in FIELDS:
        raise Refused(f"the breach record has no field '{field}'", "it has " + ", ".join(FIELDS))
    if not text:
        raise Refused(f"nothing is said of '{field}'", FIELDS[field])
    held = incident.breach.get(field)
    if held is not None and held.value == text:
        raise Refused(f"'{field}' says so already", "leave it, or say it anew")
    return BreachNoted(field=field, now=Standing(text, moment.happened), was=held)


def kept(incident: Incident) -> bool:
    """Return whether a record of a breach is kept: a type asks for it, or somebody has begun one."""
    return bool(incident.breach) or any(one.breach for one in types_of(incident))


def lacking(incident: Incident) -> tuple[str, ...]:
    """Return the fields of the record that are still empty; the reason of a delay is asked for only where there is one.

    Within 72 hours of becoming aware the authority is told without it (GDPR, article 33 paragraph 1).
    """
    if not kept(incident):
        return ()
    return tuple(field for field in FIELDS if field not in incident.breach and field != "delay")


def _fold(state: Mapping[str, Standing], fact: BreachNoted) -> Mapping[str, Standing]:
    return put(state, fact.field, fact.now)


def _words(fact: BreachNoted, incident: Incident) -> Line:
    return Line("breach", f"{fact.field}: {fact.now.value if fact.now else 'not known'}")


TOPIC = Topic("breach", {}, (BreachNoted,), _fold, _words)
