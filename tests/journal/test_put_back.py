"""Events of rescue copies, put back into the store that replaced theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from incident_cockpit.errors import Refused, StoreError
from incident_cockpit.incident import codec
from incident_cockpit.incident.event import Event, PendingFact
from incident_cockpit.incident.record import Record
from incident_cockpit.journal import append, jsonl
from incident_cockpit.journal.journal import Appended, Journal
from incident_cockpit.journal.put_back import lacking, lacking_at_a_glance, lost, put_back
from incident_cockpit.journal.replaced import follow
from incident_cockpit.journal.transfer import export_lines, import_lines
from support.damaged_stores import incident_with_gap
from support.journal import NOW, created, journal_in, note, noting, texts
from support.naming import naming

LATER = NOW + timedelta(minutes=10)


def again(journal: Journal, record: Record) -> Appended:
    return put_back(journal, record, "Raj", LATER)


def put_back_in(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.first_recorded is not None]


def test_events_come_back_with_their_times_and_authors_and_are_marked(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        older = journal.database.path.read_bytes()
        note(journal, record, "one")
        happened = NOW - timedelta(minutes=3)
        journal.append(record, noting("two", "three", who="Kim"), who="Kim", now=NOW, happened=happened)
        before = record.events[2:]
        journal.database.path.write_bytes(older)
        note(journal, record, "after")
        assert lacking(journal, record.id) == lacking_at_a_glance(journal, record.id) == 3
        assert journal.verify()
        again(journal, record)
        assert texts(record.events) == ["after", "one", "two", "three", naming("Restored", "3 events")]
        back = put_back_in(record.events)
        assert [(e.id, e.who, e.happened, e.first_recorded) for e in back] == [
            (e.id, e.who, e.happened, e.recorded) for e in before
        ]
        assert {event.recorded for event in back} == {LATER}
        assert [event.act for event in back] == [4, 5, 5]
        assert (record.events[-1].who, record.events[-1].first_recorded) == ("Raj", None)
        assert journal.verify() == []
        assert journal.load(record.id).events == record.events
        with journal_in(tmp_path / "elsewhere") as other:
            imported = import_lines(other, export_lines(journal, record.id))
            assert [event.first_recorded for event in imported.events] == [e.first_recorded for e in record.events]


def test_they_are_put_back_once_however_often_and_by_whomever_it_is_asked_for(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal, journal_in(tmp_path) as other:
        record = created(journal)
        older = journal.database.path.read_bytes()
        note(journal, record, "one")
        journal.database.path.write_bytes(older)
        theirs = other.load(record.id)
        again(journal, record)
        for holder, held in ((journal, record), (other, theirs)):
            with pytest.raises(Refused):
                again(holder, held)
        assert texts(journal.read(record.id)) == ["one", naming("Restored", "1 event")]
        assert lacking(journal, record.id) == 0


def test_nothing_is_put_back_into_a_store_that_lacks_nothing(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        note(journal, record, "one")
        with pytest.raises(Refused):
            again(journal, record)
        assert texts(record.events) == ["one"]
        assert lacking_at_a_glance(journal, record.id) == 0


def test_events_of_several_stores_come_back_when_it_was_replaced_more_than_once(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        older = journal.database.path.read_bytes()
        for word in ("first", "second", "third"):
            note(journal, record, word)
            journal.database.path.write_bytes(older)
            follow(journal, record)
        note(journal, record, "last")
        again(journal, record)
        assert texts(record.events)[:-1] == ["last", "first", "second", "third"]
        assert journal.verify() == []


def test_an_undo_takes_back_the_same_event_as_before(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        older = journal.database.path.read_bytes()
        [one] = note(journal, record, "by mistake").events
        inverse = PendingFact(one.fact.inverse(), undoes=one.seq)  # type: ignore[attr-defined]
        journal.append(record, lambda _: [inverse], who="Ana", now=NOW)
        journal.database.path.write_bytes(older)
        note(journal, record, "in between")
        again(journal, record)
        back = put_back_in(record.events)
        assert record.undone_by(back[0].seq) == back[1]
        assert [event.fact for event in record.effective() if event.who == "Ana"][-1] != back[0].fact


def test_an_incident_that_the_store_lacks_is_read_whole(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        empty = journal.database.path.read_bytes()
        record = created(journal, "Lost")
        note(journal, record, "one")
        journal.database.path.write_bytes(empty)
        created(journal, "Another")
        assert lost(journal) == lost(journal, "1") == lost(journal, record.id[:8]) == [record.id]
        assert lost(journal, "2") == []
        assert record.id in " ".join(journal.verify())
        again(journal, record)
        assert (record.incident.title, record.incident.name) == ("Lost", "INC-2")
        assert texts(record.events)[0] == "one"
        assert lost(journal) == []
        note(journal, record, "goes on")
        assert journal.verify() == []


def test_a_damaged_line_of_a_copy_keeps_no_other_from_coming_back(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        older = journal.database.path.read_bytes()
        note(journal, record, "one")
        note(journal, record, "two")
        note(journal, record, "three")
        assert journal.rescue is not None
        copy = journal.rescue.file(record.id)
        copy.write_bytes(copy.read_bytes().replace(b'"two"', b"\xfftwo"))
        journal.database.path.write_bytes(older)
        follow(journal, record)
        again(journal, record)
        # Memory held it, and gave it to a copy of its own.
        assert sorted(texts(put_back_in(record.events))) == ["one", "three", "two"]


def test_copies_that_cannot_be_read_are_an_error_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    with journal_in(tmp_path) as journal:
        record = created(journal)
        monkeypatch.setattr(Path, "read_bytes", unreadable)
        with pytest.raises(StoreError):
            lacking(journal, record.id)
        with pytest.raises(StoreError):
            again(journal, record)


# Gaps that earlier versions left


def test_a_gap_is_named_and_the_command_that_fills_it(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        incident_with_gap(journal)
        [complaint] = journal.verify()
        assert "3 events are missing" in complaint
        assert "incident put-back INC-1" in complaint


def test_an_incident_with_a_gap_is_read_and_written_without_doubling_anything(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = journal.load(incident_with_gap(journal).id)
        assert [event.seq for event in record.events] == list(range(1, 7))
        assert texts(record.events)[-1] == "after"
        note(journal, record, "goes on")
        assert record.events[-1].seq == 7
        assert journal.load(record.id).events == record.events


def test_a_gap_is_filled_from_the_rescue_copy(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = incident_with_gap(journal)
        note(journal, journal.load(record.id), "goes on")
        stored = journal.database.rows("SELECT seq, line, hash FROM events ORDER BY position")
        again(journal, record)
        assert texts(record.events)[:5] == ["one", "two", "three", "after", "goes on"]
        assert journal.verify() == []
        # What was stored stays as it was, hashes and all.
        assert journal.database.rows("SELECT seq, line, hash FROM events ORDER BY position")[: len(stored)] == stored
        assert journal.load(record.id).events == record.events
        note(journal, record, "and on")
        assert journal.verify() == []


@pytest.mark.parametrize("forget", [False, True])
def test_an_export_of_an_incident_with_a_gap_can_be_imported(tmp_path: Path, forget: bool) -> None:
    with journal_in(tmp_path) as journal, journal_in(tmp_path / "elsewhere") as other:
        record = incident_with_gap(journal, forget=forget)
        imported = import_lines(other, export_lines(journal, record.id))
        assert texts(imported.events)[-1] == "after"
        assert (texts(imported.events)[:3] == ["one", "two", "three"]) is not forget
        assert other.verify() == []


def test_what_no_copy_holds_is_stood_in_for(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = incident_with_gap(journal, forget=True)
        again(journal, record)
        assert len(texts(record.events)) == 5
        assert {event.who for event in record.events[2:5]} == {"unknown"}
        assert journal.verify() == []


def test_a_gap_beside_an_event_that_was_altered_is_not_filled(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = incident_with_gap(journal)
        journal.database.rows("DROP TRIGGER events_are_never_changed")
        journal.database.rows(
            "UPDATE events SET line = CAST(replace(line, 'started', 'Started') AS BLOB) WHERE seq = 2"
        )
        with pytest.raises(StoreError):
            again(journal, record)
        assert len(journal.database.rows("SELECT 1 FROM events")) == 3


def test_an_incident_without_its_beginning_is_given_it_back(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        empty = journal.database.path.read_bytes()
        record = created(journal)
        note(journal, record, "one")
        line = codec.encode(replace(record.events[-1], seq=4, act=4, id="f" * 32))
        journal.database.path.write_bytes(empty)
        with journal.database.immediate():
            append.insert(journal.database, codec.decode(line), line, jsonl.chained(jsonl.GENESIS, line))
            append.project(journal.database, record.id, record.incident, record.events[0], NOW)
        assert journal.verify()
        with pytest.raises(StoreError):
            journal.load(record.id)
        fresh = Record(record.id)
        again(journal, fresh)
        assert texts(fresh.events)[:2] == ["one", "one"]
        assert journal.verify() == []
