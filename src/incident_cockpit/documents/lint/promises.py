"""Times by which a text says that it will be over: nobody knows them, and everybody holds us to them.

All of it is guessed from words, one sentence at a time, so it stops nobody: it says what to look at once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from incident_cockpit.documents.lint.sentences import ABOUT, LENGTH, LONGEST, MOMENT, any_of, sentences, shorten

_CLAUSE = re.compile(r", | and | but |: | – | - ")
# How an update says until when somebody was asked for something: no reader takes that for the end.
_ASKED = re.compile(r"\((?:by|was due) [^()]{1,40}\)")

_FIXED = any_of(
    "fix(?:e[ds])?", "resolv(?:e[ds]?|ing)", "resolution", "solv(?:e[ds]?|ing)", "repair(?:s|ed)?", "mend(?:s|ed)?",
    "restor(?:e[ds]?|ation)", "recover(?:y|s|ed)?", "sorted(?: out)?",
)  # fmt: skip
# Words of a good end that have other uses too: roll back, working on it, look again, available until five.
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

# These words before a time make it one to come; behind the others that takes a verb.
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
# When we write again is the one promise that is wanted.
_NEXT = any_of(
    "next (?:update|news|message|report)", "updates?", "write", "inform", "reports? back", "let you know", "tell you",
    "news", "hear", "keep you", "information", "back (?:with|to you)", "get back", "check(?:s|ing)? back",
    "post (?:again|more|here)", "share more", "follow up", "more (?:at|by|in)",
)  # fmt: skip
_CLOCK = re.compile(
    rf"\b(?:{MOMENT}|(?:in|within|every|for|after) {ABOUT}{LENGTH}|(?:each|every|on the|the) (?:half )?hour\b)",
    re.IGNORECASE,
)
# The heading of an update says when it was written: "Update 14:05 UTC: ..." promises none.
_HEADING = re.compile(rf"^\W{{0,3}}(?:status )?update\b(?: at| of|:)? {MOMENT}", re.IGNORECASE)
_FOLLOWS = any_of("next", "another", "further", "again", "more", "will", "every", "by", "in", "within", "expect")


def check_promises(text: str) -> Iterator[str]:
    """Yield a warning for each time by which it is said to be over."""
    for sentence in sentences(_ASKED.sub("", text[:LONGEST])):
        # A sentence that tells of something else as well is looked at in its parts.
        parts = _CLAUSE.split(sentence) if _NEXT.search(sentence) or _WAS.search(sentence) else (sentence,)
        for part in parts:
            told = "" if _NEXT.search(part) else _promised(part)
            if told:
                yield f"It promises when it will be over (“{told}”): say when you write again instead"


def names_next_update(text: str) -> bool:
    """Return whether a text says when its readers hear more."""
    return any(
        _NEXT.search(sentence) and _CLOCK.search(sentence) and (not _HEADING.search(sentence) or _later(sentence))
        for sentence in sentences(text)
    )


def _later(heading: str) -> bool:
    return bool(_FOLLOWS.search(heading))


def _promised(sentence: str) -> str:
    """Return the words that promise a time of repair, "" where none do; what has happened promises nothing."""
    fixed, will = _FIXED.search(sentence), _WILL.search(sentence)
    until = None if _WATCHED.search(sentence) else _UNTIL.search(sentence)
    over = fixed or _WELL.search(sentence)
    when = _BY.search(sentence) or (_THEN.search(sentence) if will else None)
    if until is not None and (fixed or _BAD.search(sentence)):
        over, when = fixed or _BAD.search(sentence), until
    if over is None or when is None or (_WAS.search(sentence) and not will):
        return ""
    return shorten(sentence[min(over.start(), when.start()) : max(over.end(), when.end())])
