"""Nothing acknowledged is ever lost: killed processes, several writers, and any sequence of writes and crashes."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from incident_cockpit.errors import Refused
from incident_cockpit.ids import RandomIds
from incident_cockpit.incident.event import PendingFact
from incident_cockpit.incident.record import Record
from incident_cockpit.journal import append
from incident_cockpit.journal.transfer import import_lines
from support.journal import NOW, created, journal_in, note, noting, texts
from support.patience import patience

KILLS = 30
TESTS = Path(__file__).parents[1]


def writer(folder: Path, incident: str, name: str, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("store_writer.py")), str(folder), incident, name, str(count)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *filter(None, sys.path)])},
        stdout=subprocess.PIPE,
    )


def test_no_acknowledged_event_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    chance = random.Random(20261120)  # noqa: S311 - chance of a test
    with journal_in(tmp_path) as journal:
        incident = created(journal).id
    acknowledged: list[str] = []
    for kill in range(KILLS):
        with writer(tmp_path, incident, f"k{kill}", 10_000) as process:
            assert process.stdout is not None
            process.stdout.readline()
            heard = [process.stdout.readline() for _ in range(chance.randint(1, 40))]
            # Some work, of no fixed length, so that the blow falls anywhere within a write.
            sum(range(chance.randint(0, 60_000)))
            process.kill()
            heard += process.stdout.readlines()
        acknowledged += [line.decode().strip() for line in heard if line.endswith(b"\n")]
        with journal_in(tmp_path) as journal:
            stored = texts(journal.read(incident))
            unheard = set(stored) - set(acknowledged)
            assert [text for text in stored if text not in unheard] == acknowledged
            # A commit may be durable before it was said, but only the one that was under way.
            assert len(unheard) <= kill + 1
            assert journal.database.rows("PRAGMA integrity_check") == [("ok",)]
    with journal_in(tmp_path) as journal:
        note(journal, journal.load(incident), "the last word")
        assert journal.verify() == []
        copy = (tmp_path / "rescue" / f"{incident}.jsonl").read_bytes().splitlines()
        stored = texts(journal.read(incident))
    with journal_in(tmp_path / "new") as journal:
        assert texts(import_lines(journal, copy).events) == stored


def test_two_processes_write_one_incident_and_neither_loses_an_event(tmp_path: Path) -> None:
    count = 200
    with journal_in(tmp_path) as journal:
        incident = created(journal).id
    writers = [writer(tmp_path, incident, name, count) for name in ("Ana", "Raj")]
    said = [process.communicate(timeout=patience())[0].decode().splitlines()[1:] for process in writers]
    assert [process.returncode for process in writers] == [0, 0]
    with journal_in(tmp_path) as journal:
        stored = texts(journal.read(incident))
        for name, lines in zip(("Ana", "Raj"), said, strict=True):
            assert lines == [text for text in stored if text.startswith(name)]
            assert len(lines) == count
        assert journal.verify() == []
        copy = (tmp_path / "rescue" / f"{incident}.jsonl").read_bytes().splitlines()
        assert len(copy) == 1 + 2 + 2 * count


def test_several_processes_make_the_store_at_once_and_number_their_incidents(tmp_path: Path) -> None:
    writers = [writer(tmp_path / "home", "new", f"w{number}", 3) for number in range(4)]
    said = [process.communicate(timeout=patience())[0].decode().splitlines() for process in writers]
    assert [process.returncode for process in writers] == [0] * 4
    assert sorted(lines[0] for lines in said) == ["INC-1", "INC-2", "INC-3", "INC-4"]
    with journal_in(tmp_path / "home") as journal:
        assert journal.verify() == []


class AnyHistory(RuleBasedStateMachine):
    """Writes, refusals, crashes and reopenings in any order leave exactly what was acknowledged."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.model: list[str] = []
        self.journal = journal_in(self.folder)
        self.record = Record("")

    @initialize()
    def open_an_incident(self) -> None:
        self.record = created(self.journal)

    @rule(lines=st.lists(st.integers(0, 99).map(str), min_size=1, max_size=3))
    def append_one_action(self, lines: list[str]) -> None:
        note(self.journal, self.record, *lines)
        self.model += lines

    @rule(line=st.integers(0, 99).map(str))
    def append_from_another_process(self, line: str) -> None:
        with journal_in(self.folder) as other:
            note(other, other.load(self.record.id), line)
        self.model.append(line)

    @rule()
    def be_refused(self) -> None:
        def refuse(record: Record) -> list[PendingFact]:
            raise Refused("no")

        with pytest.raises(Refused):
            self.journal.append(self.record, refuse, who="Ana", now=NOW)

    @rule()
    def crash_before_the_commit(self) -> None:
        database, record = self.journal.database, self.journal.load(self.record.id)
        by = append.Circumstances("Ana", NOW, NOW)
        database.connection.execute("BEGIN IMMEDIATE")
        append.store(database, record, append.stamp(record, noting("never")(record), by, RandomIds()), {})
        self.reopen()

    @rule()
    def crash_before_the_rescue_copy(self) -> None:
        self.journal.rescue = None
        self.append_one_action(["unsaid"])
        self.reopen()

    @rule()
    def fail_while_deciding(self) -> None:
        def fail(record: Record) -> list[PendingFact]:
            raise RuntimeError("a fault in a rule")

        with pytest.raises(RuntimeError):
            self.journal.append(self.record, fail, who="Ana", now=NOW)

    @rule()
    def reopen(self) -> None:
        self.journal.close()
        self.journal = journal_in(self.folder)
        self.record = self.journal.load(self.record.id)

    @invariant()
    def what_is_stored_is_what_was_acknowledged(self) -> None:
        if self.record.id:
            assert texts(self.journal.read(self.record.id)) == self.model
            assert self.journal.load(self.record.id).seq == len(self.model) + 2
            held = texts(self.record.events)
            assert held == self.model[: len(held)]

    def teardown(self) -> None:
        if self.record.id:
            note(self.journal, self.record, "the last word")
            assert self.journal.verify() == []
        self.journal.close()
        shutil.rmtree(self.folder)


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
