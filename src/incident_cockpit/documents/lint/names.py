"""Names of people in a text: readers outside do not need them, and they cannot be taken back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from incident_cockpit.documents.lint.sentences import LONGEST
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.schema import Plan

_COMMON_WORDS_TEXT = (
    "will may mark bill art hope grace rob sue drew pat dale miles rich frank faith joy june april august rose jack "
    "chase grant lance pierce wade ray guy max page sky dawn ivy iris lily olive amber ruby pearl penny summer autumn "
    "dean king price long young case ward wise best free field stone brook banks bush carter cook cross day early "
    "english fast fine french good gold green grey black white brown hand harder hill hunt late little lord major "
    "moon more moss noble north part power read reader service small smart strong sharp short speed still street "
    "strange support swift wood woods work worth west east south customer customers user users card cards"
)
# Names that are common words too count only with a capital.
_COMMON_WORDS = frozenset(_COMMON_WORDS_TEXT.split())

# Shorter names are common words in some language.
_SHORT = 3


def named_people(text: str, incident: Incident) -> Iterator[str]:
    """Yield the people of the incident who are named in the text."""
    functions = {name.casefold() for name in _functions(incident.plan)}
    for who in dict.fromkeys(_people(incident)):
        if who.casefold() not in functions and _names_person(text[:LONGEST], who):
            yield who


def contains_name(name: str, text: str) -> bool:
    """Return whether the text contains a name as a word of its own, in any case."""
    # Scripts without blanks between words have no word boundaries.
    if _is_wide(name):
        return name in text
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))


def _names_person(text: str, who: str) -> bool:
    """Return whether the text names this person, by the whole name or by one part of it."""
    parts = who.split()
    if len(parts) > 1:
        names = (part for part in parts if len(part) > 1 and part[:1].isupper())
        return contains_name(who, text) or any(_contains_capitalised(part, text) for part in names)
    # Will and An are common words as well.
    is_common = who.casefold() in _COMMON_WORDS or (len(who) < _SHORT and not _is_wide(who))
    return _contains_capitalised(who, text) if is_common else contains_name(who, text)


def _is_wide(name: str) -> bool:
    return any(unicodedata.east_asian_width(character) == "W" for character in name)


def _contains_capitalised(name: str, text: str) -> bool:
    capital = name[:1].upper() + name[1:]
    return bool(re.search(rf"(?<!\w)(?:{re.escape(capital)}|{re.escape(name.upper())})(?!\w)", text))


def _people(incident: Incident) -> Iterator[str]:
    """Yield the people whom the incident knows by name, some of them several times."""
    yield from (holding.who for holders in incident.roles.values() for holding in holders)
    for ask in incident.asks.values():
        yield from (ask.who, *ask.before)
    for hypothesis in incident.hypotheses.values():
        yield from filter(None, (hypothesis.by, hypothesis.tester))
    for note in (*incident.notes.actions.values(), *incident.notes.decisions.values()):
        yield note.by
    yield from (ground.who for ground in incident.decisions.values() if ground.who)
    yield from (need.met_by for need in incident.needs.values() if need.met_by)
    yield from (sent.by for sent in incident.updates.sent.values())
    if incident.handoff is not None:
        yield incident.handoff.incoming
    if incident.report is not None:
        yield from filter(None, (incident.report.who, incident.report.investigator))


def _functions(plan: Plan) -> Iterator[str]:
    """Yield the plan's names for functions: "contact customer support" names no person."""
    for role in plan.roles:
        yield from (role.id, role.name, role.short)
    for severity in plan.severities:
        yield from severity.tell
    yield from (deadline.who for deadline in plan.deadlines)
    yield from (participant.who for participant in plan.participants)
    yield from (trigger.tell for trigger in plan.triggers)
    yield from plan.confirmers
