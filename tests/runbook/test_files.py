"""Finding and opening runbook files: by path, by name, and the ones that are shipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.resources import shipped
from incident_cockpit.runbook.reader import find_runbook, load_runbook
from support.corpus import SEEDS

STEP = b"- [ ] Do it\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("disk-full.md", "dns.txt", "disk.markdown", "picture.png"):
        (tmp_path / name).write_bytes(STEP)
    return tmp_path


class TestLoad:
    def test_it_returns_the_bytes_that_an_incident_keeps(self, folder: Path) -> None:
        book, data = load_runbook(folder / "disk-full.md")
        assert (book.name, data) == ("disk-full.md", STEP)

    def test_a_missing_file_names_near_ones(self, folder: Path) -> None:
        with pytest.raises(NotFound) as caught:
            load_runbook(folder / "disc-full.md")
        assert "disc-full.md" in caught.value.why
        assert "disk-full.md" in caught.value.what_to_do

    def test_a_missing_file_names_the_shipped_ones(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound, match=r"service-outage\.md"):
            load_runbook(tmp_path / "service-outtage.md")

    def test_a_missing_file_with_no_near_name_lists_what_there_is(self, folder: Path) -> None:
        with pytest.raises(NotFound, match=r"dns\.txt"):
            load_runbook(folder / "qqqq")

    def test_a_folder(self, folder: Path) -> None:
        with pytest.raises(Refused, match="is a folder"):
            load_runbook(folder)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
    def test_a_pipe_never_hangs(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.md")
        with pytest.raises(Refused, match="regular"):
            load_runbook(tmp_path / "pipe.md")

    @pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may read everything")
    def test_an_unreadable_file(self, folder: Path) -> None:
        (folder / "dns.txt").chmod(0)
        with pytest.raises(Refused, match=r"dns\.txt"):
            load_runbook(folder / "dns.txt")

    def test_a_file_that_cannot_be_opened(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_args: object, **_more: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(Refused, match=r"dns\.txt \(Permission denied\)"):
            load_runbook(folder / "dns.txt")


class TestFind:
    def test_by_path(self, folder: Path) -> None:
        assert find_runbook(str(folder / "dns.txt"), []) == folder / "dns.txt"

    @pytest.mark.parametrize(
        ("name", "file"),
        [("dns", "dns.txt"), ("dns.txt", "dns.txt"), ("disk-full", "disk-full.md"), ("disk", "disk.markdown")],
    )
    def test_by_name_with_or_without_its_ending(self, folder: Path, name: str, file: str) -> None:
        assert find_runbook(name, [folder / "none", folder]) == folder / file

    def test_the_earlier_folder_wins(self, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        other = tmp_path_factory.mktemp("other")
        (other / "dns.md").write_bytes(STEP)
        assert find_runbook("dns", [other, folder]) == other / "dns.md"
        assert find_runbook("dns", [folder, other]) == folder / "dns.txt"

    def test_a_path_is_not_looked_up_by_its_last_part(self, folder: Path) -> None:
        with pytest.raises(NotFound):
            find_runbook("elsewhere/dns.txt", [folder])

    @pytest.mark.parametrize("name", ["", "disk-ful", "x" * 5000, "a\0b", "\x1b[31m"])
    def test_what_is_not_there(self, folder: Path, name: str) -> None:
        with pytest.raises(NotFound) as caught:
            find_runbook(name, [folder])
        assert "\x1b" not in str(caught.value)
        assert caught.value.what_to_do
        if name == "disk-ful":
            assert "disk-full.md" in caught.value.what_to_do

    def test_unknown_runbook_lists_every_shipped_one(self) -> None:
        with pytest.raises(NotFound) as caught:
            find_runbook("zzz", [])
        assert "service-outage.md" in str(caught.value.what_to_do)


class TestShipped:
    def test_the_service_outage_is_whole(self) -> None:
        book, _ = load_runbook(shipped("sample_data", "runbooks") / "service-outage.md")
        assert (book.title, book.rule, book.warnings) == ("Service outage", "task items", ())
        assert [section.title for section in book.sections if section.level == 2] == [
            "Initial response",
            "Assessment",
            "Containment",
            "Mitigation and resolution",
            "Wrap-up",
        ]
        assert {step.section for step in book.steps} == {1, 2, 3, 4, 5}
        assert sum(step.parent is None for step in book.steps) >= 20
        assert sum(bool(step.code) for step in book.steps) >= 8

    def test_its_gates_lead_to_sections_that_exist(self) -> None:
        book, _ = load_runbook(shipped("sample_data", "runbooks") / "service-outage.md")
        anchors = {section.title.lower().replace(" ", "-") for section in book.sections}
        gates = [aside for aside in book.asides if aside.text.startswith("If ")]
        assert len(gates) == 4
        for gate in gates:
            targets = [part.split(")")[0] for part in gate.text.split("](#")[1:]]
            assert targets
            assert set(targets) <= anchors


def test_the_seed_opens_as_it_is() -> None:
    found = sorted(SEEDS.glob("001_*.txt"))
    if not found:
        pytest.skip(f"no seeds beside the repository ({SEEDS.name} is absent)")
    book, data = load_runbook(found[0])
    assert book.rule == "task items"
    assert [warning.line for warning in book.warnings] == [13]
    assert [sum(step.section == number for step in book.steps) for number in range(6)] == [0, 4, 6, 2, 3, 2]
    assert [step.parent for step in book.steps if step.depth] == ["s6", "s6", "s6"]
    assert [aside.after for aside in book.asides] == [None, "s10", "s12", "s15"]
    assert all(step.box is not None and data[step.box - 1 : step.box + 2] == b"[ ]" for step in book.steps)
    assert not any(step.guidance.startswith(">") for step in book.steps)
