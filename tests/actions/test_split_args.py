"""What was typed behind an action's name, in its arguments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.actions.grammar import split_args
from incident_cockpit.actions.registry import ACTIONS, find
from incident_cockpit.errors import Refused


@pytest.mark.parametrize(
    ("name", "typed", "values"),
    [
        ("note", "", {}),
        ("note", "  all of it, as  typed ", {"text": "all of it, as  typed"}),
        ("note", '"in quotes"', {"text": "in quotes"}),
        ("note", '"one" and "two"', {"text": '"one" and "two"'}),
        ("note", '"', {"text": '"'}),
        ("severity", "SEV1", {"severity": "SEV1"}),
        ("severity", "SEV1\tall of EU", {"severity": "SEV1", "reason": "all of EU"}),
        ("assign", '"tech lead" Raj Patel', {"role": "tech lead", "who": "Raj Patel"}),
        ("assign", "“tech lead” Raj", {"role": "tech lead", "who": "Raj"}),
        ("assign", "'tech lead' Raj", {"role": "tech lead", "who": "Raj"}),
        ("assign", '"tech lead', {"role": '"tech', "who": "lead"}),
        ("ask", "Raj 5m check lag", {"who": "Raj", "within": "5m", "text": "check lag"}),
        ("ask", "Raj check lag", {"who": "Raj", "text": "check lag"}),
        ("ask", "Raj 5 nodes look odd", {"who": "Raj", "text": "5 nodes look odd"}),
        ("snooze", "Internal 10m", {"item": "Internal", "within": "10m"}),
        ("snooze", "Internal", {"item": "Internal"}),
        ("timer", "10m check rollback", {"within": "10m", "text": "check rollback"}),
        ("undo", "", {}),
    ],
)
def test_each_argument_takes_a_word_or_a_phrase_and_the_last_the_rest(
    name: str, typed: str, values: dict[str, str]
) -> None:
    assert split_args(find(name), typed) == values


def test_words_that_nothing_takes_are_refused_and_not_dropped() -> None:
    with pytest.raises(Refused, match="the last one"):
        split_args(find("undo"), "the last one")


@given(name=st.sampled_from(sorted(ACTIONS)), typed=st.text(max_size=30))
def test_no_word_is_lost(name: str, typed: str) -> None:
    try:
        values = split_args(find(name), typed)
    except Refused:
        assert not find(name).args
        return

    def bare(text: str) -> str:
        return "".join(char for char in text if not char.isspace() and char not in "\"'“”")

    assert bare("".join(values.values())) == bare(typed)
