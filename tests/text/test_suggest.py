from __future__ import annotations

import pytest

from incident_cockpit.text.suggest import did_you_mean, nearest


@pytest.mark.parametrize(
    ("word", "expected"), [("usre", ["user"]), ("USER", ["user"]), ("zon", ["zone"]), ("xyzzy", []), ("", [])]
)
def test_the_nearest_known_word_is_suggested(word: str, expected: list[str]) -> None:
    assert nearest(word, ["user", "zone", "plan"]) == expected


def test_capitals_of_the_known_word_stay() -> None:
    assert nearest("europe/pari", ["Europe/Paris", "Europe/Rome"]) == ["Europe/Paris"]


def test_without_a_near_word_the_other_hint_is_returned() -> None:
    assert did_you_mean("xyzzy", ["user"], "run: incident list") == "run: incident list"
    assert '"user"' in did_you_mean("usr", ["user"], "run: incident list")


def test_long_words_and_lists_are_bounded() -> None:
    assert nearest("x" * 1_000_000, (f"name-{number}" for number in range(100_000))) == []
