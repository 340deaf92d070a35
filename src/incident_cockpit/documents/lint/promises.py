"""Promised times of a fix: they are guesses, and readers take them as commitments.

A heuristic on words, one sentence at a time, so it only warns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from incident_cockpit.documents.lint.sentences import ABOUT, LENGTH, LONGEST, MOMENT, any_of, sentences, shorten

_CLAUSE = re.compile(r", | and | but |: | – | - ")
# The due time of an ask: no reader takes it for the time of a fix.
_ASK_DUE = re.compile(r"\((?:by|was due) [^()]{1,40}\)")

_FIXED = any_of(
    "fix(?:e[ds])?", "resolv(?:e[ds]?|ing)", "resolution", "solv(?:e[ds]?|ing)", "repair(?:s|ed)?", "mend(?:s|ed)?",
    "restor(?:e[ds]?|ation)", "recover(?:y|s|ed)?", "sorted(?: out)?",
)  # fmt: skip
# Words of recovery that have other uses too: roll back, working on it, look again, available until five.
_WELL = any_of(
    r"(?<!roll )(?<!rolled )(?<!rolling )(?<!fall )(?<!report )(?<!reports )(?<!get )(?<!call )(?<!look )back"
    r"(?! (?:with|to you))",
    "up again", r"(?<!look )(?<!try )(?<!check )(?<!meet )(?<!write )(?<!post )(?<!call )(?<!ask )again",
    r"work(?:s|ing)? (?:normally|properly|fine|as (?:usual|normal|expected))",
    r"(?:be|is|are) working(?! on| with| to)",
    "(?:be|is|are|all) over", "(?:be|is|are) done", "normal", "operational", "online", "up and running", "as usual",
    "available", "able to", "resum(?:es?|ed|ption)", "return(?:s|ed)?", "go(?:es)? through", "normally",
    "live", "eta",
)  # fmt: skip
_BAD = any_of(
    "down", "unavailable", "offline", "out of (?:service|order)", r"fail\w{0,5}", "slow", "broken", "interrupted",
    "not (?:be )?(?:working|available|work|possible)", "cannot", "unable",
)  # fmt: skip

# These words before a time make it a future one; the others need a verb as well.
_BY = re.compile(
    rf"\b(?:(?:by|before|no later than|latest) (?:(?:next|late|early) )?{ABOUT}(?:{MOMENT}|{LENGTH})"
    rf"|within {ABOUT}(?:{LENGTH}(?! of)|(?:the|this) (?:hour|day)\b)|(?:tonight|tomorrow)\b"
    rf"|(?:eta|estimate[ds]?|time to (?:fix|repair|restore|resolution|recovery))\b[^!?]{{0,60}}?(?:{MOMENT}|{LENGTH}))",
    re.IGNORECASE,
)
_UNTIL = re.compile(rf"\b(?:until|till) {ABOUT}(?:{MOMENT}|{LENGTH})", re.IGNORECASE)
_THEN = re.compile(
    rf"\b(?:(?:at|around|about|in|on|from|takes?) {ABOUT}(?:{MOMENT}|{LENGTH})"
    r"|(?:later )?today|this (?:morning|afternoon|evening|week|weekend)|next week|overnight"
    r"|(?<!as )soon|shortly|momentarily|any (?:minute|moment|second) now)\b",
    re.IGNORECASE,
)
_WILL = any_of(
    "will", "shall", "should", "would", r"expect\w{0,6}", r"anticipat\w{0,5}", r"estimate[ds]?", "going to",
    "plan(?:s|ned|ning)?", "hop(?:e|es|ing)", r"aim\w{0,4}", "confident", "guarantee", "promise", "eta",
    r"\w{1,8}['’]ll", "resumes", "returns", "recovers", "goes live",
)  # fmt: skip
_WAS = any_of("was", "were", "has been", "have been", "had", "started", "began", "lasted", "took", "ended", "since")
_WATCHED = any_of(r"watch\w{0,3}", r"monitor\w{0,3}", r"observ\w{0,3}", "keep an eye", "opening hours", "open")
# The time of the next update is the one promise that readers need.
_NEXT = any_of(
    "next (?:update|news|message|report)", "updates?", "write", "inform", "reports? back", "let you know", "tell you",
    "news", "hear", "keep you", "information", "back (?:with|to you)", "get back", "check(?:s|ing)? back",
    "post (?:again|more|here)", "share more", "follow up", "more (?:at|by|in)",
)  # fmt: skip
_CLOCK = re.compile(
    rf"\b(?:{MOMENT}|(?:in|within|every|for|after) {ABOUT}{LENGTH}|(?:each|every|on the|the) (?:half )?hour\b)",
    re.IGNORECASE,
)
# The heading of an update has the time of writing: "Update 14:05 UTC: ..." promises none.
_HEADING = re.compile(rf"^\W{{0,3}}(?:status )?update\b(?: at| of|:)? {MOMENT}", re.IGNORECASE)
_FOLLOWS = any_of("next", "another", "further", "again", "more", "will", "every", "by", "in", "within", "expect")


def check_promises(text: str) -> Iterator[str]:
    """Yield a warning for each promised time of a fix."""
    for sentence in sentences(_ASK_DUE.sub("", text[:LONGEST])):
        # A sentence with other content as well is checked clause by clause.
        clauses = _CLAUSE.split(sentence) if _NEXT.search(sentence) or _WAS.search(sentence) else (sentence,)
        for clause in clauses:
            promise = "" if _NEXT.search(clause) else _promise(clause)
            if promise:
                yield f"Promises a fix time (“{promise}”): give the time of the next update instead"


def names_next_update(text: str) -> bool:
    """Return whether a text gives the time of the next update."""
    return any(
        _NEXT.search(sentence)
        and _CLOCK.search(sentence)
        and (not _HEADING.search(sentence) or _FOLLOWS.search(sentence))
        for sentence in sentences(text)
    )


def _promise(clause: str) -> str:
    """Return the words that promise a time of the fix, "" if none do; the past promises nothing."""
    fixed, will = _FIXED.search(clause), _WILL.search(clause)
    until = None if _WATCHED.search(clause) else _UNTIL.search(clause)
    recovery = fixed or _WELL.search(clause)
    when = _BY.search(clause) or (_THEN.search(clause) if will else None)
    if until is not None and (fixed or _BAD.search(clause)):
        recovery, when = fixed or _BAD.search(clause), until
    if recovery is None or when is None or (_WAS.search(clause) and not will):
        return ""
    return shorten(clause[min(recovery.start(), when.start()) : max(recovery.end(), when.end())])
