"""Sentences and words of a text, and patterns for the times in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

# The composer checks at every key, so only the beginning of a very long text is read.
LONGEST = 20_000
_LONGEST_SENTENCE = 1_000
_LONGEST_QUOTE = 60

# "3 p.m." and "5 min." end no sentence.
_SENTENCE = re.compile(r"(?<=[.!?;])(?<![ap]\.m\.)(?<!approx\.)\s+|\n+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")

_UNIT = r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?)\b"
# A duration, and a point in time.
LENGTH = (
    rf"(?:[0-9]{{1,4}}(?: ?[-–] ?[0-9]{{1,4}}| (?:to|or) [0-9]{{1,4}})? ?{_UNIT}"
    r"|(?:an? (?:few|couple of)|half an|an?|one|two|three|four|five|ten|fifteen|twenty|thirty)"
    r" (?:more |business )?(?:minutes?|hours?|days?|weeks?)\b|(?:some |several )?(?:minutes|hours|days)\b)"
)
MOMENT = (
    r"(?:[0-9]{1,2}[:.][0-9]{2}\b|[0-9]{1,2}h[0-9]{0,2}\b|[0-9]{1,2} ?(?:[ap]m\b|[ap]\.m\.)|[0-9]{1,2} o['’]clock"
    r"|(?:noon|midday|midnight|lunchtime|tonight|tomorrow|today|eod|cob)\b|this (?:morning|afternoon|evening|week)\b"
    r"|next week\b|(?:the )?weekend\b|(?:the )?(?:end|close) of (?:the |this )?(?:day|hour|week|business)\b"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)"
)
# "in about", "within the next", "by around".
ABOUT = (
    r"(?:(?:about|around|roughly|approximately|approx\.?|under|less than|(?:no )?more than|at most|only|up to|the next"
    r"|another|the coming) |~ ?){0,3}"
)


def any_of(*words: str) -> re.Pattern[str]:
    """Return a pattern for any of these words, each of which may be a small pattern."""
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, each on one line."""
    for sentence in _SENTENCE.split(text[:LONGEST]):
        flat = " ".join(sentence.split())
        if flat:
            yield flat[:_LONGEST_SENTENCE]


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text, case-folded."""
    return frozenset(word.casefold() for word in _WORD.findall(text[:LONGEST]))


def shorten(text: str) -> str:
    """Return a text shortened to fit into a warning."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_QUOTE else flat[: _LONGEST_QUOTE - 1].rstrip() + "…"
