from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from incident_cockpit.journal import rescue_copy
from incident_cockpit.journal.transfer import import_lines
from support.journal import created, journal_in, note, texts


def copied(folder: Path) -> list[str]:
    [copy] = (folder / "rescue").glob("*.jsonl")
    with journal_in(copy.parent.parent / "check") as journal:
        found = texts(import_lines(journal, copy.read_bytes().splitlines()).events)
    for file in (folder / "check").rglob("*"):
        if file.is_file():
            file.unlink()
    return found


def test_every_event_is_in_the_copy_before_it_counts_as_saved(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        for number in range(3):
            note(journal, record, str(number))
            assert copied(tmp_path) == [str(each) for each in range(number + 1)]


def test_what_a_crash_left_out_is_made_up_for(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        note(journal, record, "one")
        journal.rescue = None
        note(journal, record, "two")
    with journal_in(tmp_path) as journal:
        [complaint] = journal.verify()
        assert "lacks 1 events" in complaint
        note(journal, journal.load(record.id), "three")
        assert copied(tmp_path) == ["one", "two", "three"]
        assert journal.verify() == []


@pytest.mark.parametrize("cut", [1, 2, 40, 300, 700, 100_000])
def test_a_copy_that_was_cut_anywhere_is_mended(tmp_path: Path, cut: int) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        note(journal, record, "one", "two")
        file = journal.rescue.file(record.id) if journal.rescue else tmp_path
        os.truncate(file, max(0, file.stat().st_size - cut))
        note(journal, record, "three")
        assert copied(tmp_path) == ["one", "two", "three"]


def test_a_line_longer_than_one_look_is_found_again(tmp_path: Path) -> None:
    long = "x" * 200_000
    with journal_in(tmp_path) as journal:
        record = created(journal)
        note(journal, record, long)
    with journal_in(tmp_path) as journal:
        note(journal, journal.load(record.id), "after")
    assert copied(tmp_path) == [long, "after"]


def test_two_journals_write_one_copy_without_gaps_or_repeats(tmp_path: Path) -> None:
    with journal_in(tmp_path) as one, journal_in(tmp_path) as other:
        record = created(one)
        again = other.load(record.id)
        for number in range(10):
            note(*((one, record) if number % 2 else (other, again)), str(number))
    assert copied(tmp_path) == [str(number) for number in range(10)]


def test_an_older_store_that_was_put_back_does_not_overwrite_what_the_copy_knows(tmp_path: Path) -> None:
    store = tmp_path / "incidents.db"
    with journal_in(tmp_path) as journal:
        record = created(journal)
    older = store.read_bytes()
    with journal_in(tmp_path) as journal:
        note(journal, journal.load(record.id), "only in the copy")
    store.write_bytes(older)
    with journal_in(tmp_path) as journal:
        note(journal, journal.load(record.id), "after the backup")
        assert copied(tmp_path) == ["after the backup"]
    [aside] = (tmp_path / "rescue").glob("*.old1")
    assert b"only in the copy" in aside.read_bytes()


def test_a_copy_that_cannot_be_written_is_a_warning_and_made_up_for(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        (tmp_path / "rescue").rename(tmp_path / "aside")
        (tmp_path / "rescue").write_text("in the way")
        appended = note(journal, record, "one")
        assert appended.warning is not None
        assert "saved, but its rescue copy" in appended.warning
        latest = journal.warning
        assert latest == appended.warning
        assert texts(journal.read(record.id)) == texts(record.events) == ["one"]
        (tmp_path / "rescue").unlink()
        (tmp_path / "aside").rename(tmp_path / "rescue")
        assert (note(journal, record, "two").warning, journal.warning) == (None, None)
    assert copied(tmp_path) == ["one", "two"]


def test_a_copy_that_a_stopped_process_holds_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescue_copy, "_PAUSE", 0)
    with journal_in(tmp_path) as journal:
        record = created(journal)
        assert journal.rescue is not None
        held = os.open(journal.rescue.file(record.id), os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        warning = note(journal, record, "one").warning
        os.close(held)
        assert warning is not None
        assert "locked" in warning
        assert note(journal, record, "two").warning is None
    assert copied(tmp_path) == ["one", "two"]


def test_a_link_in_the_place_of_a_copy_is_not_followed(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        assert journal.rescue is not None
        file = journal.rescue.file(record.id)
        file.unlink()
        target = tmp_path / "elsewhere"
        target.write_text("")
        file.symlink_to(target)
        assert note(journal, record, "one").warning is not None
        assert target.read_text() == ""


def test_a_journal_without_rescue_copies_makes_none(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        journal.rescue = None
        note(journal, created(journal), "one")
        assert journal.verify() == []
    assert not (tmp_path / "rescue").exists()
