"""Gaps in an update: no impact, no time of the next update, jargon.

A heuristic on words, one sentence at a time, so it only warns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from incident_cockpit.documents.lint.promises import names_next_update
from incident_cockpit.documents.lint.sentences import LONGEST, any_of, sentences, shorten, word_set
from incident_cockpit.incident.facts.updates import current_interval
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.schema import Plan

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
