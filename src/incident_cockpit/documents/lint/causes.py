"""Causes that a text tells as facts, and which nobody has confirmed.

All of it is guessed from words, one sentence at a time, so it stops nobody: it says what to look at once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from incident_cockpit.documents.lint.sentences import any_of, sentences, shorten, word_set
from incident_cockpit.incident.facts.hypotheses import Belief, Hypothesis
from incident_cockpit.incident.state import Incident

_DENIES = r"(?:\bnot|\bnever|\bno|n['’]t|\bunrelated)(?: \w{1,20}){0,2} $"
# What stands behind these is the cause; where it is only "this" or "the outage", it is none.
_BEHIND = any_of(
    "caused by", "because of", "due to", "owing to", "(?:a|the) result of", "triggered by", "brought (?:on|about) by",
    "stem(?:s|med) from", r"originat\w{1,3} (?:from|in|with)", "traced (?:back )?to", "results? from",
)  # fmt: skip
# What stands before these is the cause, unless it is only "this" or "the problem".
_BEFORE = any_of(
    "caus(?:es?|ed|ing)", "led to", "leads? to", "leading to", "resulted in", "broke", "brought down", "took down",
    "knocked (?:out|offline)", "is why", "is (?:at fault|to blame|behind (?:this|it)|responsible for)",
)  # fmt: skip
_ITSELF = any_of(
    "root cause", "the cause (?:is|was)", "found the cause", "(?:human|operator) error", "hackers?", "hacked",
    r"attack(?:s|ed|ers?)?", "the reason (?:is|was)", "is the reason", "ransomware", "ddos", "sabotage",
    r"misconfigur\w{2,8}", "(?:a|the|one) bug",
    "(?:software|hardware|power|configuration|coding|programming|network) (?:error|failure|fault|mistake|outage|cut)",
)  # fmt: skip
_OUTRIGHT = any_of("caused by", "root cause (?:is|was)", "the cause (?:is|was)", "found the cause")
_ASKS_FOR_IT = any_of(
    "(?:no|any|the|a|its|this|what) (?:root )?cause (?:of|for|will|has|have|can)", "what caused", "what causes",
    "(?:publish|share|find|finding|know|explain|learn|understand|determine|establish|identify|look for|looking for"
    "|seek|search for) (?:out )?(?:what )?(?:the|its|a) (?:root )?cause",
    "root cause analysis", "nobody", "no one", "as a precaution",
)  # fmt: skip
_TROUBLE = any_of("problems?", "issues?", "failures?", "failed", "errors?", "faults?", "broken?", "broke", "outage")
_HEDGED = any_of(
    "may", "might", "could be", "could have been", "possibl[ey]", "possibility", "perhaps", "probabl[ey]", "likely",
    r"suspect\w{0,3}", "believe", "think", "assume", "seems?", "appears?", "whether", "looking into",
    r"investigat\w{1,5}", "unclear", "unknown", "unconfirmed", r"look(?:s|ed|ing) at", "being looked into",
    r"check(?:s|ed|ing) (?:if|whether|that)", r"possible causes?", "(?:open|testing)(?=\\))",
    "(?:not|nobody|never) (?:yet |has |been ){0,3}(?:known|knows|clear|confirmed)",
)  # fmt: skip
# What readers may notice is no doubt about why: most templates for readers outside put it in front of the impact.
_NOTICED = re.compile(r"\bwhat \w{1,20} (?:may|might) (?:have )?noticed?: ?", re.IGNORECASE)
_DENIED = any_of("not", "no", "never", "without", "ruled out", "unrelated", r"\w{2,8}n['’]t")

# What "because of" means nothing with: the trouble itself. "The outage of our provider" says more.
_SMALL = (
    r"(?:the|an?|this|these|those|that|our|their|your|all|any|some|its|such|current|ongoing|present|same|earlier"
    r"|previous|recent|latest|above|today['’]s|last night['’]s|technical)"
)
_VAGUE = re.compile(
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
    """Yield a warning where a cause is told as a fact that nobody has confirmed.

    Colleagues read of suspicions on many lines, as in "rolled back the bad deploy": there it counts what a sentence
    says outright.
    """
    held = [(one, word_set(one.text)) for one in incident.hypotheses.values()]
    confirmed = next((one for one, _ in held if one.belief is Belief.CONFIRMED), None)
    for sentence in (_NOTICED.sub("", one) for one in sentences(text)):
        if _HEDGED.search(sentence):
            continue
        words = word_set(sentence)
        named = [one for one, telling in held if _names(sentence, words, one, telling)]
        unsure = next((one for one in named if one.belief is not Belief.CONFIRMED), None)
        if inside and not (_blames(sentence) if named else _OUTRIGHT.search(sentence)):
            continue
        if unsure is not None:
            yield f"It tells “{shorten(unsure.text)}” as a fact, and it is {unsure.belief.value}"
        elif not named and _blames(sentence):
            # It may be the same in other words, which readers outside need: only a person can tell.
            known = f"; confirmed is “{shorten(confirmed.text)}”" if confirmed else " that nobody has confirmed"
            yield f"It names a cause{known}: “{shorten(sentence)}”"


def _blames(sentence: str) -> bool:
    """Return whether a sentence says why, in whatever words."""
    if _ASKS_FOR_IT.search(sentence):
        return False
    for found in _BEHIND.finditer(sentence):
        if not _VAGUE.match(sentence[found.end() :]) and not re.search(_DENIES, sentence[: found.start()]):
            return True
    for found in _BEFORE.finditer(sentence):
        if found.group().casefold().startswith("cause") and sentence[found.end() :].startswith(" by"):
            continue
        if word_set(sentence[: found.start()]) - _FILLING and not re.search(_DENIES, sentence[: found.start()]):
            return True
    return bool(_ITSELF.search(sentence)) and not _DENIED.search(sentence)


def _names(sentence: str, words: frozenset[str], one: Hypothesis, telling_words: frozenset[str]) -> bool:
    """Return whether a sentence takes this for the cause: it has all its telling words."""
    telling = frozenset(word for word in telling_words if len(word) > 2 and word not in _FILLING) or telling_words
    # "Bad deploy 4512" is told outside without its number.
    words_alone = frozenset(word for word in telling if not word.isdigit())
    telling = words_alone if len(words_alone) > 1 else telling
    if not telling or not telling <= words or (one.belief is Belief.RULED_OUT and _DENIED.search(sentence)):
        return False
    # One plain word, as "load", is said in many sentences that are about something else.
    plain = len(telling) == 1 and one.text.isalpha() and one.text.islower()
    return not plain or bool(_blames(sentence) or _TROUBLE.search(sentence))
