from __future__ import annotations

import stat
from pathlib import Path

import pytest

from incident_cockpit.config.paths import Paths, make_private, paths
from incident_cockpit.errors import StoreError


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
    with pytest.raises(StoreError, match="file is a file where a folder is needed"):
        make_private(tmp_path / "file")
    with pytest.raises(StoreError, match="INCIDENT_HOME"):
        make_private(tmp_path / "file" / "inside")
