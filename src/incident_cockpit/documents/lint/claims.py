"""Warnings about claims in an update: unconfirmed causes stated as facts, and promised times of a fix."""

from __future__ import annotations

import re
from collections.abc import Iterator

from incident_cockpit.documents.lint.sentences import (
    ABOUT,
    LENGTH,
    LONGEST,
    MOMENT,
    any_of,
    sentences,
    shorten,
    word_set,
)
from incident_cockpit.incident.facts.hypotheses import Belief, Hypothesis
from incident_cockpit.incident.state import Incident

_NEGATED = r"(?:\bnot|\bnever|\bno|n['’]t|\bunrelated)(?: \w{1,20}){0,2} $"
# The cause follows these words, unless it is only "this" or "the outage".
_BEFORE_CAUSE = any_of(
    "caused by", "because of", "due to", "owing to", "(?:a|the) result of", "triggered by", "brought (?:on|about) by",
    "stem(?:s|med) from", r"originat\w{1,3} (?:from|in|with)", "traced (?:back )?to", "results? from",
)  # fmt: skip
# The cause precedes these words, unless it is only "this" or "the problem".
_AFTER_CAUSE = any_of(
    "caus(?:es?|ed|ing)", "led to", "leads? to", "leading to", "resulted in", "broke", "brought down", "took down",
    "knocked (?:out|offline)", "is why", "is (?:at fault|to blame|behind (?:this|it)|responsible for)",
)  # fmt: skip
_CAUSE_WORDS = any_of(
    "root cause", "the cause (?:is|was)", "found the cause", "(?:human|operator) error", "hackers?", "hacked",
    r"attack(?:s|ed|ers?)?", "the reason (?:is|was)", "is the reason", "ransomware", "ddos", "sabotage",
    r"misconfigur\w{2,8}", "(?:a|the|one) bug",
    "(?:software|hardware|power|configuration|coding|programming|network) (?:error|failure|fault|mistake|outage|cut)",
)  # fmt: skip
_OUTRIGHT = any_of("caused by", "root cause (?:is|was)", "the cause (?:is|was)", "found the cause")
_ASKS_FOR_CAUSE = any_of(
    "(?:no|any|the|a|its|this|what) (?:root )?cause (?:of|for|will|has|have|can)", "what caused", "what causes",
    "(?:publish|share|find|finding|know|explain|learn|understand|determine|establish|identify|look for|looking for"
    "|seek|search for) (?:out )?(?:what )?(?:the|its|a) (?:root )?cause",
    "root cause analysis", "nobody", "no one", "as a precaution",
)  # fmt: skip
_FAILURE_WORDS = any_of(
    "problems?", "issues?", "failures?", "failed", "errors?", "faults?", "broken?", "broke", "outage"
)
_HEDGED = any_of(
    "may", "might", "could be", "could have been", "possibl[ey]", "possibility", "perhaps", "probabl[ey]", "likely",
    r"suspect\w{0,3}", "believe", "think", "assume", "seems?", "appears?", "whether", "looking into",
    r"investigat\w{1,5}", "unclear", "unknown", "unconfirmed", r"look(?:s|ed|ing) at", "being looked into",
    r"check(?:s|ed|ing) (?:if|whether|that)", r"possible causes?", "(?:open|testing)(?=\\))",
    "(?:not|nobody|never) (?:yet |has |been ){0,3}(?:known|knows|clear|confirmed)",
)  # fmt: skip
# A label in front of the impact, "What you may notice:", expresses no doubt about the cause.
_NOTICED = re.compile(r"\bwhat \w{1,20} (?:may|might) (?:have )?noticed?: ?", re.IGNORECASE)
_DENIAL = any_of("not", "no", "never", "without", "ruled out", "unrelated", r"\w{2,8}n['’]t")

# Words for the incident itself: "because of the outage" names no cause, "the outage of our provider" does.
_SMALL = (
    r"(?:the|an?|this|these|those|that|our|their|your|all|any|some|its|such|current|ongoing|present|same|earlier"
    r"|previous|recent|latest|above|today['’]s|last night['’]s|technical)"
)
_NO_CAUSE = re.compile(
    rf"^\s*(?:(?:{_SMALL} ){{0,4}}(?:it|this|that|these|which|what|outages?|incidents?|problems?|issues?|disruptions?"
    r"|interruptions?|situation|troubles?|events?|difficult\w{1,4}|inconvenience|delays?|impact|errors?|failures?)\b"
    r"(?! (?:of|in|at|with|on|from|by|between|behind)\b)|(?:be|start|end|begin|finish|arrive|come|go|run|take)\b|$)",
    re.IGNORECASE,
)
_FILLING_WORDS = (
    "the a an this these those that it its which what who our your their and or but so also still now currently "
    "unfortunately we you are is was were be been being has have had do does did may can will any all some sorry for "
    "apologise apologize apologies regret of to with current ongoing problem problems issue issues incident "
    "incidents outage disruption interruption situation trouble troubles inconvenience delay delays impact damage "
    "event errors error failure failures has already in turn technical"
)
_FILLING = frozenset(_FILLING_WORDS.split())


def check_causes(text: str, incident: Incident, *, inside: bool = False) -> Iterator[str]:
    """Yield a warning for each unconfirmed cause that is stated as a fact.

    Internal texts mention suspicions on many lines, as in "rolled back the bad deploy", so only explicit statements
    count there.
    """
    hypotheses = [(hypothesis, word_set(hypothesis.text)) for hypothesis in incident.hypotheses.values()]
    confirmed = next((each for each, _ in hypotheses if each.belief is Belief.CONFIRMED), None)
    for sentence in (_NOTICED.sub("", sentence) for sentence in sentences(text)):
        if _HEDGED.search(sentence):
            continue
        sentence_words = word_set(sentence)
        named = [each for each, terms in hypotheses if _names(sentence, sentence_words, each, terms)]
        unsure = next((each for each in named if each.belief is not Belief.CONFIRMED), None)
        if inside and not (_blames(sentence) if named else _OUTRIGHT.search(sentence)):
            continue
        if unsure is not None:
            yield f"Cause stated as a fact: “{shorten(unsure.text)}” is {unsure.belief.value}"
        elif not named and _blames(sentence):
            # It may be the confirmed cause in other words, which readers outside need: only a person can tell.
            if confirmed:
                yield f"Check the cause “{shorten(sentence)}”: confirmed is “{shorten(confirmed.text)}”"
            else:
                yield f"Cause not confirmed: “{shorten(sentence)}”"


def _blames(sentence: str) -> bool:
    """Return whether a sentence states a cause."""
    if _ASKS_FOR_CAUSE.search(sentence):
        return False
    for match in _BEFORE_CAUSE.finditer(sentence):
        before, after = sentence[: match.start()], sentence[match.end() :]
        if not _NO_CAUSE.match(after) and not re.search(_NEGATED, before):
            return True
    for match in _AFTER_CAUSE.finditer(sentence):
        before, after = sentence[: match.start()], sentence[match.end() :]
        if match.group().casefold().startswith("cause") and after.startswith(" by"):
            continue
        if word_set(before) - _FILLING and not re.search(_NEGATED, before):
            return True
    return bool(_CAUSE_WORDS.search(sentence)) and not _DENIAL.search(sentence)


def _names(sentence: str, sentence_words: frozenset[str], hypothesis: Hypothesis, terms: frozenset[str]) -> bool:
    """Return whether a sentence names this hypothesis as the cause: it has all of its significant words."""
    significant = frozenset(term for term in terms if len(term) > 2 and term not in _FILLING) or terms
    # "Bad deploy 4512" is reported outside without its number.
    without_numbers = frozenset(term for term in significant if not term.isdigit())
    significant = without_numbers if len(without_numbers) > 1 else significant
    if not significant or not significant <= sentence_words:
        return False
    if hypothesis.belief is Belief.RULED_OUT and _DENIAL.search(sentence):
        return False
    # One plain word, as "load", is in many sentences about other things.
    is_plain = len(significant) == 1 and hypothesis.text.isalpha() and hypothesis.text.islower()
    return not is_plain or bool(_blames(sentence) or _FAILURE_WORDS.search(sentence))


# Promised times of a fix: they are guesses, and readers take them as commitments.
#
# A heuristic on words, one sentence at a time, so it only warns.

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
