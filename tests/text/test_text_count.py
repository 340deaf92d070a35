"""Numbers with their nouns."""

from __future__ import annotations

import pytest

from incident_cockpit.text.count import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 steps"), (1, "1 step"), (2, "2 steps")], ids=["none", "one", "several"]
)
def test_only_one_is_one(number: int, words: str) -> None:
    assert counted(number, "step") == words


def test_a_plural_of_its_own() -> None:
    assert [counted(number, "box", "boxes") for number in (1, 3)] == ["1 box", "3 boxes"]
