"""A store that is replaced again and again under several writers that are killed: nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from incident_cockpit.errors import Refused
from incident_cockpit.journal.put_back import put_back
from incident_cockpit.journal.transfer import export_lines, import_lines
from support.journal import NOW, created, journal_in, texts

ROUNDS, WRITERS = 6, 3
TESTS = Path(__file__).parents[1]


def writer(folder: Path, incident: str, name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("store_writer.py")), str(folder), incident, name, "10000"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *filter(None, sys.path)])},
        stdout=subprocess.PIPE,
    )


def said(process: subprocess.Popen[bytes], count: int | None = None) -> list[bytes]:
    """Return the next lines of a writer, or all that are left."""
    assert process.stdout is not None
    return process.stdout.readlines() if count is None else [process.stdout.readline() for _ in range(count)]


def put(store: Path, content: bytes, *, moved: bool) -> None:
    """Replace the store while nobody is in the middle of a write, as those who wait for the lock go on right after."""
    holder = sqlite3.connect(store, timeout=60, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        if moved:
            other = store.with_name("other.db")
            other.write_bytes(content)
            other.replace(store)
        else:
            store.write_bytes(content)
    finally:
        holder.close()


@pytest.mark.parametrize("moved", [True, False])
def test_every_acknowledged_event_is_in_the_store_again_once_it_was_put_back(tmp_path: Path, moved: bool) -> None:
    chance = random.Random(7)  # noqa: S311 - chance of a test
    store = tmp_path / "incidents.db"
    with journal_in(tmp_path) as journal:
        incident = created(journal).id
    copies = [store.read_bytes()]
    acknowledged: list[str] = []
    for turn in range(ROUNDS):
        with ExitStack() as running:
            writers = [running.enter_context(writer(tmp_path, incident, f"t{turn}w{one}")) for one in range(WRITERS)]
            # Each says the incident first; after some lines all of them have the store open.
            heard = [line for process in writers for line in said(process, 4)[1:]]
            put(store, chance.choice(copies), moved=moved)
            for process in writers:
                heard += said(process, chance.randint(1, 5))
                process.kill()
                heard += said(process)
        acknowledged += [line.decode().strip() for line in heard if line.endswith(b"\n")]
        with journal_in(tmp_path) as journal:
            events = journal.read(incident)
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
        copies.append(store.read_bytes())
    with journal_in(tmp_path) as journal:
        record = journal.load(incident)
        try:
            put_back(journal, record, "Ana", NOW)
        except Refused:
            assert len(acknowledged) <= len(record.events)
        stored = texts(journal.read(incident))
        assert set(acknowledged) <= set(stored)
        assert len(set(stored)) == len(stored)
        assert journal.verify() == []
        with journal_in(tmp_path / "elsewhere") as other:
            assert texts(import_lines(other, export_lines(journal, incident)).events) == stored


def test_a_kill_while_events_are_put_back_leaves_all_or_none_of_them(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from support.journal import NOW, journal_in;"
        "from incident_cockpit.journal.put_back import put_back; folder = Path(sys.argv[1]);"
        "journal = journal_in(folder); record = journal.load(sys.argv[2]); print('ready', flush=True);"
        "put_back(journal, record, 'Ana', NOW); print('done', flush=True)"
    )
    with journal_in(tmp_path) as journal:
        record = created(journal)
        older = (tmp_path / "incidents.db").read_bytes()
        with writer(tmp_path, record.id, "w") as process:
            heard = [line.decode().strip() for line in said(process, 60)[1:]]
            process.kill()
    chance = random.Random(11)  # noqa: S311 - chance of a test
    (tmp_path / "incidents.db").write_bytes(older)
    for _ in range(10):
        with subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path), record.id],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *filter(None, sys.path)])},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            sum(range(chance.randint(0, 2_000_000)))
            process.kill()
        with journal_in(tmp_path) as journal:
            stored = texts(journal.read(record.id))
            assert not stored or set(heard) <= set(stored)
    with journal_in(tmp_path) as journal:
        record = journal.load(record.id)
        if not texts(record.events):
            put_back(journal, record, "Ana", NOW)
        stored = texts(record.events)
        assert set(heard) <= set(stored)
        assert len(set(stored)) == len(stored)
