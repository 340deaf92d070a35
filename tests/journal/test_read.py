from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.incident.event import PendingFact
from support.builders import Story
from support.journal import NOW, created, journal_in, note


def test_the_list_shows_what_the_events_say_and_tells_the_live_ones(tmp_path: Path) -> None:
    story = Story()
    story.declare("Checkout fails", "SEV2", since="-20m")
    with journal_in(tmp_path) as journal:
        record = journal.create(
            lambda _: [PendingFact(event.fact) for event in story.record.events], who="Ana", now=story.now
        )
        [listed] = journal.incidents()
        incident = record.incident
        assert (listed.id, listed.name, listed.title) == (record.id, incident.name, "Checkout fails")
        assert (listed.severity, listed.phase, listed.live) == ("SEV2", incident.plan.first_phase, True)
        assert (listed.opened, listed.ended, listed.commander) == (incident.opened, None, "Ana")
        assert (listed.seq, listed.updated) == (record.seq, story.now)
        story.do("resolve", verified="5xx at baseline")
        story.do("close", reason="done")
        closing = [PendingFact(event.fact) for event in story.record.events[record.seq :]]
        journal.append(record, lambda _: closing, who="Ana", now=story.now)
        [listed] = journal.incidents()
        assert (listed.live, listed.ended) == (False, record.incident.ended)
        assert journal.incidents(live_only=True) == []
        assert journal.verify() == []


def test_the_newest_incident_comes_first(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        for title in ("one", "two", "three"):
            created(journal, title)
        assert [one.title for one in journal.incidents()] == ["three", "two", "one"]


@pytest.mark.parametrize("word", ["2", "INC-2", "inc-2", " Inc-2 ", "#2", "card", "CARD  PAY"])
def test_an_incident_is_found_by_number_and_by_part_of_its_title(tmp_path: Path, word: str) -> None:
    with journal_in(tmp_path) as journal:
        created(journal, "Checkout fails")
        wanted = created(journal, "Card payments hang")
        assert journal.find(word).id == wanted.id


def test_an_incident_is_found_by_the_start_of_its_id(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        created(journal)
        wanted = created(journal)
        assert journal.find(wanted.id[:12]).id == wanted.id
        assert journal.find(wanted.id.upper()).id == wanted.id


def test_a_number_that_no_incident_has_may_be_part_of_a_title(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        wanted = created(journal, "404 on every page")
        assert journal.find("404").id == wanted.id


def test_what_means_several_or_none_is_refused_with_the_list(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        for place in range(7):
            created(journal, f"Checkout fails in {place}")
        with pytest.raises(Refused, match=r"7 incidents.*INC-7 Checkout fails in 6.* and 2 more"):
            journal.find("checkout")
        for word in ("", "  ", "99", "payroll", "%"):
            with pytest.raises(NotFound, match="incident list"):
                journal.find(word)
        with pytest.raises(NotFound):
            journal.load("0" * 32)


def test_the_chosen_incident_is_remembered_until_none_is(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        assert journal.current() is None
        journal.use("f" * 32)
        journal.use(record.id)
    with journal_in(tmp_path) as journal:
        assert journal.current() == record.id
        journal.use(None)
        assert journal.current() is None


def test_the_timeline_can_be_queried_with_the_tools_of_sqlite(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        note(journal, created(journal), "5xx at 8%")
    connection = sqlite3.connect(tmp_path / "incidents.db")
    rows = connection.execute(
        "SELECT incident, seq, happened, who, kind, fact ->> '$.now.text' FROM timeline"
    ).fetchall()
    connection.close()
    stamp = f"{NOW:%Y-%m-%dT%H:%M:%S}.000000Z"
    assert rows[-1] == ("INC-1", 3, stamp, "Ana", "note.logged", "5xx at 8%")
