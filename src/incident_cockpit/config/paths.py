"""Where the user's files live."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from incident_cockpit.errors import StoreError


class Paths(Struct, frozen=True):
    """The two folders everything of the user's stands in; nothing is created by naming it."""

    data: Path
    config: Path

    @property
    def store(self) -> Path:
        """The database that holds every incident."""
        return self.data / "incidents.db"

    @property
    def drafts(self) -> Path:
        """The folder of texts that were typed and not sent yet."""
        return self.data / "drafts"

    @property
    def rescue(self) -> Path:
        """The folder of the second copy of every event."""
        return self.data / "rescue"

    @property
    def removed(self) -> Path:
        """The folder of incidents that were taken out of the store."""
        return self.data / "removed"

    @property
    def evidence(self) -> Path:
        """The folder of evidence: what commands said that were run for it, and copies of pinned files."""
        return self.data / "evidence"

    @property
    def last_copy(self) -> Path:
        """The file that always holds what was copied last, whatever the clipboard did."""
        return self.data / "last-copy.txt"

    @property
    def config_file(self) -> Path:
        """The settings."""
        return self.config / "config.toml"

    @property
    def contacts(self) -> Path:
        """How people are reached."""
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
    """Return where things live: under INCIDENT_HOME if that is set, otherwise where the system keeps such files."""
    if home := env.get("INCIDENT_HOME", "").strip():
        folder = Path(home).expanduser().absolute()
        return Paths(folder, folder)
    from platformdirs import PlatformDirs

    found = PlatformDirs("incident-cockpit", appauthor=False)
    return Paths(found.user_data_path, found.user_config_path)


def make_private(folder: Path) -> Path:
    """Create a folder, and those above it that are missing, for the owner alone; raises StoreError.

    A folder that is there already keeps its permissions: they are its owner's to decide.
    """
    try:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir():
            raise StoreError(f"{folder} is a file where a folder is needed", "move it away or set INCIDENT_HOME")
    except OSError as error:
        why = f"The folder {folder} cannot be made: {error.strerror}"
        raise StoreError(why, "set INCIDENT_HOME to a folder you can write to") from error
    return folder
