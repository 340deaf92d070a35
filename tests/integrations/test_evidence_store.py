"""Copies of files as evidence: whole, private, once, whatever the file is called; what is no file is refused."""

from __future__ import annotations

import os
import socket
import stat
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.integrations import evidence_store
from incident_cockpit.integrations.evidence_store import StoredFile, digest_of, found, keep, look, meant
from incident_cockpit.text.sanitize import is_clean


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "evidence"
    made.mkdir(mode=0o700)
    return made


def kept(path: Path, folder: Path) -> StoredFile:
    return keep(path, folder, "INC-7")


def test_a_file_is_copied_whole_and_for_its_owner_alone(tmp_path: Path, folder: Path) -> None:
    data = bytes(range(256)) * 9_000
    source = tmp_path / "graph of 5xx.PNG"
    source.write_bytes(data)
    one = kept(source, folder)
    digest = sha256(data).hexdigest()
    assert one == StoredFile("graph of 5xx.PNG", len(data), digest, f"INC-7-{digest[:16]}.png")
    path = found(folder, one.copy)
    assert path is not None
    source.unlink()
    assert path.read_bytes() == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert digest_of(path) == digest


def test_the_same_file_is_there_once(tmp_path: Path, folder: Path) -> None:
    for name in ("a.log", "b.LOG", "-rf.log"):
        (tmp_path / name).write_text("same")
    copies = {kept(tmp_path / name, folder).copy for name in ("a.log", "b.LOG", "-rf.log", "a.log")}
    assert [path.name for path in folder.iterdir()] == list(copies)


def test_nothing_that_lies_there_is_written_over(tmp_path: Path, folder: Path) -> None:
    source = tmp_path / "a.log"
    source.write_text("right")
    first = kept(source, folder)
    (folder / first.copy).write_text("damaged")
    second = kept(source, folder)
    assert second.copy == first.copy.replace(".log", "-2.log")
    assert (folder / first.copy).read_text() == "damaged"
    (folder / second.copy).unlink()
    (folder / second.copy).symlink_to(tmp_path / "elsewhere")
    third = kept(source, folder)
    assert third.copy.endswith("-3.log")
    assert not (tmp_path / "elsewhere").exists()


def test_it_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "a.log"
    source.write_text("text")
    synced: list[tuple[bool, list[str]]] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        synced.append((is_folder, sorted(path.name for path in folder.iterdir())))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    copy = kept(source, folder).copy
    [(of_file, before), (of_folder, after)] = synced
    assert (of_file, of_folder) == (False, True)
    assert copy not in before
    assert after == [copy]


def test_an_empty_file_and_one_behind_a_link_are_files(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "link.txt").symlink_to(tmp_path / "empty")
    assert kept(tmp_path / "empty", folder).size == 0
    assert kept(tmp_path / "link.txt", folder).name == "link.txt"


# What is no file


def pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    # A path below a test's own folder may be too long for a socket.
    with socket.socket(socket.AF_UNIX) as one:
        before = Path.cwd()
        os.chdir(path.parent)
        try:
            one.bind(path.name)
        finally:
            os.chdir(before)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.mkdir(), "a folder"),
        (pipe, "a pipe"),
        (a_socket, "a socket"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
        (lambda path: path.symlink_to("nowhere"), "thing"),
        (lambda path: None, "https://"),
        (lambda path: path.symlink_to(path), "cannot be read"),
    ],
)
def test_non_file_is_refused(tmp_path: Path, folder: Path, make, why: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "thing"
    make(path)
    for attempt in (look, lambda one: kept(one, folder)):
        with pytest.raises(Refused, match=why):
            attempt(path)
    assert list(folder.iterdir()) == []


def test_a_pipe_that_takes_a_files_place_is_not_waited_for(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, ordinary = tmp_path / "thing", tmp_path / "file"
    pipe(path)
    ordinary.touch()
    as_it_was = ordinary.stat()
    monkeypatch.setattr(Path, "stat", lambda _path, **_more: as_it_was)
    with pytest.raises(Refused, match="a pipe"):
        kept(path, folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "secret"
    path.touch(mode=0)
    with pytest.raises(Refused, match="Permission denied"):
        kept(path, folder)


def test_a_file_that_the_system_will_not_read_is_refused(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    path.touch()

    def denied(*_args: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(Refused, match="Permission denied"):
        kept(path, folder)


def test_too_large_file_is_refused_before_reading(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "core"
    with path.open("wb") as file:
        file.truncate(evidence_store.MOST + 1)
    with pytest.raises(Refused, match=r"64\.0 MB"):
        look(path)


def test_what_grows_too_large_while_it_is_read_leaves_nothing(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "growing.log"
    path.write_bytes(b"x" * 100)
    monkeypatch.setattr(evidence_store, "_check", lambda *_args: None)
    monkeypatch.setattr(evidence_store, "MOST", 99)
    with pytest.raises(Refused, match="99 bytes"):
        kept(path, folder)
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.log"
    path.write_text("text")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="No space left on device"):
        kept(path, folder)
    assert list(folder.iterdir()) == []


# Names

HOSTILE = [
    "-rf", "--force", "a\nb.txt", "a\tb", "\x1b[31mred.txt", "\u202egnp.exe", "..hidden", "...", "a;rm -rf ~",
    "$(id).sh", "x" * 255, "ö" * 127, "a.tar.gz", "name.", ".png", "a.p\nng", "con.txt", "%s%n", "[b]",
    "'\"`.png", "|.png",
]  # fmt: skip

names = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(min_size=1, max_size=60).filter(lambda one: "/" not in one and "\0" not in one),
    st.binary(min_size=1, max_size=80).map(os.fsdecode).filter(lambda one: "/" not in one and "\0" not in one),
)


def check_name(name: str, tmp_path: Path, folder: Path) -> None:
    before = set(tmp_path.iterdir())
    source = tmp_path / name
    try:
        source.write_text(name, encoding="utf-8", errors="surrogatepass")
    except (OSError, UnicodeEncodeError):
        assume(False)
    try:
        one = kept(source, folder)
    finally:
        source.unlink()
    assert set(tmp_path.iterdir()) == before, "nothing is written beside the folder"
    path = found(folder, one.copy)
    assert path is not None
    assert path.parent == folder
    assert one.copy.startswith("INC-7-")
    assert one.copy.isascii()
    assert all(sign.isalnum() or sign in ".-" for sign in one.copy)
    assert len(one.copy) < 60
    assert is_clean(one.name)
    assert "\n" not in one.name


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_does_harm(name: str, tmp_path: Path, folder: Path) -> None:
    check_name(name, tmp_path, folder)


@given(names)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_name_whatever_does_harm(tmp_path: Path, folder: Path, name: str) -> None:
    assume(name not in (".", "..", "evidence"))
    check_name(name, tmp_path, folder)


@pytest.mark.parametrize("word", ["x" * 300, "a\0b", "\ud800", "x/" * 5_000, "", "~nobody-of-this-name/x"])
def test_words_that_can_be_no_file_are_refused_calmly(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refused) as refused:
        look(meant(word))
    assert is_clean(str(refused.value))
    assert len(str(refused.value)) < 300


def test_a_file_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        look(Path("/nowhere/at/all"))


# What a typed word means


def test_a_home_is_meant_by_its_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert meant("~/graph.png") == tmp_path / "graph.png"


def test_a_path_that_was_dropped_on_a_terminal_is_unquoted(tmp_path: Path) -> None:
    path = tmp_path / "my graph's.png"
    path.touch()
    dropped = str(path).replace(" ", "\\ ").replace("'", "\\'")
    assert meant(dropped) == path
    assert meant(f'"{path}"') == path
    assert meant(f"{dropped} 'and more") == Path(f"{dropped} 'and more")


def test_a_file_that_is_called_so_comes_before_what_a_shell_would_read(tmp_path: Path) -> None:
    path = tmp_path / "'a'"
    path.touch()
    (tmp_path / "a").touch()
    assert meant(str(path)) == path


# Finding a copy again


@pytest.mark.parametrize(
    "copy", ["", ".", "..", "../a.log", "/etc/passwd", "evidence/../../a.log", "a\0b", ".hidden", "x" * 300, "nothing"]
)
def test_a_name_that_leads_elsewhere_leads_nowhere(copy: str, tmp_path: Path, folder: Path) -> None:
    (tmp_path / "a.log").touch()
    (folder / ".hidden").touch()
    assert found(folder, copy) is None


def test_a_link_in_the_folder_is_no_copy(tmp_path: Path, folder: Path) -> None:
    (folder / "a.log").symlink_to("/etc/passwd")
    (folder / "sub").mkdir()
    assert found(folder, "a.log") is None
    assert found(folder, "sub") is None
