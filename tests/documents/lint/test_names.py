"""Names of people and jargon: found as people write them, and not inside other words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from incident_cockpit.documents.lint.gaps import check_jargon, named_people
from incident_cockpit.incident.state import Incident
from support.builders import Story, default_plan


def people() -> Incident:
    story = Story(who="Ana").declare()
    for who in ("Raj Patel", "Will", "mark", "Bo", "An", "佐藤", "Jean-Luc Picard", "O'Neil", "Lena Long", "asilva"):
        story.do("ask", who=who, text="lag?", within="10m")
    story.do("ask", who="Customer support", text="what do they see?", within="10m")
    return story.incident


PEOPLE = people()


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Raj Patel is looking into it.", "Raj Patel"),
        ("Raj is looking into it.", "Raj Patel"),
        ("Please ask PATEL.", "Raj Patel"),
        ("raj patel found it", "Raj Patel"),
        ("Please write to Will.", "Will"),
        ("This is with Mark now.", "mark"),
        ("We thank Bo for the report.", "Bo"),
        ("An looks at the logs.", "An"),
        ("佐藤さんが調べています", "佐藤"),
        ("(Ana)", "Ana"),
        ("ana@example.com answers.", "Ana"),
        ("Call Jean-Luc.", "Jean-Luc Picard"),
        ("Call Picard.", "Jean-Luc Picard"),
        ("O'Neil's team works on it.", "O'Neil"),
        ("Lena restores the backup.", "Lena Long"),
        ("asilva reverted it", "asilva"),
    ],
)
def test_name_is_found(text: str, who: str) -> None:
    assert list(named_people(text, PEOPLE)) == [who]


@pytest.mark.parametrize(
    "text",
    [
        "We will write again.",
        "Payments will be declined; we mark them as open.",
        "It began an hour ago.",
        "Bon voyage, Rajah.",
        "It took long.",
        "Please contact customer support.",
        "Analysis of the banana: none.",
        "Where it says 'will', read 'may'.",
        "佐渡 is not affected.",
        "Our long queue is empty.",
        "It is boring.",
        "Customer Support knows more.",
    ],
)
def test_common_word_is_no_name(text: str) -> None:
    assert list(named_people(text, PEOPLE)) == []


JARGON = replace(default_plan(), jargon=("5xx", "failover", "node", "pod", "replica lag", "p99", "rolled back"))


def jargon_in(text: str) -> Iterator[str]:
    return (warning.split("“")[1].split("”")[0] for warning in check_jargon(text, JARGON))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("We see 5xx at checkout.", "5xx"),
        ("A Failover is under way", "failover"),
        ("Two nodes are down.", "node"),
        ("PODS restart.", "pod"),
        ("The replica\nlag grows", "replica lag"),
        ("p99: 4 s", "p99"),
        ("We rolled  back the release.", "rolled back"),
    ],
)
def test_jargon_is_found(text: str, word: str) -> None:
    assert list(jargon_in(text)) == [word]


@pytest.mark.parametrize(
    "text", ["A podcast.", "Anode and cathode.", "It has p990.", "We roll back.", "Replica, lag", "Nodes2", "x5xx"]
)
def test_similar_word_is_no_jargon(text: str) -> None:
    assert [word for word in jargon_in(text) if word not in text.casefold().split()] == []
