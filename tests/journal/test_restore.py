"""A store that was lost or damaged is rebuilt from what is left, and a whole one is never replaced."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from incident_cockpit.errors import NotFound, StoreError
from incident_cockpit.journal.jsonl import GENESIS, chained
from incident_cockpit.journal.put_back import put_back
from incident_cockpit.journal.schema import TRIGGERS
from incident_cockpit.journal.transfer import export_lines
from support.damaged_stores import (
    all_lines,
    change_a_letter,
    filled_store,
    incident_with_gap,
    rescue_files,
    restore_in,
    stored_incident,
    verified_lines,
)
from support.journal import NOW, created, journal_in, note, texts


def overwritten(start: int, end: int) -> Callable[[Path], None]:
    def overwrite(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[start:end] = os.urandom(end - start)
        file.write_bytes(content)

    return overwrite


def statements(*many: str) -> Callable[[Path], None]:
    def run(file: Path) -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            for one in many:
                connection.execute(one)

    return run


DAMAGES: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "emptied": lambda file: os.truncate(file, 0),
    "truncated": lambda file: os.truncate(file, file.stat().st_size // 8192 * 4096),
    "garbage": lambda file: file.write_bytes(os.urandom(20_000)),
    "overwritten inside": overwritten(8192, 40960),
    "header overwritten": overwritten(0, 100),
    **{f"page {number} overwritten": overwritten(number * 4096, (number + 1) * 4096) for number in range(1, 12)},
    "a letter changed": change_a_letter,
    "events deleted": statements("DROP TRIGGER events_are_never_deleted", "DELETE FROM events WHERE seq > 9"),
    "one event deleted": statements("DROP TRIGGER events_are_never_deleted", "DELETE FROM events WHERE seq = 3"),
    "one incident deleted": statements(
        "DROP TRIGGER events_are_never_deleted", "DELETE FROM events WHERE incident = (SELECT max(id) FROM incidents)"
    ),
    "an event altered": statements(
        "DROP TRIGGER events_are_never_changed", "UPDATE events SET line = x'7b7d' WHERE seq = 4"
    ),
    "a name altered": statements("DROP TRIGGER events_are_never_changed", "UPDATE events SET who = 'Eve'"),
    "a document altered": statements("UPDATE documents SET blob = x'00'"),
    "a document deleted": statements("DELETE FROM documents"),
    "the list emptied": statements("DELETE FROM incidents"),
    "a table dropped": statements("DROP TABLE incidents"),
    "a guard dropped": statements("DROP TRIGGER events_are_never_changed"),
    "another application id": statements("PRAGMA application_id = 7"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_kind_of_damage_is_undone_from_the_rescue_copies(tmp_path: Path, damage: str) -> None:
    before = filled_store(tmp_path)
    DAMAGES[damage](tmp_path / "incidents.db")
    report = restore_in(tmp_path)
    assert (report.whole, verified_lines(tmp_path)) == (True, before)
    again = restore_in(tmp_path)
    assert (again.changed, again.notes, verified_lines(tmp_path)) == (False, [], before)


@pytest.mark.parametrize("damage", ["truncated", "garbage", "an event altered", "overwritten inside"])
def test_a_damaged_database_keeps_its_content_under_another_name(tmp_path: Path, damage: str) -> None:
    filled_store(tmp_path)
    file = tmp_path / "incidents.db"
    DAMAGES[damage](file)
    content = file.read_bytes()
    aside = restore_in(tmp_path).set_aside
    assert aside is not None
    assert aside.read_bytes() == content
    DAMAGES[damage](file)
    another = restore_in(tmp_path).set_aside
    assert another is not None
    assert another != aside
    assert {path.stat().st_mode & 0o777 for path in (file, aside, another)} == {0o600}


def test_a_whole_database_is_left_alone(tmp_path: Path) -> None:
    filled_store(tmp_path)
    file = tmp_path / "incidents.db"
    before = file.read_bytes(), file.stat().st_ino
    report = restore_in(tmp_path)
    assert (report.changed, report.whole, report.set_aside) == (False, True, None)
    assert (file.read_bytes(), file.stat().st_ino) == before


def test_an_event_that_filled_a_gap_later_is_no_damage(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        note(journal, record, "one", "two", "three")
        columns = "incident, seq, id, kind, happened, recorded, who, line"
        rows = journal.database.rows(f"SELECT {columns} FROM events ORDER BY seq")  # noqa: S608 - words of ours
        for guard in TRIGGERS:
            journal.database.rows(f"DROP TRIGGER {guard}")
        journal.database.rows("DELETE FROM events")
        head = GENESIS
        # The third was missing when the two behind it were written.
        for row in (*rows[:2], *rows[3:], rows[2]):
            head = chained(head, row[-1])
            insert = f"INSERT INTO events ({columns}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
            journal.database.rows(insert, (*row, head))
        for guard, body in TRIGGERS.items():
            journal.database.rows(f"CREATE TRIGGER {guard} {body}")
    report = restore_in(tmp_path)
    assert (report.changed, report.notes) == (False, [])


@pytest.mark.parametrize("forget", [False, True])
def test_a_gap_of_an_earlier_version_is_filled_in_a_database_that_is_whole(tmp_path: Path, forget: bool) -> None:
    with journal_in(tmp_path) as journal:
        record = incident_with_gap(journal, forget=forget)
        stored = journal.database.rows("SELECT seq, line, hash FROM events ORDER BY position")
        report = restore_in(tmp_path)
        assert (report.whole, report.set_aside, report.changed) == (True, None, True)
        assert journal.database.rows("SELECT seq, line, hash FROM events ORDER BY position")[: len(stored)] == stored
        assert (texts(journal.read(record.id)) == ["one", "two", "three", "after"]) is not forget
        assert texts(journal.read(record.id))[-1] == "after"
        assert journal.verify() == []


def test_events_behind_a_gap_of_an_earlier_version_are_kept_when_the_database_is_rebuilt(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = incident_with_gap(journal, forget=True)
        statements("DELETE FROM incidents")(tmp_path / "incidents.db")
        statements("DROP TRIGGER events_are_never_changed")(tmp_path / "incidents.db")
        assert restore_in(tmp_path).set_aside
        assert [event.seq for event in journal.load(record.id).events] == list(range(1, 7))
        assert texts(journal.read(record.id))[-1] == "after"
        assert journal.verify() == []


def test_a_backup_that_was_put_back_gets_what_the_rescue_copies_have_more(tmp_path: Path) -> None:
    file = tmp_path / "incidents.db"
    with journal_in(tmp_path) as journal:
        stored_incident(journal)
    backup = file.read_bytes()
    with journal_in(tmp_path) as journal:
        note(journal, journal.load(journal.find("1").id), "later")
        created(journal, "Login is slow")
        before = all_lines(journal)
    file.write_bytes(backup)
    inode = file.stat().st_ino
    # A cockpit that is open on it reads on: the file stays the same.
    with journal_in(tmp_path) as journal:
        record = journal.load(journal.find("1").id)
        assert restore_in(tmp_path).changed
        assert texts(journal.read(record.id, record.seq)) == ["later"]
    assert (verified_lines(tmp_path), file.stat().st_ino) == (before, inode)


def test_exports_and_backups_given_as_files_are_enough(tmp_path: Path) -> None:
    before = filled_store(tmp_path / "a")
    with journal_in(tmp_path / "a") as journal:
        for number, incident in enumerate(before):
            (tmp_path / f"{number}.jsonl").write_bytes(b"\n".join(export_lines(journal, incident)))
    exports = restore_in(tmp_path / "b", *sorted(tmp_path.glob("*.jsonl")))
    assert (exports.whole, verified_lines(tmp_path / "b")) == (True, before)
    assert (restore_in(tmp_path / "c", tmp_path / "a" / "incidents.db").whole, verified_lines(tmp_path / "c")) == (
        True,
        before,
    )
    assert (restore_in(tmp_path / "d", tmp_path / "a" / "rescue").whole, verified_lines(tmp_path / "d")) == (
        True,
        before,
    )


def test_an_incident_of_another_store_gets_a_number_of_its_own(tmp_path: Path) -> None:
    filled_store(tmp_path / "a")
    with journal_in(tmp_path / "b") as journal:
        created(journal, "The first here")
    restore_in(tmp_path / "b", tmp_path / "a" / "incidents.db")
    with journal_in(tmp_path / "b") as journal:
        assert [(one.number, one.title) for one in journal.incidents()] == [
            (3, "Login is slow"), (2, "Checkout fails"), (1, "The first here"),
        ]  # fmt: skip
        assert journal.verify() == []


def cut(line: int) -> Callable[[list[bytes]], list[bytes]]:
    return lambda lines: [*lines[:line], lines[line][:20]]


def spoilt(*numbers: int) -> Callable[[list[bytes]], list[bytes]]:
    return lambda lines: [b"\xff\x00" if place in numbers else line for place, line in enumerate(lines)]


@pytest.mark.parametrize("hurt", [cut(9), spoilt(9), spoilt(9, 10, 11), lambda lines: lines[:9]])
def test_everything_up_to_the_damage_of_a_copy_is_taken_and_what_is_missing_is_said(
    tmp_path: Path, hurt: Callable[[list[bytes]], list[bytes]]
) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        note(journal, record, *(f"note {number}" for number in range(20)))
        before = all_lines(journal)[record.id]
    [copy] = rescue_files(tmp_path)
    # The header is its first line.
    lines = hurt(copy.read_bytes().splitlines())
    copy.write_bytes(b"\n".join(lines))
    (tmp_path / "incidents.db").unlink()
    report = restore_in(tmp_path)
    with journal_in(tmp_path) as journal:
        assert all_lines(journal)[record.id] == before[:8]
        more = len(lines) > 12
        assert report.incidents[0].missing == (len(before) - 8 if more else 0)
        # A line that cannot be read may be all that is left of an event; one that is gone leaves no trace.
        assert report.whole is (len(lines) <= 9)
        # What could not be taken in is not thrown away: it can be put back.
        assert any((tmp_path / "rescue").glob("*.old1")) or len(lines) <= 9
        assert ["incident put-back INC-1" in complaint for complaint in journal.verify()] == [True] * more
        if more:
            put_back(journal, journal.load(record.id), "Kim", NOW)
            assert texts(journal.read(record.id))[-2] == "note 19"
            assert journal.verify() == []


def test_what_one_file_lacks_is_taken_from_another(tmp_path: Path) -> None:
    before = filled_store(tmp_path)
    statements("DROP TRIGGER events_are_never_deleted", "DELETE FROM events WHERE seq BETWEEN 5 AND 9")(
        tmp_path / "incidents.db"
    )
    for copy in rescue_files(tmp_path):
        copy.write_bytes(b"\n".join(spoilt(20, 25)(copy.read_bytes().splitlines())))
    assert (restore_in(tmp_path).whole, verified_lines(tmp_path)) == (True, before)


def test_a_hash_says_which_of_two_lines_is_the_true_one(tmp_path: Path) -> None:
    before = filled_store(tmp_path)
    change_a_letter(tmp_path / "incidents.db")
    for copy in rescue_files(tmp_path):
        copy.write_bytes(copy.read_bytes().replace(b'"text":"note 9 ', b'"text":"note 0 '))
    assert (restore_in(tmp_path).whole, verified_lines(tmp_path)) == (True, before)


def test_two_courses_of_an_incident_are_never_mixed(tmp_path: Path) -> None:
    file = tmp_path / "incidents.db"
    with journal_in(tmp_path) as journal:
        record = created(journal)
        note(journal, record, "both")
    backup = file.read_bytes()
    with journal_in(tmp_path) as journal:
        note(journal, journal.load(record.id), "here", "here too", "and here")
    other = tmp_path / "other.jsonl"
    rescue_files(tmp_path)[0].rename(other)
    file.write_bytes(backup)
    with journal_in(tmp_path) as journal:
        note(journal, journal.load(record.id), "there")
    report = restore_in(tmp_path, other)
    with journal_in(tmp_path) as journal:
        assert texts(journal.read(record.id)) == ["both", "there"]
        assert journal.verify() == []
    assert any("other.jsonl differs" in words for words in report.notes)
    assert b"and here" in other.read_bytes()


def test_an_incident_whose_first_event_is_lost_is_said_to_be_and_kept(tmp_path: Path) -> None:
    filled_store(tmp_path)
    copy = rescue_files(tmp_path)[0]
    copy.write_bytes(b"\n".join(spoilt(0, 1)(copy.read_bytes().splitlines())))
    (tmp_path / "incidents.db").unlink()
    report = restore_in(tmp_path)
    [lost] = [one for one in report.incidents if not one.events]
    assert (lost.id, report.whole) == (copy.stem, False)
    with journal_in(tmp_path) as journal:
        assert len(journal.incidents()) == 1
        assert journal.verify() == []
    assert copy.with_suffix(".old1").exists()


def test_what_a_newer_program_wrote_is_not_touched(tmp_path: Path) -> None:
    filled_store(tmp_path)
    file = tmp_path / "incidents.db"
    statements("PRAGMA user_version = 99")(file)
    before = file.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        restore_in(tmp_path)
    with pytest.raises(StoreError, match="newer version"):
        restore_in(tmp_path / "b", file)
    assert file.read_bytes() == before
    assert not (tmp_path / "b" / "incidents.db").exists()


def test_the_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    filled_store(tmp_path)
    file = tmp_path / "incidents.db"
    file.unlink()
    statements("CREATE TABLE notes (id)")(file)
    before = file.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        restore_in(tmp_path)
    assert file.read_bytes() == before


def test_without_anything_to_restore_from_that_is_said_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"incidents\.db"):
        restore_in(tmp_path)
    (tmp_path / "incidents.db").write_bytes(os.urandom(20_000))
    before = (tmp_path / "incidents.db").read_bytes()
    with pytest.raises(NotFound, match=r"incidents\.db"):
        restore_in(tmp_path)
    assert (tmp_path / "incidents.db").read_bytes() == before
    with pytest.raises(NotFound):
        restore_in(tmp_path, tmp_path / "nowhere.jsonl")


def test_the_incident_that_commands_mean_stays_chosen(tmp_path: Path) -> None:
    before = filled_store(tmp_path)
    with journal_in(tmp_path) as journal:
        journal.use(next(iter(before)))
    change_a_letter(tmp_path / "incidents.db")
    restore_in(tmp_path)
    with journal_in(tmp_path) as journal:
        assert journal.current() == next(iter(before))


def test_a_flipped_bit_anywhere_loses_nothing(tmp_path: Path) -> None:
    before = filled_store(tmp_path, notes=6)
    file = tmp_path / "incidents.db"
    whole = file.read_bytes()
    for place in range(0, len(whole), 4_111):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        restore_in(tmp_path)
        assert verified_lines(tmp_path) == before, place
