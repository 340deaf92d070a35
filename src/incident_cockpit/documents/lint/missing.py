"""What readers miss in an update or do not understand: whom it hurts, when they hear more, words of our own.

All of it is guessed from words, one sentence at a time, so it stops nobody: it says what to look at once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from incident_cockpit.documents.lint.promises import names_next_update
from incident_cockpit.documents.lint.sentences import LONGEST, any_of, sentences, shorten, word_set
from incident_cockpit.incident.facts.updates import current_interval
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.schema import Plan

NO_IMPACT = "The impact is not described: readers will ask who is affected and how"

# Who or what is hurt, and how: enough for readers to know whether it is about them.
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
    """Yield a warning for each word that the plan says readers outside do not know, in the plural too."""
    flat = " ".join(text[:LONGEST].split())
    for word in plan.jargon:
        whole = " ".join(map(re.escape, word.split()))
        if re.search(rf"(?<!\w){whole}(?:e?s)?(?!\w)", flat, re.IGNORECASE):
            yield f"It says “{word}”, which readers outside may not know"


def check_gaps(text: str, incident: Incident, audience: str = "") -> Iterator[str]:
    """Yield what readers look for and do not find: whom it hurts, and when they hear more."""
    if incident.impact is None:
        if not _describes(text, incident):
            yield NO_IMPACT
    elif incident.live and text.strip() and not _tells(text, incident.impact.value) and not _describes(text, incident):
        yield f"It does not say who is hurt and how: {shorten(incident.impact.value)}"
    if text.strip() and audience and current_interval(incident, audience) is not None and not names_next_update(text):
        yield "It does not say when they hear more"


def _tells(text: str, impact: str) -> bool:
    """Return whether a telling word or number of the impact stands in the text."""
    telling = {word for word in word_set(impact) if len(word) > 3 or word.isdigit()}
    return not telling or bool(telling & word_set(text))


def _describes(text: str, incident: Incident) -> bool:
    """Return whether a sentence says in words of its own who is hurt and how; the title alone does not count."""
    body = text[:LONGEST].replace(incident.title, " ")
    return any(
        bool(_HOW.search(one)) and bool(_WHO.search(one) or _SHARE.search(one)) and not _OPEN.search(one)
        for one in sentences(body)
    )
