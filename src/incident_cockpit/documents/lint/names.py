"""People whose names stand in a text: readers outside do not need them, and whoever is named cannot take it back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from incident_cockpit.documents.lint.sentences import LONGEST
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.schema import Plan

_BOTH = (
    "will may mark bill art hope grace rob sue drew pat dale miles rich frank faith joy june april august rose jack "
    "chase grant lance pierce wade ray guy max page sky dawn ivy iris lily olive amber ruby pearl penny summer autumn "
    "dean king price long young case ward wise best free field stone brook banks bush carter cook cross day early "
    "english fast fine french good gold green grey black white brown hand harder hill hunt late little lord major "
    "moon more moss noble north part power read reader service small smart strong sharp short speed still street "
    "strange support swift wood woods work worth west east south customer customers user users card cards"
)
# Names that are words too: only with a capital are they names.
_WORDS_TOO = frozenset(_BOTH.split())

# Shorter names are words in some language or other.
_SHORT = 3


def named_people(text: str, incident: Incident) -> Iterator[str]:
    """Yield the people of the incident whose names stand in the text."""
    offices = {word.casefold() for word in _offices(incident.plan)}
    for who in dict.fromkeys(_people(incident)):
        if who.casefold() not in offices and _is_in(who, text[:LONGEST]):
            yield who


def contains_name(name: str, text: str) -> bool:
    """Return whether a name stands in the text as a word of its own, in capitals or not."""
    # Where words are not parted by blanks, a name has no end that could be seen.
    if _is_wide(name):
        return name in text
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))


def _is_in(who: str, text: str) -> bool:
    """Return whether the text names this person: by the whole name, or by one part of it."""
    parts = who.split()
    if len(parts) > 1:
        names = (part for part in parts if len(part) > 1 and part[:1].isupper())
        return contains_name(who, text) or any(_with_a_capital(part, text) for part in names)
    return _with_a_capital(who, text) if _is_common(who) else contains_name(who, text)


def _is_common(name: str) -> bool:
    """Return whether a name is a word as well, as Will and An are."""
    return name.casefold() in _WORDS_TOO or (len(name) < _SHORT and not _is_wide(name))


def _is_wide(name: str) -> bool:
    return any(unicodedata.east_asian_width(sign) == "W" for sign in name)


def _with_a_capital(name: str, text: str) -> bool:
    capital = name[:1].upper() + name[1:]
    return bool(re.search(rf"(?<!\w)(?:{re.escape(capital)}|{re.escape(name.upper())})(?!\w)", text))


def _people(incident: Incident) -> Iterator[str]:
    """Yield everybody the incident knows by name; a person can be in it several times."""
    yield from (holding.who for held in incident.roles.values() for holding in held)
    for ask in incident.asks.values():
        yield from (ask.who, *ask.before)
    for one in incident.hypotheses.values():
        yield from filter(None, (one.by, one.tester))
    for note in (*incident.notes.actions.values(), *incident.notes.decisions.values()):
        yield note.by
    yield from (ground.who for ground in incident.decisions.values() if ground.who)
    yield from (need.met_by for need in incident.needs.values() if need.met_by)
    yield from (sent.by for sent in incident.updates.sent.values())
    if incident.handoff is not None:
        yield incident.handoff.incoming
    if incident.report is not None:
        yield from filter(None, (incident.report.who, incident.report.investigator))


def _offices(plan: Plan) -> Iterator[str]:
    """Yield what the plan calls people by what they do: "contact customer support" names nobody."""
    for role in plan.roles:
        yield from (role.id, role.name, role.short)
    for severity in plan.severities:
        yield from severity.tell
    yield from (one.who for one in plan.deadlines)
    yield from (one.who for one in plan.participants)
    yield from (one.tell for one in plan.triggers)
    yield from plan.confirmers
