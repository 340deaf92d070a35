from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident_cockpit import files
from incident_cockpit.journal.drafts import Drafts

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


def test_a_draft_is_kept_across_processes_until_it_is_dropped(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "drafts"
    assert Drafts(folder).keep("7", "entry", "half a sen")
    assert Drafts(folder).kept("7", "entry") == "half a sen"
    assert Drafts(folder).drop("7", "entry")
    assert Drafts(folder).kept("7", "entry") == ""
    assert list(folder.iterdir()) == []


def test_drafts_are_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    Drafts(folder).keep("7", "entry", "secret")
    [file] = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.tuples(NAMES, NAMES), st.text(min_size=1, max_size=40), max_size=6))
def test_no_two_fields_share_a_draft(
    tmp_path_factory: pytest.TempPathFactory, kept: dict[tuple[str, str], str]
) -> None:
    drafts = Drafts(tmp_path_factory.mktemp("drafts"))
    for (incident, field), text in kept.items():
        assert drafts.keep(incident, field, text)
    assert {key: drafts.kept(*key) for key in kept} == kept
    for key in list(kept)[::2]:
        drafts.drop(*key)
        del kept[key]
    assert {key: drafts.kept(*key) for key in kept} == kept


def test_an_emptied_field_has_no_draft(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.keep("7", "entry", "x")
    assert drafts.keep("7", "entry", "")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_the_text_before_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(path: Path, content: bytes, _flags: int, **_options: bool) -> None:
        path.write_bytes(content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    drafts = Drafts(tmp_path)
    drafts.keep("7", "entry", "what was kept")
    with monkeypatch.context() as patch:
        patch.setattr(files, "_write", half)
        assert not drafts.keep("7", "entry", "what was kept and more")
    assert drafts.kept("7", "entry") == "what was kept"
    assert len(list(tmp_path.iterdir())) == 1
    assert drafts.keep("7", "entry", "what was kept and more")


def test_a_folder_that_cannot_be_made_is_no_crash(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    drafts = Drafts(blocked / "drafts")
    assert not drafts.keep("7", "entry", "x")
    assert drafts.kept("7", "entry") == ""
    assert not drafts.drop("7", "entry")


def test_half_a_draft_of_a_killed_process_is_never_read_and_goes_with_the_draft(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.keep("7", "entry", "whole")
    [file] = tmp_path.iterdir()
    file.with_name(f"{file.name}@99999").write_text("ha")
    assert drafts.kept("7", "entry") == "whole"
    drafts.drop("7", "entry")
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_are_no_text_read_as_no_draft(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.keep("7", "entry", "x")
    [file] = tmp_path.iterdir()
    file.write_bytes(b"\xff\xfe\xff")
    assert drafts.kept("7", "entry") == ""
