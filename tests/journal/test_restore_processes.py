"""Restoring a store that other processes have open, and a restore that dies on the way."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from incident_cockpit.errors import StoreError
from incident_cockpit.journal import restore as restoring
from support.damaged_stores import change_a_letter, filled_store, restore_in, verified_lines
from support.journal import journal_in, note


def test_a_database_that_another_process_writes_to_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "BUSY_SECONDS", 0)
    filled_store(tmp_path)
    file = tmp_path / "incidents.db"
    change_a_letter(file)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            restore_in(tmp_path)
    assert restore_in(tmp_path).whole


def test_two_restores_at_once_do_not_meet(tmp_path: Path) -> None:
    filled_store(tmp_path)
    (tmp_path / "incidents.db").unlink()
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(StoreError, match="another restore"):
        restore_in(tmp_path)
    os.close(held)
    assert restore_in(tmp_path).whole


def test_a_cockpit_that_was_open_goes_on_in_the_rebuilt_database(tmp_path: Path) -> None:
    before = filled_store(tmp_path)
    with journal_in(tmp_path) as journal:
        record = journal.load(next(iter(before)))
        change_a_letter(tmp_path / "incidents.db")
        aside = restore_in(tmp_path).set_aside
        assert aside is not None
        content = aside.read_bytes()
        # The file in which the open program would undo a write belongs to the new database alone.
        assert not any(path.name.endswith("-journal") for path in tmp_path.iterdir())
        note(journal, record, "goes on")
        assert journal.verify() == []
    assert aside.read_bytes() == content
    assert verified_lines(tmp_path)[record.id][:-1] == before[record.id]


def test_the_journal_of_the_damaged_database_is_not_applied_to_the_new_one(tmp_path: Path) -> None:
    before = filled_store(tmp_path)
    file = tmp_path / "incidents.db"
    journal_file = tmp_path / "incidents.db-journal"
    # A process that dies in a transaction leaves a journal which says how to undo it.
    pid = os.fork()
    if not pid:
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("PRAGMA journal_mode=TRUNCATE")
        connection.execute("PRAGMA cache_size=1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE documents SET blob = zeroblob(200000)")
        os._exit(0)
    os.waitpid(pid, 0)
    assert journal_file.stat().st_size > 0
    file.unlink()
    assert (restore_in(tmp_path).whole, verified_lines(tmp_path)) == (True, before)
    assert any(path.name.endswith("-journal") and path.stat().st_size for path in tmp_path.iterdir())


@pytest.mark.parametrize("step", ["link", "replace", "sync_folder"])
def test_a_kill_on_the_way_leaves_a_way_to_the_store(tmp_path: Path, step: str) -> None:
    before = filled_store(tmp_path)
    change_a_letter(tmp_path / "incidents.db")
    pid = os.fork()
    if not pid:
        place = {"link": os, "replace": Path, "sync_folder": restoring}[step]
        setattr(place, step, lambda *_: os._exit(9))
        restore_in(tmp_path)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    restore_in(tmp_path)
    assert verified_lines(tmp_path) == before
