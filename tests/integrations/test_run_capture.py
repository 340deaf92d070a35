"""A command that is run as evidence: handed on as it comes, kept whole, its end in hand."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from incident_cockpit.errors import Refused
from incident_cockpit.integrations import run_capture
from incident_cockpit.integrations.run_capture import run

ENV = {"PATH": os.environ["PATH"]}


class Heard:
    """What came out of the two streams."""

    def __init__(self) -> None:
        self.out, self.err = b"", b""

    def take_out(self, data: bytes) -> None:
        self.out += data

    def take_err(self, data: bytes) -> None:
        self.err += data


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def ran(words: list[str], kept: Path) -> tuple[run_capture.CommandResult, Heard]:
    heard = Heard()
    return run(words, ENV, kept, heard.take_out, heard.take_err), heard


def test_both_streams_come_through_and_are_kept_in_a_file_of_the_owner(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    code = "import os; os.write(1, b'one\\n'); os.write(2, b'two\\n'); raise SystemExit(3)"
    outcome, heard = ran(python(code), kept)
    assert (outcome.code, heard.out, heard.err) == (3, b"one\n", b"two\n")
    assert sorted(kept.read_bytes().splitlines()) == [b"one", b"two"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert (outcome.size, len(outcome.tail)) == (8, 8)


def test_a_long_output_is_handed_on_and_its_end_is_in_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_capture, "MOST", 100_000)
    outcome, heard = ran(python("import os\nfor _ in range(3000): os.write(1, b'x' * 99 + b'\\n')"), tmp_path / "k")
    assert len(heard.out) == outcome.size == 300_000
    assert len(outcome.tail) == run_capture.TAIL
    kept = (tmp_path / "k").read_bytes()
    assert kept.startswith(b"x" * 99)
    assert len(kept) < 110_000
    assert b"64 MB" in kept


def test_what_cannot_be_started_ends_as_in_a_shell(tmp_path: Path) -> None:
    outcome, heard = ran(["no-such-program-anywhere"], tmp_path / "a")
    assert outcome.code == run_capture.NOT_FOUND
    assert b"no-such-program-anywhere: No such file" in heard.err
    folder = tmp_path / "folder"
    folder.mkdir()
    outcome, _ = ran([str(folder)], tmp_path / "b")
    assert outcome.code == run_capture.NOT_STARTED


def test_one_that_was_killed_says_so(tmp_path: Path) -> None:
    outcome, _ = ran(python("import os, signal; os.kill(os.getpid(), signal.SIGTERM)"), tmp_path / "k")
    assert outcome.code == 128 + 15


def test_where_our_reader_has_gone_the_command_learns_it_as_in_a_pipe(tmp_path: Path) -> None:
    def gone(data: bytes) -> None:
        raise BrokenPipeError

    endless = python("import os\nwhile True: os.write(1, b'more\\n')")
    outcome = run(endless, ENV, tmp_path / "k", gone, gone)
    assert outcome.code != 0
    assert (tmp_path / "k").read_bytes().startswith(b"more\n")


def test_a_disk_that_gets_full_costs_the_file_and_not_the_command() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        keeper = run_capture._Keeper(full)
        keeper.take(b"all of it\n")
        keeper.done()
    assert (keeper.tail, keeper.size) == (b"all of it\n", 10)
    assert "No space" in keeper.lost


def test_a_place_that_cannot_be_written_is_said_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    with pytest.raises(Refused, match="cannot"):
        ran(python("open('ran', 'w')"), tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"


def test_where_a_full_disk_takes_nothing_more_the_command_goes_on_and_is_kept(tmp_path: Path) -> None:
    heard = Heard()

    def full(data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    code = "import os\nfor _ in range(2000): os.write(1, b'x' * 99 + b'\\n')\nos.write(2, b'done')"
    outcome = run(python(code), ENV, tmp_path / "k", full, heard.take_err)
    assert (outcome.code, outcome.size, heard.err) == (0, 200_004, b"done")
    assert (tmp_path / "k").stat().st_size == 200_004
