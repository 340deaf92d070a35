"""Attachments of lines: which line is meant, what may be pinned, and taking it back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Moment, PendingFact
from incident_cockpit.incident.facts.attachments import (
    LONGEST_ENTRY_START,
    LONGEST_LINK,
    AttachedFile,
    Attachment,
    check_link,
    is_address,
)
from incident_cockpit.incident.facts.notes import log
from incident_cockpit.incident.recording import attach_to_new_entry
from incident_cockpit.incident.views.timeline import TimelineEntry, timeline_entries
from support.builders import Story
from support.refusals import refuses

URL = "https://graphs.example/d/5xx?from=now-1h"
GRAPH = AttachedFile("graph.png", 14_400, "ab" * 32, "INC-7-abababababababab.png")


def told() -> Story:
    story = Story().declare()
    story.do("note", text="5xx at 8%")
    story.do("note", text="5xx at 3%", by="Raj")
    return story


def line(story: Story, words: str) -> TimelineEntry:
    return next(one for one in timeline_entries(story.record) if one.text == words)


def pinned(story: Story, words: str) -> list[str]:
    return [pin.words for pin in line(story, words).attachments]


# Which line


@pytest.mark.parametrize("name", ["#{}", "{}", "5xx at 8", "AT 8%"])
def test_a_line_is_named_by_its_number_or_its_words(name: str) -> None:
    story = told()
    story.do("pin", link=URL, entry=name.format(line(story, "5xx at 8%").seq), by="Raj")
    [pin] = line(story, "5xx at 8%").attachments
    assert (pin.link, pin.by, pin.when, pin.to) == (URL, "Raj", story.now, "note: 5xx at 8%")
    assert line(story, f"{URL} → note: 5xx at 8%").sort == "pinned"


def test_without_a_name_it_is_the_newest_line_of_whoever_acts() -> None:
    story = told()
    story.do("pin", link=URL)
    story.do("pin", link=GRAPH)
    assert pinned(story, "5xx at 8%") == [URL, "graph.png (14 KB)"], "a pin is no line to pin to by itself"
    assert pinned(story, "5xx at 3%") == []


def test_a_line_that_was_taken_back_is_not_the_newest() -> None:
    story = told()
    story.do("note", text="wrong window")
    story.do("undo")
    story.do("pin", link=URL)
    assert pinned(story, "5xx at 8%") == [URL]


@pytest.mark.parametrize(
    ("values", "by", "why"),
    [
        ({"entry": "#999"}, "Ana", "#999"),
        ({"entry": "#2"}, "Ana", "#2"),
        ({"entry": "no such words"}, "Ana", "no such words"),
        ({"entry": "5xx at"}, "Ana", "#11.*#12"),
        ({}, "Kim", "no entry"),
        ({"link": ""}, "Ana", "link"),
    ],
)
def test_no_line_or_several_are_refused(values: dict[str, Any], by: str, why: str) -> None:
    story = told()
    before = story.record.seq
    with refuses() as refusal:
        story.do("pin", by=by, **{"link": URL, **values})
    assert re.search(why, str(refusal.value))
    assert story.record.seq == before


def test_a_number_that_is_no_line_may_be_words() -> None:
    story = told()
    story.do("note", text="answers 404 to everything")
    story.do("pin", link=URL, entry="404")
    assert pinned(story, "answers 404 to everything") == [URL]


# What


@pytest.mark.parametrize("good", ["http://g.example", "HTTPS://g.example/a?b=c#d", "https://user:pw@[::1]:8080/ä"])
def test_links_that_may_be_pinned(good: str) -> None:
    assert is_address(good)
    assert check_link(good) == good


@pytest.mark.parametrize(
    "bad",
    [
        "ftp://g.example/x", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "https://", "https:///x",
        "https://g.example/a b", "https://g.example/a\nb", "https://[g.example", "www.g.example", "//g.example/x", "",
        "mailto:ana@g.example", "ssh://root@g.example",
    ],
)  # fmt: skip
def test_whatever_else_is_refused_with_the_way_on(bad: str) -> None:
    with refuses("link"):
        check_link(bad)


def test_a_link_has_a_longest_length() -> None:
    assert check_link("https://g.example/".ljust(LONGEST_LINK, "x"))
    with refuses("link") as refused:
        check_link("https://g.example/".ljust(LONGEST_LINK + 1, "x"))
    assert len(str(refused.value)) < 300


@given(st.text())
def test_nothing_but_http_gets_through(text: str) -> None:
    try:
        good = check_link(text)
    except Refused:
        return
    assert good.lower().startswith(("http://", "https://"))
    assert not any(sign.isspace() for sign in good)


def test_the_same_thing_is_pinned_to_a_line_once() -> None:
    story = told()
    story.do("pin", link=URL)
    story.do("pin", link=GRAPH)
    again = AttachedFile("copy of graph.png", GRAPH.size, GRAPH.sha256, GRAPH.copy)
    for what in (URL, again):
        with refuses("link"):
            story.do("pin", link=what, entry="5xx at 8%")
    story.do("pin", link=URL, entry="5xx at 3%")
    assert pinned(story, "5xx at 3%") == [URL]


def test_a_link_is_never_the_same_as_a_file() -> None:
    def pin(**what: Any) -> Attachment:
        return Attachment(3, "note: x", "Ana", Story().now, **what)

    assert pin(link=URL).same_as(pin(link=URL))
    assert not pin(link=URL).same_as(pin(link=f"{URL}&to=now"))
    assert not pin(link=URL).same_as(pin(file=GRAPH))
    assert not pin(file=GRAPH).same_as(pin(link=URL))


# Taking back


def test_a_pin_is_taken_back_and_brought_back_alone() -> None:
    story = told()
    story.do("pin", link=URL)
    story.do("pin", link=GRAPH)
    story.do("undo")
    assert pinned(story, "5xx at 8%") == [URL]
    assert [one.sort for one in timeline_entries(story.record)].count("pinned") == 1
    story.do("redo")
    assert pinned(story, "5xx at 8%") == [URL, "graph.png (14 KB)"]
    story.do("undo")
    story.do("undo")
    assert story.incident.attachments == {}


def test_a_line_with_a_pin_can_still_be_taken_back_and_the_pin_stays_on_record() -> None:
    story = told()
    story.do("pin", link=URL, entry="5xx at 3%")
    story.do("undo", by="Raj")
    assert "5xx at 3%" not in [one.text for one in timeline_entries(story.record)]
    assert line(story, f"{URL} → note: 5xx at 3%")
    with refuses("entry"):
        story.do("pin", link=GRAPH, entry="#12")


# What it says of the line


def test_the_line_is_named_by_how_it_begins_without_half_a_secret() -> None:
    story = Story().declare()
    token = "ghp_" + "a1B2" * 9
    story.do("note", text=f"{'x' * (LONGEST_ENTRY_START - 25)}\n{token} and more")
    story.do("pin", link=URL)
    [[pin]] = [one.attachments for one in timeline_entries(story.record) if one.attachments]
    assert len(pin.to) <= LONGEST_ENTRY_START
    assert token[:12] not in pin.to
    assert "\n" not in pin.to


# Along with a line


def decided(story: Story, *things: str | AttachedFile, quiet: bool = False) -> list[Attachment]:
    moment = Moment("Ana", story.now, story.now, story.record.seq + 1)
    note = PendingFact(log(story.incident, moment, "5xx graph"))
    drafts = list(attach_to_new_entry(story.record, moment, () if quiet else (note,), things))
    assert len({draft.fact.pin for draft in drafts}) == len(drafts)
    return [draft.fact.now for draft in drafts]


def test_what_comes_along_is_on_the_line_and_is_no_line_of_its_own() -> None:
    story = told()
    first, second = decided(story, URL, GRAPH)
    assert (first.line, first.to, first.along) == (story.record.seq + 1, "note: 5xx graph", True)
    assert (second.line, second.file) == (first.line, GRAPH)


def test_what_comes_along_twice_is_pinned_once() -> None:
    assert [pin.words for pin in decided(told(), URL, GRAPH, URL, GRAPH)] == [URL, "graph.png (14 KB)"]


def test_nothing_comes_along_where_no_line_is_added() -> None:
    assert decided(told(), quiet=True) == []
    with refuses("link"):
        decided(told(), URL, quiet=True)
