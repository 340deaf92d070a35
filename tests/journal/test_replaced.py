"""A store that is replaced while it is open: by an older copy or another store, in place or by another file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from incident_cockpit.errors import StoreError
from incident_cockpit.incident.record import Record
from incident_cockpit.journal import append
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.replaced import follow
from incident_cockpit.journal.transfer import export_lines, import_lines
from support.journal import created, journal_in, note, texts

Put = Callable[[Path, bytes], None]


def in_place(store: Path, content: bytes) -> None:
    """Write another store into the same file, as `cp` does."""
    store.write_bytes(content)


def moved_over(store: Path, content: bytes) -> None:
    """Put another file in its place, as `mv` does."""
    other = store.with_name("other.db")
    other.write_bytes(content)
    other.replace(store)


HOW = pytest.mark.parametrize("put", [in_place, moved_over])


def store_of(journal: Journal) -> Path:
    return journal.database.path


def whole(journal: Journal, record: Record, folder: Path) -> None:
    """Assert that the sequence has no gap and that another store takes an export."""
    events = journal.read(record.id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert record.events == events
    with journal_in(folder / "elsewhere") as other:
        assert texts(import_lines(other, export_lines(journal, record.id)).events) == texts(events)


@HOW
def test_an_older_store_is_written_on_from_where_it_ends(tmp_path: Path, put: Put) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        note(journal, record, "one")
        older = store_of(journal).read_bytes()
        note(journal, record, "two")
        note(journal, record, "three")
        put(store_of(journal), older)
        appended = note(journal, record, "after")
        assert (texts(appended.events), appended.events[0].seq) == (["after"], 4)
        assert texts(record.events) == ["one", "after"]
        whole(journal, record, tmp_path)
    with journal_in(tmp_path) as journal:
        assert texts(journal.load(record.id).events) == ["one", "after"]


@HOW
def test_a_store_with_other_events_in_the_same_number_is_told_from_the_one_before(tmp_path: Path, put: Put) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        base = store_of(journal).read_bytes()
        note(journal, record, "theirs")
    # SQLite counts changes in the file: the same count makes it take its cached pages for those of the other file.
    theirs = store_of(journal).read_bytes()
    store_of(journal).write_bytes(base)
    with journal_in(tmp_path) as journal:
        record = journal.load(record.id)
        note(journal, record, "mine")
        assert store_of(journal).read_bytes()[24:28] == theirs[24:28]
        put(store_of(journal), theirs)
        follow(journal, record)
        assert (texts(record.events), record.restarts, record.kept) == (["theirs"], 1, 2)
        note(journal, record, "after")
        assert texts(record.events) == ["theirs", "after"]
        whole(journal, record, tmp_path)


@HOW
def test_a_reader_follows_a_store_that_became_shorter(tmp_path: Path, put: Put) -> None:
    with journal_in(tmp_path) as journal, journal_in(tmp_path) as watching:
        record = created(journal)
        older = store_of(journal).read_bytes()
        note(journal, record, "two")
        seen = watching.load(record.id)
        put(store_of(journal), older)
        follow(watching, seen)
        assert (texts(seen.events), seen.restarts) == ([], 1)
        note(journal, record, "three")
        follow(watching, seen)
        assert (texts(seen.events), seen.restarts) == (["three"], 1)


@HOW
def test_a_store_that_others_wrote_on_in_a_copy_is_no_other_one(tmp_path: Path, put: Put) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        copy = tmp_path / "copy"
        copy.mkdir()
        (copy / "incidents.db").write_bytes(store_of(journal).read_bytes())
        with journal_in(copy) as other:
            note(other, other.load(record.id), "from the copy")
        put(store_of(journal), (copy / "incidents.db").read_bytes())
        note(journal, record, "goes on")
        assert (texts(record.events), record.restarts) == (["from the copy", "goes on"], 0)
        assert journal.verify() == []


@HOW
def test_a_store_without_the_incident_takes_nothing_and_loses_nothing(tmp_path: Path, put: Put) -> None:
    with journal_in(tmp_path) as journal:
        before = store_of(journal).read_bytes()
        record = created(journal)
        note(journal, record, "one")
        put(store_of(journal), before)
        for _ in range(2):
            with pytest.raises(StoreError):
                note(journal, record, "nowhere")
            with pytest.raises(StoreError):
                follow(journal, record)
        assert texts(record.events) == ["one"]
        assert journal.incidents() == []
        created(journal, "Another")
        assert [one.title for one in journal.incidents()] == ["Another"]


def test_what_only_memory_holds_is_in_a_rescue_copy_before_it_is_given_up(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        older = store_of(journal).read_bytes()
        assert journal.rescue is not None
        rescue = journal.rescue
        held = rescue.file(record.id).read_bytes()
        note(journal, record, "only in memory")
        rescue.file(record.id).write_bytes(held)
        in_place(store_of(journal), older)
        follow(journal, record)
        assert texts(record.events) == []
    assert b"only in memory" in b"".join(path.read_bytes() for path in (tmp_path / "rescue").iterdir())


def test_memory_is_kept_where_no_rescue_copy_can_be_written(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        older = store_of(journal).read_bytes()
        note(journal, record, "one")
        (tmp_path / "rescue").rename(tmp_path / "aside")
        (tmp_path / "rescue").write_text("in the way")
        in_place(store_of(journal), older)
        with pytest.raises(StoreError):
            follow(journal, record)
        assert texts(record.events) == ["one"]
        (tmp_path / "rescue").unlink()
        (tmp_path / "aside").rename(tmp_path / "rescue")
        follow(journal, record)
        assert texts(record.events) == []


@HOW
def test_the_rescue_copy_of_the_store_before_is_kept(tmp_path: Path, put: Put) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        older = store_of(journal).read_bytes()
        note(journal, record, "before")
        put(store_of(journal), older)
        assert note(journal, record, "after").lacks
        assert journal.rescue is not None
        assert b"after" in journal.rescue.file(record.id).read_bytes()
        [aside] = (tmp_path / "rescue").glob("*.old*")
        assert b"before" in aside.read_bytes()
        assert not note(journal, record, "and on").lacks


def test_a_copy_that_is_being_written_is_waited_for_and_not_begun_anew(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        content = store_of(journal).read_bytes()
        for part in (b"", content[: len(content) // 2]):
            in_place(store_of(journal), part)
            with pytest.raises(StoreError):
                follow(journal, record)
            with pytest.raises(StoreError):
                note(journal, record, "not yet")
            assert store_of(journal).read_bytes() == part
        in_place(store_of(journal), content)
        note(journal, record, "now")
        assert (texts(record.events), record.restarts) == (["now"], 0)


def test_a_store_that_is_gone_is_said_on_reading_too_and_taken_up_again_when_it_is_back(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        store = store_of(journal)
        store.rename(tmp_path / "away.db")
        for _ in range(2):
            with pytest.raises(StoreError):
                follow(journal, record)
            with pytest.raises(StoreError):
                note(journal, record, "nowhere")
        assert not store.exists()
        (tmp_path / "away.db").rename(store)
        note(journal, record, "back")
        assert texts(record.events) == ["back"]


@HOW
def test_a_store_of_an_older_schema_is_brought_up_to_date_under_an_open_journal(tmp_path: Path, put: Put) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        older = tmp_path / "older.db"
        older.write_bytes(store_of(journal).read_bytes())
        with sqlite3.connect(older) as connection:
            connection.execute("ALTER TABLE incidents DROP COLUMN triage")
            connection.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '002%'")
            connection.execute("PRAGMA user_version = 1")
        connection.close()
        put(store_of(journal), older.read_bytes())
        note(journal, record, "goes on")
        assert journal.verify() == []


@HOW
def test_a_store_that_a_newer_version_made_is_read_and_not_written(tmp_path: Path, put: Put) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        content = store_of(journal).read_bytes()
        newer = tmp_path / "newer.db"
        newer.write_bytes(content)
        with sqlite3.connect(newer) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        put(store_of(journal), newer.read_bytes())
        with pytest.raises(StoreError):
            note(journal, record, "no")
        follow(journal, record)
        put(store_of(journal), content)
        note(journal, record, "yes")
        assert texts(record.events) == ["yes"]


def test_a_copy_that_all_may_read_is_made_private(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        other = tmp_path / "other.db"
        other.write_bytes(store_of(journal).read_bytes())
        other.chmod(0o644)
        other.replace(store_of(journal))
        note(journal, record, "one")
        assert store_of(journal).stat().st_mode & 0o077 == 0


def test_nothing_counts_as_saved_that_was_replaced_in_the_same_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        older = store_of(journal).read_bytes()
        stored = journal.stored

        def late(*given: object) -> object:
            in_place(store_of(journal), older)
            monkeypatch.undo()
            return stored(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(journal, "stored", late)
        with pytest.raises(StoreError):
            note(journal, record, "too late")
        assert texts(record.events) == []
        note(journal, record, "again")
        assert texts(record.events) == ["again"]
        assert journal.verify() == []


def test_rescue_copy_survives_an_unreadable_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        stored = journal.stored

        def late(*given: object) -> object:
            store_of(journal).unlink()
            return stored(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(journal, "stored", late)
        assert texts(note(journal, record, "saved").events) == ["saved"]
        assert journal.rescue is not None
        assert b"saved" in journal.rescue.file(record.id).read_bytes()


def test_events_that_do_not_follow_the_last_one_are_not_stored(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        [event] = note(journal, record, "one").events
        with pytest.raises(StoreError), journal.database.immediate():
            append.store(journal.database, record, [replace(event, seq=9, id="f" * 32)], {})
        assert texts(journal.read(record.id)) == ["one"]


def test_writers_that_wait_for_the_lock_of_a_file_that_is_replaced_write_to_its_successor(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal, journal_in(tmp_path) as other:
        record = created(journal)
        content = store_of(journal).read_bytes()
        begin = other.database._is_current
        looks: list[bool] = []

        def replaced_meanwhile() -> bool:
            if other.database.connection.in_transaction and not looks:
                looks.append(True)
                moved_over(store_of(journal), content)
            return begin()

        other.database._is_current = replaced_meanwhile  # type: ignore[method-assign]
        note(other, other.load(record.id), "one")
        assert looks
        assert texts(journal.read(record.id)) == ["one"]


def test_looking_again_costs_the_same_beside_few_and_many_events(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        counts = []
        for _ in range(2):
            steps: list[int] = []
            journal.database.connection.set_progress_handler(lambda steps=steps: steps.append(1), 1)
            follow(journal, record)
            journal.database.connection.set_progress_handler(None, 0)
            counts.append(len(steps))
            for number in range(300):
                note(journal, record, str(number))
        assert counts[0] == counts[1]
