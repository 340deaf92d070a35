"""Incidents that were taken out of the store: whole in a file, listed with the reason, and gone nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from incident_cockpit.errors import StoreError
from incident_cockpit.journal import removal
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.put_back import lost
from incident_cockpit.journal.read import lines_after
from incident_cockpit.journal.removal import Removal, removals, remove
from incident_cockpit.journal.rescue_copy import Rescue
from incident_cockpit.journal.restore import restore
from incident_cockpit.journal.transfer import import_lines
from support.damaged_stores import incident_with_gap, stored_incident
from support.journal import NOW, created, journal_in, note, texts


def taken_out(journal: Journal, folder: Path, word: str) -> Removal:
    return remove(journal, folder / "removed", journal.find(word), who="Ana", at=NOW, reason="drill")


def test_removed_incident_is_restored_from_its_file(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = stored_incident(journal)
        before = lines_after(journal.database, record.id, 0)
        gone = taken_out(journal, tmp_path, "1")
        assert (journal.incidents(), journal.verify()) == ([], [])
        assert journal.database.rows("SELECT count(*) FROM events") == [(0,)]
        assert list((tmp_path / "rescue").iterdir()) == []
        assert (gone.title, gone.events, gone.reason) == ("Checkout fails", len(before), "drill")
        back = import_lines(journal, Path(gone.file).read_bytes().splitlines())
        assert lines_after(journal.database, back.id, 0) == before
    files = [tmp_path / "removed", *(tmp_path / "removed").iterdir()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600, 0o700}


def test_one_with_a_gap_of_an_earlier_version_comes_back_from_its_file(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = incident_with_gap(journal)
        gone = taken_out(journal, tmp_path, "1")
        back = import_lines(journal, Path(gone.file).read_bytes().splitlines())
        assert (back.id, texts(back.events)) == (record.id, ["one", "two", "three", "after"])


def test_copies_that_were_set_aside_go_along_so_that_nothing_offers_to_put_it_back(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        older = journal.database.path.read_bytes()
        note(journal, record, "lost")
        journal.database.path.write_bytes(older)
        note(journal, record, "after")
        assert any("put-back" in complaint for complaint in journal.verify())
        taken_out(journal, tmp_path, "1")
        assert (lost(journal), journal.verify()) == ([], [])
        assert list((tmp_path / "rescue").iterdir()) == []


def test_others_stay_as_they_are_and_events_stay_guarded(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        first, second = created(journal, "one"), created(journal, "two")
        note(journal, first, "stays")
        taken_out(journal, tmp_path, str(second.incident.opening.number))
        assert [one.title for one in journal.incidents()] == ["one"]
        assert journal.verify() == []
        with pytest.raises(StoreError):
            journal.database.rows("DELETE FROM events")


def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        created(journal, "one")
        created(journal, "two")
        taken_out(journal, tmp_path, "2")
        assert created(journal, "three").incident.name == "INC-3"
        taken_out(journal, tmp_path, "3")
        taken_out(journal, tmp_path, "1")
        assert created(journal, "four").incident.name == "INC-4"
    (tmp_path / "incidents.db").unlink()
    restore(tmp_path / "incidents.db", Rescue(tmp_path / "rescue"), removals(tmp_path / "removed"), ())
    with journal_in(tmp_path) as journal:
        taken_out(journal, tmp_path, "4")
        assert created(journal, "five").incident.name == "INC-5"


def test_one_that_was_chosen_is_chosen_no_more(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        journal.use(record.id)
        taken_out(journal, tmp_path, "1")
        assert journal.current() is None


def test_one_whose_events_cannot_be_read_is_kept_byte_for_byte(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        created(journal)
        journal.database.rows("DROP TRIGGER events_are_never_changed")
        journal.database.rows("UPDATE events SET line = x'ff00' WHERE seq = 2")
        gone = taken_out(journal, tmp_path, "1")
        assert Path(gone.file).read_bytes().splitlines()[2] == b"\xff\x00"
        assert journal.incidents() == []


def test_one_that_is_listed_without_events_is_removed(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        created(journal)
        journal.database.rows("DROP TRIGGER events_are_never_deleted")
        journal.database.rows("DELETE FROM events")
        taken_out(journal, tmp_path, "1")
        assert journal.incidents() == []


def test_a_restore_does_not_bring_back_what_was_removed(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        created(journal, "stays")
        created(journal, "drill")
    backup = tmp_path / "backup.db"
    backup.write_bytes((tmp_path / "incidents.db").read_bytes())
    with journal_in(tmp_path) as journal:
        gone = taken_out(journal, tmp_path, "drill")

    def restored() -> list[str]:
        known = removals(tmp_path / "removed")
        report = restore(tmp_path / "incidents.db", Rescue(tmp_path / "rescue"), known, [backup])
        assert any(gone.file in words for words in report.notes) == ("drill" not in titles())
        return titles()

    def titles() -> list[str]:
        with journal_in(tmp_path) as journal:
            return sorted(one.title for one in journal.incidents())

    assert restored() == ["stays"]
    (tmp_path / "incidents.db").unlink()
    assert restored() == ["stays"]
    # Imported again, it belongs to the store as any other does.
    with journal_in(tmp_path) as journal:
        import_lines(journal, Path(gone.file).read_bytes().splitlines())
    (tmp_path / "incidents.db").unlink()
    assert restored() == ["drill", "stays"]


def test_removing_it_twice_keeps_both_files(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        created(journal)
        first = taken_out(journal, tmp_path, "1")
        import_lines(journal, Path(first.file).read_bytes().splitlines())
        second = taken_out(journal, tmp_path, "1")
    assert first.file != second.file
    assert Path(first.file).exists()
    assert Path(second.file).exists()


@pytest.mark.parametrize(("owner", "step"), [(removal, "_write"), (removal, "_delete"), (Path, "rename")])
def test_a_kill_during_a_removal_loses_nothing(tmp_path: Path, owner: object, step: str) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        before = lines_after(journal.database, record.id, 0)
    pid = os.fork()
    if not pid:
        setattr(owner, step, lambda *_: os._exit(9))
        with journal_in(tmp_path) as journal:
            taken_out(journal, tmp_path, "1")
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    with journal_in(tmp_path) as journal:
        assert lines_after(journal.database, record.id, 0) == before
        assert journal.verify() == []


def test_where_the_file_cannot_be_written_nothing_is_removed(tmp_path: Path) -> None:
    (tmp_path / "removed").write_text("in the way")
    with journal_in(tmp_path) as journal:
        created(journal)
        with pytest.raises(StoreError, match="removed"):
            taken_out(journal, tmp_path, "1")
        assert (len(journal.incidents()), journal.verify()) == (1, [])


def test_a_damaged_line_of_the_log_hides_no_other(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        taken_out(journal, tmp_path, "1")
    log = tmp_path / "removed" / "removed.jsonl"
    log.write_bytes(b"\xff\n" + log.read_bytes() + b'{"incident":')
    assert list(removals(log.parent)) == [record.id]
    assert removals(tmp_path / "nowhere") == {}
