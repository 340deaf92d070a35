"""What the store does about a file that is missing, damaged, foreign, newer, full, locked or not to be written."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from incident_cockpit.errors import ExitCode, StoreError
from incident_cockpit.incident.record import Record
from incident_cockpit.journal import schema
from incident_cockpit.journal.database import Database
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.rescue_copy import Rescue
from incident_cockpit.journal.restore import restore
from incident_cockpit.journal.transfer import export_lines, import_lines
from support.journal import created, journal_in, note, texts


@contextmanager
def plain(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the store as any tool would."""
    with closing(sqlite3.connect(folder / "incidents.db", isolation_level=None)) as connection:
        yield connection


def filled(folder: Path, notes: int = 3) -> str:
    with journal_in(folder) as journal:
        record = created(journal)
        note(journal, record, *(f"line {number} {'.' * 400}" for number in range(notes)))
        return record.id


def test_the_settings_that_keep_what_was_saved_are_on(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        pragmas = ("journal_mode", "synchronous", "fullfsync", "foreign_keys", "busy_timeout")
        assert [journal.database.rows(f"PRAGMA {name}")[0][0] for name in pragmas] == ["truncate", 2, 1, 1, 5000]


def test_folders_and_files_are_for_the_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    old = os.umask(0)
    try:
        filled(home)
    finally:
        os.umask(old)
    modes = {path.relative_to(tmp_path).parts[-1]: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert {modes.pop(name) for name in ("deep", "home", "rescue")} == {0o700}
    assert len(modes) >= 2
    assert set(modes.values()) == {0o600}


def test_a_copy_that_was_put_back_readable_by_all_is_made_private(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "incidents.db").chmod(0o644)
    journal_in(tmp_path).close()
    assert (tmp_path / "incidents.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET who = 'Eve'",
        "UPDATE OR REPLACE events SET seq = 1 WHERE seq = 2",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT position, incident, seq, id, kind, happened, recorded, 'Eve', line, hash"
        " FROM events WHERE seq = 1",
        "INSERT OR REPLACE INTO events SELECT position + 99, incident, seq, 'x', kind, happened, recorded, 'Eve', line,"
        " hash FROM events WHERE seq = 1",
        "INSERT OR REPLACE INTO events SELECT position + 99, incident, seq + 99, id, kind, happened, recorded, 'Eve',"
        " line, hash FROM events WHERE seq = 1",
    ],
)
def test_no_tool_alters_an_event_by_accident(tmp_path: Path, statement: str) -> None:
    filled(tmp_path)
    with plain(tmp_path) as connection:
        before = connection.execute("SELECT * FROM events").fetchall()
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            connection.execute(statement)
        assert connection.execute("SELECT * FROM events").fetchall() == before


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "incidents.db").mkdir()
    with pytest.raises(StoreError, match=r"incidents\.db .*folder"):
        journal_in(tmp_path)


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "incidents.db").symlink_to(tmp_path / "gone.db")
    with pytest.raises(StoreError, match="broken link"):
        journal_in(tmp_path)
    assert not (tmp_path / "gone.db").exists()


def test_a_store_that_someone_put_in_wal_mode_is_one_file_again(tmp_path: Path) -> None:
    incident = filled(tmp_path)
    with plain(tmp_path) as connection:
        assert connection.execute("PRAGMA journal_mode=WAL").fetchall() == [("wal",)]
    with journal_in(tmp_path) as journal:
        note(journal, journal.load(incident), "x")
        assert not (tmp_path / "incidents.db-wal").exists()


def test_a_file_where_its_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x")
    with pytest.raises(StoreError, match=r"incidents\.db"):
        journal_in(tmp_path / "home")


def test_a_text_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "incidents.db"
    file.write_text("# My notes\n" * 100)
    before = file.read_bytes()
    with pytest.raises(StoreError, match=r"incidents\.db is not an incident store"):
        journal_in(tmp_path)
    assert file.read_bytes() == before


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    with plain(tmp_path) as connection:
        connection.execute("CREATE TABLE events (id)")
    before = (tmp_path / "incidents.db").read_bytes()
    with pytest.raises(StoreError, match="another program"):
        journal_in(tmp_path)
    assert (tmp_path / "incidents.db").read_bytes() == before


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: os.truncate(path, 0)])
def test_a_store_that_lost_its_content_is_never_begun_anew_beside_its_copies(
    tmp_path: Path, lose: Callable[[Path], None]
) -> None:
    incident = filled(tmp_path)
    lose(tmp_path / "incidents.db")
    with pytest.raises(StoreError, match=r"events of 1 incident.*incident restore") as caught:
        journal_in(tmp_path)
    assert caught.value.code is ExitCode.STORE
    # The way on that was told leads on.
    restore(tmp_path / "incidents.db", Rescue(tmp_path / "rescue"), {}, ())
    with journal_in(tmp_path) as journal:
        assert len(texts(journal.read(incident))) == 3
        assert journal.verify() == []


def test_an_empty_file_without_copies_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "incidents.db").touch()
    filled(tmp_path)


def test_an_older_store_is_brought_up_to_date_and_stays_whole(tmp_path: Path) -> None:
    incident = filled(tmp_path)
    with plain(tmp_path) as connection:
        connection.execute("ALTER TABLE incidents DROP COLUMN triage")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '002%'")
        connection.execute("PRAGMA user_version = 1")
    with journal_in(tmp_path) as journal:
        [row] = journal.incidents()
        assert (row.id, row.triage, row.standing) == (incident, None, "")
        note(journal, journal.load(incident), "goes on")
        assert journal.verify() == []
        assert journal.database.rows("PRAGMA user_version") == [(schema.VERSION,)]


def test_a_newer_store_is_read_and_exported_but_never_written(tmp_path: Path) -> None:
    incident = filled(tmp_path)
    with plain(tmp_path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with journal_in(tmp_path) as journal:
        record = journal.load(incident)
        assert len(list(export_lines(journal, incident))) == record.seq + 1
        for write in (lambda: note(journal, record, "x"), lambda: created(journal), lambda: journal.use(incident)):
            with pytest.raises(StoreError, match=f"schema 99.*{schema.VERSION}.*update"):
                write()
        assert len(journal.read(incident)) == record.seq


def test_a_damaged_store_is_named_and_its_rescue_copy_is_whole(tmp_path: Path) -> None:
    incident = filled(tmp_path, 200)
    file = tmp_path / "incidents.db"
    content = bytearray(file.read_bytes())
    content[8192 : len(content) - 4096] = os.urandom(len(content) - 12288)
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"incidents\.db is damaged.*incident doctor"), journal_in(tmp_path) as journal:
        journal.load(incident)
    with journal_in(tmp_path) as journal:
        assert any("damaged" in complaint for complaint in journal.verify())
    copy = tmp_path / "rescue" / f"{incident}.jsonl"
    with journal_in(tmp_path / "new") as journal:
        assert len(texts(import_lines(journal, copy.read_bytes().splitlines()).events)) == 200


def test_half_a_store_is_named(tmp_path: Path) -> None:
    incident = filled(tmp_path, 200)
    file = tmp_path / "incidents.db"
    os.truncate(file, file.stat().st_size // 8192 * 4096)
    with pytest.raises(StoreError, match=r"incidents\.db is damaged"), journal_in(tmp_path) as journal:
        journal.load(incident)


def test_a_flipped_letter_that_sqlite_does_not_see_breaks_the_chain(tmp_path: Path) -> None:
    filled(tmp_path)
    file = tmp_path / "incidents.db"
    content = file.read_bytes()
    assert content.count(b'"text":"line 1') == 1
    file.write_bytes(content.replace(b'"text":"line 1', b'"text":"line 7'))
    with journal_in(tmp_path) as journal:
        assert journal.database.rows("PRAGMA integrity_check") == [("ok",)]
        [complaint] = journal.verify()
        assert "event 4 " in complaint


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["UPDATE incidents SET title = 'x'"], "list"),
        (["DELETE FROM incidents"], "list"),
        (["INSERT INTO incidents VALUES ('x', 9, 'x', '', '', 1, '', '', '', 1, '', '', 0)"], "has no events"),
        (["DROP TRIGGER events_are_never_deleted"], "events_are_never_deleted"),
        (["DROP TRIGGER events_are_never_changed", "UPDATE events SET who = 'Eve' WHERE seq = 3"], "event 3"),
        (["DROP TRIGGER events_are_never_deleted", "DELETE FROM events WHERE seq = 2"], "event 3"),
        (["INSERT INTO documents VALUES ('aa', x'00')"], "document aa was altered"),
    ],
)  # fmt: skip
def test_altered_event_is_found(tmp_path: Path, statements: list[str], words: str) -> None:
    filled(tmp_path)
    with plain(tmp_path) as connection:
        for statement in statements:
            connection.execute(statement)
    with journal_in(tmp_path) as journal:
        assert any(words in complaint for complaint in journal.verify()), journal.verify()


def full_by_pages(journal: Journal) -> Callable[[], object]:
    [(pages,)] = journal.database.rows("PRAGMA page_count")
    journal.database.rows(f"PRAGMA max_page_count = {pages}")
    return lambda: journal.database.rows("PRAGMA max_page_count = 1000000")


def full_by_limit(journal: Journal) -> Callable[[], object]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (journal.database.path.stat().st_size, hard))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fill_up(journal: Journal, record: Record, saved: list[str]) -> None:
    for number in range(500):
        text = f"{number} {'.' * 2000}"
        note(journal, record, text)
        saved.append(text)


@pytest.mark.parametrize(("fill", "words"), [(full_by_pages, "full"), (full_by_limit, "failed")])
def test_a_full_disk_loses_nothing_and_works_again_with_space(
    tmp_path: Path, fill: Callable[[Journal], Callable[[], object]], words: str
) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        saved: list[str] = []
        free = fill(journal)
        try:
            with pytest.raises(StoreError, match=rf"{words}.*space"):
                fill_up(journal, record, saved)
        finally:
            free()
        assert texts(record.events) == texts(journal.read(record.id)) == saved
        note(journal, record, "goes on")
        assert texts(journal.load(record.id).events) == [*saved, "goes on"]
        assert journal.verify() == []


def test_a_store_that_another_keeps_locked_is_named_and_free_again_later(tmp_path: Path) -> None:
    filled(tmp_path)
    with journal_in(tmp_path) as journal, plain(tmp_path) as other:
        [listed] = journal.incidents()
        record = journal.load(listed.id)
        # The patience itself is SQLite's; five seconds of it would only slow the test.
        journal.database.rows("PRAGMA busy_timeout = 0")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"locked .*incidents\.db"):
            note(journal, record, "x")
        other.execute("ROLLBACK")
        assert texts(note(journal, record, "y").events) == ["y"]


def test_a_write_where_only_reading_is_allowed_is_named(tmp_path: Path) -> None:
    incident = filled(tmp_path)
    with journal_in(tmp_path) as journal:
        record = journal.load(incident)
        journal.database.rows("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match=r"incidents\.db.*writable"):
            note(journal, record, "x")
        assert len(journal.read(incident)) == record.seq


@contextmanager
def somebody_else() -> Iterator[None]:
    """Be a user whom permissions bind, also where the tests are run by root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o755), (0o444, 0o555), (0o666, 0o555)])
def test_a_read_only_place_is_read_and_a_write_is_refused(file_mode: int, folder_mode: int) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        incident = filled(folder)
        file = folder / "incidents.db"
        # Loaded and made ready before, because somebody else may not be able to read the program's files.
        (folder / "incidents.db-journal").unlink(missing_ok=True)
        shutil.rmtree(folder / "rescue")
        file.chmod(file_mode)
        folder.chmod(folder_mode)
        with somebody_else(), journal_in(folder) as journal:
            record = journal.load(incident)
            assert len(texts(record.events)) == 3
            with pytest.raises(StoreError, match=r"incidents\.db"):
                note(journal, record, "x")
            assert len(journal.read(incident)) == record.seq
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_a_misuse_of_the_library_is_a_fault_and_no_complaint_about_the_file(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    journal.close()
    with pytest.raises(sqlite3.ProgrammingError):
        journal.incidents()


def test_a_store_that_lost_its_name_while_it_was_open_is_said_to_be_gone(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        journal.database.path.unlink()
        with pytest.raises(StoreError, match="moved or deleted while it was open"):
            note(journal, record, "lost?")


def test_a_store_that_another_process_makes_at_the_same_moment_is_no_stranger_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, made = Database.rows, []

    def slow(self: Database, sql: str, values: Sequence[object] = ()) -> list[object]:
        found = rows(self, sql, values)
        if not made and "application_id" in sql:
            made.append(sql)
            filled(tmp_path)
        return found

    monkeypatch.setattr(Database, "rows", slow)
    with journal_in(tmp_path) as journal:
        assert len(journal.incidents()) == 1
    assert made
