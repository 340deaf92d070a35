"""What a restore cannot vouch for is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_journal_restore import a_letter_changed, copies, filled, now_in, restored

from incident_cockpit.errors import NotFound


def test_an_event_that_a_hash_speaks_against_is_said_to_be_doubtful(tmp_path: Path) -> None:
    filled(tmp_path)
    a_letter_changed(tmp_path / "incidents.db")
    for copy in copies(tmp_path):
        copy.write_bytes(copy.read_bytes().replace(b'"text":"note 7 ', b'"text":"note 9 '))
    said = [words for words in restored(tmp_path).notes if "altered" in words]
    assert len(said) == 1
    assert not [words for words in restored(tmp_path).notes if "altered" in words]


def test_an_incident_of_which_only_an_emptied_copy_is_left_is_named(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "incidents.db").unlink()
    emptied, _ = copies(tmp_path)
    os.truncate(emptied, 0)
    report = restored(tmp_path)
    assert not report.whole
    assert [one.id for one in report.incidents if one.unsure] == [emptied.stem]


def test_an_emptied_copy_of_an_incident_that_the_database_has_is_no_loss(tmp_path: Path) -> None:
    before = filled(tmp_path)
    os.truncate(copies(tmp_path)[0], 0)
    assert (restored(tmp_path).whole, now_in(tmp_path)) == (True, before)


def test_a_line_that_is_no_text_is_not_taken(tmp_path: Path) -> None:
    before = filled(tmp_path)
    (tmp_path / "incidents.db").unlink()
    for copy in copies(tmp_path):
        # The key is skipped by the reader of events, whatever its bytes are.
        copy.write_bytes(copy.read_bytes().replace(b'"who":"', b'"w\xe8o":"", "who":"'))
    with pytest.raises(NotFound):
        restored(tmp_path)
    for copy in copies(tmp_path):
        copy.write_bytes(copy.read_bytes().replace(b'"w\xe8o":"", ', b""))
    assert (restored(tmp_path).whole, now_in(tmp_path)) == (True, before)
