"""Numbers with their nouns."""

from __future__ import annotations

import pytest

from incident_cockpit.text.plurals import counted, sized


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 steps"), (1, "1 step"), (2, "2 steps")], ids=["none", "one", "several"]
)
def test_only_one_is_one(number: int, words: str) -> None:
    assert counted(number, "step") == words


def test_a_plural_of_its_own() -> None:
    assert [counted(number, "box", "boxes") for number in (1, 3)] == ["1 box", "3 boxes"]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1 KB"),
        (14_400, "14 KB"),
        (64 * 1024**2, "64.0 MB"),
        (3 * 1024**3, "3.0 GB"),
    ],
)
def test_sizes_are_said_as_people_compare_them(size: int, words: str) -> None:
    assert sized(size) == words
