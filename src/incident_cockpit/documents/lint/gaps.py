"""Warnings about gaps in an update (impact, next update, jargon) and about names of people in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from incident_cockpit.documents.lint.claims import names_next_update
from incident_cockpit.documents.lint.sentences import LONGEST, any_of, sentences, shorten, word_set
from incident_cockpit.incident.facts.updates import current_interval
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


# Gaps in an update: no impact, no time of the next update, jargon.
#
# A heuristic on words, one sentence at a time, so it only warns.

NO_IMPACT = "Impact missing: readers will ask who is affected, and how"

# Who or what is affected, and how: enough for readers to know if it concerns them.
_WHO = any_of(
    r"(?:customer|user|shop|merchant|client|patient|visitor|member|guest|subscriber|compan|partner|passenger|student)\w{0,4}",
    "people", "everybody", "everyone", "anybody", "anyone", "colleagues", "staff", "you", "we", "one in [a-z]+",
    r"(?:order|payment|log-?in|sign-?in|request|e-?mail|message|upload|download|page|transaction|invoice|booking)s?",
    r"(?:call|report|account|card|app|api|site|website|shop|store|service|system|deliver|checkout|search)\w{0,3}",
    "it", "some", "most", "many", "few", "all",
)  # fmt: skip
_HOW = any_of(
    "cannot", r"can['’]t", "can not", "unable", "could not", r"couldn['’]t", r"fail\w{0,5}", r"slow\w{0,4}", "down",
    "unavailable", "not (?:be )?(?:work|available|able|reach|load|possible|go|arrive|see|get|receive|open)\\w{0,5}",
    r"(?:don|doesn)['’]t \w{1,12}", r"errors?", "affected", "impacted", "may (?:have )?noticed?", r"delay\w{0,3}",
    "missing", "lost", "interrupted", r"declin\w{1,3}", "rejected", "tim(?:es?|ed|ing) out", "stuck", "wrong", "twice",
    r"degrad\w{1,6}", r"disrupt\w{0,4}", "without", "late", "longer than", "offline", "nobody (?:is|can)", "locked out",
)  # fmt: skip
_OPEN = any_of("unknown", "unclear", "(?:not|nobody) (?:yet )?(?:known|knows|clear|described)", "looking into")
_SHARE = re.compile(r"[0-9] ?%")


def check_jargon(text: str, plan: Plan) -> Iterator[str]:
    """Yield a warning for each word of the plan's key `jargon`, in the plural too."""
    flat = " ".join(text[:LONGEST].split())
    for term in plan.jargon:
        pattern = " ".join(map(re.escape, term.split()))
        if re.search(rf"(?<!\w){pattern}(?:e?s)?(?!\w)", flat, re.IGNORECASE):
            yield f"Jargon: readers outside may not know “{term}”"


def check_gaps(text: str, incident: Incident, audience: str = "") -> Iterator[str]:
    """Yield a warning if the impact or the time of the next update is missing."""
    if incident.impact is None:
        if not _describes_impact(text, incident):
            yield NO_IMPACT
    elif incident.live and text.strip() and not _describes_impact(text, incident):
        # A significant word or number of the recorded impact is enough.
        significant = {word for word in word_set(incident.impact.value) if len(word) > 3 or word.isdigit()}
        if significant and not significant & word_set(text):
            yield f"Impact missing: {shorten(incident.impact.value)}"
    if text.strip() and audience and current_interval(incident, audience) is not None and not names_next_update(text):
        yield "Next update missing: readers will ask when they hear more"


def _describes_impact(text: str, incident: Incident) -> bool:
    """Return whether a sentence describes who is affected, and how; the title alone does not count."""
    body = text[:LONGEST].replace(incident.title, " ")
    return any(
        bool(_HOW.search(sentence))
        and bool(_WHO.search(sentence) or _SHARE.search(sentence))
        and not _OPEN.search(sentence)
        for sentence in sentences(body)
    )
