"""What readers would take from an update that its sender did not mean: a time of repair, a cause, words they miss.

All of it is guessed from words, one sentence at a time, so it stops nobody: it says what to look at once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.hypotheses import Belief, Hypothesis
from incident_cockpit.incident.topics.updates import cadence
from incident_cockpit.plan.model import Plan

# Nobody reads on after this, and a composer looks at every key.
_LONGEST = 20_000
_LONGEST_SENTENCE = 1_000
_LONGEST_QUOTE = 60

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_CLAUSE = re.compile(r", | and | but |: | – | - ")
_WORD = re.compile(r"[^\W_]+")
# How an update says until when somebody was asked for something: no reader takes that for the end.
_ASKED = re.compile(r"\((?:by|was due) [^()]{1,40}\)")


def _any(*words: str) -> re.Pattern[str]:
    """Return what finds any of these words, each of which may be a small pattern."""
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


_OVER = _any(
    "fix(?:ed)?", "resolv(?:e|ed)", "resolution", "solv(?:e|ed)", "repair(?:ed)?", "mend(?:ed)?", "restor(?:e|ed)",
    "recover(?:y|ed)?", "back", "up again", "works? again", "working", "over", "done", "normal", "available", "eta",
)  # fmt: skip
_LENGTH = (
    r"(?:[0-9]{1,4} ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\b"
    r"|(?:a few|a couple of|half an|an?|one|two|three|five|ten|fifteen|twenty|thirty) (?:minutes?|hours?|days?)\b)"
)
_MOMENT = (
    r"(?:[0-9]{1,2}[:.][0-9]{2}\b|[0-9]{1,2} ?[ap]m\b|(?:noon|midnight|tonight|tomorrow|today|eod)\b"
    r"|this (?:morning|afternoon|evening)\b|(?:the )?end of (?:the |this )?(?:day|hour|week)\b"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)"
)
# These words before a time make it one to come; behind the others that takes a verb.
_UNTIL = re.compile(
    rf"\b(?:(?:by|before|until|no later than|latest|eta:?) (?:about |around |~)?(?:the next )?(?:{_MOMENT}|{_LENGTH})"
    rf"|within (?:about |the next |another )?(?:{_LENGTH}|the hour\b)|(?:tonight|tomorrow)\b|eta:? ?~?[0-9])",
    re.IGNORECASE,
)
_THEN = re.compile(
    rf"\b(?:at|around|about|in) (?:about |around |the next |another )?(?:{_MOMENT}|{_LENGTH})", re.IGNORECASE
)
_WILL = _any(
    "will", "shall", "should", "would", r"expect\w{0,6}", "going to", "plan(?:s|ned|ning)?", "hop(?:e|es|ing)",
    r"aim\w{0,4}", "eta", r"\w{1,8}['’]ll",
)  # fmt: skip
_WAS = _any("was", "were", "has been", "have been", "had", "started", "began", "lasted", "took", "ended")
# When we write again is the one promise that is wanted.
_NEXT = _any(
    "next (?:update|news|message|report)", "updates?", "write", "inform", "report back", "let you know", "tell you",
    "news", "hear", "keep you",
)  # fmt: skip
_CLOCK = re.compile(rf"\b(?:{_MOMENT}|(?:in|within|every) {_LENGTH})", re.IGNORECASE)

_CAUSE = _any(
    "caused by", "because of", "due to", "owing to", "result of", "root cause", "the cause (?:is|was)", "triggered by"
)
_TROUBLE = _any("problems?", "issues?", "failures?", "failed", "errors?", "faults?", "broken?", "broke", "outage")
_HEDGED = _any(
    "may", "might", "could be", "could have been", "possibl[ey]", "perhaps", "probabl[ey]", "likely", r"suspect\w{0,3}",
    "believe", "think", "assume", "seems?", "appears?", "whether", "looking into", r"investigat\w{1,5}", "unclear",
    "unknown", "unconfirmed", "not (?:yet )?(?:known|clear|confirmed)",
)  # fmt: skip
_DENIED = _any("not", "no", "never", "without", "ruled out", "unrelated", r"\w{2,8}n['’]t")


def promises(text: str) -> Iterator[str]:
    """Yield a warning for each time by which it is said to be over: nobody knows it, and everybody holds us to it."""
    for sentence in _sentences(_ASKED.sub("", text[:_LONGEST])):
        parts = _CLAUSE.split(sentence) if _NEXT.search(sentence) else (sentence,)
        for part in parts:
            said = None if _NEXT.search(part) else _promised(part)
            if said:
                yield f"It promises when it will be over (“{said}”): say when you write again instead"


def _promised(sentence: str) -> str:
    """Return the words that promise a time of repair, "" where none do; what has happened promises nothing."""
    over, will = _OVER.search(sentence), _WILL.search(sentence)
    when = _UNTIL.search(sentence) or (_THEN.search(sentence) if will else None)
    if over is None or when is None or (_WAS.search(sentence) and not will):
        return ""
    return _short(sentence[min(over.start(), when.start()) : max(over.end(), when.end())])


def causes(text: str, incident: Incident) -> Iterator[str]:
    """Yield a warning where a cause is told as a fact that nobody has confirmed."""
    held = [(one, _said(one.text)) for one in incident.hypotheses.values()]
    for sentence in _sentences(text):
        if _HEDGED.search(sentence):
            continue
        words = _said(sentence)
        named = [one for one, said in held if _names(sentence, words, one, said)]
        unsure = next((one for one in named if one.belief is not Belief.CONFIRMED), None)
        if unsure is not None:
            yield f"It tells “{_short(unsure.text)}” as a fact, and it is {unsure.belief.value}"
        elif _CAUSE.search(sentence) and not named:
            yield f"It names a cause that nobody has confirmed: “{_short(sentence)}”"


def _names(sentence: str, words: frozenset[str], one: Hypothesis, said: frozenset[str]) -> bool:
    """Return whether a sentence takes this for the cause: it has all its telling words."""
    telling = frozenset(word for word in said if len(word) > 2) or said
    if not telling or not telling <= words or (one.belief is Belief.RULED_OUT and _DENIED.search(sentence)):
        return False
    # One plain word, as "load", is said in many sentences that are about something else.
    plain = len(telling) == 1 and one.text.isalpha() and one.text.islower()
    return not plain or bool(_CAUSE.search(sentence) or _TROUBLE.search(sentence))


def jargon(text: str, plan: Plan) -> Iterator[str]:
    """Yield a warning for each word that the plan says readers outside do not know."""
    flat = " ".join(text[:_LONGEST].split())
    for word in plan.jargon:
        if re.search(rf"(?<!\w){' '.join(map(re.escape, word.split()))}(?!\w)", flat, re.IGNORECASE):
            yield f"It says “{word}”, which readers outside may not know"


def gaps(text: str, incident: Incident, audience: str) -> Iterator[str]:
    """Yield what readers look for and do not find: whom it hurts, and when they hear more."""
    if not text.strip():
        return
    if incident.impact is not None and not _tells(text, incident.impact.value):
        yield f"It does not say who is hurt and how: {_short(incident.impact.value)}"
    if audience and cadence(incident, audience) is not None and not _tells_next(text):
        yield "It does not say when they hear more"


def _tells(text: str, impact: str) -> bool:
    """Return whether a telling word or number of the impact stands in the text."""
    telling = {word for word in _said(impact) if len(word) > 3 or word.isdigit()}
    return not telling or bool(telling & _said(text))


def _tells_next(text: str) -> bool:
    return any(_NEXT.search(sentence) and _CLOCK.search(sentence) for sentence in _sentences(text))


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(text[:_LONGEST]):
        flat = " ".join(sentence.split())
        if flat:
            yield flat[:_LONGEST_SENTENCE]


def _said(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text[:_LONGEST]))


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_QUOTE else flat[: _LONGEST_QUOTE - 1].rstrip() + "…"
