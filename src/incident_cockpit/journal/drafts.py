"""Drafts: unsent text in files of its own, so that no crash and no full disk loses it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from incident_cockpit.files import make_private_folder, replace_file

# File systems limit names to 255 bytes; the temporary file adds a suffix.
_LONGEST_NAME = 200


class Drafts:
    """The folder of drafts, one small file for each field of each incident; no method raises."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is created with the first draft."""
        self._folder = folder

    def keep(self, incident: str, field: str, text: str) -> bool:
        """Save the text of a field, cheap enough for every key; return whether it is on the disk.

        If it is not (a full disk), the text saved before is still there.
        """
        if not text:
            return self.drop(incident, field)
        path = self._file(incident, field)
        try:
            make_private_folder(self._folder)
            replace_file(path, text.encode("utf-8", "surrogatepass"), durable=False)
        except OSError:
            return False
        return True

    def kept(self, incident: str, field: str) -> str:
        """Return the text saved last, or an empty string."""
        try:
            return self._file(incident, field).read_bytes().decode("utf-8", "surrogatepass")
        except (OSError, UnicodeDecodeError):
            return ""

    def saved(self, incident: str, field: str) -> datetime | None:
        """Return when the draft was saved, or None if there is none."""
        try:
            return datetime.fromtimestamp(self._file(incident, field).stat().st_mtime, UTC)
        except (OSError, OverflowError, ValueError):
            return None

    def rename(self, incident: str, before: str, after: str) -> None:
        """Rename a draft, unless one with the new name exists."""
        old, new = self._file(incident, before), self._file(incident, after)
        with suppress(OSError):
            if old.exists() and not new.exists():
                old.replace(new)

    def drop(self, incident: str, field: str) -> bool:
        """Delete the draft after it was sent or discarded; return whether it is gone."""
        path = self._file(incident, field)
        try:
            path.unlink(missing_ok=True)
            # Parts of killed processes; one that is being written now is created again with the next key.
            for part in self._folder.glob(f"{path.name}@*"):
                part.unlink(missing_ok=True)
        except OSError:
            return False
        return True

    def _file(self, incident: str, field: str) -> Path:
        # Joined by a character that quoting escapes in both halves, so that no two fields share a file.
        name = f"{quote(incident, safe='')}@{quote(field, safe='')}"
        if len(name) > _LONGEST_NAME:
            name = f"{name[: _LONGEST_NAME - 65]}~{hashlib.sha256(name.encode()).hexdigest()}"
        return self._folder / name
