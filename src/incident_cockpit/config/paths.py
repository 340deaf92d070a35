"""Folders and files of the user."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from msgspec import Struct

from incident_cockpit.errors import ExitCode, Refused, StoreError
from incident_cockpit.files import is_there, make_private_folder
from incident_cockpit.resources import shipped

_NAME = "incident-cockpit"
_TEMPORARY = ("/var/tmp",)  # noqa: S108 - the folder in it is checked


class Paths(Struct, frozen=True):
    """The data and configuration folders of the user; nothing is created by naming it.

    `warning` is set if there is no home directory.
    """

    data: Path
    config: Path
    warning: str = ""

    @property
    def store(self) -> Path:
        """The database that holds every incident."""
        return self.data / "incidents.db"

    @property
    def drafts(self) -> Path:
        """The folder of drafts."""
        return self.data / "drafts"

    @property
    def rescue(self) -> Path:
        """The folder of rescue copies."""
        return self.data / "rescue"

    @property
    def removed(self) -> Path:
        """The folder of removed incidents."""
        return self.data / "removed"

    @property
    def evidence(self) -> Path:
        """The folder of evidence: outputs of commands and copies of attached files."""
        return self.data / "evidence"

    @property
    def last_copy(self) -> Path:
        """The file with the text that was copied last."""
        return self.data / "last-copy.txt"

    @property
    def config_file(self) -> Path:
        """The settings."""
        return self.config / "config.toml"

    @property
    def contacts(self) -> Path:
        """The contacts."""
        return self.config / "contacts.toml"

    @property
    def plans(self) -> Path:
        """The folder of the user's own response plans."""
        return self.config / "plans"

    @property
    def runbooks(self) -> Path:
        """The folder of the user's own runbooks."""
        return self.config / "runbooks"

    @property
    def themes(self) -> Path:
        """The folder of the user's own themes."""
        return self.config / "themes"


def paths(env: Mapping[str, str]) -> Paths:
    """Return the user's folders: INCIDENT_HOME if it is set, otherwise the system's.

    Without a home directory, as in many containers, it is a named folder for temporary files, with a warning.
    Raises Refused for an invalid INCIDENT_HOME, StoreError for an unsafe folder.
    """
    if home := env.get("INCIDENT_HOME", "").strip():
        try:
            folder = Path(home).expanduser().absolute()
        except (OSError, RuntimeError) as error:
            why = f"INCIDENT_HOME is {home!r}, and the folder it starts from is unknown"
            raise Refused(why, "set it to a full path, such as /data/incidents", ExitCode.USAGE) from error
        return Paths(folder, folder)
    data, config = _system_folder("data"), _system_folder("config")
    if data is not None and _usable(data):
        return Paths(data, config or data)
    folder = _without_home()
    warning = f"there is no home directory to write to: incidents are stored in {folder}, which may not be kept"
    settings_folder = config if config is not None and os.path.lexists(config) else folder
    return Paths(folder, settings_folder, f"{warning}; set INCIDENT_HOME to a folder that is kept")


def _system_folder(kind: Literal["data", "config"]) -> Path | None:
    """Return where the system keeps such files of the user, None where their home directory is unknown."""
    from platformdirs import PlatformDirs

    folders = PlatformDirs(_NAME, appauthor=False)
    try:
        folder = folders.user_data_path if kind == "data" else folders.user_config_path
    except RuntimeError:
        return None
    return folder if folder.is_absolute() else None


def _usable(folder: Path) -> bool:
    """Return whether the folder is there or can be made."""
    nearest = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    return nearest == folder or (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK))


def _without_home() -> Path:
    """Return the user's own folder among temporary files; raises StoreError where another user has taken its name."""
    import tempfile

    # What is in /var/tmp outlives a restart.
    base = next((each for each in _TEMPORARY if os.access(each, os.W_OK | os.X_OK)), None) or tempfile.gettempdir()
    folder = Path(base, f"{_NAME}-{os.getuid()}")
    with suppress(FileNotFoundError):
        there = folder.lstat()
        if not stat.S_ISDIR(there.st_mode) or there.st_uid != os.getuid() or there.st_mode & 0o022:
            why = f"There is no home directory, and {folder} is not safe: another user can write to it"
            raise StoreError(why, "set INCIDENT_HOME to a folder that you can write to")
    return folder


def make_private(folder: Path) -> Path:
    """Make a folder and its missing parents for the owner alone, and return it; raises StoreError."""
    try:
        if not is_there(folder):
            make_private_folder(folder)
        if not folder.is_dir():
            raise StoreError(f"{folder} is a file, not a folder", "move it away or set INCIDENT_HOME")
    except OSError as error:
        why = f"Cannot create {folder}: {error.strerror}"
        raise StoreError(why, "set INCIDENT_HOME to a folder you can write to") from error
    return folder


# -- folders: Where files are looked for by name: the user's own before the shipped ones.


def plan_folders(places: Paths) -> list[Path]:
    """Return the folders of response plans."""
    return [places.plans, shipped("sample_data", "plans")]


def runbook_folders(places: Paths) -> list[Path]:
    """Return the folders of runbooks."""
    return [places.runbooks, shipped("sample_data", "runbooks")]


def theme_folders(places: Paths) -> list[Path]:
    """Return the folders of themes."""
    return [places.themes, shipped("themes")]


def runbook_names(places: Paths) -> list[str]:
    """Return the names under which runbooks are found, in order; folders that cannot be read have none."""
    return _names(runbook_folders(places), (".md", ".markdown", ".txt"))


def plan_names(places: Paths) -> list[str]:
    """Return the names under which plans are found, in order; folders that cannot be read have none."""
    return _names(plan_folders(places), (".toml",))


def _names(folders: Iterable[Path], endings: Collection[str]) -> list[str]:
    names: set[str] = set()
    for folder in folders:
        with suppress(OSError):
            names.update(path.stem for path in folder.iterdir() if path.suffix in endings)
    return sorted(names)
