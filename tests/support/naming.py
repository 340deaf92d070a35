"""Texts by the facts they name, not by their wording: `assert row == ("missed", naming("SEV3", "late 5m"))`."""

from __future__ import annotations


class Naming:
    """A text that names all of these words, in any order and with anything around them."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def __eq__(self, text: object) -> bool:
        return isinstance(text, str) and all(word in text for word in self._words)

    def __hash__(self) -> int:
        return hash(self._words)

    def __repr__(self) -> str:
        return f"naming({', '.join(map(repr, self._words))})"


def naming(*words: str) -> Naming:
    """Return what is equal to every text that names these words."""
    assert words
    return Naming(*words)
