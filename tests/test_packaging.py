"""What people install is what stands in the tree: built, installed elsewhere and run, without the tree in reach."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from incident_cockpit import __version__

ROOT = Path(__file__).resolve().parents[1]
# Where each folder of the tree stands in the wheel.
SHIPPED = {"src/incident_cockpit": "", "themes": "themes/", "sample_data": "sample_data/"}


def _run(argv: Sequence[object], cwd: Path, **env: str) -> str:
    """Run a program with no more of the environment than it needs, and return what it printed."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [str(word) for word in argv], cwd=cwd, env={**kept, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"
    return done.stdout


def _build(folder: Path, *options: str) -> Path:
    """Build with what is installed here already, so that nothing is downloaded."""
    _run([sys.executable, "-m", "build", "--no-isolation", *options, "--outdir", folder, ROOT], ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    [built] = _build(tmp_path_factory.mktemp("wheel"), "--wheel").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def by_sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the source archive and the wheel made from it."""
    return _build(tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of a new environment that holds the wheel, and borrows its dependencies from this one."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    _run([sys.executable, "-m", "venv", "--without-pip", folder], folder.parent)
    python = folder / "bin" / "python"
    [site] = folder.glob("lib/python*/site-packages")
    _run(
        [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel],
        folder.parent,
    )
    # Behind its own packages; what an editable install left there is not followed from here.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n" + sysconfig.get_path("platlib") + "\n")
    where = _run([python, "-c", "import incident_cockpit; print(incident_cockpit.__file__)"], folder.parent)
    assert where.startswith(str(site))
    return folder / "bin"


def _contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_package_with_themes_and_sample_data_and_nothing_else(wheel: Path) -> None:
    expected = {
        f"incident_cockpit/{inside}{path.relative_to(ROOT / folder).as_posix()}": path.read_bytes()
        for folder, inside in SHIPPED.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = {name: data for name, data in _contents(wheel).items() if ".dist-info/" not in name}
    assert sorted(found) == sorted(expected)
    assert found == expected


def test_the_wheel_made_from_the_source_archive_is_the_same(wheel: Path, by_sdist: Path) -> None:
    [other] = by_sdist.glob("*.whl")
    assert _contents(other) == _contents(wheel)


def test_the_source_archive_holds_what_it_takes_to_work_on_it(by_sdist: Path) -> None:
    [archive] = by_sdist.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "pyproject.toml", "tests/conftest.py"} <= names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "pyproject.toml", "PKG-INFO", ".gitignore",
        "src", "themes", "sample_data", "tests",
    }  # fmt: skip


def test_it_works_installed_elsewhere(elsewhere: Path, tmp_path: Path) -> None:
    incident = elsewhere / "incident"
    home = {"INCIDENT_HOME": str(tmp_path / "home")}
    assert _run([incident, "--version"], tmp_path, **home).strip() == f"incident {__version__}"
    assert "default" in _run([incident, "plan", "list"], tmp_path, **home)
    _run([incident, "new", "Checkout is down", "--runbook", "service-outage"], tmp_path, **home)
    _run([incident, "log", "rolled back"], tmp_path, **home)
    [listed] = json.loads(_run([incident, "list", "--json"], tmp_path, **home))
    assert listed["title"] == "Checkout is down"


def test_its_themes_are_found_elsewhere(elsewhere: Path, tmp_path: Path) -> None:
    code = "from incident_cockpit.resources import shipped; print(*(p.name for p in shipped('themes').iterdir()))"
    names = _run([elsewhere / "python", "-c", code], tmp_path).split()
    assert sorted(names) == sorted(path.name for path in (ROOT / "themes").iterdir())
