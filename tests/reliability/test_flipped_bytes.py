"""A store with flipped bytes: every command ends in a sentence, and what can be read is still read."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from incident_cockpit.errors import ExitCode, StoreError
from incident_cockpit.incident.record import Record
from support.cli import Shell
from support.journal import created, journal_in, note

COMMANDS = (
    ("list",), ("status", "1"), ("show", "1", "--json"), ("timeline", "1"), ("export", "1", "-"), ("verify",),
    ("doctor",), ("log", "--incident", "1", "5xx at 8%"),
)  # fmt: skip
FLIPS = 25
CODES = {ExitCode.OK, ExitCode.REFUSED, ExitCode.NOT_FOUND, ExitCode.STORE}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.good("new", "Checkout is down", "--severity", "1")
    for line in ("5xx at 8%", "! roll back", "@Raj 10m is the queue empty?", "? a bad deploy"):
        shell.good("log", line)
    shell.good("do", "undo")
    shell.good("new", "Search is slow", "--severity", "2")
    return shell


def _calm(shell: Shell, *words: str) -> ExitCode:
    ran = shell(*words)
    assert "Traceback" not in ran.err, (words, ran.err)
    assert "fault in this program" not in ran.err, (words, ran.err, (shell.home / "crash.log").read_text())
    assert ran.code in CODES, (words, ran)
    assert ran.err or ran.out, words
    return ExitCode(ran.code)


def _bits(chance: random.Random, whole: bytes) -> bytes:
    """Flip one bit of what is not empty space."""
    place = chance.choice([place for place in range(len(whole)) if whole[place]])
    return whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :]


def _bytes(chance: random.Random, whole: bytes) -> bytes:
    """Put chance into some bytes all over the file."""
    made = bytearray(whole)
    for _ in range(20):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def _pages(chance: random.Random, whole: bytes) -> bytes:
    """Empty a sector, as a disk does that lost it."""
    place = chance.randrange(len(whole) // 512) * 512
    return whole[:place] + bytes(512) + whole[place + 512 :]


def _ends(chance: random.Random, whole: bytes) -> bytes:
    """Cut the file off."""
    return whole[: chance.randrange(1, len(whole))]


@pytest.mark.parametrize("damage", [_bits, _bytes, _pages, _ends])
def test_no_damage_of_the_file_ends_in_a_trace(shell: Shell, damage: object) -> None:
    assert callable(damage)
    chance = random.Random(20261120)  # noqa: S311 - chance of a test
    store = shell.home / "incidents.db"
    whole = store.read_bytes()
    rescue = shell.home / "rescue"
    shutil.copytree(rescue, shell.home / "rescue-whole")
    for _ in range(FLIPS):
        store.write_bytes(damage(chance, whole))
        for words in COMMANDS:
            _calm(shell, *words)
        shutil.rmtree(rescue)
        shutil.copytree(shell.home / "rescue-whole", rescue)


@pytest.fixture
def database(shell: Shell) -> Iterator[sqlite3.Connection]:
    """Return the store, without the guards that keep its events as they are."""
    connection = sqlite3.connect(shell.home / "incidents.db", isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE incidents SET updated = '2026-!1-30T15:38:00.516782Z' WHERE number = 1",
        "UPDATE incidents SET opened = '2026-11-30T15:38:00.516782' WHERE number = 1",
        "UPDATE incidents SET title = CAST(x'43ff43' AS TEXT), ended = 'never' WHERE number = 1",
        "UPDATE incidents SET live = 7 WHERE number = 1",
    ],
)
def test_a_damaged_row_of_the_list_is_read_from_the_events(
    shell: Shell, database: sqlite3.Connection, damage: str
) -> None:
    database.execute(damage)
    assert [row["title"] for row in shell.good("list", "--json").data] == ["Search is slow", "Checkout is down"]
    shell.good("log", "--incident", "1", "still here")
    database.execute(damage)
    assert shell("verify").code == ExitCode.STORE


def test_a_text_that_is_no_utf8_shows_a_mark_and_keeps_nothing_else_from_being_read(
    shell: Shell, database: sqlite3.Connection
) -> None:
    database.execute("UPDATE incidents SET title = CAST(x'43ff43' AS TEXT) WHERE number = 1")
    assert [row["title"] for row in shell.good("list", "--json").data] == [
        "Search is slow",
        "C\N{REPLACEMENT CHARACTER}C",
    ]
    shell.good("status", "2")
    assert shell("verify").code == ExitCode.STORE


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM events WHERE seq = 1 AND incident = ?",
        "UPDATE events SET line = CAST('{' AS BLOB) WHERE seq = 2 AND incident = ?",
        "UPDATE events SET line = CAST(replace(CAST(line AS TEXT), '\"seq\":2', '\"seq\":{}') AS BLOB)"
        " WHERE seq = 2 AND incident = ?",
        "UPDATE events SET line = zeroblob(40000) WHERE seq = 3 AND incident = ?",
        "UPDATE events SET hash = CAST(x'ff' AS TEXT) WHERE seq = 1 AND incident = ?",
        "UPDATE events SET line = CAST(replace(CAST(line AS TEXT), 'Z\"', '\"') AS BLOB)"
        " WHERE seq = 3 AND incident = ?",
    ],
    ids=["first event gone", "half a line", "wrong type", "zeros", "hash", "no zone"],
)
def test_a_damaged_event_is_said_and_leaves_the_other_incident_alone(
    shell: Shell, database: sqlite3.Connection, damage: str
) -> None:
    [(incident,)] = database.execute("SELECT id FROM incidents WHERE number = 1").fetchall()
    database.execute(damage, (incident,))
    for words in COMMANDS:
        _calm(shell, *words)
    assert shell("verify").code == ExitCode.STORE
    shell.good("list")
    shell.good("status", "2")
    shell.good("log", "--incident", "2", "goes on")


def test_a_number_at_the_end_of_all_numbers_is_said(shell: Shell, database: sqlite3.Connection) -> None:
    database.execute("UPDATE incidents SET number = 9223372036854775807 WHERE number = 1")
    before = shell.events()
    assert shell("new", "One more", "--severity", "1").code == ExitCode.STORE
    assert shell.events() == before


def test_whatever_makes_no_sense_in_a_damaged_store_is_explained_by_its_damage(
    shell: Shell, database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A view of a state that no event could have made: which key it misses is of no use to anybody."""
    database.execute("UPDATE events SET hash = ? WHERE seq = 2", ("1" * 64,))

    def fails(*_: object) -> str:
        raise KeyError("started")

    monkeypatch.setattr("incident_cockpit.cli.views.status.summary", fails)
    ran = shell("status", "2")
    assert ran.code == ExitCode.STORE
    assert "altered" in ran.err
    assert "incident verify" in ran.err


def test_the_first_events_are_never_skipped(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        note(journal, record, "5xx at 8%")
        with pytest.raises(StoreError):
            Record(record.id, record.events[1:])
