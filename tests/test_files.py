"""Unreadable files of the user: always one sentence, never a trace, never a wait."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from incident_cockpit.config.check import ConfigErrors
from incident_cockpit.config.contacts import load_contacts
from incident_cockpit.config.settings import Settings, load_settings, write_config
from incident_cockpit.config.themes import load_theme
from incident_cockpit.errors import Refused, StoreError
from incident_cockpit.files import UnreadableFileError, is_there, read_file, toml_tables
from incident_cockpit.plan.loader import PlanErrors, load_plan
from support.naming import naming

Load = Callable[[Path], object]
LOADERS: list[tuple[Load, type[Refused]]] = [
    (load_settings, ConfigErrors),
    (load_contacts, ConfigErrors),
    (load_theme, Refused),
    (load_plan, Refused),
]
by_loader = pytest.mark.parametrize(("load", "refusal"), LOADERS, ids=["settings", "contacts", "theme", "plan"])

HOSTILE = {
    "digits": b"x = " + b"9" * 5_000,
    "negative digits": b"x = [-" + b"9" * 5_000 + b"]",
    "hex digits": b"x = 0x" + b"f" * 5_000,
    "beyond 64 bits": b"x = {y = 9223372036854775808}",
    "lists in lists": b"x = " + b"[" * 5_000,
    "closed lists in lists": b"x = " + b"[" * 300 + b"]" * 300,
    "tables in tables": b".".join([b"x"] * 20_000) + b" = 1",
    "no UTF-8": b"x = '\xff'",
    "NUL": b"x = '\0'",
    "an impossible date": b"x = 2026-02-30",
}


@by_loader
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_toml_is_refused(tmp_path: Path, load: Load, refusal: type[Refused], content: bytes) -> None:
    path = tmp_path / "file.toml"
    path.write_bytes(content)
    with pytest.raises(refusal) as refused:
        load(path)
    assert str(path) in str(refused.value)
    assert len(str(refused.value)) < 10_000


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _unreadable(path: Path) -> None:
    path.write_text("")
    path.chmod(0)


@by_loader
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, _loop, _unreadable])
def test_unreadable_file_is_refused(
    tmp_path: Path, load: Load, refusal: type[Refused], make: Callable[[Path], None]
) -> None:
    if make is _unreadable and os.getuid() == 0:
        pytest.skip("everything can be read by root")
    make(tmp_path / "file.toml")
    with pytest.raises(refusal):
        load(tmp_path / "file.toml")


@by_loader
def test_a_name_too_long_for_a_file_is_refused(tmp_path: Path, load: Load, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        load(tmp_path / ("x" * 300 + ".toml"))


def test_an_endless_device_is_read_up_to_the_limit() -> None:
    with pytest.raises(UnreadableFileError, match="too large"):
        read_file(Path("/dev/zero"), 1_000)


def test_the_largest_numbers_of_toml_and_dates_are_read() -> None:
    assert toml_tables("x = 9223372036854775807\ny = -9223372036854775808\nz = 1e400") == {
        "x": 2**63 - 1, "y": -(2**63), "z": float("inf"),
    }  # fmt: skip


def test_what_cannot_be_seen_is_not_there(tmp_path: Path) -> None:
    assert is_there(tmp_path)
    assert not is_there(tmp_path / ("x" * 300))
    assert not is_there(tmp_path / "a\0b")


def test_settings_are_never_written_over_what_is_no_file(tmp_path: Path) -> None:
    """As root, a link to /dev/null would have the device replaced by a file."""
    os.mkfifo(tmp_path / "device")
    config = tmp_path / "config.toml"
    config.symlink_to(tmp_path / "device")
    with pytest.raises(StoreError):
        write_config(config, Settings())
    assert (tmp_path / "device").is_fifo()


def test_a_plan_with_a_huge_number_says_so_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(HOSTILE["hex digits"])
    with pytest.raises(PlanErrors) as refused:
        load_plan(path)
    [line] = refused.value.lines
    assert line.startswith(f"{path}: ")
    assert line == naming("number", "too large")
