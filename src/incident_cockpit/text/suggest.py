"""Suggestions for a word that is not known: "did you mean ...?"."""

from __future__ import annotations

from collections.abc import Iterable

# Longer words and lists are cut: comparing them costs their product, and a hint is not worth a wait.
_LONGEST, _MOST = 100, 2_000


def nearest(word: str, known: Iterable[str], count: int = 1, *, likeness: float = 0.6) -> list[str]:
    """Return up to `count` known words that are spelled nearly so, best first; capitals are ignored.

    `likeness` is the least ratio of common letters, between 0 and 1.
    """
    # Late: only a slip needs it.
    from difflib import get_close_matches
    from itertools import islice

    by_folded: dict[str, str] = {}
    for name in islice(known, _MOST):
        by_folded.setdefault(name[:_LONGEST].casefold(), name)
    matches = get_close_matches(word[:_LONGEST].casefold(), by_folded, count, likeness)
    return [by_folded[match] for match in matches]


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return the question for the nearest known word, or `otherwise` where none is near."""
    near = nearest(word, known)
    return f'did you mean "{near[0]}"?' if near else otherwise
