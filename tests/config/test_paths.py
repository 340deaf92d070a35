from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

import pytest

from incident_cockpit.config import paths as paths_module
from incident_cockpit.config.paths import Paths, make_private, paths
from incident_cockpit.errors import Refused, StoreError


def test_incident_home_holds_data_and_configuration(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found = paths({"INCIDENT_HOME": str(home)})
    assert found == Paths(home, home)
    assert not home.exists()


def test_a_relative_home_is_made_absolute_and_a_tilde_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert paths({"INCIDENT_HOME": "here"}).data == tmp_path / "here"
    assert paths({"INCIDENT_HOME": "~/there"}).config == tmp_path / "me" / "there"


@pytest.mark.parametrize("env", [{}, {"INCIDENT_HOME": "  "}])
def test_without_a_home_the_system_s_own_places_are_used(env: dict[str, str]) -> None:
    import platformdirs

    found = paths(env)
    assert found.data == Path(platformdirs.user_data_dir("incident-cockpit", appauthor=False))
    assert found.config == Path(platformdirs.user_config_dir("incident-cockpit", appauthor=False))


def test_every_place_has_the_name_that_is_documented(tmp_path: Path) -> None:
    data, config = tmp_path / "d", tmp_path / "c"
    p = Paths(data, config)
    assert [each.relative_to(data).as_posix() for each in (p.store, p.drafts, p.rescue)] == [
        "incidents.db",
        "drafts",
        "rescue",
    ]
    assert p.last_copy == data / "last-copy.txt"
    own = (p.config_file, p.plans, p.runbooks, p.themes)
    assert [each.relative_to(config).as_posix() for each in own] == [
        "config.toml",
        "plans",
        "runbooks",
        "themes",
    ]


def test_folders_are_made_for_the_owner_alone(tmp_path: Path) -> None:
    made = make_private(tmp_path / "a" / "b")
    assert [stat.S_IMODE(each.stat().st_mode) for each in (made, made.parent)] == [0o700, 0o700]
    assert make_private(made) == made


def test_a_folder_that_was_there_keeps_its_permissions(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    make_private(shared / "mine")
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755


def test_a_file_in_the_way_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="INCIDENT_HOME"):
        make_private(tmp_path / "file")
    with pytest.raises(StoreError, match="INCIDENT_HOME"):
        make_private(tmp_path / "file" / "inside")


class TestNoHome:
    """A container: a user id that no password file knows, or a home directory that nobody can write to."""

    @pytest.fixture(autouse=True)
    def temporary(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        def unknown(uid: int) -> pwd.struct_passwd:
            raise KeyError(uid)

        monkeypatch.setattr(pwd, "getpwuid", unknown)
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.delenv(name, raising=False)
        folder = tmp_path / "var-tmp"
        folder.mkdir()
        monkeypatch.setattr(paths_module, "_TEMPORARY", (str(folder),))
        return folder

    @pytest.mark.parametrize("home", [None, "", "relative", "/dev/null", "/dev/null/ana"])
    def test_files_go_to_a_named_folder_with_a_warning(
        self, temporary: Path, monkeypatch: pytest.MonkeyPatch, home: str | None
    ) -> None:
        if home is not None:
            monkeypatch.setenv("HOME", home)
        found = paths({})
        assert found.data == found.config == temporary / f"incident-cockpit-{os.getuid()}"
        assert str(found.data) in found.warning
        assert "INCIDENT_HOME" in found.warning
        assert not found.data.exists()

    def test_a_relative_xdg_folder_does_not_count(self, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", "data")
        monkeypatch.setenv("XDG_CONFIG_HOME", "")
        assert paths({}).data.parent == temporary

    def test_a_home_that_is_there_needs_no_warning(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("XDG_DATA_HOME", "relative")
        found = paths({})
        assert found.data.is_relative_to(tmp_path)
        assert found.config.is_relative_to(tmp_path)
        assert found.warning == ""

    def test_a_folder_that_others_can_write_to_is_refused(self, temporary: Path) -> None:
        folder = temporary / f"incident-cockpit-{os.getuid()}"
        folder.symlink_to(temporary)
        with pytest.raises(StoreError):
            paths({})
        folder.unlink()
        folder.mkdir()
        folder.chmod(0o777)
        with pytest.raises(StoreError):
            paths({})
        folder.chmod(0o700)
        assert paths({}).data == folder

    @pytest.mark.parametrize("home", ["~/incidents", "~no-such-user/incidents"])
    def test_an_incident_home_that_cannot_be_found_is_refused(self, home: str) -> None:
        with pytest.raises(Refused, match="INCIDENT_HOME"):
            paths({"INCIDENT_HOME": home})


def test_a_relative_incident_home_in_a_folder_that_is_gone_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(Refused, match="INCIDENT_HOME"):
        paths({"INCIDENT_HOME": "here"})
