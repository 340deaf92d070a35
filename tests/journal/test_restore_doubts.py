"""What a restore cannot vouch for is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from incident_cockpit.errors import NotFound
from support.damaged_stores import change_a_letter, filled_store, rescue_files, restore_in, verified_lines


def test_an_event_that_a_hash_speaks_against_is_said_to_be_doubtful(tmp_path: Path) -> None:
    filled_store(tmp_path)
    change_a_letter(tmp_path / "incidents.db")
    for copy in rescue_files(tmp_path):
        copy.write_bytes(copy.read_bytes().replace(b'"text":"note 7 ', b'"text":"note 9 '))
    said = [words for words in restore_in(tmp_path).notes if "altered" in words]
    assert len(said) == 1
    assert not [words for words in restore_in(tmp_path).notes if "altered" in words]


def test_an_incident_of_which_only_an_emptied_copy_is_left_is_named(tmp_path: Path) -> None:
    filled_store(tmp_path)
    (tmp_path / "incidents.db").unlink()
    emptied, _ = rescue_files(tmp_path)
    os.truncate(emptied, 0)
    report = restore_in(tmp_path)
    assert not report.whole
    assert [one.id for one in report.incidents if one.unsure] == [emptied.stem]


def test_an_emptied_copy_of_an_incident_that_the_database_has_is_no_loss(tmp_path: Path) -> None:
    before = filled_store(tmp_path)
    os.truncate(rescue_files(tmp_path)[0], 0)
    assert (restore_in(tmp_path).whole, verified_lines(tmp_path)) == (True, before)


def test_a_line_that_is_no_text_is_not_taken(tmp_path: Path) -> None:
    before = filled_store(tmp_path)
    (tmp_path / "incidents.db").unlink()
    for copy in rescue_files(tmp_path):
        # The key is skipped by the reader of events, whatever its bytes are.
        copy.write_bytes(copy.read_bytes().replace(b'"who":"', b'"w\xe8o":"", "who":"'))
    with pytest.raises(NotFound):
        restore_in(tmp_path)
    for copy in rescue_files(tmp_path):
        copy.write_bytes(copy.read_bytes().replace(b'"w\xe8o":"", ', b""))
    assert (restore_in(tmp_path).whole, verified_lines(tmp_path)) == (True, before)
